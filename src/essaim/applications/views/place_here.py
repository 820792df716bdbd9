"""The project's commune, written in the page itself: its name or its postcode; chosen when several bear that name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from essaim.applications import actions
from essaim.applications.models import Application
from essaim.kernel import clock
from essaim.kernel.workflow import Refused
from essaim.places.models import Commune
from essaim.places.queries import fold

MOST_FOUND = 12


@dataclass(frozen=True, slots=True)
class Place:
    """What was typed, the communes to choose from when it is not enough, and the sentence that says what to do."""

    text: str = ""
    found: tuple[Any, ...] = ()
    sentence: str = ""
    kept: bool = False

    @property
    def unsettled(self) -> bool:
        """Whether something is still to be said."""
        return bool(self.sentence)


NOTHING = Place()


def typed(data: Mapping[str, Any]) -> Place:
    """What was typed, shown again before it is saved."""
    return Place(text=str(data.get("lieu", ""))[:100])


def keep(request: HttpRequest, application: Application) -> Place:
    """Keep the commune chosen or written; nothing when the field is as it was shown."""
    text, chosen = request.POST.get("lieu", "").strip()[:100], request.POST.get("lieu-commune", "")
    if not chosen and (not text or text == request.POST.get("lieu-vu", "") or text == str(application.commune or "")):
        return NOTHING
    found = communes(text)
    one = chosen or (found[0].code if len(found) == 1 else "")
    if not one:
        return Place(text, tuple(found), _several(text) if found else _none(text))
    if one == application.commune_id:
        return Place(text, kept=True)
    try:
        actions.set_place(application, commune=one, by=request.user, at=clock.now())
    except Refused as refusal:
        return Place(text, tuple(found), str(refusal))
    return Place(text, kept=True)


def communes(text: str) -> list[Any]:
    """The communes this may be, the only one of this very name alone. The department may follow in brackets."""
    name = text.partition("(")[0].strip()
    found = list(Commune.objects.search(name).select_related("department")[: MOST_FOUND + 1])
    same = [commune for commune in found if commune.search_name == fold(name)]
    if "(" in text:
        same = [commune for commune in same if str(commune) == text] or same
    return same if len(same) == 1 else (same or found)[:MOST_FOUND]


def _several(text: str) -> str:
    return _("Plusieurs communes répondent à « %(text)s » : choisissez la vôtre.") % {"text": text}


def _none(text: str) -> str:
    return _("Aucune commune ne porte le nom « %(text)s » : essayez le début du nom, ou le code postal.") % {
        "text": text
    }
