"""Scores of applications without the experts' severity: expected ranks, intervals, and who is truly undecided.

Model: score = mean + quality of the application + severity of the expert + noise, all three Gaussian. The two variance
ratios (application / noise, expert / noise) have priors flat on the standard deviations and are integrated on a grid;
given them, qualities are integrated analytically, experts by a Cholesky factor, and independent posterior draws follow:
no chain, no convergence to check, the same seed gives the same numbers.

Refs: Heyard, Ott, Salanti, Egger 2022, "Rethinking the Funding Line at the Swiss National Science Foundation",
Statistics and Public Policy 9; Gelman 2006 on priors for standard deviations.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from essaim.engine.progress import Progress, Step, following, tell
from essaim.engine.ranks import ranks_of, shared_by
from essaim.engine.refusal import Refusal

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Group = Literal["fund", "undecided", "refuse"]

CERTAIN = 0.75  # an application is told apart from the line when at least this share of the draws agree
FINE, COARSE, MANY_EXPERTS = 7, 5, 400  # grid points per axis; ratios are sharp when experts are many
BLOCK = 250  # draws held at a time
MEASURING = Step("Part des experts dans les écarts de notes", "What differences of marks owe to experts")
DRAWING = Step("Tirages du classement", "Draws of the ranking")


@dataclass(frozen=True)
class Score:
    """`value` given by `expert` to `application`; higher is better, any unit."""

    application: str
    expert: str
    value: float


@dataclass(frozen=True)
class CalibratedApplication:
    """An application: plain mean, quality (mean of the scores it would get from an average expert), expected rank
    (1 is best), 5-95 % interval of its rank, probability of being among the fundable ones, and its group."""

    id: str
    mean: float
    quality: float
    expected_rank: float
    low: int
    high: int
    probability_fundable: float | None
    group: Group | None


@dataclass(frozen=True)
class CalibratedExpert:
    """An expert: severity in score units (positive: scores lower than the others do), its 5-95 % interval."""

    id: str
    severity: float
    low: float
    high: float
    scores: int


@dataclass(frozen=True)
class Variance:
    """Posterior means of the three variances, in squared score units."""

    application: float
    expert: float
    residual: float


@dataclass(frozen=True)
class Calibration:
    """Applications by expected rank (then id), experts by id."""

    applications: tuple[CalibratedApplication, ...]
    experts: tuple[CalibratedExpert, ...]
    variance: Variance
    fundable: int | None
    draws: int
    seed: int


@dataclass(frozen=True)
class Posterior:
    """Draws: qualities (draws, n applications) and severities (draws, q experts) in sorted id order; variances."""

    applications: tuple[str, ...]
    experts: tuple[str, ...]
    quality: Floats
    severity: Floats
    variance: Variance


@dataclass(frozen=True)
class _Data:
    """Scores in canonical order (application, expert, value), coded; `sums` of scores per application."""

    applications: tuple[str, ...]
    experts: tuple[str, ...]
    application: Ints
    expert: Ints
    value: Floats


@dataclass(frozen=True)
class _Point:
    """The conditional posterior at one pair of variance ratios (a: application, b: expert), see `_factor`."""

    a: float
    b: float
    log_density: float
    lower: Floats
    mean: float
    mean_precision: float
    scatter: float


@dataclass(frozen=True)
class _Block:
    """Some draws: quality (m, n), effect of experts on scores (m, q), and the sums of the three variances (3,)."""

    quality: Floats
    effect: Floats
    variance_sum: Floats


def calibrate(
    scores: Sequence[Score],
    *,
    fundable: int | None = None,
    draws: int = 2000,
    seed: int,
    progress: Progress | None = None,
) -> Calibration:
    """Expected ranks, intervals, probabilities of being fundable, and the experts' severity.

    fundable: how many applications can be funded; gives each its group: "fund" when at least 75 % of the draws rank it
    within, "refuse" when at most 25 % do, else "undecided" (to be discussed or drawn by lot). The order of `scores`
    does not matter. Applications with the same experts and the same total have equal results.
    Raises Refusal on a score that is not a number, or when nothing is to be compared; Cancelled when `progress` does.
    """
    data = _read(scores)
    n = len(data.applications)
    if fundable is not None and not 0 <= fundable <= n:
        raise Refusal(
            f"On ne peut pas financer {fundable} demandes sur {n}.", f"{fundable} of {n} applications cannot be funded."
        )
    ranks = np.empty((n, draws), dtype=np.int16 if n < 2**15 else np.int32)
    severity = np.empty((len(data.experts), draws))
    quality, variance, done = np.zeros(n), np.zeros(3), 0
    with following(progress):
        for block in _blocks(data, draws, seed):
            end = done + len(block.quality)
            ranks[:, done:end] = ranks_of(block.quality).T
            severity[:, done:end] = -block.effect.T
            quality += block.quality.sum(axis=0) / draws
            variance += block.variance_sum / draws
            done = end
            tell(done, draws, DRAWING)
    twins = _twins(data)
    expected, quality = shared_by(ranks.mean(axis=1), twins), shared_by(quality, twins)
    chance = None if fundable is None else shared_by((ranks <= fundable).mean(axis=1), twins)
    ranks.sort(axis=1)
    low, high = (shared_by(ranks[:, int(np.ceil(share * draws)) - 1], twins) for share in (0.05, 0.95))
    count = np.bincount(data.application, minlength=n)
    mean = np.bincount(data.application, data.value, n) / count
    order = sorted(range(n), key=lambda i: (expected[i], data.applications[i]))
    applications = tuple(
        CalibratedApplication(
            id=data.applications[i],
            mean=float(mean[i]),
            quality=float(quality[i]),
            expected_rank=float(expected[i]),
            low=round(float(low[i])),
            high=round(float(high[i])),
            probability_fundable=None if chance is None else float(chance[i]),
            group=None if chance is None else _group(float(chance[i])),
        )
        for i in order
    )
    return Calibration(applications, _experts(data, severity), Variance(*variance.tolist()), fundable, draws, seed)


def _group(chance: float) -> Group:
    """Which side of the line an application is on, or "undecided"."""
    if chance >= CERTAIN:
        return "fund"
    return "refuse" if chance <= 1 - CERTAIN else "undecided"


def _experts(data: _Data, severity: Floats) -> tuple[CalibratedExpert, ...]:
    """Means and intervals of the (q, draws) severities."""
    low, high = np.quantile(severity, [0.05, 0.95], axis=1)
    mean = severity.mean(axis=1)
    count = np.bincount(data.expert, minlength=len(data.experts))
    return tuple(
        CalibratedExpert(name, float(mean[k]), float(low[k]), float(high[k]), int(count[k]))
        for k, name in enumerate(data.experts)
    )


def posterior_draws(scores: Sequence[Score], *, draws: int, seed: int) -> Posterior:
    """Independent joint draws of all qualities and severities (what a robust selection is recomputed on).

    O(grid x (N + q^3) + draws x (N + q^2)) for N scores and q experts.
    """
    data = _read(scores)
    blocks = list(_blocks(data, draws, seed))
    variance = sum((block.variance_sum for block in blocks), np.zeros(3)) / draws
    return Posterior(
        data.applications,
        data.experts,
        np.concatenate([block.quality for block in blocks]),
        -np.concatenate([block.effect for block in blocks]),
        Variance(*variance.tolist()),
    )


def _blocks(data: _Data, draws: int, seed: int) -> Iterator[_Block]:
    """Posterior draws, at most BLOCK at a time: the memory of 10,000 draws of 10,000 applications is never held."""
    rng = np.random.default_rng(seed)
    n, q = len(data.applications), len(data.experts)
    if data.value.min() == data.value.max():  # nothing tells them apart: ranks are drawn at random
        noise = 1e-12 * rng.standard_normal((draws, n))
        yield _Block(data.value[0] + noise, np.zeros((draws, q)), np.zeros(3))
        return
    model = _Model(data)
    points = model.grid()
    weights = np.exp(np.array([point.log_density for point in points]))
    for point, number in zip(points, rng.multinomial(draws, weights / weights.sum()), strict=True):
        for begin in range(0, int(number), BLOCK):
            yield model.draw(point, min(BLOCK, int(number) - begin), rng)


def _read(scores: Sequence[Score]) -> _Data:
    """Sort the scores so that their order cannot matter; Refusal on what is not a comparison."""
    if not scores:
        raise Refusal("Il n’y a aucune note à étalonner.", "There is no score to calibrate.")
    rows = sorted((score.application, score.expert, score.value) for score in scores)
    for application, expert, value in rows:
        if not isfinite(value):
            raise Refusal(
                f"La note de « {expert} » sur « {application} » n’est pas un nombre.",
                f"The score of “{expert}” on “{application}” is not a number.",
                [application, expert],
            )
    applications = tuple(sorted({row[0] for row in rows}))
    experts = tuple(sorted({row[1] for row in rows}))
    if len(rows) < 3:
        raise Refusal(
            "Il faut au moins trois notes pour comparer des demandes.",
            "At least three scores are needed to compare applications.",
        )
    code_a = {name: k for k, name in enumerate(applications)}
    code_e = {name: k for k, name in enumerate(experts)}
    return _Data(
        applications,
        experts,
        np.array([code_a[row[0]] for row in rows]),
        np.array([code_e[row[1]] for row in rows]),
        np.array([row[2] for row in rows], dtype=np.float64),
    )


class _Model:
    """Sufficient statistics, the marginal density of the variance ratios, and draws given them.

    With P = (I + a ZZ')^-1 for applications (diagonal algebra), experts solve G nu = W'P(y - mean) where
    G = W'PW + I/b, a q x q matrix; the mean and the residual variance are integrated out analytically.
    """

    def __init__(self, data: _Data) -> None:
        from scipy.sparse import csr_array

        self.size = len(data.value)
        self.n, self.q = len(data.applications), len(data.experts)
        self.level = float(data.value.mean())
        y = data.value - self.level
        ones = np.ones(self.size)
        self.scored: Any = csr_array((ones, (data.application, data.expert)), shape=(self.n, self.q))
        self.count_a = np.bincount(data.application, minlength=self.n).astype(np.float64)
        self.count_e = np.bincount(data.expert, minlength=self.q).astype(np.float64)
        self.sum_a = np.bincount(data.application, y, self.n)
        self.sum_e = np.bincount(data.expert, y, self.q)
        self.total, self.square = float(y.sum()), float(y @ y)
        counts, which = np.unique(self.count_a, return_inverse=True)
        self.grams = []
        for k, count in enumerate(counts):
            part = self.scored[which == k]
            self.grams.append((float(count), np.asarray((part.T @ part).todense())))

    def factor(self, a: float, b: float) -> _Point:
        """The conditional posterior at ratios a, b, with their log density on the (log a, log b) plane."""
        from scipy.linalg import cholesky, solve_triangular

        shrink = a / (1 + a * self.count_a)
        gram = np.diag(self.count_e + 1 / b)
        for count, part in self.grams:
            gram -= part * (a / (1 + a * count))
        lower = cholesky(gram, lower=True, check_finite=False)
        right = np.column_stack(self._to_experts(shrink))
        solved = solve_triangular(lower, right, lower=True, check_finite=False)
        yy = self.square - (shrink * self.sum_a**2).sum() - solved[:, 0] @ solved[:, 0]
        y1 = self.total - (shrink * self.sum_a * self.count_a).sum() - solved[:, 0] @ solved[:, 1]
        one = self.size - (shrink * self.count_a**2).sum() - solved[:, 1] @ solved[:, 1]
        scatter = max(float(yy - y1 * y1 / one), 1e-12 * self.square)
        determinant = 2 * np.log(np.diag(lower)).sum() + self.q * np.log(b) + np.log1p(a * self.count_a).sum()
        density = -0.5 * (determinant + np.log(one) + (self.size - 1) * np.log(scatter)) + 0.5 * np.log(a * b)
        return _Point(a, b, float(density), lower, float(y1 / one), float(one), scatter)

    def _to_experts(self, shrink: Floats) -> tuple[Floats, Floats]:
        """W'Py and W'P1: what the experts' equations see of the scores and of the mean."""
        seen: Floats = self.sum_e - self.scored.T @ (shrink * self.sum_a)
        ones: Floats = self.count_e - self.scored.T @ (shrink * self.count_a)
        return seen, ones

    def grid(self) -> list[_Point]:
        """Points around the mode of (log a, log b), spaced by its curvature; log densities relative to the best."""
        at = np.log(np.array([0.8, 0.2]))
        best = self.factor(*np.exp(at)).log_density
        stride = 1.0
        while stride > 0.3:
            tell(0, 1, MEASURING)
            for axis, sign in ((0, 1), (0, -1), (1, 1), (1, -1)):
                trial = at.copy()
                trial[axis] += sign * stride
                if np.abs(trial).max() <= 9:
                    density = self.factor(*np.exp(trial)).log_density
                    if density > best:
                        at, best = trial, density
                        break
            else:
                stride /= 2
        scale = np.zeros(2)
        centre = at.copy()
        for axis in (0, 1):  # a parabola through three points: its width and its summit
            shift = np.zeros(2)
            shift[axis] = stride
            ahead, behind = (self.factor(*np.exp(at + sign * shift)).log_density for sign in (1, -1))
            curvature = max((2 * best - ahead - behind) / stride**2, 0.05)
            scale[axis] = 1 / np.sqrt(curvature)
            centre[axis] += np.clip((ahead - behind) / (2 * stride) / curvature, -stride, stride)
        steps = np.linspace(-2.4, 2.4, FINE if self.q <= MANY_EXPERTS else COARSE)
        return self._normalised([np.exp(centre + scale * (u, v)) for u in steps for v in steps if u * u + v * v <= 6.5])

    def _normalised(self, ratios: Sequence[Floats]) -> list[_Point]:
        """The points, their log densities shifted so that the largest is 0."""
        points: list[_Point] = []
        for a, b in ratios:
            tell(len(points), len(ratios), MEASURING)
            points.append(self.factor(float(a), float(b)))
        top = max(point.log_density for point in points)
        return [_Point(p.a, p.b, p.log_density - top, p.lower, p.mean, p.mean_precision, p.scatter) for p in points]

    def draw(self, point: _Point, number: int, rng: np.random.Generator) -> _Block:
        """`number` independent joint draws at one point."""
        from scipy.linalg import cho_solve, solve_triangular

        residual = point.scatter / 2 / rng.gamma((self.size - 1) / 2, size=number)
        deviation = np.sqrt(residual)
        mean = point.mean + deviation / np.sqrt(point.mean_precision) * rng.standard_normal(number)
        shrink = point.a / (1 + point.a * self.count_a)
        base = cho_solve((point.lower, True), np.column_stack(self._to_experts(shrink)), check_finite=False)
        noise = solve_triangular(
            point.lower, rng.standard_normal((self.q, number)), lower=True, trans="T", check_finite=False
        )
        effect = base[:, [0]] - base[:, [1]] * mean + noise * deviation
        precision = self.count_a + 1 / point.a
        centre = (self.sum_a[:, None] - self.count_a[:, None] * mean - self.scored @ effect) / precision[:, None]
        theta = centre + rng.standard_normal((self.n, number)) * deviation / np.sqrt(precision)[:, None]
        variance_sum = residual.sum() * np.array([point.a, point.b, 1.0])
        return _Block((theta + mean + self.level).T, effect.T, variance_sum)


def _twins(data: _Data) -> Ints:
    """(n,) group number: applications with the same experts and the same total have the same posterior."""
    n = len(data.applications)
    if data.value.min() == data.value.max():
        return np.zeros(n, dtype=np.int64)
    experts: list[list[int]] = [[] for _ in range(n)]
    values: list[list[float]] = [[] for _ in range(n)]
    for i, expert, value in zip(data.application.tolist(), data.expert.tolist(), data.value.tolist(), strict=True):
        experts[i].append(expert)
        values[i].append(value)
    groups: dict[tuple[tuple[int, ...], float], int] = {}
    keys = [(tuple(experts[i]), round(sum(sorted(values[i])), 9)) for i in range(n)]
    return np.array([groups.setdefault(key, len(groups)) for key in keys])
