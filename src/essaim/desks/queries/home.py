"""What the first page tells: the featured programme's thread, what one can do today, what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.calls.models import Call
from essaim.calls.queries import is_open
from essaim.jams.models import Jam, JamState
from essaim.programmes.models import Programme
from essaim.programmes.thread import Cell, Thread
from essaim.selections.models import Decision, DecisionState
from essaim.territory.queries import RADIUS_KM, Territory
from essaim.ui.formats import number


@dataclass(frozen=True, slots=True)
class Step:
    """A cell of the thread as the first page draws it: one figure, or else its sentence."""

    cell: Cell
    number: int

    @property
    def figure(self) -> str:
        """The figure that says the most, if any."""
        return self.cell.figures[0][1] if self.cell.figures and self.cell.status != "todo" else ""

    @property
    def caption(self) -> str:
        """What the figure counts; without a figure, the cell's sentence."""
        return self.cell.figures[0][0] if self.figure else self.cell.sentence


def featured_programme() -> Programme | None:
    """The programme the first page tells: the featured one, or else any."""
    return Programme.objects.order_by("-featured", "-created_at", "slug").first()


def steps_of(thread: Thread) -> list[Step]:
    """The seven cells, numbered in the order of the walk."""
    return [Step(cell, number) for number, cell in enumerate(thread.cells, 1)]


def today(thread: Thread) -> Cell | None:
    """Where the programme stands: the first cell under way, or else the last one done."""
    current = [cell for cell in thread.cells if cell.status == "current"]
    done = [cell for cell in thread.cells if cell.status == "done"]
    return current[0] if current else done[-1] if done else None


def calls_to_show(at: datetime) -> list[Call]:
    """Calls open or about to be, the nearest deadline first; then the latest one closed, last of the list."""
    coming = list(Call.objects.filter(state="published", closes_at__gt=at).order_by("closes_at")[:3])
    return coming or list(Call.objects.public().order_by("-closes_at")[:1])


def open_calls(calls: list[Call], at: datetime) -> list[Call]:
    """Of these, those one may file to today."""
    return [call for call in calls if is_open(call, at=at)]


def joinable_jam() -> Jam | None:
    """A Jam whose door is open today."""
    return Jam.objects.filter(state__in=[JamState.OPEN, JamState.RUNNING]).order_by("starts_at").first()


@dataclass(frozen=True, slots=True)
class MapFigure:
    """A figure beside the map: its value as read, what it counts, a precision."""

    value: str
    label: str
    detail: str = ""


def map_figures(territory: Territory) -> list[MapFigure]:
    """Two figures beside the picture: people within reach of a fab lab (and thanks to whom), people not."""
    whole, new = territory.whole, territory.newly_reached
    thanks = ngettext("dont %(n)s grâce aux lieux financés", "dont %(n)s grâce aux lieux financés", new)
    return [
        MapFigure(
            number(whole.reached),
            ngettext(
                "habitant à %(km)d km au plus d’un atelier", "habitants à %(km)d km au plus d’un atelier", whole.reached
            )
            % {"km": RADIUS_KM},
            thanks % {"n": number(new)} if new else _("à vol d’oiseau"),
        ),
        MapFigure(
            number(whole.unreached),
            ngettext("habitant n’en a aucun", "habitants n’en ont aucun", whole.unreached),
            _("c’est par là que le choix commence"),
        ),
    ]


def latest_grants(limit: int = 5) -> list[Any]:
    """The latest published grants; who was not chosen is never shown here."""
    published = Decision.objects.filter(state=DecisionState.PUBLISHED, outcome=Decision.Outcome.FUNDED)
    return list(
        published.select_related("application__commune__department", "selection__call").order_by(
            "-decided_at", "-granted_cents", "pk"
        )[:limit]
    )
