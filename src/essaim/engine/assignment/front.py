"""The question, its checks, the answer and its reasons."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import fsum
from typing import Literal

import numpy as np
import numpy.typing as npt

from essaim.engine.assignment.flow import Ints, Problem, Solution, Stuck, bound, solve
from essaim.engine.progress import Progress, Step, following, tell
from essaim.engine.refusal import Refusal
from essaim.engine.wording import nombre, number

SCALE = 1_000_000  # affinities are compared to the millionth
LARGEST = 1_000_000
PRICING = Step("Recherche de la meilleure affectation", "Looking for the best assignment")


@dataclass(frozen=True)
class Pair:
    """An expert who reviews an application, and their affinity."""

    application: str
    expert: str
    score: float


@dataclass(frozen=True)
class Assignment:
    """Who reviews what, with its proof.

    pairs: by application then expert, in the order given. total: sum of affinities; bound: what no assignment passes,
    recomputed from the prices over all pairs; proven_optimal: they are equal (affinities compared to the millionth).
    loads: expert -> reviews. worst_application: the one whose reviews total least, and worst_total. floor: the least
    affinity allowed in a pair. changed: pairs that were not in the previous assignment. prices: expert -> price in
    affinity units, the certificate (positive: asked for more than they can read).
    """

    pairs: tuple[Pair, ...]
    total: float
    bound: float
    loads: dict[str, int]
    worst_application: str
    worst_total: float
    proven_optimal: bool
    changed: int
    floor: float | None
    prices: dict[str, float]


def assign(
    affinity: npt.ArrayLike,
    *,
    allowed: npt.ArrayLike | None = None,
    reviews: int | Sequence[int],
    loads: tuple[int | Sequence[int], int | Sequence[int]],
    floor: float | Literal["auto"] | None = None,
    previous: Assignment | None = None,
    kinds: Sequence[str] | None = None,
    at_least_one: Sequence[str] = (),
    applications: Sequence[str] | None = None,
    experts: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Assignment:
    """The assignment of greatest total affinity: n applications, m experts, exact and proven over all n x m pairs.

    affinity: (n, m), finite, higher is better. allowed: (n, m), False for a conflict of interest. reviews: wanted per
    application, one number or n. loads: (least, most) reviews per expert, numbers or m each. floor: the least affinity
    of a pair, or "auto" for the largest one that leaves an assignment. previous: starts from it and counts what
    changes. kinds: the kind of each expert; at_least_one: the kinds that each application needs at least once among its
    reviews. applications, experts: their ids (default: their positions).
    Raises Refusal naming the applications or experts that make it impossible, Cancelled when `progress` does.
    """
    matrix = np.asarray(affinity, dtype=np.float64)
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise Refusal(
            "Il faut au moins une demande et un expert.", "At least one application and one expert are needed."
        )
    n, m = matrix.shape
    names = _Names(ids_of(applications, n), ids_of(experts, m))
    _check_affinity(matrix, names)
    mask = np.ones((n, m), dtype=bool) if allowed is None else np.asarray(allowed, dtype=bool)
    wanted = np.broadcast_to(np.asarray(reviews, dtype=np.int64), n).copy()
    low = np.broadcast_to(np.asarray(loads[0], dtype=np.int64), m).copy()
    high = np.broadcast_to(np.asarray(loads[1], dtype=np.int64), m).copy()
    scaled = np.round(matrix * SCALE).astype(np.int64)
    code, required = _kinds(kinds, at_least_one, m)
    problem = Problem(scaled, mask, wanted, low, high, code, required)
    start = None
    if previous is not None:
        start = np.array([round(previous.prices.get(expert, 0.0) * SCALE) for expert in names.experts])
    lowest: int | None
    with following(progress):
        tell(0, 1, PRICING)
        if floor == "auto":
            lowest, solution = _highest_floor(problem, names, start)
        else:
            lowest = None if floor is None else int(np.ceil(floor * SCALE - 1e-6))
            problem = _above(problem, lowest)
            solution = _solved(problem, names, start)
        problem = _above(problem, lowest)
        tell(1, 1, PRICING)
    return _answer(matrix, problem, solution, names, lowest, previous)


@dataclass(frozen=True)
class _Names:
    applications: tuple[str, ...]
    experts: tuple[str, ...]


def ids_of(given: Sequence[str] | None, size: int) -> tuple[str, ...]:
    """The ids given, or positions; Refusal when their number is wrong or one appears twice."""
    ids = tuple(str(k) for k in range(size)) if given is None else tuple(given)
    if len(ids) != size or len(set(ids)) != size:
        raise Refusal(
            f"Il faut {size} identifiants distincts ({len(set(ids))} donnés).",
            f"{size} distinct identifiers are needed ({len(set(ids))} given).",
        )
    return ids


def _kinds(kinds: Sequence[str] | None, at_least_one: Sequence[str], experts: int) -> tuple[Ints, tuple[int, ...]]:
    """Kinds as codes; Refusal when a required kind is nobody's."""
    names = sorted(set(kinds or ()))
    for kind in at_least_one:
        if kind not in names or kinds is None or len(kinds) != experts:
            raise Refusal(
                f"Aucun expert n’est du type « {kind} », exigé pour chaque demande.",
                f"No expert is of kind “{kind}”, required for each application.",
                [kind],
            )
    code = np.array([names.index(kind) for kind in kinds or ()], dtype=np.int64)
    return code, tuple(names.index(kind) for kind in sorted(set(at_least_one)))


def _check_affinity(matrix: npt.NDArray[np.float64], names: _Names) -> None:
    """Affinities must be finite and of a sensible size."""
    wrong = np.argwhere(~(np.abs(matrix) <= LARGEST))
    if len(wrong):
        i, r = (int(k) for k in wrong[0])
        raise Refusal(
            f"L’affinité entre la demande « {names.applications[i]} » et « {names.experts[r]} » n’est pas un nombre "
            "compris entre -1 000 000 et 1 000 000.",
            f"The affinity of application “{names.applications[i]}” and “{names.experts[r]}” is not a number between "
            "-1,000,000 and 1,000,000.",
            [names.applications[i], names.experts[r]],
        )


def _above(problem: Problem, lowest: int | None) -> Problem:
    """The problem without the pairs under a floor."""
    if lowest is None:
        return problem
    mask = problem.allowed & (problem.affinity >= lowest)
    return replace(problem, allowed=mask)


def _solved(problem: Problem, names: _Names, start: Ints | None) -> Solution:
    """An optimal solution, or the Refusal that names who makes it impossible."""
    _check_counts(problem, names)
    found = solve(problem, start)
    if isinstance(found, Stuck):
        raise _refusal(problem, found, names)
    return found


def _check_counts(problem: Problem, names: _Names) -> None:
    """What can be told before solving: an application short of experts, loads that do not add up."""
    open_to = problem.allowed.sum(axis=1)
    short = np.flatnonzero(open_to < problem.reviews)
    if len(short):
        i = int(short[np.argmin(open_to[short] - problem.reviews[short])])
        others_fr = f" ({len(short)} demandes sont dans ce cas)" if len(short) > 1 else ""
        others_en = f" ({len(short)} applications are in this case)" if len(short) > 1 else ""
        has_fr = nombre(int(open_to[i]), "expert possible", "experts possibles")
        has_en = number(int(open_to[i]), "possible expert", "possible experts")
        raise Refusal(
            f"La demande « {names.applications[i]} » n’a que {has_fr} pour {problem.reviews[i]} avis{others_fr} : "
            "levez un conflit ou ajoutez un expert.",
            f"Application “{names.applications[i]}” has only {has_en} for "
            f"{number(int(problem.reviews[i]), 'review', 'reviews')}{others_en}: lift a conflict or add an expert.",
            [names.applications[int(k)] for k in short],
        )
    for lacking in np.flatnonzero(problem.least_among(np.zeros(len(names.experts), dtype=bool)) > 0):
        lonely = names.applications[int(lacking)]
        raise Refusal(
            f"La demande « {lonely} » n’a pas d’expert possible de chacun des types exigés : "
            "levez un conflit ou ajoutez un expert.",
            f"Application “{lonely}” has no possible expert of each required kind: lift a conflict or add an expert.",
            [lonely],
        )
    wanted, most, least = int(problem.reviews.sum()), int(problem.high.sum()), int(problem.low.sum())
    crossed = np.flatnonzero(problem.low > problem.high)
    if len(crossed):
        expert = names.experts[int(crossed[0])]
        raise Refusal(
            f"La charge minimale de « {expert} » dépasse sa charge maximale.",
            f"The least load of “{expert}” is above their greatest.",
            [expert],
        )
    if wanted > most:
        raise Refusal(
            f"Il faut {wanted} avis mais les experts ne peuvent en donner que {most} : "
            "relevez la charge maximale ou ajoutez des experts.",
            f"{wanted} reviews are needed but the experts can give only {most}: "
            "raise the greatest load or add experts.",
        )
    if wanted < least:
        raise Refusal(
            f"Les experts doivent recevoir au moins {least} dossiers mais il n’y a que {wanted} avis à donner : "
            "baissez la charge minimale.",
            f"Experts must get at least {least} reviews but only {wanted} are needed: lower the least load.",
        )


def _refusal(problem: Problem, stuck: Stuck, names: _Names) -> Refusal:
    """Name the applications (or the experts) whose needs cannot be met, with the two numbers that clash."""
    chosen = [names.experts[int(k)] for k in np.flatnonzero(stuck.experts)]
    who_fr, who_en = _list(chosen, "L’expert", "Les experts"), _list(chosen, "Expert", "Experts")
    if stuck.over:
        need = problem.least_among(stuck.experts)
        bound_to = [names.applications[int(k)] for k in np.flatnonzero(need > 0)]
        asked, offered = int(need[need > 0].sum()), int(problem.high[stuck.experts].sum())
        one = len(bound_to) == 1
        return Refusal(
            f"{_list(bound_to, 'La demande', 'Les demandes')} ne {'peut' if one else 'peuvent'} avoir que "
            f"{who_fr[0].lower()}{who_fr[1:]} pour {asked} de {'ses' if one else 'leurs'} avis, mais il n’y a là que "
            f"{nombre(offered, 'place', 'places')} : levez un conflit ou relevez la charge maximale.",
            f"{_list(bound_to, 'Application', 'Applications')} can only have {who_en[0].lower()}{who_en[1:]} for "
            f"{asked} of {'its' if one else 'their'} reviews, but there is room for {offered} only: "
            "lift a conflict or raise the greatest load.",
            bound_to,
        )
    offered = int((problem.reviews - problem.least_among(~stuck.experts)).sum())
    asked = int(problem.low[stuck.experts].sum())
    return Refusal(
        f"{who_fr} : la charge minimale demande {nombre(asked, 'dossier', 'dossiers')}, mais les conflits n’en "
        f"laissent que {offered}. Baissez la charge minimale.",
        f"{who_en}: the least load asks for {number(asked, 'review', 'reviews')}, but conflicts leave only {offered}. "
        "Lower the least load.",
        chosen,
    )


def _list(names: Sequence[str], one: str, many: str) -> str:
    """ "Les experts A, B", at most eight names, then how many there are."""
    shown = ", ".join(names[:8]) + (f"… ({len(names)})" if len(names) > 8 else "")
    return f"{one if len(names) == 1 else many} {shown}"


def _highest_floor(problem: Problem, names: _Names, start: Ints | None) -> tuple[int, Solution]:
    """The largest affinity that every pair can reach, by bisection, and the best assignment above it."""
    best = _solved(problem, names, start)
    floors = np.unique(problem.affinity[problem.allowed])
    low, high = int(np.searchsorted(floors, problem.affinity[best.taken].min())), len(floors) - 1
    while low < high:
        middle = (low + high + 1) // 2
        trial = _above(problem, int(floors[middle]))
        nobody = np.zeros(len(names.experts), dtype=bool)
        found = solve(trial, best.prices) if (trial.least_among(nobody) <= 0).all() else None
        if isinstance(found, Solution):
            best, low = found, middle
        else:
            high = middle - 1
    return int(floors[low]), best


def _answer(
    matrix: npt.NDArray[np.float64],
    problem: Problem,
    solution: Solution,
    names: _Names,
    lowest: int | None,
    previous: Assignment | None,
) -> Assignment:
    """Recount the solution from the problem and dress it with names and units."""
    rows, columns = np.nonzero(solution.taken)
    scores = problem.affinity[rows, columns]
    pairs = tuple(
        Pair(names.applications[i], names.experts[r], float(matrix[i, r]))
        for i, r in zip(rows.tolist(), columns.tolist(), strict=True)
    )
    gap = bound(problem, solution.prices) - int(scores.sum())
    total = fsum(pair.score for pair in pairs)
    per_application = np.bincount(rows, scores, len(names.applications))
    worst = min(range(len(names.applications)), key=lambda i: (per_application[i], names.applications[i]))
    load = np.bincount(columns, minlength=len(names.experts))
    before = set() if previous is None else {(pair.application, pair.expert) for pair in previous.pairs}
    changed = 0 if previous is None else sum((pair.application, pair.expert) not in before for pair in pairs)
    return Assignment(
        pairs=pairs,
        total=total,
        bound=total + gap / SCALE,
        loads={name: int(load[r]) for r, name in enumerate(names.experts)},
        worst_application=names.applications[worst],
        worst_total=float(per_application[worst]) / SCALE,
        proven_optimal=gap == 0,
        changed=changed,
        floor=None if lowest is None else lowest / SCALE,
        prices={name: int(solution.prices[r]) / SCALE for r, name in enumerate(names.experts)},
    )
