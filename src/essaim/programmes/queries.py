"""What is asked of programmes: the envelope today, its history, the public record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from essaim.kernel.bilingual import as_bilingual
from essaim.ui.formats import money


def envelope_cents(programme: Any, *, on: date | None = None) -> int:
    """The envelope in force, in cents, today or at a date; 0 before any announcement."""
    changes: QuerySet[Any] = programme.envelope_changes.order_by("-decided_on", "-pk")
    if on is not None:
        changes = changes.filter(decided_on__lte=on)
    latest = changes.first()
    return latest.amount_cents if latest else 0


def in_language(text: Any) -> str:
    """A `{fr, en}` mapping of a programme's folder, in the reader's language."""
    return str(as_bilingual(text))


@dataclass(frozen=True, slots=True)
class EnvelopeRow:
    """A line of the envelope's history, with what it changed, in cents."""

    change: Any
    difference_cents: int | None


def envelope_row(change: Any, before: Any | None) -> EnvelopeRow:
    """A change beside the one before it."""
    return EnvelopeRow(change, change.amount_cents - before.amount_cents if before else None)


def facts_in_words(record: dict[str, Any]) -> list[tuple[str, str]]:
    """The public payload of a record as people read it: amounts in euros, digests shortened."""
    words = []
    for name, value in record["payload"].items():
        if name.endswith("_cents"):
            text = money(value)
        elif name.endswith("sha256"):
            text = f"{value[:12]}…"
        else:
            text = str(value)
        words.append((str(FACT_LABELS.get(name, name)), text))
    return words


FACT_LABELS = {
    "from": gettext_lazy("de"),
    "to": gettext_lazy("vers"),
    "amount_cents": gettext_lazy("montant"),
    "before_cents": gettext_lazy("montant précédent"),
    "decided_on": gettext_lazy("date"),
    "reason_sha256": gettext_lazy("empreinte de la raison"),
    "rules_sha256": gettext_lazy("empreinte des règles"),
    "sha256": gettext_lazy("empreinte"),
    "number": gettext_lazy("numéro"),
    "call": gettext_lazy("appel"),
    "role": gettext_lazy("rôle"),
    "opens_at": gettext_lazy("ouverture"),
    "closes_at": gettext_lazy("clôture"),
    "subscribers": gettext_lazy("abonnés prévenus"),
    "places": gettext_lazy("lieux prévenus"),
}
