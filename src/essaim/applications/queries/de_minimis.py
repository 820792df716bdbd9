"""What an organisation told of its de minimis aids, and the room left at a date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from essaim.engine import de_minimis as engine
from essaim.ui.formats import day, money

CEILING_CENTS = engine.CEILING_CENTS


@dataclass(frozen=True, slots=True)
class Room:
    """What may still be granted at a date; `known` is False while the organisation has not said its list complete."""

    at: date
    received_cents: int
    room_cents: int
    known: bool
    url: str = ""

    @property
    def sentence(self) -> str:
        """The room left, said."""
        values = {"date": day(self.at), "room": money(self.room_cents), "received": money(self.received_cents)}
        if not self.known:
            return _(
                "Aides de minimis : dites celles que l’organisme a reçues depuis trois ans, et ce qui reste du plafond "
                "se calcule."
            )
        return _("Aides de minimis : %(received)s sur trois ans, il reste %(room)s au %(date)s.") % values


def reference_date(application: Any) -> date:
    """The date at which de minimis aid is counted: the closing of the call, the same in every place."""
    closes = application.call.closes_at
    return closes.astimezone(ZoneInfo(application.call.zone)).date() if closes else timezone.localdate()


def room_of(organisation: Any, at: date) -> Room:
    """The room left to an organisation at a date, from what it told."""
    aids = [
        engine.Aid(cast(engine.Regime, aid.regime), aid.granted_on, aid.amount_cents)
        for aid in organisation.de_minimis_aids.all()
    ]
    return Room(
        at=at,
        received_cents=engine.received_cents(aids, at),
        room_cents=engine.room_cents(aids, at),
        known=hasattr(organisation, "de_minimis_statement"),
        url=reverse("applications:de-minimis", args=[organisation.public_id]),
    )


def de_minimis_facts(application: Any) -> dict[str, int]:
    """What the rules may ask of de minimis aid; nothing while the organisation has not told all."""
    if application.organisation_id is None:
        return {}
    room = room_of(application.organisation, reference_date(application))
    return {"de_minimis.received": room.received_cents, "de_minimis.room": room.room_cents} if room.known else {}
