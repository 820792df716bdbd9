"""A signed agreement puts a place on the map; the thread ends there."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.awards.models import Agreement
from essaim.kernel.workflow import on
from essaim.programmes.models import Programme
from essaim.programmes.thread import CELLS, Cell, provides
from essaim.territory.actions import announce_place
from essaim.territory.models import FundedPlace, PlaceState


@on("awards.agreement.sign")
def put_on_the_map(agreement: Agreement, *, by: Any, at: datetime, event: Any) -> None:
    """The place is announced as soon as both parties signed."""
    announce_place(agreement, at=at)


@provides("lieux")
def places_cell(programme: Programme, at: datetime) -> Cell | None:
    """How many places, how many of them open."""
    states = list(
        FundedPlace.objects.filter(agreement__decision__selection__call__programme=programme).values_list(
            "state", flat=True
        )
    )
    if not states:
        return None
    opened = states.count(PlaceState.OPEN)
    sentence = ngettext("%(n)d lieu, %(open)d ouvert.", "%(n)d lieux, dont %(open)d ouverts.", len(states))
    return Cell(
        key="lieux",
        name=str(CELLS["lieux"]),
        status="done" if opened == len(states) else "current",
        sentence=sentence % {"n": len(states), "open": opened},
        url=reverse("territory:map"),
        figures=((_("annoncés"), str(len(states))), (_("ouverts"), str(opened))),
    )
