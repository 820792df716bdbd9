"""Why not me, why me: the smallest change that would flip a decision, by exact solutions, each said in one sentence.

For a refused application i, with V* the best value and V_i the best value when i is funded:
- missing points: (V* - V_i), rounded up to a thousandth of a point: with this much more it enters a best portfolio,
  with any more it is funded for certain, with less never;
- cut of the request: the smallest amount, in cents, by which a lower request would have made it funded for certain;
- rule blame: the rules without which, each alone, it would have been funded.
For a funded one, its margin: the points it could lose and still belong to a best portfolio. Everything else held equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from essaim.engine.coverage import Communes, Mask, Place
from essaim.engine.portfolio import Candidate, Constraints, Infeasible, Portfolio, PortfolioError
from essaim.engine.portfolio.core import best_case, cheapest_case
from essaim.engine.portfolio.exact import Relaxation
from essaim.engine.portfolio.problem import Group, Problem, build
from essaim.engine.portfolio.search import solve
from essaim.engine.progress import Progress, Step, following, tell
from essaim.engine.sentences import counted, euros, euros_en, marks, marks_en

EXPLAINING = Step("Ce qui changerait la décision de chaque dossier", "What would change each decision")
BUDGETING = Step("Meilleur ensemble de chaque enveloppe", "Best set for each envelope")


@dataclass(frozen=True)
class Explanation:
    """Why one application is funded or not.

    missing_points, margin: thousandths of a point (None: no mark changes the decision, or not the question);
    price: thousandths of a point that the whole choice loses when this one is decided the other way (None: the rules
    forbid it, or it was decided beforehand);
    cut_of_request_cents: cents off the request (off the least grant accepted, when the application states one; None: no
    cut is enough); rule_blame: the rules that alone keep it out (`quota:REGION`, `one_per_commune`, `mandatory`).
    """

    funded: bool
    missing_points: int | None
    cut_of_request_cents: int | None
    margin: int | None
    rule_blame: tuple[str, ...]
    sentence_fr: str
    sentence_en: str
    price: int | None = None


@dataclass(frozen=True)
class Envelope:
    """The best portfolio for one budget: value in units of 1/(1000 weight) point, who enters and leaves since the
    last.
    """

    budget_cents: int
    value: int
    proven: bool
    funded: tuple[str, ...]
    entering: tuple[str, ...]
    leaving: tuple[str, ...]
    sentence_fr: str
    sentence_en: str


def explain(
    portfolio: Portfolio,
    candidates: Sequence[Candidate],
    communes: Communes,
    constraints: Constraints,
    ids: Iterable[str] | None = None,
    *,
    existing_places: Sequence[Place] = (),
    top_mark: int | None = None,
    progress: Progress | None = None,
) -> dict[str, Explanation]:
    """An explanation for each id (all by default), in the order of the ids.

    portfolio: the answer of `select` on the same inputs. top_mark: the highest mark possible, in whole points (20),
    said in the sentences when given. Raises PortfolioError for an unknown id or a portfolio of other inputs, Cancelled
    when `progress` does.
    """
    problem = build(candidates, communes, constraints, existing_places)
    position = {id_: i for i, id_ in enumerate(problem.ids)}
    wanted = list(problem.ids) if ids is None else list(ids)
    unknown = [id_ for id_ in (*wanted, *portfolio.ids) if id_ not in position]
    if unknown:
        raise PortfolioError(
            f"Le dossier {unknown[0]} n’est pas parmi les dossiers donnés.",
            f"Application {unknown[0]} is not among the applications given.",
        )
    chosen = np.array([id_ in portfolio.ids for id_ in problem.ids], dtype=bool)
    if problem.value(chosen) != portfolio.value or not problem.allows(chosen):
        raise PortfolioError(
            "Cet ensemble n’a pas été calculé avec ces dossiers, ces communes et ces règles.",
            "This portfolio was not computed from these applications, communes and rules.",
        )
    by_id = {candidate.id: candidate for candidate in candidates}
    found: dict[str, Explanation] = {}
    with following(progress):
        tell(0, len(wanted), EXPLAINING)
        relaxation = Relaxation(problem)
        optimum = best_case(problem, relaxation, chosen)  # above the portfolio when that one was only within its gap
        best = portfolio.value if optimum is None else problem.value(optimum)
        by_cost = Relaxation(problem, target=best + 1)
        without = _without_each_rule(problem) if any(not chosen[position[id_]] for id_ in wanted) else []
        for done, id_ in enumerate(wanted):
            tell(done, len(wanted), EXPLAINING)
            case = _Case(
                problem=problem,
                index=position[id_],
                best=best,
                candidate=by_id[id_],
                constraints=constraints,
                chosen=chosen,
                without=tuple(without),
                top_mark=top_mark,
                relaxation=relaxation,
                by_cost=by_cost,
            )
            found[id_] = (_winner if chosen[case.index] else _refused)(case)
        tell(len(wanted), len(wanted), EXPLAINING)
    return found


def envelope_curve(
    budgets: Iterable[int],
    candidates: Sequence[Candidate],
    communes: Communes,
    constraints: Constraints,
    *,
    existing_places: Sequence[Place] = (),
    gap: float = 1e-4,
    progress: Progress | None = None,
) -> tuple[Envelope, ...]:
    """The best portfolio for each budget (cents), in increasing order; budgets that the minima exceed are left out.

    Raises PortfolioError on bad input, Cancelled when `progress` does. One selection per budget.
    """
    problem = build(candidates, communes, constraints, existing_places)
    curve: list[Envelope] = []
    before: frozenset[str] = frozenset()
    wanted = sorted(set(budgets))
    with following(progress):
        for done, budget in enumerate(wanted):
            tell(done, len(wanted), BUDGETING)
            try:
                found = solve(replace(problem, budget=budget), gap=gap, time_limit=None)
            except Infeasible:
                continue
            now = frozenset(problem.ids[i] for i in np.flatnonzero(found.chosen))
            value = problem.value(found.chosen)
            curve.append(_envelope(budget, value, found.proven, now, before, problem.unit))
            before = now
        tell(len(wanted), len(wanted), BUDGETING)
    return tuple(curve)


@dataclass(frozen=True, eq=False)
class _Case:
    """One application to explain, within its problem."""

    problem: Problem
    index: int
    best: int
    candidate: Candidate
    constraints: Constraints
    chosen: Mask
    without: tuple[tuple[str, Mask], ...]
    top_mark: int | None
    relaxation: Relaxation
    by_cost: Relaxation

    @property
    def out_of(self) -> tuple[str, str]:
        """« sur 20 » / "out of 20", when the highest mark is known."""
        return ("", "") if self.top_mark is None else (f" sur {self.top_mark}", f" out of {self.top_mark}")


def _value_when(case: _Case, funded: bool) -> int | None:
    """Best value with the application forced in, or out; None when the rules forbid it."""
    found = best_case(case.problem.forcing(case.index, funded), case.relaxation, case.chosen)
    return None if found is None else case.problem.value(found)


def _lost(case: _Case, value: int | None) -> int | None:
    """Thousandths of a point, rounded up, that the best value loses to fall to `value`."""
    return None if value is None else max(0, -((value - case.best) // case.problem.unit))


def _winner(case: _Case) -> Explanation:
    if case.problem.must[case.index]:
        return Explanation(
            True, None, None, None, (), "Ce dossier est retenu d’office.", "This application is funded beforehand."
        )
    other = _value_when(case, funded=False)
    price = _lost(case, other)
    margin = None if other is None else max(0, (case.best - other) // case.problem.unit)
    if margin is None or margin > case.candidate.value:
        return Explanation(
            True,
            None,
            None,
            None,
            (),
            "Ce dossier serait retenu quelle que soit sa note.",
            "This application would be funded whatever its mark.",
            price,
        )
    fr, en = case.out_of
    if margin <= 0:
        french = "Ce dossier est retenu à égalité avec un autre choix\u00a0: la moindre baisse de sa note l’écarterait."
        english = "This application is funded on a tie: any lower mark would put it out."
    else:
        french = f"Ce dossier serait encore retenu avec {marks(margin)} de moins{fr}."
        english = f"This application would still be funded with {marks_en(margin)} less{en}."
    return Explanation(True, None, None, margin, (), french, english, price)


def _refused(case: _Case) -> Explanation:
    if case.problem.ban[case.index]:
        return Explanation(
            False, None, None, None, (), "Ce dossier est écarté d’office.", "This application is excluded beforehand."
        )
    value = _value_when(case, funded=True)
    missing = _lost(case, value)
    cut = None if value is None else _cut(case)
    blame = tuple(label for label, chosen in case.without if chosen[case.index])
    return Explanation(False, missing, cut, None, blame, *_refusal(case, missing, cut, blame), missing)


def _cut(case: _Case) -> int | None:
    """Cents to take off so that the best portfolio, strictly, holds the application; None when no positive request is
    left.

    With the application forced in, find the least costly set worth more than V*: what it costs beyond the budget must
    go.
    """
    most = case.problem.budget + int(case.problem.cost[case.index])
    chosen = cheapest_case(case.problem.forcing(case.index, True), case.best + 1, most, case.by_cost)
    if chosen is None:
        return None
    excess = max(0, case.problem.spent(chosen) - case.problem.budget)
    least = int(case.problem.cost[case.index]) - excess
    if least <= 0:
        return None
    if case.candidate.min_grant_cents is not None:
        return excess
    request = least * 1000 // case.constraints.partial_permille
    return case.candidate.grant_cents - min(request, case.candidate.grant_cents)


def _without_each_rule(problem: Problem) -> list[tuple[str, Mask]]:
    """The best portfolio when one rule alone is dropped, for each rule (within a hundredth of a percent if large)."""
    names = {group: _rule_of(group) for group in problem.groups}
    variants = [
        (rule, replace(problem, groups=tuple(group for group in problem.groups if names[group] != rule)))
        for rule in sorted(set(names.values()))
    ]
    if problem.must.any():
        variants.append(("mandatory", replace(problem, must=np.zeros(problem.size, dtype=bool))))
    return [(label, solve(variant, gap=1e-4).chosen) for label, variant in variants]


def _rule_of(group: Group) -> str:
    """The quota itself, or the one rule that stands behind each group of a commune."""
    return "one_per_commune" if group.label.startswith("commune:") else group.label


def _refusal(case: _Case, missing: int | None, cut: int | None, blame: tuple[str, ...]) -> tuple[str, str]:
    """The sentence of a refusal, in French and in English."""
    blame_fr, blame_en = _blame(blame)
    if missing is None:
        return (
            f"Les règles interdisent de retenir ce dossier avec les dossiers imposés et les minimums.{blame_fr}",
            f"The rules forbid funding this application with the mandatory ones and the minima.{blame_en}",
        )
    fr, en = case.out_of
    lower = "un minimum accepté plus bas" if case.candidate.min_grant_cents is not None else "une demande plus basse"
    cut_fr = "" if cut is None else f", ou {lower} de {euros(cut)}"
    cut_en = "" if cut is None else f", or a request lower by {euros_en(cut)}"
    if missing <= 0:
        return (
            "Ce dossier est à égalité avec un dossier retenu\u00a0: "
            f"le moindre point de plus l’aurait fait retenir.{blame_fr}",
            f"This application ties with a funded one: any higher mark would have got it funded.{blame_en}",
        )
    if case.top_mark is not None and case.candidate.value + missing > 1000 * case.top_mark:
        ask_fr = "" if cut is None else f"\u00a0; il aurait fallu {lower} de {euros(cut)}"
        ask_en = "" if cut is None else f"; it would have taken a request lower by {euros_en(cut)}"
        return (
            f"Même avec la note maximale de {case.top_mark}, ce dossier n’aurait pas été retenu{ask_fr}.{blame_fr}",
            f"Even with the highest mark of {case.top_mark}, this application would not have been funded"
            f"{ask_en}.{blame_en}",
        )
    return (
        f"Il aurait fallu {marks(missing)} de plus{fr}{cut_fr}.{blame_fr}",
        f"It would have taken {marks_en(missing)} more{en}{cut_en}.{blame_en}",
    )


def _blame(blame: tuple[str, ...]) -> tuple[str, str]:
    names = []
    for label in blame:
        kind, _, name = label.partition(":")
        names.append(
            {
                "quota": (f"le quota de la région {name}", f"the quota of region {name}"),
                "one_per_commune": ("la règle d’un seul dossier par commune", "the one-per-commune rule"),
                "mandatory": ("les dossiers retenus d’office", "the mandatory applications"),
            }[kind]
        )
    if not names:
        return "", ""
    french, english = " ou ".join(name[0] for name in names), " or ".join(name[1] for name in names)
    return f" Sans {french}, il aurait été retenu.", f" Without {english}, it would have been funded."


def _envelope(
    budget: int, value: int, proven: bool, now: frozenset[str], before: frozenset[str], unit: int
) -> Envelope:
    entering, leaving = tuple(sorted(now - before)), tuple(sorted(before - now))
    thousandths = value // unit
    kept = counted(len(now), "dossier retenu", "dossiers retenus")
    comes, goes = counted(len(entering), "entre", "entrent"), counted(len(leaving), "sort", "sortent")
    moved_fr = f", {comes}, {goes}" if before else ""
    moved_en = f", {len(entering)} enter, {len(leaving)} leave" if before else ""
    return Envelope(
        budget_cents=budget,
        value=value,
        proven=proven,
        funded=tuple(sorted(now)),
        entering=entering,
        leaving=leaving,
        sentence_fr=f"Avec {euros(budget)}\u00a0: {kept}, {marks(thousandths)}{moved_fr}.",
        sentence_en=f"With {euros_en(budget)}: {len(now)} funded applications, {marks_en(thousandths)}{moved_en}.",
    )
