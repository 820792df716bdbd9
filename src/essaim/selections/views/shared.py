"""What several pages of the choice need: whose page it is, the thread, a list's columns of tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from essaim.calls.models import Call
from essaim.kernel import access
from essaim.programmes.thread import thread_of
from essaim.selections.access import TEAM, calls_prepared_by
from essaim.selections.models import Scenario, ScenarioState, Selection

LINE_RELATED = (
    "application__organisation",
    "application__call",
    "application__commune__department__region_2013",
    "application__commune__department__region",
)
BADGES = {"fund": "success", "undecided": "warning", "refuse": "neutral"}
STATE_LEVELS = {
    ScenarioState.DRAFT: "neutral",
    ScenarioState.COMPUTED: "info",
    ScenarioState.PROPOSED: "warning",
    ScenarioState.RATIFIED: "success",
    ScenarioState.DISCARDED: "neutral",
}


def team_call(request: HttpRequest, slug: str) -> Call:
    """A call whose choice this person prepares or decides; for anyone else the page does not exist."""
    return access.fetch(request.user, calls_prepared_by(request.user).select_related("programme"), slug=slug)


def public_call(request: HttpRequest, slug: str) -> Call:
    """A call this person may read."""
    found = access.visible_to(request.user, Call).select_related("programme")
    return access.fetch(request.user, found, slug=slug)


def selection_of(request: HttpRequest, call: Call) -> Selection | None:
    """The call's selection, when there is one that this person may see."""
    found = access.visible_to(request.user, Selection).filter(call=call).first()
    if found:
        found.call = call
    return found


def scenario_of(request: HttpRequest, slug: str, number: int) -> Scenario:
    """One scenario that this person may see, with its call."""
    visible = access.visible_to(request.user, Scenario)
    related = visible.select_related("selection__call__programme", "created_by", "proposed_by", "ratified_by")
    return access.fetch(request.user, related, selection__call__slug=slug, number=number)


def is_team(request: HttpRequest, call: Call) -> bool:
    """Whether this person has a part in the choice."""
    return bool(access.roles(request.user, call) & set(TEAM))


def page_context(call: Call, *, at: datetime, room: str = "", **more: Any) -> dict[str, Any]:
    """What every page of a call's choice gives its template; `room` is the tab of the team's workshop it is in."""
    return {"call": call, "now": at, "thread": thread_of(call.programme, at=at), "rooms": _rooms(call, room), **more}


def _rooms(call: Call, current: str) -> list[dict[str, Any]]:
    """The tabs of the team's workshop."""
    names = {
        "ranking": _("Classement"),
        "scenarios": _("Scénarios"),
        "publish": _("Publication"),
        "results": _("Résultats"),
    }
    return [
        {"text": text, "url": reverse(f"selections:{name}", args=[call.slug]), "current": name == current}
        for name, text in names.items()
    ]


def group_words() -> dict[str, str]:
    """The three groups of the ranking, as people read them."""
    return {
        "fund": _("Au-dessus de la ligne"),
        "undecided": _("Indécis"),
        "refuse": _("Au-dessous de la ligne"),
    }
