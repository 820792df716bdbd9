"""Amounts, shares, dates and durations as people write them, in the reader's language.

Each function takes plain values and gives plain text; the template filters of the same names call them.
"""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from essaim.engine import money as exact

NBSP = "\u00a0"
MONTHS = {
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
WEEKDAYS = {
    "fr": ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
}


def language() -> Literal["fr", "en"]:
    """The reader's language among those we write."""
    return "en" if (get_language() or "fr").startswith("en") else "fr"


def money(cents: int) -> str:
    """An amount in integer cents: « 160 000 € » or "€160,000"."""
    return exact.format_eur(int(cents), language())


def number(value: int | float | Decimal | Fraction, decimals: int = 0) -> str:
    """A quantity with its thousands marked: « 12 345,6 » or "12,345.6"."""
    if isinstance(value, Fraction):  # which has no format of its own before Python 3.12
        value = Decimal(value.numerator) / value.denominator
    text = f"{abs(value):,.{decimals}f}" if decimals else f"{abs(round(value)):,}"
    sign = "\u2212" if value < 0 else ""
    if language() == "fr":
        text = text.replace(",", "\u202f").replace(".", ",")
    return sign + text


def percent(share: Fraction | Decimal | float | int, decimals: int = 1) -> str:
    """A share (1 is 100 %): « 66,7 % » or "66.7%", without useless zeros."""
    value = share if isinstance(share, Fraction | Decimal) else Fraction(str(share))
    return exact.format_percent(value, language(), decimals)


def day(value: date | datetime) -> str:
    """« 13 septembre 2013 » or "13 September 2013"; an instant is taken in the current time zone."""
    local = _local(value)
    lang = language()
    first = "1er" if local.day == 1 and lang == "fr" else str(local.day)
    return f"{first}{NBSP}{MONTHS[lang][local.month - 1]} {local.year}"


def weekday(value: date | datetime) -> str:
    """« vendredi 13 septembre 2013 »."""
    return f"{WEEKDAYS[language()][_local(value).weekday()]} {day(value)}"


def hour(value: datetime, seconds: bool = False) -> str:
    """« 23 h 59 » or "23:59", with seconds where a receipt needs them; in the current time zone."""
    local = timezone.localtime(value)
    if language() == "en":
        return f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    text = f"{local.hour}{NBSP}h{NBSP}{local:%M}"
    return f"{text}{NBSP}min{NBSP}{local:%S}{NBSP}s" if seconds else text


def instant(value: datetime, zone: str = "", seconds: bool = False) -> str:
    """« vendredi 13 septembre 2013 à 23 h 59 (heure de Paris) »; `zone` is an IANA name, else the current one."""
    tz = ZoneInfo(zone) if zone else timezone.get_current_timezone()
    with timezone.override(tz):
        return _("{day} à {hour} ({zone})").format(
            day=weekday(value), hour=hour(value, seconds=seconds), zone=zone_name(str(tz))
        )


def zone_name(zone: str) -> str:
    """« heure de Paris », « heure de La Réunion », « UTC »."""
    if zone in {"UTC", "Etc/UTC"}:
        return "UTC"
    city = get_timezone_location(zone, locale=language(), return_city=True)
    if language() == "en":
        return f"{city} time"
    return f"heure d’{city}" if city[0] in "AEIOUYÉÎ" else f"heure de {city}"


def relative(value: date | datetime, at: datetime | None = None) -> str:
    """« dans 3 jours », « il y a 2 heures », « aujourd’hui », counted from `at` (now unless given).

    From two days away on, what counts is calendar days in the current time zone, as people count them.
    """
    at = at or timezone.now()
    if not isinstance(value, datetime):
        return _days((value - timezone.localdate(at)).days)
    seconds = (value - at).total_seconds()
    days = (timezone.localdate(value) - timezone.localdate(at)).days
    if abs(days) >= 2:
        return _days(days)
    minutes = round(abs(seconds) / 60)
    if minutes == 0:
        return _("à l’instant")
    if minutes < 90:
        amount = ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
    else:
        hours = round(minutes / 60)
        amount = ngettext("{n} heure", "{n} heures", hours).format(n=hours)
    return _in_or_ago(amount, seconds > 0)


def _days(days: int) -> str:
    if days == 0:
        return _("aujourd’hui")
    count = abs(days)
    if count < 60:
        amount = ngettext("{n} jour", "{n} jours", count).format(n=count)
    elif count < 730:
        months = round(count / 30.4)
        amount = ngettext("{n} mois", "{n} mois", months).format(n=months)
    else:
        years = count // 365
        amount = ngettext("{n} an", "{n} ans", years).format(n=number(years))
    return _in_or_ago(amount, days > 0)


def _in_or_ago(amount: str, future: bool) -> str:
    amount = amount.replace(" ", NBSP)
    return (_("dans {amount}") if future else _("il y a {amount}")).format(amount=amount)


def _local(value: date | datetime) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


def size(octets: int) -> str:
    """A file's size as people read it: « 1 Ko » at least, thousands of bytes up to one million, then « 3,4 Mo »."""
    if octets < 10**6:
        return _("%(count)s Ko") % {"count": number(max(1, -(-octets // 1000)))}
    tenths = -(-octets // 10**5)
    return _("%(count)s Mo") % {"count": number(Decimal(tenths) / 10, 1 if tenths % 10 else 0)}


def file_detail(name: str, octets: int, pages: int | None) -> str:
    """What is said of a file beside its name: « PDF, 12 Ko, 3 pages »."""
    said = [name.rpartition(".")[2].upper()] if "." in name else []
    said.append(size(octets))
    if pages:
        said.append(ngettext("%(count)s page", "%(count)s pages", pages) % {"count": number(pages)})
    return ", ".join(said)
