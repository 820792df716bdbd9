"""What the voters of the method of equal shares have left, exactly, in integers.

Voters who have paid for the same projects have the same money left: they form one class, and there are far fewer
classes than voters. The money of all classes is held over one common denominator, so that only integers are compared.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
BROKE = 0  # the class of those who have nothing left


class Purses:
    """An equal share of the budget for each voter, and what supporters pay."""

    def __init__(self, budget: int, voters: int, supports: Mapping[str, Sequence[tuple[int, int]]]) -> None:
        """supports: project -> [(voter index, satisfaction)], as given to `equal_shares`."""
        self.scale = max(1, voters)  # of the money below: class c holds money[c] / scale
        self.money = [0, budget]
        self.class_of: Ints = np.ones(voters, dtype=np.int64)
        self.voters: dict[str, Ints] = {}
        self.units: dict[str, list[int]] = {}
        self.unit_of: dict[str, Ints] = {}
        for project, backers in supports.items():
            voter, unit = zip(*backers, strict=True) if backers else ((), ())
            self.voters[project] = np.array(voter, dtype=np.int64)
            self.units[project] = sorted(set(unit))
            rank = {worth: k for k, worth in enumerate(self.units[project])}
            self.unit_of[project] = np.fromiter(map(rank.__getitem__, unit), np.int64, len(unit))

    def price(self, project: str, cost: int) -> Fraction | None:
        """Smallest rho with sum of min(purse, rho x unit) = cost over the supporters, or None when they cannot pay."""
        units = self.units[project]
        count = np.bincount(self._codes(project))
        groups = [(self.money[code // len(units)], units[code % len(units)], int(count[code])) for code in _used(count)]
        left = cost * self.scale
        if sum(money * number for money, _, number in groups) < left:
            return None
        common = lcm(*units)
        groups.sort(key=lambda group: group[0] * (common // group[1]))
        total = sum(unit * number for _, unit, number in groups)
        for money, unit, number in groups:
            if left * unit <= money * total:
                return Fraction(left, total * self.scale)
            left -= money * number
            total -= unit * number
        return None

    def pay(self, project: str, rho: Fraction) -> None:
        """Each supporter pays rho per unit of satisfaction, or all they have left."""
        units, codes = self.units[project], self._codes(project)
        factor = rho.denominator // gcd(rho.denominator, self.scale)
        self.scale *= factor
        self.money = [money * factor for money in self.money]
        asked = rho.numerator * (self.scale // rho.denominator)
        after = np.zeros(int(codes.max()) + 1, dtype=np.int64)
        for code in _used(np.bincount(codes)):
            money = self.money[code // len(units)] - asked * units[code % len(units)]
            after[code] = len(self.money) if money > 0 else BROKE
            if money > 0:
                self.money.append(money)
        self.class_of[self.voters[project]] = after[codes]
        held = np.bincount(self.class_of, minlength=len(self.money)) > 0
        held[BROKE] = True
        self.class_of = (np.cumsum(held) - 1)[self.class_of]
        self.money = [money for money, kept in zip(self.money, held.tolist(), strict=True) if kept]

    def _codes(self, project: str) -> Ints:
        """For each supporter, their class and their unit in one number."""
        codes: Ints = self.class_of[self.voters[project]] * len(self.units[project]) + self.unit_of[project]
        return codes


def _used(count: Ints) -> list[int]:
    """The codes that someone has."""
    return [int(code) for code in np.flatnonzero(count)]
