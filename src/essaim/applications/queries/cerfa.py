"""The same plan seen by accounts, as the Cerfa 12156 lays it out: charges on one side, produits on the other."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from essaim.engine import budget

FILE = Path(__file__).resolve().parent.parent / "cerfa_12156.toml"
Half = Literal["charges", "produits"]


@dataclass(frozen=True, slots=True)
class AccountLine:
    """A line of a plan under an account: its label and its amount in cents."""

    label: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Account:
    """An account with the plan's lines under it; `name` is the Cerfa's, "" for an account it does not have."""

    code: str
    name: str
    lines: tuple[AccountLine, ...]

    @property
    def total_cents(self) -> int:
        """What the account amounts to."""
        return sum(line.amount_cents for line in self.lines)


@dataclass(frozen=True, slots=True)
class CerfaView:
    """A plan as the Cerfa shows it. `outside`: investments (class 2), which an operating budget does not hold."""

    version: str
    charges: tuple[Account, ...]
    products: tuple[Account, ...]
    in_kind_charges: tuple[Account, ...]
    in_kind_products: tuple[Account, ...]
    outside: tuple[Account, ...]

    def total(self, *names: str) -> int:
        """The total of these parts, in cents."""
        return sum(account.total_cents for name in names for account in getattr(self, name))


@lru_cache(maxsize=1)
def _versions() -> list[dict[str, Any]]:
    with FILE.open("rb") as file:
        return sorted(tomllib.load(file)["version"], key=lambda version: version["since"])


def chart_at(day: date) -> dict[str, Any]:
    """The version of the chart that holds at a date: `name`, `charges` and `produits` by account."""
    return next((one for one in reversed(_versions()) if one["since"] <= day), _versions()[0])


def _chart_of(application: Any) -> dict[str, Any]:
    closes = application.call.closes_at
    return chart_at(closes.date() if closes else date.max)


def account_names(application: Any, half: Half) -> list[tuple[str, str]]:
    """The accounts a line may name, with their labels, in the version that holds for the call."""
    return list(_chart_of(application)[half].items())


def cerfa_of(application: Any, plan: budget.Plan) -> CerfaView:
    """The plan by accounts, with the labels of the version that holds for the call."""
    chart = _chart_of(application)
    costs = _grouped([(line.account, line.label, line.amount_cents) for line in plan.costs], chart["charges"], "65")
    live = [line for line in plan.fundings if line.status != "refused"]
    fundings = _grouped([(line.account, line.funder, line.amount_cents) for line in live], chart["produits"], "75")
    return CerfaView(
        version=chart["name"],
        charges=tuple(one for one in costs if one.code[0] == "6"),
        products=tuple(one for one in fundings if not one.code.startswith("87")),
        in_kind_charges=tuple(one for one in costs if one.code.startswith("86")),
        in_kind_products=tuple(one for one in fundings if one.code.startswith("87")),
        outside=tuple(one for one in costs if one.code[0] not in "68"),
    )


def _grouped(lines: list[tuple[str, str, int]], names: dict[str, str], default: str) -> list[Account]:
    """Lines under the nearest account the form has (641 goes under 64), in the order of the form."""
    groups: dict[str, list[AccountLine]] = {}
    for account, label, cents in lines:
        code = _nearest(account or default, names)
        groups.setdefault(code, []).append(AccountLine(label, cents))
    return [Account(code, names.get(code, ""), tuple(found)) for code, found in sorted(groups.items())]


def _nearest(account: str, names: dict[str, str]) -> str:
    for length in range(len(account), 1, -1):
        if account[:length] in names:
            return account[:length]
    return account[:2]
