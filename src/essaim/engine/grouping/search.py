"""Annealed exchanges: a person of a round considers swapping seats with everyone else at once (numpy over candidates).

One step draws a round and a person, computes the exact change of cost of swapping with each candidate, and draws one of
the outcomes (staying included) by heat bath at the current temperature. Steps are bounded by a number, never by time.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

NOT_SEATED = -1
FORBIDDEN = 1e9
ALL_CANDIDATES = 1500  # up to this many people every swap is looked at; beyond, a random sample of them
SAMPLE = 512


@dataclass(frozen=True)
class Room:
    """The problem as arrays. n persons, R rounds, K tables, J attributes, values coded 0..value_count-1 over all J.

    values (n, J); organisation (n,), equal codes are better apart; sizes (R, K); allowed (R, n, K); blocks: persons
    who move as one; never: pairs who never share a table; before (R, n): table to stay at, or NOT_SEATED.
    """

    values: Ints
    value_count: int
    organisation: Ints
    sizes: Ints
    allowed: npt.NDArray[np.bool_]
    blocks: tuple[tuple[int, ...], ...]
    never: tuple[tuple[int, int], ...]
    before: Ints


@dataclass(frozen=True)
class Weights:
    """Cost of one person off quota (squared excess), one repeated pair, one apart pair, one person moved."""

    quota: float = 4.0
    repeat: float = 3.0
    apart: float = 3.0
    move: float = 60.0


BALANCED = Weights()
STRICT = Weights(quota=1e4, repeat=100.0, apart=1.0, move=1e6)  # the order of the objectives, for the last descent


def search(room: Room, start: Ints, *, rng: np.random.Generator, effort: float, bounds: tuple[int, int, int]) -> Ints:
    """Tables (R, n) at least as good as `start` (R, n), which holds the hard wishes; they still hold.

    Stops early when (off quota, repeats, apart pairs) reach `bounds`. About 60 microseconds a step at n = 100.
    """
    n, rounds = len(room.values), len(start)
    steps = int(effort * 110 * n * rounds) if n <= ALL_CANDIDATES else int(effort * 25 * n * rounds)
    state = Seating(room, start, BALANCED)
    best, best_key = state.tables.copy(), state.numbers()
    check = max(200, n * rounds // 2)
    hot, cold = 1.0, 0.12
    for step in range(steps):
        if step % check == 0:
            key = state.numbers()
            if key < best_key:
                best, best_key = state.tables.copy(), key
            if key[0] <= best_key[0] and key[1:] == bounds:
                return best
        temperature = hot * (cold / hot) ** (step / steps)
        state.step(rng, temperature)
    for candidate in (state.tables, best):
        polished = Seating(room, candidate, STRICT)
        polished.descend(rng)
        if polished.numbers() < best_key:
            best, best_key = polished.tables.copy(), polished.numbers()
    return best


class Seating:
    """Who sits where, and what adding or removing each person at each table costs, kept up to date."""

    def __init__(self, room: Room, tables: Ints, weights: Weights) -> None:
        self.room = room
        self.weights = weights
        self.tables = tables.copy()
        self.n, self.rounds, self.k = len(room.values), len(tables), room.sizes.shape[1]
        share = np.bincount(room.values.ravel(), minlength=room.value_count) * room.sizes[:, :, None]
        self.low = share // self.n
        self.high = -(-share // self.n)
        self.block_member = np.zeros(self.n, dtype=bool)
        for block in room.blocks:
            self.block_member[list(block)] = True
        self.foes: dict[int, list[int]] = {}
        for first, second in room.never:
            self.foes.setdefault(first, []).append(second)
            self.foes.setdefault(second, []).append(first)
        self.met = np.zeros((self.n, self.n), dtype=np.int8)
        for r in range(self.rounds):
            for table in range(self.k):
                members = np.flatnonzero(self.tables[r] == table)
                self.met[np.ix_(members, members)] += 1
        np.fill_diagonal(self.met, 0)
        self.count = np.zeros((self.rounds, self.k, room.value_count), dtype=np.int64)
        self.pair = np.zeros((self.rounds, self.n, self.k))
        self.add = np.zeros((self.rounds, self.n, self.k))
        self.up = np.zeros((self.rounds, self.k, room.value_count))
        self.down = np.zeros_like(self.up)
        self.leave = np.zeros((self.rounds, self.n))
        for r in range(self.rounds):
            self._open_round(r)

    def _open_round(self, r: int) -> None:
        """Fill the counts and costs of round r from its tables."""
        at = self.tables[r]
        np.add.at(self.count[r], (at[:, None], self.room.values), 1)
        for i in range(self.n):
            self.pair[r, i] = np.bincount(at, self._row(r, i), self.k)
        known = self.room.before[r] != NOT_SEATED
        away = np.arange(self.k) != self.room.before[r][:, None]
        self.pair[r] += self.weights.move * (known[:, None] & away)
        self.pair[r] += FORBIDDEN * ~self.room.allowed[r]
        self._refresh(r, np.arange(self.k))

    def _row(self, r: int, i: int) -> Floats:
        """(n,) cost of person i sharing a table with each other person in round r."""
        met_elsewhere = self.met[i] - (self.tables[r] == self.tables[r, i]) >= 1
        row: Floats = self.weights.repeat * met_elsewhere + self.weights.apart * (
            self.room.organisation == self.room.organisation[i]
        )
        if i in self.foes:
            row[self.foes[i]] += FORBIDDEN
        row[i] = 0.0
        return row

    def _refresh(self, r: int, tables: Ints) -> None:
        """Recompute the marginal quota costs of some tables of round r, and what leaving costs to everyone."""
        count, low, high = self.count[r, tables], self.low[r, tables], self.high[r, tables]

        def cost(number: Ints) -> Floats:
            excess = np.maximum(0, np.maximum(low - number, number - high))
            squared: Floats = self.weights.quota * (excess * excess)
            return squared

        here = cost(count)
        self.up[r, tables] = cost(count + 1) - here
        self.down[r, tables] = cost(count - 1) - here
        for table in tables:
            self.add[r, :, table] = self.up[r, table][self.room.values].sum(axis=1)
        at = self.tables[r]
        self.leave[r] = self.down[r][at[:, None], self.room.values].sum(axis=1)

    def changes(self, r: int, a: int, others: Ints) -> Floats:
        """(len(others),) exact change of cost if `a` swapped seats with each of `others` in round r."""
        at, values = self.tables[r], self.room.values
        here, there = at[a], at[others]
        pair, add = self.pair[r], self.add[r]
        change: Floats = pair[a, there] - pair[a, here] + pair[others, here] - pair[others, there]
        change += add[a, there] + add[others, here] + self.leave[r, a] + self.leave[r, others]
        change -= 2 * self._row(r, a)[others]
        curve = self.up[r][:, values[a]] + self.down[r][:, values[a]]
        curve = curve + curve[here]
        change -= ((values[others] == values[a]) * curve[there]).sum(axis=1)
        change[there == here] = FORBIDDEN
        change[self.block_member[others]] = FORBIDDEN
        return change

    def swap(self, r: int, a: int, b: int) -> None:
        """Exchange the seats of a and b in round r."""
        at = self.tables[r]
        here, there = int(at[a]), int(at[b])
        shift = self._row(r, b) - self._row(r, a)
        self.pair[r, :, here] += shift
        self.pair[r, :, there] -= shift
        if self.rounds > 1:
            self._meet_others(r, a, b, (at == there).astype(np.int8) - (at == here))
        at[a], at[b] = there, here
        self.count[r, here, self.room.values[a]] -= 1
        self.count[r, there, self.room.values[a]] += 1
        self.count[r, there, self.room.values[b]] -= 1
        self.count[r, here, self.room.values[b]] += 1
        self._refresh(r, np.array([here, there]))

    def _meet_others(self, r: int, a: int, b: int, gained: npt.NDArray[np.int8]) -> None:
        """a meets the table of b and leaves its own (gained: +1, -1), b the reverse; carry it to the other rounds."""
        gained[[a, b]] = 0
        for person, delta in ((a, gained), (b, -gained)):
            before = self.met[person].copy()
            self.met[person] += delta
            self.met[:, person] += delta
            for other in range(self.rounds):
                if other == r:
                    continue
                same = self.tables[other] == self.tables[other, person]
                old, new = before - same >= 1, self.met[person] - same >= 1
                shift = self.weights.repeat * (new.astype(np.int8) - old)
                self.pair[other, :, self.tables[other, person]] += shift
                self.pair[other, person] += np.bincount(self.tables[other], shift, self.k)

    def step(self, rng: np.random.Generator, temperature: float) -> None:
        """One heat-bath move: a swap for a random person of a random round, or of a block, or nothing."""
        r = int(rng.integers(self.rounds))
        if self.room.blocks and rng.random() < 0.05:
            self._step_block(r, rng, temperature)
            return
        a = self._someone(r, rng)
        if a is None:
            return
        others = np.arange(self.n) if self.n <= ALL_CANDIDATES else rng.integers(0, self.n, SAMPLE)
        change = self.changes(r, a, others)
        drawn = change - temperature * rng.gumbel(size=len(others))
        chosen = int(np.argmin(drawn))
        if drawn[chosen] < -temperature * rng.gumbel():
            self.swap(r, a, int(others[chosen]))

    def _someone(self, r: int, rng: np.random.Generator) -> int | None:
        """A person free to move in round r: when replanning, someone not at their former table."""
        free = (self.room.before[r] != self.tables[r]) & ~self.block_member
        if free.all():
            return int(rng.integers(self.n))
        choices = np.flatnonzero(free)
        return int(rng.choice(choices)) if len(choices) else None

    def _step_block(self, r: int, rng: np.random.Generator, temperature: float) -> None:
        """Exchange a block with as many single persons of another table, or put everyone back."""
        block = self.room.blocks[int(rng.integers(len(self.room.blocks)))]
        here = self.tables[r, block[0]]
        singles = np.flatnonzero((self.tables[r] != here) & ~self.block_member)
        tables = np.unique(self.tables[r, singles])
        if not len(tables):
            return
        there = int(rng.choice(tables))
        singles = singles[self.tables[r, singles] == there]
        if len(singles) < len(block):
            return
        partners = rng.permutation(singles)[: len(block)]
        total, done = 0.0, []
        for a, b in zip(block, partners.tolist(), strict=True):
            total += float(self.changes(r, a, np.array([b]))[0])
            self.swap(r, a, b)
            done.append((a, b))
        if total > -temperature * np.log(rng.random()):
            for a, b in reversed(done):
                self.swap(r, a, b)

    def descend(self, rng: np.random.Generator) -> None:
        """Take the best swap of each person in turn until none improves."""
        improved, passes = True, 0
        while improved and passes < 20:
            improved, passes = False, passes + 1
            for r in range(self.rounds):
                for a in rng.permutation(self.n).tolist():
                    if self.block_member[a]:
                        continue
                    others = np.arange(self.n) if self.n <= ALL_CANDIDATES else rng.integers(0, self.n, SAMPLE)
                    change = self.changes(r, a, others)
                    chosen = int(np.argmin(change))
                    if change[chosen] < -1e-6:
                        self.swap(r, a, int(others[chosen]))
                        improved = True

    def numbers(self) -> tuple[int, int, int, int]:
        """(moved, off quota, repeated pairs, apart pairs), in the order they matter."""
        moved = int(((self.room.before != NOT_SEATED) & (self.room.before != self.tables)).sum())
        excess = np.maximum(0, np.maximum(self.low - self.count, self.count - self.high))
        repeated = int((np.maximum(self.met, 1).sum(dtype=np.int64) - self.n * self.n) // 2)
        code = np.unique(self.room.organisation, return_inverse=True)[1]
        apart = 0
        for r in range(self.rounds):
            together = np.unique(code * self.k + self.tables[r], return_counts=True)[1]
            apart += int((together * (together - 1) // 2).sum())
        return moved, int(excess.sum()), repeated, apart
