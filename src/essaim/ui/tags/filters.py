"""Filters: each gives an empty text for an absent value, so that templates need no test around them."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import template

from essaim.ui import formats

register = template.Library()


@register.filter
def money(cents: int | None) -> str:
    """`{{ grant_cents|money }}`: « 160 000 € »."""
    return "" if cents is None else formats.money(cents)


@register.filter
def number(value: float | None, decimals: int = 0) -> str:
    """`{{ population|number }}`: « 12 345 »; `|number:1` keeps one decimal."""
    return "" if value is None else formats.number(value, decimals)


@register.filter
def percent(share: Fraction | Decimal | float | None, decimals: int = 1) -> str:
    """`{{ share|percent }}`: a share (1 is 100 %) as « 66,7 % »."""
    return "" if share is None else formats.percent(share, decimals)


@register.filter
def day(value: date | datetime | None) -> str:
    """`{{ call.closes_at|day }}`: « 13 septembre 2013 »."""
    return formats.day(value) if value else ""


@register.filter
def instant(value: datetime | None, zone: str = "") -> str:
    """`{{ call.closes_at|instant:call.zone }}`: « vendredi 13 septembre 2013 à 23 h 59 (heure de Paris) »."""
    return formats.instant(value, zone) if value else ""


@register.filter
def exact_instant(value: datetime | None, zone: str = "") -> str:
    """Like `instant`, to the second, for receipts."""
    return formats.instant(value, zone, seconds=True) if value else ""


@register.filter
def hour(value: datetime | None) -> str:
    """`{{ saved_at|hour }}`: « 14 h 32 »."""
    return formats.hour(value) if value else ""


@register.filter
def remaining(value: date | datetime | None, at: datetime | None = None) -> str:
    """`{{ call.closes_at|remaining:now }}`: « dans 3 jours »; without argument, counted from now."""
    return formats.relative(value, at) if value else ""


@register.filter
def ago(value: date | datetime | None, at: datetime | None = None) -> str:
    """`{{ event.at|ago:now }}`: « il y a 2 heures »; the same computation as `remaining`."""
    return formats.relative(value, at) if value else ""


@register.filter
def size(octets: int | None) -> str:
    """`{{ file.size|size }}`: « 12 Ko », « 3,4 Mo »."""
    return "" if octets is None else formats.size(octets)


@register.filter
def filedetail(file: Any) -> str:
    """`{{ document.file|filedetail }}`: « PDF, 12 Ko, 3 pages », of a stored file."""
    return formats.file_detail(file.name, file.size, file.pages) if file else ""
