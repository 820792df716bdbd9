"""The life of a funded place: announced, then open."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from essaim.kernel.workflow import Lifecycle, move
from essaim.territory.models import FundedPlace, PlaceState


def stamp_opening(place: FundedPlace, *, by: Any, at: datetime, **data: Any) -> None:
    """The day it opened."""
    FundedPlace.objects.filter(pk=place.pk).update(opened_on=timezone.localdate(at))


PLACE = Lifecycle(
    FundedPlace,
    PlaceState,
    (
        move(
            "open",
            PlaceState.ANNOUNCED,
            PlaceState.OPEN,
            by={"beneficiary", "officer"},
            label=gettext_lazy("Annoncer l’ouverture du lieu"),
            then=[stamp_opening],
            public=("from", "to"),
        ),
    ),
)
