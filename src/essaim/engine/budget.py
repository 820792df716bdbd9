"""A project's budget and its financing plan: one object, exact to the cent.

Costs on one side, resources on the other. Contributions in kind (account 86 facing 87 of the French chart for
associations) count in the balance, never in the base of a rate. Sources: décret 2018-514 (content of an application,
HT or TTC stated, public aid at most 100 % of the base), Cerfa 12156 (86 = 87).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal, get_args

from essaim.engine.money import NBSP, Lang, format_eur

Vat = Literal["HT", "TTC"]
FundingKind = Literal["requested", "public", "private", "own", "in_kind"]
FundingStatus = Literal["asked", "secured", "refused"]

IN_KIND_COST_ACCOUNT: Final = "86"
FULL_SHARE: Final = Fraction(1)


def _require_cents(value: object, name: str) -> None:
    if type(value) is not int or value < 0:
        raise ValueError(f"{name} must be a whole number of cents, zero or more: {value!r}")


@dataclass(frozen=True, kw_only=True)
class CostLine:
    """One cost, of which ``eligible_share`` (0 to 1) may be subsidised; ``account`` as in the Cerfa.

    ``quantity_thousandths`` and ``unit_price_cents`` say where the amount comes from. ``in_base`` is what the call says
    of the base of the rates; None is the common rule: everything but contributions in kind.
    """

    label: str
    category: str
    amount_cents: int
    account: str = ""
    eligible_share: Fraction = FULL_SHARE
    vat: Vat = "HT"
    year: int | None = None
    quantity_thousandths: int | None = None
    unit_price_cents: int | None = None
    in_base: bool | None = None

    def __post_init__(self) -> None:
        _require_cents(self.amount_cents, "amount_cents")
        if self.quantity_thousandths is not None:
            _require_cents(self.quantity_thousandths, "quantity_thousandths")
        if self.unit_price_cents is not None:
            _require_cents(self.unit_price_cents, "unit_price_cents")
        if not isinstance(self.eligible_share, Fraction) or not 0 <= self.eligible_share <= 1:
            raise ValueError(f"eligible_share must be a Fraction between 0 and 1: {self.eligible_share!r}")
        if self.vat not in get_args(Vat):
            raise ValueError(f"vat must be HT or TTC: {self.vat!r}")

    @property
    def in_kind(self) -> bool:
        """A contribution in kind (account 86)."""
        return self.account.startswith(IN_KIND_COST_ACCOUNT)

    @property
    def eligible_cents(self) -> Fraction:
        """What of this cost may be subsidised, exactly (not rounded)."""
        counted = not self.in_kind if self.in_base is None else self.in_base
        return self.amount_cents * self.eligible_share if counted else Fraction(0)

    @property
    def computed_cents(self) -> int | None:
        """Quantity times unit price, rounded half up to the cent; None when one of them is not given."""
        return product_cents(self.quantity_thousandths, self.unit_price_cents)


def product_cents(quantity_thousandths: int | None, unit_price_cents: int | None) -> int | None:
    """Quantity (in thousandths) times unit price, rounded half up to the cent; None when one is not given."""
    if quantity_thousandths is None or unit_price_cents is None:
        return None
    return (quantity_thousandths * unit_price_cents + 500) // 1000


@dataclass(frozen=True, kw_only=True)
class FundingLine:
    """One resource. ``requested`` is the aid asked from this call; a refused line is kept but never counted."""

    funder: str
    kind: FundingKind
    amount_cents: int
    status: FundingStatus = "asked"
    account: str = ""
    year: int | None = None

    def __post_init__(self) -> None:
        _require_cents(self.amount_cents, "amount_cents")
        if self.kind not in get_args(FundingKind):
            raise ValueError(f"unknown kind of resource: {self.kind!r}")
        if self.status not in get_args(FundingStatus):
            raise ValueError(f"unknown status of a resource: {self.status!r}")


@dataclass(frozen=True)
class Remark:
    """One thing to repair in a plan: a stable ``code`` and its sentence in both languages."""

    code: str
    fr: str
    en: str

    def say(self, lang: Lang) -> str:
        """The sentence in ``lang``."""
        return self.en if lang == "en" else self.fr


@dataclass(frozen=True)
class Plan:
    """Costs and resources together. Every figure is in cents; rates are exact fractions, None when the base is 0."""

    costs: tuple[CostLine, ...] = ()
    fundings: tuple[FundingLine, ...] = ()

    @property
    def cost_cents(self) -> int:
        """Total of the costs, contributions in kind included."""
        return sum(line.amount_cents for line in self.costs)

    @property
    def resource_cents(self) -> int:
        """Total of the resources that were not refused."""
        return sum(line.amount_cents for line in self._live())

    @property
    def balance_cents(self) -> int:
        """Resources minus costs: below 0 resources are missing, above 0 there are too many."""
        return self.resource_cents - self.cost_cents

    @property
    def missing_cents(self) -> int:
        """What resources lack, or 0."""
        return max(0, -self.balance_cents)

    @property
    def over_cents(self) -> int:
        """What resources have in excess, or 0."""
        return max(0, self.balance_cents)

    @property
    def eligible_base_cents(self) -> int:
        """What may be subsidised: eligible shares added exactly, then rounded down to the cent.

        Contributions in kind are outside, unless the call says so (``CostLine.in_base``).
        """
        exact = sum((line.eligible_cents for line in self.costs), Fraction(0))
        return exact.numerator // exact.denominator

    @property
    def requested_cents(self) -> int:
        """The aid asked from this call."""
        return self.funding_cents("requested")

    @property
    def public_aid_cents(self) -> int:
        """All public aid: what this call is asked, and what other public funders give."""
        return self.funding_cents("requested", "public")

    def funding_cents(self, *kinds: FundingKind, status: FundingStatus | None = None) -> int:
        """Total of the resources of these kinds that were not refused, optionally in one status only."""
        return sum(line.amount_cents for line in self._live() if line.kind in kinds and status in (None, line.status))

    @property
    def subsidy_rate(self) -> Fraction | None:
        """Requested over eligible base."""
        return self._over_base(self.requested_cents)

    @property
    def public_aid_rate(self) -> Fraction | None:
        """All public aid over eligible base."""
        return self._over_base(self.public_aid_cents)

    @property
    def vat_mixed(self) -> bool:
        """Some costs are stated HT and others TTC: the plan means nothing until one is chosen."""
        return len({line.vat for line in self.costs}) > 1

    @property
    def in_kind_gap_cents(self) -> int:
        """In-kind resources (87) minus in-kind costs (86): must be 0."""
        return self.funding_cents("in_kind") - sum(line.amount_cents for line in self.costs if line.in_kind)

    @property
    def single_vat(self) -> Vat | None:
        """HT or TTC when every cost says the same; None when they do not, or when there is no cost."""
        found = {line.vat for line in self.costs}
        return found.pop() if len(found) == 1 else None

    def costs_by(self, key: Callable[[CostLine], Hashable]) -> dict[Hashable, int]:
        """Cents of the costs by year, category, account..., in the order they are first met."""
        totals: dict[Hashable, int] = {}
        for line in self.costs:
            totals[key(line)] = totals.get(key(line), 0) + line.amount_cents
        return totals

    def fundings_by(self, key: Callable[[FundingLine], Hashable]) -> dict[Hashable, int]:
        """Cents of the resources that were not refused, by year, kind, account..., in the order they are first met."""
        totals: dict[Hashable, int] = {}
        for line in self._live():
            totals[key(line)] = totals.get(key(line), 0) + line.amount_cents
        return totals

    def years(self) -> tuple[tuple[int | None, int, int], ...]:
        """(year, costs, resources) in cents, in order; the lines without a year come last, under None."""
        costs, fundings = self.costs_by(lambda line: line.year), self.fundings_by(lambda line: line.year)
        known = sorted(year for year in {*costs, *fundings} if isinstance(year, int))
        last: list[int | None] = [None] if None in costs or None in fundings else []
        return tuple((year, costs.get(year, 0), fundings.get(year, 0)) for year in [*known, *last])

    def remarks(self) -> tuple[Remark, ...]:
        """What does not hold in this plan, each in a sentence; empty when it can be filed."""
        return tuple(_remarks(self))

    def _live(self) -> Iterable[FundingLine]:
        return (line for line in self.fundings if line.status != "refused")

    def _over_base(self, cents: int) -> Fraction | None:
        base = self.eligible_base_cents
        return Fraction(cents, base) if base else None


def _remarks(plan: Plan) -> Iterable[Remark]:
    if not plan.costs:
        yield Remark("no_cost", "Ajoutez au moins une dépense.", "Add at least one cost.")
        return
    yield from _balance_remarks(plan)
    yield from _line_remarks(plan)
    if plan.vat_mixed:
        yield Remark(
            "vat_mixed",
            f"Le budget mélange des montants HT et TTC{NBSP}: choisissez HT si vous récupérez la TVA, TTC sinon.",
            "The budget mixes amounts without and with VAT: choose without if you recover VAT, with otherwise.",
        )
    gap = plan.in_kind_gap_cents
    if gap:
        fr, en = format_eur(abs(gap), "fr"), format_eur(abs(gap), "en")
        yield Remark(
            "in_kind_gap",
            f"Les contributions en nature diffèrent de {fr} entre dépenses (86) et ressources (87){NBSP}: "
            "inscrivez le même montant des deux côtés.",
            f"Contributions in kind differ by {en} between costs (86) and resources (87): "
            "enter the same amount on both sides.",
        )
    excess = plan.public_aid_cents - plan.eligible_base_cents
    if excess > 0:
        fr, en = format_eur(excess, "fr"), format_eur(excess, "en")
        yield Remark(
            "public_aid_over",
            f"Les aides publiques dépassent de {fr} les dépenses éligibles{NBSP}: baissez-les d’autant.",
            f"Public aid exceeds eligible costs by {en}: lower it by as much.",
        )


def _balance_remarks(plan: Plan) -> Iterable[Remark]:
    if plan.missing_cents:
        fr, en = format_eur(plan.missing_cents, "fr"), format_eur(plan.missing_cents, "en")
        yield Remark("missing", f"Il manque {fr} de ressources.", f"{en} of resources is missing.")
    if plan.over_cents:
        fr, en = format_eur(plan.over_cents, "fr"), format_eur(plan.over_cents, "en")
        yield Remark(
            "over",
            f"Les ressources dépassent les dépenses de {fr}{NBSP}: baissez une ressource ou ajoutez une dépense.",
            f"Resources exceed costs by {en}: lower a resource or add a cost.",
        )


def _line_remarks(plan: Plan) -> Iterable[Remark]:
    named = [*((line.label, line.amount_cents) for line in plan.costs)]
    named += [(line.funder, line.amount_cents) for line in plan.fundings]
    for name, cents in named:
        if not cents:
            yield Remark(
                "no_amount",
                f"«{NBSP}{name}{NBSP}» n’a pas encore de montant{NBSP}: écrivez-le, ou retirez la ligne.",
                f"“{name}” has no amount yet: write it, or remove the line.",
            )
        elif not name.strip():
            fr, en = format_eur(cents, "fr"), format_eur(cents, "en")
            yield Remark(
                "no_name",
                f"Une ligne de {fr} n’a pas d’intitulé{NBSP}: dites ce que c’est.",
                f"A line of {en} has no name: say what it is.",
            )
    for line in plan.costs:
        computed = line.computed_cents
        if computed is not None and computed != line.amount_cents:
            fr, en = format_eur(computed, "fr"), format_eur(computed, "en")
            written_fr, written_en = format_eur(line.amount_cents, "fr"), format_eur(line.amount_cents, "en")
            yield Remark(
                "product",
                f"«{NBSP}{line.label}{NBSP}»{NBSP}: la quantité multipliée par le prix unitaire donne {fr}, et le "
                f"montant écrit est {written_fr}{NBSP}: corrigez l’un des trois.",
                f"“{line.label}”: the quantity times the unit price is {en}, and the amount written is {written_en}: "
                "correct one of the three.",
            )


def plan_facts(plan: Plan) -> dict[str, object]:
    """What the rules may know of a plan, under the names of ``essaim.engine.rules.FACTS``.

    A figure nobody has entered yet is absent (the rule answers "unknown") rather than 0 (it would answer "not met").
    """
    facts: dict[str, object] = {}
    if plan.costs:
        facts |= {
            "cost": plan.cost_cents,
            "eligible_base": plan.eligible_base_cents,
            "lines": tuple((line.category, line.amount_cents) for line in plan.costs),
            "plan.single_vat": not plan.vat_mixed,
        }
    if any(line.kind == "requested" for line in plan.fundings):
        facts |= {"request": plan.requested_cents, "public_aid": plan.public_aid_cents}
    if plan.fundings:
        facts |= {
            "fundings.public": plan.funding_cents("public"),
            "fundings.private": plan.funding_cents("private"),
            "fundings.own": plan.funding_cents("own"),
            "fundings.in_kind": plan.funding_cents("in_kind"),
            "fundings.secured": plan.funding_cents(
                "requested", "public", "private", "own", "in_kind", status="secured"
            ),
        }
    if plan.costs and plan.fundings:
        facts["balance"] = plan.balance_cents
    return facts
