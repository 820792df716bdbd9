"""Writes on places: announcing the one an agreement funds."""

from datetime import datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy

from essaim.awards.models import Agreement
from essaim.kernel import journal
from essaim.territory.models import FundedPlace

journal.declare("territory.place.announce", label=gettext_lazy("Annoncer un lieu"), public=("commune",))


def announce_place(agreement: Agreement, *, at: datetime) -> FundedPlace | None:
    """Put the place of a signed agreement on the map, once; None when the application gives no commune."""
    known = FundedPlace.objects.filter(agreement=agreement).first()
    application = agreement.decision.application
    if known or application.commune is None:
        return known
    name = str(application.organisation or application.title)
    slug = slugify(f"{name}-{application.commune.name}")[:70] or f"lieu-{agreement.pk}"
    if FundedPlace.objects.filter(slug=slug).exists():
        slug = f"{slug}-{agreement.pk}"
    with transaction.atomic():
        place = FundedPlace.objects.create(
            slug=slug,
            agreement=agreement,
            name=name,
            commune=application.commune,
            latitude=application.latitude if application.latitude is not None else application.commune.latitude,
            longitude=application.longitude if application.longitude is not None else application.commune.longitude,
            announced_at=at,
        )
        payload = {"commune": application.commune_id}
        journal.append("territory.place.announce", subject=place, by=None, at=at, payload=payload)
    return place
