"""Why each pair: facts, then one sentence in French and in English."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from essaim.engine.assignment.flow import FAR, Mask
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
    i, r = application_ids.index(pair.application), expert_ids.index(pair.expert)
    row = np.round(matrix[i] * SCALE).astype(np.int64)
    above = [int(k) for k in np.argsort(np.where(mask[i], -row, FAR), kind="stable") if mask[i, k] and row[k] > row[r]]
    mine = {other.expert for other in assignment.pairs if other.application == pair.application}
    busier = tuple(expert_ids[k] for k in above if expert_ids[k] not in mine)
    closed = np.flatnonzero(~mask[i] & (row > row[r]))
    conflicted = tuple(expert_ids[int(k)] for k in closed[np.argsort(-row[closed], kind="stable")])
    rank = len(above) + 1
    fr, en = _sentence(pair, rank, int(mask[i].sum()), len(busier), len(conflicted))
    return Reason(pair.application, pair.expert, pair.score, rank, busier, conflicted, fr, en)


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
