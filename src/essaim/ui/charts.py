"""Geometry of our charts: plain numbers in, SVG coordinates out (a chart is always beside its table)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from essaim.ui.shapes import Bar, Level

ROW, BAR, WIDTH = 44, 14, 600
STEP_WIDTH, STEP_HEIGHT = 600, 240
LEFT, RIGHT, TOP, BOTTOM = 12, 12, 34, 34


@dataclass(frozen=True)
class DrawnBar:
    """A bar placed: top of its row, baseline of its words, length in the 600-unit wide picture."""

    bar: Bar
    y: int
    baseline: int
    length: int


def draw_bars(bars: Sequence[Bar], maximum: float | None = None) -> tuple[list[DrawnBar], int]:
    """Horizontal bars on a scale from zero to `maximum` (the longest bar unless given); also the picture's height."""
    top = float(maximum or max((bar.value for bar in bars), default=0) or 1)
    drawn = [
        DrawnBar(bar, rank * ROW + 24, rank * ROW + 18, max(0, min(WIDTH, round(WIDTH * float(bar.value) / top))))
        for rank, bar in enumerate(bars)
    ]
    return drawn, len(bars) * ROW


@dataclass(frozen=True)
class DrawnLevel:
    """A level placed: where it starts and how high it stands; `anchor` keeps its words inside the picture."""

    level: Level
    x: int
    y: int
    anchor: str


def draw_levels(levels: Sequence[Level], until: date | None = None) -> tuple[list[DrawnLevel], str, str]:
    """A quantity that changes at dates: placed levels, the line's path and the filled area's path.

    Levels are in order of date; the last one lasts until `until`, or a tenth of the span past its start.
    """
    if not levels:
        return [], "", ""
    first = levels[0].since.toordinal()
    last = max(until.toordinal() if until else 0, levels[-1].since.toordinal() + 1)
    span = (last - first) * (1.0 if until else 1.15)
    top = max(float(level.value) for level in levels) or 1.0
    floor = STEP_HEIGHT - BOTTOM
    drawn = []
    for level in levels:
        x = LEFT + round((STEP_WIDTH - LEFT - RIGHT) * (level.since.toordinal() - first) / span)
        y = floor - round((floor - TOP) * float(level.value) / top)
        drawn.append(DrawnLevel(level, x, y, "end" if x > STEP_WIDTH * 0.75 else "start"))
    line = f"M{drawn[0].x} {drawn[0].y}" + "".join(f"H{point.x}V{point.y}" for point in drawn[1:])
    line += f"H{STEP_WIDTH - RIGHT}"
    return drawn, line, f"{line}V{floor}H{drawn[0].x}Z"
