"""What the address of the officers' list asks: what is not understood is left out, never an error."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict

from essaim.applications.models import ApplicationState
from essaim.reviews.queries.columns import ORDERS, Column, columns_of
from essaim.reviews.queries.listing import ARRIVALS, FINDINGS, HANDLERS, MESSAGES, REQUESTS, SILENCES
from essaim.ui.amounts import AmountField

PAGE_SIZES = (25, 50, 100, 250)
USUAL_SIZE = 50
LISTED = {
    "etat": set(ApplicationState.values),
    "constats": set(FINDINGS),
    "messages": set(MESSAGES),
    "complement": set(REQUESTS),
    "arrivee": set(ARRIVALS),
    "silence": set(SILENCES),
}


@dataclass(frozen=True, slots=True)
class Choices:
    """Filters, order and columns of a list. `filters` holds what `queries.chosen_files` takes."""

    filters: dict[str, Any]
    order: str
    columns: list[Column] = field(default_factory=list)
    size: int = USUAL_SIZE

    @property
    def narrowed(self) -> bool:
        """Whether any filter is on."""
        return any(self.filters.values())


def read_choices(given: QueryDict, *, questions: Iterable[Any]) -> Choices:
    """The filters, the order and the columns an address asks for."""
    filters: dict[str, Any] = {
        name: value if (value := given.get(name, "")) in values else "" for name, values in LISTED.items()
    }
    filters |= {name: _amount(given.get(name, "")) for name in ("min", "max")}
    filters |= {name: given.get(name, "").replace("\x00", "").strip()[:60] for name in ("region", "etiquette")}
    filters["q"] = given.get("q", "").replace("\x00", "").strip()[:200]
    handler = given.get("suivi", "")
    filters["suivi"] = handler if handler in HANDLERS or (handler.isascii() and handler.isdigit()) else ""
    filters["reponses"] = {
        question.code: value
        for question in questions
        if (value := given.get(f"r_{question.code}", "")) in {code for code, _label in question.choices}
    }
    order = given.get("tri", "")
    size = given.get("par", "")
    return Choices(
        filters=filters,
        order=order if order in ORDERS else "numero",
        columns=columns_of(given.getlist("colonnes")),
        size=int(size) if size in {str(one) for one in PAGE_SIZES} else USUAL_SIZE,
    )


def _amount(text: str) -> int | None:
    """An amount typed in euros, in cents; None when there is none or it cannot be read."""
    if not text:
        return None
    try:
        cents: int | None = AmountField(required=False).clean(text[:20])
    except forms.ValidationError:
        return None
    return cents
