"""The thread, and what lives with the clock or the map."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from essaim.ui import formats
from essaim.ui import thread as story

register = template.Library()


@register.inclusion_tag("ui/components/thread.html")
def thread(
    *,
    current: str = "",
    urls: Mapping[str, str] | None = None,
    notes: Mapping[str, str] | None = None,
    reached: str = "",
    programme: str = "",
    large: bool = False,
) -> dict[str, Any]:
    """The seven linked cells, the current one filled, one step back and one forward.

    Keys of `urls` and `notes`: jam, propositions, appel, candidatures, choix, conventions, lieux. `reached` is how far
    the programme itself has gone; `large` draws the walkable picture of a home page, with its notes.
    """
    drawn = story.cells(current, urls or {}, notes or {}, reached)
    back, forward = story.neighbours(drawn)
    return {"cells": drawn, "back": back, "forward": forward, "programme": programme, "large": large}


@register.inclusion_tag("ui/components/countdown.html")
def countdown(*, deadline: datetime, at: datetime | None = None, zone: str = "", label: str = "") -> dict[str, Any]:
    """The time left before a deadline, by the server's clock; live with JavaScript, right at loading without it."""
    at = at or timezone.now()
    return {
        "label": label or _("Clôture"),
        "deadline": deadline.isoformat(),
        "at": at.isoformat(),
        "remaining": formats.relative(deadline, at),
        "instant": formats.instant(deadline, zone),
        "closed": at > deadline,
        "soon": 0 <= (deadline - at).total_seconds() < 72 * 3600,
    }


@register.inclusion_tag("ui/components/map.html")
def map(*, label: str, points_url: str, outlines_url: str = "", table_id: str = "") -> dict[str, Any]:
    """A map of points that comes with JavaScript; the page must hold the same places in a table (`table_id`).

    `points_url` answers JSON `{"points": [{"lat", "lon", "title", "text", "url", "kind"}]}` (kind: known, funded,
    asked), `outlines_url` GeoJSON drawn as the background: nothing is fetched from elsewhere.
    """
    return {"label": label, "points_url": points_url, "outlines_url": outlines_url, "table_id": table_id}


@register.inclusion_tag("ui/components/autosave_state.html")
def autosave_state(*, saved_at: datetime | None = None, filed: bool = False) -> dict[str, Any]:
    """The state of a draft, always visible; the script of `form[data-autosave]` writes in it."""
    return {"saved_at": saved_at, "filed": filed}
