"""What is asked of awards: ceilings, what was paid, the words of a letter."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum

ADVANCE_PERCENT = 30  # décret 2018-514, art. 12: an advance is at most 30 % of the grant
INSTALMENTS_PERCENT = 80  # advance and instalments together: at most 80 %


def paid_cents(agreement: Any, *, without: Any = None) -> int:
    """What was paid so far, another payment left out."""
    paid = agreement.payments.filter(state="paid")
    paid = paid if without is None else paid.exclude(pk=without.pk)
    return int(paid.aggregate(total=Sum("amount_cents"))["total"] or 0)


def planned_cents(agreement: Any, *, without: Any = None) -> int:
    """What is planned, claimed or paid, another payment left out."""
    payments = agreement.payments.all() if without is None else agreement.payments.exclude(pk=without.pk)
    return int(payments.aggregate(total=Sum("amount_cents"))["total"] or 0)


def ceiling_cents(agreement: Any, kind: str) -> int:
    """The most that may be paid by payments of this kind, in cents."""
    percent = {"advance": ADVANCE_PERCENT, "instalment": INSTALMENTS_PERCENT}.get(kind, 100)
    return int(agreement.amount_cents * percent // 100)
