"""Who is reached: communes within a radius of a site, and communes grouped by their set of coverers.

Problem. A site reaches a commune when the great-circle distance between the site and the point of the commune (its town
hall) is at most a radius. Positions are degrees (WGS 84) taken on a sphere of radius 6371 km; at 20 km the sphere errs
by less than 0.1 km in France. Distances are compared as chords of the unit sphere, pair by pair, so that the answer
does not depend on the order of the rows.

Complexity: k-d tree, O((n + m) log m + pairs). Two communes covered by exactly the same sites are interchangeable for
any choice of sites: `cells` merges them exactly (keys are compared whole, no hash stands in for a set).
Source: Church & ReVelle 1974 (maximal covering location problem); aggregation without error, Current & Schilling 1990.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from essaim.engine.refusal import Refusal

EARTH_RADIUS_KM = 6371.0

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Place = tuple[float, float]
"""Latitude then longitude, in degrees."""


@dataclass(frozen=True, eq=False)
class Communes:
    """The inhabited territory, one entry per commune: code, position in degrees, population (inhabitants, >= 0).

    Raises Refusal, with the code of the commune, when a position is not a finite number on the globe, a population
    is negative, a code appears twice or lengths differ.
    """

    codes: tuple[str, ...]
    latitude: Floats
    longitude: Floats
    population: Ints

    def __post_init__(self) -> None:
        object.__setattr__(self, "codes", tuple(self.codes))
        object.__setattr__(self, "latitude", np.asarray(self.latitude, dtype=np.float64))
        object.__setattr__(self, "longitude", np.asarray(self.longitude, dtype=np.float64))
        object.__setattr__(self, "population", np.asarray(self.population, dtype=np.int64))
        if not len(self.codes) == len(self.latitude) == len(self.longitude) == len(self.population):
            raise Refusal(
                "Communes : codes, latitudes, longitudes et populations doivent avoir la même longueur.",
                "Communes: codes, latitudes, longitudes and populations must have the same length.",
            )
        if len(set(self.codes)) != len(self.codes):
            twice = next(code for code, number in Counter(self.codes).items() if number > 1)
            raise Refusal(f"La commune {twice} figure deux fois.", f"Commune {twice} appears twice.")
        off_globe = ~_on_globe(self.latitude, self.longitude)
        if off_globe.any():
            code = self.codes[int(np.argmax(off_globe))]
            raise Refusal(
                f"Commune {code} : sa position n’est pas sur le globe.",
                f"Commune {code}: its position is not on the globe.",
            )
        if len(self.population) and int(self.population.min()) < 0:
            code = self.codes[int(np.argmin(self.population))]
            raise Refusal(
                f"Commune {code} : sa population est négative.", f"Commune {code}: its population is negative."
            )


@dataclass(frozen=True, eq=False)
class Incidence:
    """A sparse 0/1 table by rows: row r holds the sorted column numbers `columns[starts[r]:starts[r + 1]]`."""

    starts: Ints
    columns: Ints
    width: int

    @property
    def height(self) -> int:
        """Number of rows."""
        return len(self.starts) - 1

    def row(self, index: int) -> Ints:
        """Sorted column numbers of one row."""
        return self.columns[self.starts[index] : self.starts[index + 1]]

    def rows_of_entries(self) -> Ints:
        """Row number of each entry, aligned with `columns`."""
        return np.repeat(np.arange(self.height, dtype=np.int64), np.diff(self.starts))

    def transposed(self) -> Incidence:
        """The same table by columns."""
        order = np.argsort(self.columns, kind="stable")
        counts = np.bincount(self.columns, minlength=self.width)
        starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        return Incidence(starts, self.rows_of_entries()[order], self.height)

    def select(self, rows: Ints, columns: Mask) -> Incidence:
        """The given rows, in the given order, and only the columns kept by the mask (renumbered)."""
        lengths = np.diff(self.starts)[rows]
        ends = np.cumsum(lengths)
        offsets = np.arange(int(ends[-1]) if len(ends) else 0, dtype=np.int64) - np.repeat(ends - lengths, lengths)
        entries = self.columns[np.repeat(self.starts[:-1][rows], lengths) + offsets]
        kept = columns[entries]
        counts = np.bincount(np.repeat(np.arange(len(rows)), lengths)[kept], minlength=len(rows))
        renumbered = np.cumsum(columns) - 1
        starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        return Incidence(starts, renumbered[entries[kept]].astype(np.int64), int(columns.sum()))

    def covered(self, rows: Mask) -> Mask:
        """Columns that at least one of the chosen rows holds."""
        mask = np.zeros(self.width, dtype=bool)
        mask[self.columns[np.repeat(rows, np.diff(self.starts))]] = True
        return mask

    def matrix(self) -> Any:
        """The same table as a `scipy.sparse.csr_matrix` of floats."""
        from scipy.sparse import csr_matrix

        data = np.ones(len(self.columns), dtype=np.float64)
        return csr_matrix((data, self.columns, self.starts), shape=(self.height, self.width))


@dataclass(frozen=True, eq=False)
class Cells:
    """Communes merged by their set of coverers.

    incidence: sites x cells; population: inhabitants of each cell; cell_of: cell of each commune, -1 when no site
    covers it. Cells are numbered in the lexicographic order of their sorted coverers.
    """

    incidence: Incidence
    population: Ints
    cell_of: Ints


@dataclass(frozen=True, eq=False)
class Reach:
    """Communes reached (mask over the communes) and the inhabitants they hold."""

    mask: Mask
    population: int


def _on_globe(latitude: Floats, longitude: Floats) -> Mask:
    return np.asarray((np.abs(latitude) <= 90) & (np.abs(longitude) <= 180), dtype=bool)


def _on_unit_sphere(latitude: Floats, longitude: Floats) -> Floats:
    """n x 3 positions on the unit sphere, from degrees."""
    phi, lam = np.radians(latitude), np.radians(longitude)
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=1)


def _positions(places: Sequence[Place]) -> Floats:
    table = np.asarray(places, dtype=np.float64).reshape(len(places), 2)
    sound = _on_globe(table[:, 0], table[:, 1])
    if not sound.all():
        number = int(np.argmin(sound))
        raise Refusal(
            f"Lieu {number} : sa position n’est pas sur le globe.", f"Place {number}: its position is not on the globe."
        )
    return _on_unit_sphere(table[:, 0], table[:, 1])


def covered(sites: Sequence[Place], communes: Communes, radius_km: float) -> Incidence:
    """Sites x communes: which communes each site reaches.

    sites: (latitude, longitude) in degrees; radius_km: kilometres, finite, >= 0. Raises Refusal otherwise.
    """
    from scipy.spatial import cKDTree

    if not 0 <= radius_km <= EARTH_RADIUS_KM:
        raise Refusal(
            "Le rayon est un nombre de kilomètres entre 0 et 6 371.",
            "The radius must be a number of kilometres between 0 and 6,371.",
        )
    points = _positions(sites)
    towns = _on_unit_sphere(communes.latitude, communes.longitude)
    if not len(sites) or not len(towns):
        return Incidence(np.zeros(len(sites) + 1, dtype=np.int64), np.zeros(0, dtype=np.int64), len(towns))
    chord = 2 * np.sin(radius_km / EARTH_RADIUS_KM / 2)
    # The tree proposes pairs with a margin; each pair is then judged by the same arithmetic, whatever the tree's shape.
    pairs = cKDTree(points).sparse_distance_matrix(cKDTree(towns), chord * (1 + 1e-9) + 1e-12, output_type="ndarray")
    site, town = pairs["i"].astype(np.int64), pairs["j"].astype(np.int64)
    gap = points[site] - towns[town]
    near = gap[:, 0] ** 2 + gap[:, 1] ** 2 + gap[:, 2] ** 2 <= chord * chord * (1 + 1e-12) + 1e-24
    keys = np.sort(site[near] * len(towns) + town[near])
    starts = np.searchsorted(keys, np.arange(len(sites) + 1, dtype=np.int64) * len(towns)).astype(np.int64)
    return Incidence(starts, keys % len(towns), len(towns))


def reach(places: Sequence[Place], communes: Communes, radius_km: float) -> Reach:
    """Communes within the radius of at least one place, and their inhabitants."""
    table = covered(places, communes, radius_km)
    mask = table.covered(np.ones(table.height, dtype=bool))
    return Reach(mask, int(communes.population[mask].sum()))


def cells(incidence: Incidence, population: Ints) -> Cells:
    """Merge the columns of `incidence` (sites x communes) that hold the same rows; their populations add up, exactly.

    The key of a commune is the whole list of its coverers, so two different sets can never be taken for one another.
    """
    by_column = incidence.transposed()
    keys_bytes = by_column.columns.astype(">u4").tobytes()  # big-endian: byte order is numeric order
    starts = (by_column.starts * 4).tolist()
    classes: dict[bytes, list[int]] = {}
    for column in range(incidence.width):
        if starts[column + 1] > starts[column]:
            classes.setdefault(keys_bytes[starts[column] : starts[column + 1]], []).append(column)
    keys = sorted(classes)
    cell_of = np.full(incidence.width, -1, dtype=np.int64)
    for number, key in enumerate(keys):
        cell_of[classes[key]] = number
    inhabited = cell_of >= 0
    totals = np.zeros(len(keys), dtype=np.int64)
    np.add.at(totals, cell_of[inhabited], np.asarray(population, dtype=np.int64)[inhabited])
    coverers = np.frombuffer(b"".join(keys), dtype=">u4").astype(np.int64)
    ends = np.concatenate(([0], np.cumsum([len(key) // 4 for key in keys]))).astype(np.int64)
    return Cells(Incidence(ends, coverers, incidence.height).transposed(), totals, cell_of)


def nearest(places: Sequence[Place], communes: Communes) -> tuple[Ints, Floats]:
    """For each commune, the number of its nearest place and the great-circle distance in kilometres.

    Equal distances go to the place of the lowest number. Raises Refusal without any place.
    """
    from scipy.spatial import cKDTree

    if not len(places):
        raise Refusal("Il n’y a aucun lieu dont être proche.", "There is no place to be near to.")
    towns = _on_unit_sphere(communes.latitude, communes.longitude)
    points = _positions(places)
    chords, numbers = cKDTree(points).query(towns, k=min(8, len(points)))
    chords, numbers = chords.reshape(len(towns), -1), numbers.reshape(len(towns), -1)
    tied = chords <= chords[:, :1] * (1 + 1e-12)
    best = np.where(tied, numbers, len(points)).min(axis=1).astype(np.int64)
    return best, 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(1.0, chords[:, 0] / 2))
