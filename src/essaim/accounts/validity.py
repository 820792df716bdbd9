"""What the dates of a document say on a given day: valid, soon at its end, expired, not yet valid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from essaim.ui.formats import day

SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Validity:
    """`code`: valid, soon, expired or later; `level` is the badge's, `sentence` what is read."""

    code: str
    level: str
    sentence: str


def validity(valid_from: date | None, valid_until: date | None, *, on: date) -> Validity | None:
    """What these dates say on a day; None when the document has none."""
    if valid_until is not None and valid_until < on:
        return Validity("expired", "error", _("Expiré depuis le %(day)s") % {"day": day(valid_until)})
    if valid_from is not None and valid_from > on:
        return Validity("later", "warning", _("Valable à partir du %(day)s") % {"day": day(valid_from)})
    if valid_until is None:
        return None if valid_from is None else Validity("valid", "success", _("Valable sans limite de date"))
    if valid_until - on <= SOON:
        return Validity("soon", "warning", _("Expire bientôt : valable jusqu’au %(day)s") % {"day": day(valid_until)})
    return Validity("valid", "success", _("Valable jusqu’au %(day)s") % {"day": day(valid_until)})
