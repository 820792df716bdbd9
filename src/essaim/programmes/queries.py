"""What is asked of programmes: the envelope today, its history, the public record."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet


def envelope_cents(programme: Any, *, on: date | None = None) -> int:
    """The envelope in force, in cents, today or at a date; 0 before any announcement."""
    changes: QuerySet[Any] = programme.envelope_changes.order_by("-decided_on", "-pk")
    if on is not None:
        changes = changes.filter(decided_on__lte=on)
    latest = changes.first()
    return latest.amount_cents if latest else 0
