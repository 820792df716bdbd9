"""What a scenario's choice would cost if it were made otherwise: another envelope, another decision, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from essaim.ui.formats import money, number
from essaim.ui.shapes import Bar

SHOWN = 8  # files named in a cell of the table


def envelope_rows(scenario: Any, references: Mapping[int, str]) -> list[dict[str, Any]]:
    """One row per envelope tried: its optimum, and the references of who enters and who leaves since the one before."""
    return [
        {
            "budget_cents": one["budget_cents"],
            "here": one["budget_cents"] == scenario.budget_cents,
            "points": one["points"],
            "proven": one["proven"],
            "funded": one["funded"],
            "entering": _named(one["entering"], references),
            "leaving": _named(one["leaving"], references),
        }
        for one in scenario.result.get("envelopes", ())
    ]


def envelope_bars(scenario: Any) -> list[Bar]:
    """The value of the optimum of each envelope."""
    return [
        Bar(
            label=money(one["budget_cents"]),
            value=round(1000 * one["points"]),
            text=_("%(points)s points") % {"points": number(one["points"], 1)},
            emphasis=one["budget_cents"] == scenario.budget_cents,
        )
        for one in scenario.result.get("envelopes", ())
    ]


def price_words(result: Mapping[str, Any], application: int) -> str:
    """How many points the choice loses when this file is decided otherwise; empty when not computed, or settled."""
    prices = result.get("prices", {})
    if str(application) not in prices:
        return ""
    price = prices[str(application)]
    if price is None:
        return _("impossible")
    return number(price / 1000, 3)


def _named(ids: list[int], references: Mapping[int, str]) -> str:
    """The references, the first ones when they are many."""
    names = sorted(references.get(id_, str(id_)) for id_ in ids)
    return ", ".join(names[:SHOWN]) + ("…" if len(names) > SHOWN else "")
