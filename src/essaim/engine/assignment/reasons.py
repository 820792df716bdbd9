"""Why each pair: facts, then one sentence in French and in English."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from essaim.engine.assignment.flow import Mask
from essaim.engine.assignment.front import SCALE, Assignment, Pair, ids_of
from essaim.engine.wording import nombre, number


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
    application_ids, expert_ids = ids_of(applications, n), ids_of(experts, m)
    mask: Mask = np.ones((n, m), dtype=bool) if allowed is None else np.asarray(allowed, dtype=bool)
    i = application_ids.index(pair.application)
    mine = {expert_ids.index(other.expert) for other in assignment.pairs if other.application == pair.application}
    return _reason(pair, matrix[i], mask[i], mine, expert_ids)


def _reason(
    pair: Pair, affinity: npt.NDArray[np.float64], allowed: Mask, mine: set[int], experts: Sequence[str]
) -> Reason:
    """The facts of one pair, from the (m,) affinities of its application and the experts who review it."""
    row = np.round(affinity * SCALE).astype(np.int64)
    above = row > row[experts.index(pair.expert)]
    order = np.argsort(-row, kind="stable")
    better = [int(k) for k in order[(above & allowed)[order]]]
    busier = tuple(experts[k] for k in better if k not in mine)
    conflicted = tuple(experts[int(k)] for k in order[(above & ~allowed)[order]])
    rank = len(better) + 1
    fr, en = _sentence(pair, rank, int(allowed.sum()), len(busier), len(conflicted))
    return Reason(pair.application, pair.expert, pair.score, rank, busier, conflicted, fr, en)


def why_each(
    assignment: Assignment,
    *,
    affinity: npt.ArrayLike,
    allowed: npt.ArrayLike | None = None,
    applications: Sequence[str] | None = None,
    experts: Sequence[str] | None = None,
) -> tuple[Reason, ...]:
    """The sentence of every pair, in their order: `why` of each, with the matrices read once.

    O(n m log m) in all; the 30,000 pairs of 10,000 x 1,500 take a few seconds.
    """
    matrix = np.asarray(affinity, dtype=np.float64)
    n, m = matrix.shape
    application_ids, expert_ids = ids_of(applications, n), ids_of(experts, m)
    mask: Mask = np.ones((n, m), dtype=bool) if allowed is None else np.asarray(allowed, dtype=bool)
    rows = {name: i for i, name in enumerate(application_ids)}
    columns = {name: r for r, name in enumerate(expert_ids)}
    mine: dict[str, set[int]] = {}
    for pair in assignment.pairs:
        mine.setdefault(pair.application, set()).add(columns[pair.expert])
    return tuple(
        _reason(pair, matrix[rows[pair.application]], mask[rows[pair.application]], mine[pair.application], expert_ids)
        for pair in assignment.pairs
    )


def _sentence(pair: Pair, rank: int, open_to: int, busier: int, conflicted: int) -> tuple[str, str]:
    """One sentence in each language: rank, then who was better placed and why not them."""
    score_fr = f"{pair.score:.2f}".replace(".", ",")
    place_fr = "la meilleure affinité" if rank == 1 else f"la {rank}e meilleure affinité"
    fr = f"{pair.expert} a {place_fr} ({score_fr}) parmi {nombre(open_to, 'expert possible', 'experts possibles')}"
    en = f"{pair.expert} has affinity {pair.score:.2f}, rank {rank} of {number(open_to, 'expert', 'experts')} possible"
    if busier:
        fr += "\u00a0; " + nombre(busier, "mieux placé est plus utile", "mieux placés sont plus utiles")
        fr += " à d’autres demandes"
        en += "; " + number(busier, "better placed is", "better placed are") + " more useful to other applications"
    if conflicted:
        fr += "\u00a0; " + nombre(conflicted, "écarté", "écartés") + " pour conflit d’intérêts"
        en += f"; {conflicted} set aside for a conflict of interest"
    return fr + ".", en + "."
