"""The question, its checks, the answer and its reasons."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import fsum
from typing import Literal

import numpy as np
import numpy.typing as npt

from essaim.engine.assignment.flow import FAR, Ints, Mask, Problem, Solution, Stuck, bound, solve
from essaim.engine.refusal import Refusal

SCALE = 1_000_000  # affinities are compared to the millionth
LARGEST = 1_000_000


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


@dataclass(frozen=True)
class Reason:
    """Why a pair: the expert's rank among those allowed for this application (1 is the best affinity), the better ones
    who are too much in demand elsewhere, those set aside by a conflict, and the sentence."""

    application: str
    expert: str
    score: float
    rank: int
    busier: tuple[str, ...]
    conflicted: tuple[str, ...]
    fr: str
    en: str


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
) -> Assignment:
    """The assignment of greatest total affinity: n applications, m experts, exact and proven over all n x m pairs.

    affinity: (n, m), finite, higher is better. allowed: (n, m), False for a conflict of interest. reviews: wanted per
    application, one number or n. loads: (least, most) reviews per expert, numbers or m each. floor: the least affinity
    of a pair, or "auto" for the largest one that leaves an assignment. previous: starts from it and counts what
    changes. kinds: the kind of each expert; at_least_one: the kinds that each application needs at least once among its
    reviews. applications, experts: their ids (default: their positions).
    Raises Refusal naming the applications or experts that make it impossible.
    """
    matrix = np.asarray(affinity, dtype=np.float64)
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise Refusal(
            "Il faut au moins une demande et un expert.", "At least one application and one expert are needed."
        )
    n, m = matrix.shape
    names = _Names(_ids(applications, n), _ids(experts, m))
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
    if floor == "auto":
        lowest, solution = _highest_floor(problem, names, start)
    else:
        lowest = None if floor is None else int(np.ceil(floor * SCALE - 1e-6))
        problem = _above(problem, lowest)
        solution = _solved(problem, names, start)
    problem = _above(problem, lowest)
    return _answer(matrix, problem, solution, names, lowest, previous)


@dataclass(frozen=True)
class _Names:
    applications: tuple[str, ...]
    experts: tuple[str, ...]


def _ids(given: Sequence[str] | None, size: int) -> tuple[str, ...]:
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
        raise Refusal(
            f"La demande « {names.applications[i]} » n’a que {open_to[i]} expert(s) possible(s) pour "
            f"{problem.reviews[i]} avis{others_fr} : levez un conflit ou ajoutez un expert.",
            f"Application “{names.applications[i]}” has only {open_to[i]} possible expert(s) for "
            f"{problem.reviews[i]} reviews{others_en}: lift a conflict or add an expert.",
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
    shown = _list(chosen)
    if stuck.over:
        need = problem.least_among(stuck.experts)
        bound_to = np.flatnonzero(need > 0)
        asked, offered = int(need[bound_to].sum()), int(problem.high[stuck.experts].sum())
        who = [names.applications[int(k)] for k in bound_to]
        return Refusal(
            f"Les demandes {_list(who)} ont besoin d’au moins {asked} avis des seuls experts {shown}, "
            f"qui ne peuvent en donner que {offered} : levez un conflit ou relevez leur charge.",
            f"Applications {_list(who)} need at least {asked} reviews from experts {shown} alone, "
            f"who can give only {offered}: lift a conflict or raise their load.",
            who,
        )
    offered = int((problem.reviews - problem.least_among(~stuck.experts)).sum())
    asked = int(problem.low[stuck.experts].sum())
    return Refusal(
        f"Les experts {shown} doivent recevoir au moins {asked} dossiers mais leurs conflits ne leur en laissent que "
        f"{offered} : baissez leur charge minimale.",
        f"Experts {shown} must get at least {asked} reviews but their conflicts leave them only {offered}: "
        "lower their least load.",
        chosen,
    )


def _list(names: Sequence[str]) -> str:
    """At most eight names, then how many more."""
    shown = ", ".join(names[:8])
    return shown if len(names) <= 8 else f"{shown}… ({len(names)})"


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


def why(
    assignment: Assignment,
    pair: Pair,
    *,
    affinity: npt.ArrayLike,
    allowed: npt.ArrayLike | None = None,
    applications: Sequence[str] | None = None,
    experts: Sequence[str] | None = None,
) -> Reason:
    """The facts behind one pair, from the same matrices as `assign`, and one sentence in French and in English."""
    matrix = np.asarray(affinity, dtype=np.float64)
    n, m = matrix.shape
    names = _Names(_ids(applications, n), _ids(experts, m))
    mask: Mask = np.ones((n, m), dtype=bool) if allowed is None else np.asarray(allowed, dtype=bool)
    i, r = names.applications.index(pair.application), names.experts.index(pair.expert)
    row = np.round(matrix[i] * SCALE).astype(np.int64)
    above = [int(k) for k in np.argsort(np.where(mask[i], -row, FAR), kind="stable") if mask[i, k] and row[k] > row[r]]
    mine = {other.expert for other in assignment.pairs if other.application == pair.application}
    busier = tuple(names.experts[k] for k in above if names.experts[k] not in mine)
    closed = np.flatnonzero(~mask[i] & (row > row[r]))
    conflicted = tuple(names.experts[int(k)] for k in closed[np.argsort(-row[closed], kind="stable")])
    rank = len(above) + 1
    fr, en = _sentence(pair, rank, int(mask[i].sum()), len(busier), len(conflicted))
    return Reason(pair.application, pair.expert, pair.score, rank, busier, conflicted, fr, en)


def _sentence(pair: Pair, rank: int, open_to: int, busier: int, conflicted: int) -> tuple[str, str]:
    """One sentence in each language: rank, then who was better placed and why not them."""
    score_fr = f"{pair.score:.2f}".replace(".", ",")
    place_fr = "la meilleure affinité" if rank == 1 else f"la {rank}e meilleure affinité"
    fr = f"{pair.expert} a {place_fr} ({score_fr}) des {open_to} experts possibles"
    en = f"{pair.expert} has affinity {pair.score:.2f}, rank {rank} of {open_to} possible experts"
    if busier:
        fr += f" ; {busier} mieux placé(s) sont plus utiles à d’autres demandes"
        en += f"; {busier} better placed are more useful to other applications"
    if conflicted:
        fr += f" ; {conflicted} écarté(s) pour conflit d’intérêts"
        en += f"; {conflicted} set aside for a conflict of interest"
    return fr + ".", en + "."
