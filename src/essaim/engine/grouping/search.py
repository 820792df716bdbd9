"""Annealed exchanges: a person of a round considers swapping seats with everyone else at once (numpy over candidates).

One step draws a round and a person, computes the exact change of cost of swapping with each candidate, and draws one of
the outcomes (staying included) by heat bath at the current temperature. Steps are bounded by a number, never by time.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from essaim.engine.progress import Step, look, tell

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

NOT_SEATED = -1
FORBIDDEN = 1e9
ALL_CANDIDATES = 1500  # up to this many people every swap is looked at; beyond, a random sample of them
FOCUS = 50  # steps between two looks at who is badly seated
SAMPLE = 512
MIXING = Step("Échanges de places pour mêler les tables", "Swapping seats to mix the tables")
POLISHING = Step("Derniers échanges", "Last swaps")


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

    quota: float = 16.0
    repeat: float = 3.0
    apart: float = 3.0
    move: float = 60.0


BALANCED = Weights()
STRICT = Weights(quota=1e4, repeat=100.0, apart=1.0, move=1e6)  # the order of the objectives, for the last descent


def search(room: Room, start: Ints, *, rng: np.random.Generator, effort: float, bounds: tuple[int, int, int]) -> Ints:
    """Tables (R, n) at least as good as `start` (R, n), which holds the hard wishes; they still hold.

    Stops early when (off quota, repeats, apart pairs) reach `bounds`. About 60 microseconds a step at n = 100.
    """
    n = len(room.values)
    free = int((room.before != start).sum())  # persons-rounds: everyone, or those who must move when replanning
    steps = int(effort * _steps_each(n) * free)
    state = Seating(room, start, BALANCED)
    best, best_key = state.tables.copy(), state.numbers()
    check = max(200, free // 2)
    hot, cold = 1.0, 0.12
    for step in range(steps):
        if step % check == 0:
            tell(step, steps, MIXING)
            key = state.numbers()
            if key < best_key:
                best, best_key = state.tables.copy(), key
            if key[0] <= best_key[0] and key[1:] == bounds:
                return best
        if step % FOCUS == 0:
            look()
            state.focus_on_badly_seated()
        temperature = hot * (cold / hot) ** (step / steps)
        state.step(rng, temperature)
    if state.numbers() < best_key:
        best = state.tables
    polished = Seating(room, best, STRICT)
    polished.descend(rng)
    return polished.tables


def _steps_each(n: int) -> float:
    """Annealing steps per person and round: fewer in large rooms, where each step costs more."""
    if n <= 300:
        return 80.0
    return 22.0 if n <= ALL_CANDIDATES else 2.2


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
        self.replanning = bool((room.before != NOT_SEATED).any())
        self.block_member = np.zeros(self.n, dtype=bool)
        for block in room.blocks:
            self.block_member[list(block)] = True
        self.focus: list[Ints] = [np.arange(0)] * self.rounds
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
        self.who = [np.flatnonzero((room.values == value).any(axis=1)) for value in range(room.value_count)]
        self.everyone = np.arange(self.n)
        self.pair = np.zeros((self.rounds, self.k, self.n))
        self.add = np.zeros((self.rounds, self.k, self.n))
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
            self.pair[r, at[i]] += self._row(r, i, self.everyone)
        known = self.room.before[r] != NOT_SEATED
        away = np.arange(self.k)[:, None] != self.room.before[r]
        self.pair[r] += self.weights.move * (known & away)
        self.pair[r] += FORBIDDEN * ~self.room.allowed[r].T
        self._refresh(r, np.arange(self.k), self.everyone)

    def _row(self, r: int, i: int, others: Ints) -> Floats:
        """(len(others),) cost of person i sharing a table with each of `others` in round r."""
        met_elsewhere = self.met[i, others] - (self.tables[r, others] == self.tables[r, i]) >= 1
        same = self.room.organisation[others] == self.room.organisation[i]
        row: Floats = self.weights.repeat * met_elsewhere + self.weights.apart * same
        for foe in self.foes.get(i, ()):
            row[others == foe] += FORBIDDEN
        row[others == i] = 0.0
        return row

    def _refresh(self, r: int, tables: Ints, members: Ints) -> None:
        """Recompute the marginal quota costs of some tables of round r, and what leaving costs to their members."""
        count, low, high = self.count[r, tables], self.low[r, tables], self.high[r, tables]

        def cost(number: Ints) -> Floats:
            excess = np.maximum(0, np.maximum(low - number, number - high))
            squared: Floats = self.weights.quota * (excess * excess)
            return squared

        here = cost(count)
        up = cost(count + 1) - here
        shift = up - self.up[r, tables]
        self.up[r, tables] = up
        self.down[r, tables] = cost(count - 1) - here
        for k, value in zip(*np.nonzero(shift), strict=True):
            self.add[r, tables[k], self.who[value]] += shift[k, value]
        at = self.tables[r, members]
        self.leave[r, members] = self.down[r][at[:, None], self.room.values[members]].sum(axis=1)

    def changes(self, r: int, a: int, others: Ints) -> Floats:
        """(len(others),) exact change of cost if `a` swapped seats with each of `others` in round r."""
        at, values = self.tables[r], self.room.values
        here, there = at[a], at[others]
        pair, add = self.pair[r], self.add[r]
        change: Floats = pair[there, a] - pair[here, a] + pair[here, others] - pair[there, others]
        change += add[there, a] + add[here, others] + self.leave[r, a] + self.leave[r, others]
        change -= 2 * self._row(r, a, others)
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
        shift = self._row(r, b, self.everyone) - self._row(r, a, self.everyone)
        self.pair[r, here] += shift
        self.pair[r, there] -= shift
        members = np.flatnonzero((at == here) | (at == there))
        if self.rounds > 1:
            others = members[(members != a) & (members != b)]
            gained = np.where(at[others] == there, 1, -1).astype(np.int8)
            self._meet(r, a, others, gained)
            self._meet(r, b, others, -gained)
        at[a], at[b] = there, here
        self.count[r, here, self.room.values[a]] -= 1
        self.count[r, there, self.room.values[a]] += 1
        self.count[r, there, self.room.values[b]] -= 1
        self.count[r, here, self.room.values[b]] += 1
        self._refresh(r, np.array([here, there]), members)

    def _meet(self, r: int, person: int, others: Ints, gained: npt.NDArray[np.int8]) -> None:
        """`person` meets (+1) or leaves (-1) each of `others` in round r; carry it to what other rounds cost."""
        before = self.met[person, others]
        after = before + gained
        self.met[person, others] = after
        self.met[others, person] = after
        for other in range(self.rounds):
            if other != r:
                at = self.tables[other]
                same = at[others] == at[person]
                shift = self.weights.repeat * ((after - same >= 1).astype(np.int8) - (before - same >= 1))
                self.pair[other, at[person], others] += shift
                self.pair[other, :, person] += np.bincount(at[others], shift, self.k)

    def step(self, rng: np.random.Generator, temperature: float) -> None:
        """One heat-bath move: a swap for a random person of a random round, or of a block, or nothing."""
        r = int(rng.integers(self.rounds))
        if self.room.blocks and rng.random() < 0.05:
            self._step_block(r, rng, temperature)
            return
        a = self._someone(r, rng)
        if a is None:
            return
        others = self.everyone if self.n <= ALL_CANDIDATES else rng.integers(0, self.n, SAMPLE)
        change = self.changes(r, a, others)
        drawn = change - temperature * rng.gumbel(size=len(others))
        chosen = int(np.argmin(drawn))
        if drawn[chosen] < -temperature * rng.gumbel():
            self.swap(r, a, int(others[chosen]))

    def _someone(self, r: int, rng: np.random.Generator) -> int | None:
        """A person free to move in round r: when replanning, someone not at their former table."""
        if len(self.focus[r]) and rng.random() < 0.5:
            return int(self.focus[r][rng.integers(len(self.focus[r]))])
        if not self.replanning and not self.room.blocks:
            return int(rng.integers(self.n))
        choices = self._free(r)
        return int(choices[rng.integers(len(choices))]) if len(choices) else None

    def _badly_seated(self, r: int) -> Ints:
        """Who is at a table off quota, or sits with someone they should not: every gain of round r is with one of them.

        A swap gains only by a quota of one of its two tables or by a pair of one of its two persons. When replanning,
        whoever is not at their former table: a swap between two who are moves two more.
        """
        if self.replanning:
            return self._free(r)
        at = self.tables[r]
        off = ((self.count[r] < self.low[r]) | (self.count[r] > self.high[r])).any(axis=1)
        bad = off[at] | (self.pair[r, at, self.everyone] > 0)
        return np.flatnonzero(bad & ~self.block_member)

    def focus_on_badly_seated(self) -> None:
        """Half of the steps to come are theirs."""
        self.focus = [self._badly_seated(r) for r in range(self.rounds)]

    def _free(self, r: int) -> Ints:
        """Persons worth moving in round r: outside blocks and, when replanning, not at their former table."""
        return np.flatnonzero((self.room.before[r] != self.tables[r]) & ~self.block_member)

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
            tell(passes, 20, POLISHING)
            for r in range(self.rounds):
                for a in rng.permutation(self._badly_seated(r)).tolist():
                    look()
                    others = self.everyone if self.n <= ALL_CANDIDATES else rng.integers(0, self.n, SAMPLE)
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
