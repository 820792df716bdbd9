"""Promise G1: who was told that a call opens, by region, and who was not, and why. Never an address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _


def in_scope(call: Any, *, regions: Iterable[str], themes: Iterable[str] = ()) -> bool:
    """Whether a call concerns someone who follows these regions and themes (empty: all)."""
    regions, themes = set(regions), set(themes)
    return (not regions or not call.territory or bool(regions & set(call.territory))) and (
        not themes or not call.themes or bool(themes & set(call.themes))
    )


def region_of(place: Any, call: Any) -> Any | None:
    """The region a known place was in on the day the call opens; None when its commune is not known."""
    if place.commune is None:
        return None
    return place.commune.department.region_on(call.opens_at.astimezone(ZoneInfo(call.zone)).date())


@dataclass(frozen=True, slots=True)
class ReachRow:
    """A region: known places in scope, those told, and the subscribers who follow it and were told; among the places,
    how many are `invented` for a demonstration, and how many are `silent`: no address is known."""

    region: str
    places: int
    told: int
    subscribers: int
    invented: int = 0
    silent: int = 0

    @property
    def share(self) -> Fraction:
        """The share of its known places that were told."""
        return Fraction(self.told, self.places) if self.places else Fraction(0)


@dataclass(frozen=True, slots=True)
class Reach:
    """The whole: `rows` by region, `reasons` why some were not reached, with how many."""

    rows: tuple[ReachRow, ...]
    reasons: tuple[tuple[str, int], ...]
    places: int
    told: int
    subscribers: int
    last_told_at: datetime | None

    @property
    def share(self) -> Fraction:
        """The share of all known places that were told."""
        return Fraction(self.told, self.places) if self.places else Fraction(0)


def reach_of(call: Any, *, places: QuerySet[Any], regions: Iterable[Any], pending: int) -> Reach:
    """The reach of a call among `places`; `regions` gives names, `pending` counts subscriptions never confirmed."""
    day = call.opens_at.astimezone(ZoneInfo(call.zone)).date()
    names = {region.pk: region.name_on(day) for region in regions}
    alerts = list(call.alerts.select_related("subscription", "message"))
    state_of = {alert.place_id: _delivery(alert) for alert in alerts if alert.place_id}
    known: Counter[str] = Counter()
    told: Counter[str] = Counter()
    invented: Counter[str] = Counter()
    silent: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for place in places.select_related("commune__department__region", "commune__department__region_2013"):
        region = region_of(place, call)
        code = region.pk if region else ""
        if not in_scope(call, regions=[code] if code else []):
            continue
        known[code] += 1
        invented[code] += place.invented
        silent[code] += not place.email
        failure = state_of.get(place.pk, _("Pas encore prévenu : l’envoi attend son tour."))
        if failure and not place.email:
            failure = _("Aucune adresse électronique connue.")
        if failure:
            reasons[failure] += 1
        else:
            told[code] += 1
    if pending:
        reasons[_("Abonnement jamais confirmé.")] = pending
    followers: Counter[str] = Counter()
    heard = [alert.subscription for alert in alerts if alert.subscription_id and not _delivery(alert)]
    for subscription in heard:
        followers.update(subscription.regions or [""])
    rows = [
        ReachRow(_region_name(names, code), known[code], told[code], followers[code], invented[code], silent[code])
        for code in {*known, *followers}
    ]
    rows.sort(key=lambda row: (-row.places, row.region))
    return Reach(
        rows=tuple(rows),
        reasons=tuple(reasons.most_common()),
        places=known.total(),
        told=told.total(),
        subscribers=len(heard),
        last_told_at=max((alert.told_at for alert in alerts), default=None),
    )


def _region_name(names: dict[str, str], code: str) -> str:
    return str(names.get(code, code)) if code else _("Sans région précise")


def _delivery(alert: Any) -> str:
    """Empty when the message left or is leaving; else why it did not arrive."""
    failed = alert.message is not None and alert.message.state in {"failed", "bounced"}
    return _("Le message n’a pas pu être remis.") if failed else ""
