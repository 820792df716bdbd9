"""What pages draw: each file's rank interval, how marks are spread, what each region receives. Plain numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH = 240  # units of the picture of one interval
CHART_WIDTH, CHART_HEIGHT, FLOOR = 600, 220, 180
TOP_MARK = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedFile:
    """A file in the calibrated ranking: its figures, and where its interval is drawn (out of WIDTH)."""

    position: int
    application: Any
    mean: int
    quality: int
    expected_rank: float
    low: int
    high: int
    probability: float | None
    group: str
    start: float
    length: float
    point: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One bar of the spread of marks: from `low` to `high` out of 20, how many files, how many of them funded."""

    low: int
    high: int
    count: int
    funded: int
    x: int
    width: int
    y: int
    funded_y: int
    height: int
    funded_height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionShare:
    """What a region asked for and received."""

    name: str
    filed: int
    funded: int
    granted_cents: int
    requested_cents: int


def ranked_files(rows: Sequence[Mapping[str, Any]], applications: Mapping[int, Any]) -> list[RankedFile]:
    """The ranking's rows with their applications, best first; a row whose application is not given is left out."""
    count = len(rows)
    return [
        RankedFile(
            position=position,
            application=applications[row["application"]],
            mean=row["mean"],
            quality=row["quality"],
            expected_rank=row["expected_rank"],
            low=row["low"],
            high=row["high"],
            probability=row["probability"],
            group=row["group"] or "",
            start=place(row["low"] - 1, count),
            length=max(3.0, round(place(row["high"], count) - place(row["low"] - 1, count), 1)),
            point=place(row["expected_rank"] - 0.5, count),
        )
        for position, row in enumerate(rows, start=1)
        if row["application"] in applications
    ]


def place(rank: float, count: int) -> float:
    """Where a rank stands in a picture WIDTH wide that holds `count` ranks."""
    return round(WIDTH * rank / max(1, count), 1)


def spread(points: Iterable[tuple[int, bool]]) -> tuple[list[Column], int]:
    """How marks are spread, point by point out of 20: `points` are (thousandths, funded). Also the tallest count."""
    counts, funded = [0] * TOP_MARK, [0] * TOP_MARK
    for thousandths, kept in points:
        bin_ = min(TOP_MARK - 1, thousandths // 1000)
        counts[bin_] += 1
        funded[bin_] += kept
    tallest = max(counts) or 1
    step = CHART_WIDTH // TOP_MARK
    columns = []
    for bin_, (count, kept) in enumerate(zip(counts, funded, strict=True)):
        height, kept_height = round(150 * count / tallest), round(150 * kept / tallest)
        columns.append(
            Column(
                low=bin_,
                high=bin_ + 1,
                count=count,
                funded=kept,
                x=bin_ * step + 2,
                width=step - 4,
                y=FLOOR - height,
                funded_y=FLOOR - kept_height,
                height=height,
                funded_height=kept_height,
            )
        )
    return columns, tallest


def mark_place(thousandths: int) -> int:
    """Where a mark stands on the horizontal axis of the spread."""
    return round(CHART_WIDTH * thousandths / (1000 * TOP_MARK))


def region_shares(rows: Iterable[tuple[str, bool, int, int]]) -> list[RegionShare]:
    """By region: files, funded files, granted and requested cents; `rows` are (region, funded, granted, requested).

    The regions that receive most first, then by name.
    """
    totals: dict[str, list[int]] = {}
    for name, funded, granted, requested in rows:
        total = totals.setdefault(name, [0, 0, 0, 0])
        for i, value in enumerate((1, int(funded), granted, requested)):
            total[i] += value
    shares = [
        RegionShare(name=name, filed=filed, funded=funded, granted_cents=granted, requested_cents=requested)
        for name, (filed, funded, granted, requested) in totals.items()
    ]
    return sorted(shares, key=lambda share: (-share.granted_cents, -share.filed, share.name))
