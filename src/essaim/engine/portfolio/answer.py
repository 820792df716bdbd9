"""What a selection answers: the funded applications, what they are worth, and the proof that nothing does better."""

from __future__ import annotations

from dataclasses import dataclass

from essaim.engine.portfolio.certify import Certificate
from essaim.engine.portfolio.model import Grant


@dataclass(frozen=True)
class Portfolio:
    """The chosen portfolio and its proof.

    funded: sorted by id; value, bound: exact integers in units of 1/(1000 * weight) point (`points` converts); quality:
    sum of the marks, thousandths of a point; newly_covered_population: inhabitants, recomputed from the raw communes;
    gap: (bound - value) / value; cells: classes of communes; certificate: multipliers whose bound anyone recomputes
    in integers (certificate.bound, possibly looser than `bound`, which the solver proved in floating point); proven:
    the solver proved that no portfolio is worth more; method: how it was found.
    """

    funded: tuple[Grant, ...]
    value: int
    quality: int
    newly_covered_population: int
    spent_cents: int
    bound: int
    gap: float
    cells: int
    weight: int
    proven: bool
    method: str
    certificate: Certificate

    @property
    def ids(self) -> frozenset[str]:
        """Ids of the funded applications."""
        return frozenset(grant.id for grant in self.funded)

    def points(self, units: int) -> float:
        """Units converted to points, for display."""
        return units / (1000 * self.weight)
