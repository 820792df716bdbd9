"""Everybody sees the places; the team and the beneficiary may say that one is open."""

from essaim.awards.access import agreement_roles
from essaim.kernel import access
from essaim.territory.models import FundedPlace

access.declare(
    FundedPlace,
    roles=lambda user, place: agreement_roles(user, place.agreement),
    visible_to=lambda user: FundedPlace.objects.all(),
)
