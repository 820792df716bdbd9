"""What a desk is made of: things that wait for someone, and things they follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PARIS = "Europe/Paris"
# Each kind of thing: its icon, and what people call it.
KINDS: dict[str, tuple[str, Promise]] = {
    "jam": ("people", _("Jam")),
    "proposal": ("idea", _("Propositions")),
    "call": ("calendar", _("Appel à projets")),
    "file": ("file", _("Dossier")),
    "review": ("scales", _("Expertise")),
    "choice": ("hex-filled", _("Choix")),
    "decision": ("mail", _("Décision")),
    "letter": ("alert", _("Courrier")),
    "agreement": ("link", _("Convention")),
    "payment": ("euro", _("Versement")),
    "report": ("print", _("Compte rendu")),
    "alert": ("eye", _("Alertes")),
}


class OfAKind:
    """Something shown with the icon and the name of its kind."""

    kind: str

    @property
    def icon(self) -> str:
        """The icon of its kind."""
        return KINDS[self.kind][0]

    @property
    def kind_name(self) -> str:
        """What people call its kind."""
        return str(KINDS[self.kind][1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting(OfAKind):
    """Something someone has to do: since when it waits, until when it may; `late` once that instant is past."""

    title: str
    url: str
    kind: str
    detail: str = ""
    since: datetime | None = None
    until: datetime | None = None
    invented: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed(OfAKind):
    """Something someone cares about and has nothing to do for now: where it stands, in words."""

    title: str
    url: str
    kind: str
    state: str
    at: datetime | None = None
    invented: bool = False


def address(name: str, *args: object) -> str:
    """The address of a page of another stage; empty when this site does not have that page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def first_address(*candidates: tuple[object, ...]) -> str:
    """The first of these pages (its name, then its arguments) that this site has, or the first page."""
    return next((found for name, *args in candidates if (found := address(str(name), *args))), "/")


def end_of(day: date | None, zone: str = PARIS) -> datetime | None:
    """The last second of a day, in a zone; None for no day."""
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(zone)) if day else None
