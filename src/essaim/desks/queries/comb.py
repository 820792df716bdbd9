"""The territory as a honeycomb: each cell a few communes, tinted by what stands there. A picture, not a measure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import cos, pi, radians, sin, sqrt

from django.core.cache import cache

from essaim.places.models import KnownPlace, PlaceKind
from essaim.places.queries import commune_arrays
from essaim.territory.models import FundedPlace
from essaim.territory.queries import Facts

RADIUS = 0.3  # of a cell, in degrees of latitude: about 33 km
SHRINK = cos(radians(46.5))  # degrees of longitude, at the middle of mainland France
MAINLAND = (41.2, 51.2, -5.3, 9.7)  # south, north, west, east
SCALE = 40  # units of the picture per degree
Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class CombMap:
    """Three SVG paths (empty, a fab lab known, one funded) in one frame."""

    view_box: str
    land: str
    known: str
    funded: str


def comb_map(whole: Facts) -> CombMap:
    """Mainland France in cells; drawn again when the figures of the whole country change."""
    key = f"desks:comb:{whole.known}:{whole.funded}:{whole.population}"
    found: CombMap | None = cache.get(key)
    if found is None:
        found = _draw()
        cache.set(key, found, 3600)
    return found


def _draw() -> CombMap:
    communes = commune_arrays()
    land = _cells(zip(communes.latitude.tolist(), communes.longitude.tolist(), strict=True))
    funded = _cells(FundedPlace.objects.values_list("latitude", "longitude"))
    known = _cells(KnownPlace.objects.filter(kind=PlaceKind.FABLAB).values_list("latitude", "longitude")) - funded
    south, north, west, east = MAINLAND
    width, height, margin = (east - west) * SHRINK * SCALE, (north - south) * SCALE, round(RADIUS * SCALE)
    return CombMap(
        view_box=f"{-margin} {-margin} {width + 2 * margin:.0f} {height + 2 * margin:.0f}",
        land=_path(land - known - funded),
        known=_path(known),
        funded=_path(funded),
    )


def _cells(points: Iterable[tuple[float, float]]) -> set[Cell]:
    """The cells of the mainland where at least one of these points (latitude, longitude in degrees) is."""
    south, north, west, east = MAINLAND
    return {
        _cell((longitude - west) * SHRINK, north - latitude)
        for latitude, longitude in points
        if south < latitude < north and west < longitude < east
    }


def _cell(x: float, y: float) -> Cell:
    """The row and column of the hexagon nearest to a point (pointed cells, odd rows shifted by half a width)."""
    row = round(y / (1.5 * RADIUS))
    candidates = [(r, round(x / (sqrt(3) * RADIUS) - r % 2 / 2)) for r in (row - 1, row, row + 1)]
    return min(candidates, key=lambda cell: sum((a - b) ** 2 for a, b in zip(_centre(cell), (x, y), strict=True)))


def _centre(cell: Cell) -> tuple[float, float]:
    row, column = cell
    return (column + row % 2 / 2) * sqrt(3) * RADIUS, row * 1.5 * RADIUS


@lru_cache(maxsize=1)
def _corners() -> tuple[tuple[float, float], ...]:
    """The corners of a cell around its centre, a little inside so that cells stay apart, in units of the picture."""
    radius = RADIUS * SCALE * 0.92
    return tuple((radius * sin(k * pi / 3), radius * cos(k * pi / 3)) for k in range(6))


def _path(cells: set[Cell]) -> str:
    steps = _corners()
    moves = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(steps)]
    outline = "".join(f"l{dx:.1f} {dy:.1f}" for dx, dy in moves)
    return "".join(
        f"M{x * SCALE + steps[0][0]:.1f} {y * SCALE + steps[0][1]:.1f}{outline}z"
        for x, y in map(_centre, sorted(cells))
    )
