"""Groups of opinion among many voters, told only when they would be found again; otherwise a sentence says why not.

Voters x statements, each vote in -1 (against), 0 (neither) or 1 (for), many of them missing. As Polis does (Small et
al. 2021, "Polis: scaling deliberation by mapping high dimensional opinion spaces"): votes centred by statement, voters
with few votes brought to scale, the two main directions, k-means for 2 to 5 groups, the number that separates best
(silhouette). Then what Polis does not ask: voters are drawn again many times with replacement, groups found again, and
compared over everyone (adjusted Rand index). Deterministic for a seed. O(resamples x voters x statements).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from essaim.engine.progress import Progress, Step, following, tell
from essaim.engine.refusal import Refusal
from essaim.engine.wording import nombre, number

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEAST_VOTERS = 101
LEAST_MEMBERS = 5
LEAST_STABILITY = 0.8
MOST_GROUPS = 5
RESAMPLES = 40
TOLD = 5  # statements told for each group
GROUPING = Step("Groupes d’opinion sur des tirages des votants", "Opinion groups on draws of the voters")


@dataclass(frozen=True)
class Vote:
    """`value` given by `voter` to `statement`: -1, 0 or 1."""

    voter: str
    statement: str
    value: int


@dataclass(frozen=True)
class Distinctive:
    """A statement that tells a group from the others: share of its voters who are for it, here and elsewhere."""

    statement: str
    share_for: float
    share_for_elsewhere: float
    votes: int


@dataclass(frozen=True)
class OpinionGroup:
    """Voters, by id, and the statements on which they differ most from everyone else."""

    voters: tuple[str, ...]
    statements: tuple[Distinctive, ...]


@dataclass(frozen=True)
class Opinions:
    """Groups, the largest first, and their stability (mean adjusted Rand index over the resamples, 1 is the same)."""

    groups: tuple[OpinionGroup, ...]
    stability: float
    voters: int
    statements: int
    seed: int


def opinion_groups(votes: Sequence[Vote], *, seed: int, progress: Progress | None = None) -> Opinions:
    """The groups of opinion. The order of `votes` does not matter.

    Raises Refusal on a vote that is not -1, 0 or 1, or given twice; with 100 voters or fewer; when a group would have
    fewer than 5 people (they could be recognised); when stability is under 0.8 (chance would draw other groups).
    Raises Cancelled when `progress` does.
    """
    voters, statements, table = _read(votes)
    if len(voters) < LEAST_VOTERS:
        raise Refusal(
            f"Il y a {nombre(len(voters), 'votant', 'votants')}\u00a0: des groupes d’opinion ne se cherchent "
            "qu’au-dessus de 100.",
            f"{number(len(voters), 'voter', 'voters')}: opinion groups are only looked for above 100.",
        )
    found = _best_groups(_scaled(table))
    smallest = int(np.bincount(found).min())
    with following(progress):
        stability = _stability(table, found, np.random.default_rng(seed))
    if stability < LEAST_STABILITY:
        said = f"{stability:.2f}"
        raise Refusal(
            f"Les groupes changent quand on tire de nouveau les votants (stabilité {said.replace('.', ',')}, il faut "
            "0,80)\u00a0: ces votes ne dessinent pas de groupes.",
            f"The groups change when voters are drawn again (stability {said}, 0.80 is needed): these votes draw no "
            "groups.",
        )
    if smallest < LEAST_MEMBERS:
        raise Refusal(
            f"Un groupe n’aurait que {smallest} personnes\u00a0: en dessous de {LEAST_MEMBERS}, elles pourraient être "
            "reconnues.",
            f"A group would have only {smallest} people: under {LEAST_MEMBERS}, they could be recognised.",
        )
    order = sorted(range(int(found.max()) + 1), key=lambda k: (-int((found == k).sum()), int(np.argmax(found == k))))
    groups = tuple(
        OpinionGroup(tuple(voters[i] for i in np.flatnonzero(found == k)), _distinctive(table, found == k, statements))
        for k in order
    )
    return Opinions(groups, stability, len(voters), len(statements), seed)


def _read(votes: Sequence[Vote]) -> tuple[list[str], list[str], Floats]:
    """(voters, statements, table (n, s) with NaN where nobody voted), in the order of the ids."""
    voters, statements = sorted({vote.voter for vote in votes}), sorted({vote.statement for vote in votes})
    row, column = ({name: k for k, name in enumerate(names)} for names in (voters, statements))
    table = np.full((len(voters), len(statements)), np.nan)
    for vote in votes:
        if vote.value not in (-1, 0, 1):
            raise Refusal(
                f"Le vote de «\u00a0{vote.voter}\u00a0» sur «\u00a0{vote.statement}\u00a0» n’est ni -1, ni 0, ni 1.",
                f"The vote of “{vote.voter}” on “{vote.statement}” is not -1, 0 or 1.",
                [vote.voter, vote.statement],
            )
        if not np.isnan(table[row[vote.voter], column[vote.statement]]):
            raise Refusal(
                f"«\u00a0{vote.voter}\u00a0» a voté deux fois sur «\u00a0{vote.statement}\u00a0».",
                f"“{vote.voter}” voted twice on “{vote.statement}”.",
                [vote.voter, vote.statement],
            )
        table[row[vote.voter], column[vote.statement]] = vote.value
    return voters, statements, table


def _scaled(table: Floats, rows: Ints | None = None) -> Floats:
    """(n, 2) everyone on the two main directions of the voters in `rows` (all by default)."""
    seen = ~np.isnan(table)
    basis = np.arange(len(table)) if rows is None else rows
    mean = np.nansum(table[basis], axis=0) / np.maximum(1, seen[basis].sum(axis=0))
    centred = np.where(seen, table - mean, 0.0)
    _, _, directions = np.linalg.svd(centred[basis], full_matrices=False)
    weight = np.sqrt(table.shape[1] / np.maximum(1, seen.sum(axis=1)))
    projected: Floats = centred @ directions[:2].T * weight[:, None]
    return projected


def _best_groups(points: Floats, count: int | None = None, rows: Ints | None = None) -> Ints:
    """(n,) group of each point; the number of groups with the best silhouette unless `count` is given."""
    basis = points if rows is None else points[rows]
    if count is not None:
        return _nearest(points, _centres(basis, count))
    tried = [_nearest(points, _centres(points, k)) for k in range(2, MOST_GROUPS + 1)]
    return max(tried, key=lambda groups: (round(_silhouette(points, groups), 9), -int(groups.max())))


def _centres(points: Floats, count: int) -> Floats:
    """k-means (Lloyd) from the point farthest from the mean, then each time the farthest from those taken."""
    taken = [int(np.argmax(((points - points.mean(axis=0)) ** 2).sum(axis=1)))]
    while len(taken) < count:
        taken.append(int(np.argmax(_squared(points, points[taken]).min(axis=1))))
    centres = points[taken]
    for _ in range(100):
        groups = _nearest(points, centres)
        moved = np.array(
            [points[groups == k].mean(axis=0) if (groups == k).any() else centres[k] for k in range(count)]
        )
        if np.allclose(moved, centres):
            break
        centres = moved
    return centres


def _squared(points: Floats, centres: Floats) -> Floats:
    distances: Floats = ((points[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    return distances


def _nearest(points: Floats, centres: Floats) -> Ints:
    return np.unique(_squared(points, centres).argmin(axis=1), return_inverse=True)[1].astype(np.int64)


def _silhouette(points: Floats, groups: Ints) -> float:
    """How much closer points are to their own group's centre than to the next one (simplified silhouette)."""
    centres = np.array([points[groups == k].mean(axis=0) for k in range(int(groups.max()) + 1)])
    if len(centres) < 2:
        return -1.0
    nearest = np.sort(np.sqrt(_squared(points, centres)), axis=1)
    return float(((nearest[:, 1] - nearest[:, 0]) / np.maximum(nearest[:, 1], 1e-12)).mean())


def _stability(table: Floats, groups: Ints, rng: np.random.Generator) -> float:
    """Mean adjusted Rand index between the groups and those found on voters drawn again with replacement."""
    count, found = int(groups.max()) + 1, []
    for done in range(RESAMPLES):
        tell(done, RESAMPLES, GROUPING)
        rows = rng.integers(0, len(table), len(table))
        found.append(_agreement(groups, _best_groups(_scaled(table, rows), count, rows)))
    tell(RESAMPLES, RESAMPLES, GROUPING)
    return float(np.mean(found))


def _agreement(first: Ints, second: Ints) -> float:
    """Adjusted Rand index (Hubert & Arabie 1985): 1 for the same groups, 0 for what chance gives."""
    together = np.zeros((int(first.max()) + 1, int(second.max()) + 1))
    np.add.at(together, (first, second), 1)

    def pairs(numbers: Floats) -> float:
        return float((numbers * (numbers - 1) / 2).sum())

    same, one, other = pairs(together), pairs(together.sum(axis=1)), pairs(together.sum(axis=0))
    expected = one * other / (len(first) * (len(first) - 1) / 2)
    most = (one + other) / 2
    return 1.0 if most == expected else (same - expected) / (most - expected)


def _distinctive(table: Floats, inside: npt.NDArray[np.bool_], statements: Sequence[str]) -> tuple[Distinctive, ...]:
    """The statements on which the share of those who are for differs most from elsewhere (at least 5 votes here)."""
    told = []
    for column, statement in enumerate(statements):
        here, away = (values[~np.isnan(values)] for values in (table[inside, column], table[~inside, column]))
        if len(here) >= LEAST_MEMBERS and len(away):
            told.append(Distinctive(statement, float((here == 1).mean()), float((away == 1).mean()), len(here)))
    told.sort(key=lambda one: (-abs(one.share_for - one.share_for_elsewhere), one.statement))
    return tuple(told[:TOLD])
