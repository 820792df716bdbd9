"""Draws the departments: outlines in degrees become SVG paths in one picture of France. Used by `build` only."""

import json
from collections.abc import Iterable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import shapely

WIDTH, HEIGHT = 1000, 960
MAINLAND = (140.0, 10.0, 850.0, 850.0)  # x, y, width, height of the frame mainland France is fitted into
PETITE_COURONNE = ("75", "92", "93", "94")
OVERSEAS = ("971", "972", "973", "974", "976")
SMALLEST_RING = 1.2  # square units of the picture: smaller islands would be a dot


class Frame(NamedTuple):
    """A box of the picture, in its units."""

    x: float
    y: float
    width: float
    height: float


# The five overseas departments in a column on the left, each at its own scale; the inner suburbs at the top right.
INSETS = {
    **{(code,): Frame(10, 250 + 136 * rank, 120, 120) for rank, code in enumerate(OVERSEAS)},
    PETITE_COURONNE: Frame(830, 10, 160, 150),
}


def lambert(coordinates: np.ndarray, parallels: tuple[float, float] = (44.0, 49.0)) -> np.ndarray:
    """Longitudes and latitudes (n x 2, degrees) in the Lambert conformal conic projection of France, on a unit sphere.

    Snyder, Map Projections: a Working Manual (1987), equations 15-1 to 15-5, centred on 3 degrees East; y goes down.
    """
    longitude, latitude = np.radians(coordinates.T)
    first, second = np.radians(parallels)

    def t(angle: Any) -> Any:
        return np.tan(np.pi / 4 + angle / 2)

    n = np.log(np.cos(first) / np.cos(second)) / np.log(t(second) / t(first))
    radius = np.cos(first) * t(first) ** n / n / t(latitude) ** n
    angle = n * (longitude - np.radians(3.0))
    return np.column_stack([radius * np.sin(angle), radius * np.cos(angle)])


def plain(coordinates: np.ndarray) -> np.ndarray:
    """Longitudes and latitudes stretched so that shapes keep their proportions at their own latitude; y goes down."""
    middle = np.radians(coordinates[:, 1].mean())
    return np.column_stack([coordinates[:, 0] * np.cos(middle), -coordinates[:, 1]])


def fit(shapes: dict[str, Any], frame: Frame) -> dict[str, Any]:
    """Scale and move shapes together so that they fill the frame, centred, proportions kept."""
    left, top, right, bottom = shapely.total_bounds(list(shapes.values()))
    scale = min(frame.width / (right - left), frame.height / (bottom - top))
    x = frame.x + (frame.width - scale * (right - left)) / 2
    y = frame.y + (frame.height - scale * (bottom - top)) / 2

    def move(points: np.ndarray) -> np.ndarray:
        return (points - [left, top]) * scale + [x, y]

    return {code: shapely.transform(shape, move) for code, shape in shapes.items()}


def path(shape: Any) -> str:
    """The `d` of an SVG path, one decimal; islands too small to be seen are left out, but never the largest part."""
    parts = sorted(shapely.get_parts(shape), key=lambda part: -part.area)
    drawn = [part for rank, part in enumerate(parts) if rank == 0 or part.area >= SMALLEST_RING]
    return "".join(ring(shapely.get_coordinates(part.exterior)) for part in drawn)


def ring(points: np.ndarray) -> str:
    """One closed ring in relative moves of a tenth of a unit, which are shorter to write than positions."""
    tenths = np.round(points[:-1] * 10).astype(int)
    kept = [tenths[0], *(b for a, b in pairwise(tenths) if (a != b).any())]
    steps = [f"M{number(kept[0][0])} {number(kept[0][1])}l"]
    steps += [f"{number(b[0] - a[0])} {number(b[1] - a[1])}" for a, b in pairwise(kept)]
    return steps[0] + " ".join(steps[1:]) + "z"


def number(tenths: int) -> str:
    """Tenths of a unit as the shortest decimal."""
    return f"{tenths / 10:.1f}".removesuffix(".0")


def chosen(outlines: dict[str, Any], codes: Iterable[str]) -> dict[str, Any]:
    """Some of the outlines."""
    return {code: outlines[code] for code in codes}


def department_svg(coarse: dict[str, Any], fine: dict[str, Any]) -> str:
    """The picture as JSON: `viewBox`, `paths` (code -> d), `frames` (boxes around insets), `centres` (for labels).

    Mainland France and Corsica are drawn from the coarse outlines, the insets from the fine ones. A department of the
    inner suburbs of Paris is in one path both at its place and in its inset.
    """
    mainland = {code: shapely.transform(shape, lambert) for code, shape in coarse.items() if code not in OVERSEAS}
    placed = fit(mainland, Frame(*MAINLAND))
    paths = {code: path(shape) for code, shape in placed.items()}
    centres = {code: centre(shape) for code, shape in placed.items()}
    frames = []
    for codes, frame in INSETS.items():
        inset = {code: shapely.transform(shape, plain) for code, shape in chosen(fine, codes).items()}
        inner = Frame(frame.x + 6, frame.y + 6, frame.width - 12, frame.height - 12)
        for code, shape in fit(inset, inner).items():
            paths[code] = paths.get(code, "") + path(shape)
            centres[code] = centre(shape)
        frames.append({"codes": list(codes), **frame._asdict()})
    picture = {
        "viewBox": f"0 0 {WIDTH} {HEIGHT}",
        "frames": frames,
        "centres": dict(sorted(centres.items())),
        "paths": dict(sorted(paths.items())),
    }
    lines = (f"{json.dumps(key)}:{json.dumps(value, separators=(',', ':'))}" for key, value in picture.items())
    return "{\n" + ",\n".join(lines).replace('","', '",\n"') + "\n}\n"


def centre(shape: Any) -> list[float]:
    """A point inside the largest part of a shape, where a label can stand."""
    largest = max(shapely.get_parts(shape), key=lambda part: part.area)
    point = shapely.point_on_surface(largest)
    return [round(point.x, 1), round(point.y, 1)]
