"""Questions about the territory: which commune is here, which one is meant, and the columns the engine works on."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from django.apps import apps
from django.db import models
from django.db.models import Count, Max, Q, Sum

from essaim.engine.coverage import Communes

DATA_DIR = Path(__file__).resolve().parent / "data"
EARTH_RADIUS_KM = 6371.0088
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})


def fold(text: str) -> str:
    """The text as it is searched: lower case, no accents, one space between words, « saint » for « st ».

    >>> fold("Ste-Anne d’Auray")
    'sainte anne d auray'
    """
    plain = unicodedata.normalize("NFKD", text.casefold().translate(LIGATURES))
    words = "".join(char if char.isalnum() else " " for char in plain if not unicodedata.combining(char)).split()
    return " ".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in words)


class RegionQuerySet(models.QuerySet[Any]):
    """Regions come in two generations: those of 2013 and those in force since 2016."""

    def in_force(self) -> RegionQuerySet:
        """Today's regions."""
        return self.filter(until=None)

    def of_2013(self) -> RegionQuerySet:
        """The regions of 2013: 22 on the mainland (Corsica included), 5 overseas, and the collectivities."""
        return self.exclude(name_2013="")


class CommuneQuerySet(models.QuerySet[Any]):
    """Communes by what people type."""

    def search(self, text: str) -> CommuneQuerySet:
        """Communes whose name starts with the text (accents, case and hyphens do not matter), then those where a word
        does; or, for digits, whose postcode or INSEE code starts with them. Most populated first within each group."""
        folded = fold(text)
        if not folded:
            return self.none()
        if folded[0].isdigit():
            digits = folded.replace(" ", "").upper()
            found = self.filter(Q(postcodes__contains=f" {digits}") | Q(code__startswith=digits))
            return found.order_by("-population", "code")
        found = self.filter(Q(search_name__startswith=folded) | Q(search_name__contains=f" {folded}"))
        rank = models.Case(
            models.When(search_name=folded, then=0),
            models.When(search_name__startswith=folded, then=1),
            default=2,
            output_field=models.IntegerField(),
        )
        return found.alias(rank=rank).order_by("rank", "-population", "code")

    def nearest(self, latitude: float, longitude: float) -> tuple[Any, float] | None:
        """The Commune whose town hall is nearest to a point in degrees, and the distance in km; None without data."""
        arrays = commune_arrays()
        if not len(arrays.code):
            return None
        distances = arrays.distances_km(latitude, longitude)
        index = int(distances.argmin())
        return self.get(code=arrays.code[index]), float(distances[index])

    def current(self, code: str) -> Any | None:
        """The Commune a code designates today, be it the code of a merged commune or of a municipal district."""
        return self.filter(Q(code=code) | Q(former_codes__contains=f" {code} ")).first()


class KnownPlaceQuerySet(models.QuerySet[Any]):
    """Known places as points."""

    def points(self) -> list[tuple[float, float]]:
        """(latitude, longitude) in degrees, in the order of the keys: the `Place`s the engine's coverage takes."""
        return list(self.order_by("pk").values_list("latitude", "longitude"))


@dataclass(frozen=True, slots=True, eq=False)
class CommuneArrays:
    """All communes as parallel columns in the order of their codes: what the engine and the maps compute on."""

    code: np.ndarray  # str
    population: np.ndarray  # int64, inhabitants
    latitude: np.ndarray  # float64, degrees
    longitude: np.ndarray  # float64, degrees
    department: np.ndarray  # str
    direction: np.ndarray  # float64, n x 3: unit vectors from the centre of the Earth

    def distances_km(self, latitude: float, longitude: float) -> np.ndarray:
        """The great-circle distance from a point in degrees to each commune, in km."""
        cosines = self.direction @ unit_vectors(np.array([latitude]), np.array([longitude]))[0]
        return EARTH_RADIUS_KM * np.arccos(np.clip(cosines, -1.0, 1.0))


def unit_vectors(latitudes: np.ndarray, longitudes: np.ndarray) -> np.ndarray:
    """Points in degrees as unit vectors (n x 3)."""
    phi, lam = np.radians(latitudes), np.radians(longitudes)
    return np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])


def distance_km(first: tuple[float, float], second: tuple[float, float]) -> float:
    """The great-circle distance between two points (latitude, longitude) in degrees, in km."""
    a, b = unit_vectors(np.array([first[0], second[0]]), np.array([first[1], second[1]]))
    return float(EARTH_RADIUS_KM * np.arctan2(np.linalg.norm(np.cross(a, b)), a @ b))


def commune_arrays() -> CommuneArrays:
    """The columns of all communes of the database, read once and again only when the reference data changed."""
    communes = apps.get_model("places", "Commune").objects.all()
    stamp = communes.aggregate(count=Count("pk"), last=Max("code"), population=Sum("population"))
    return _commune_arrays(tuple(stamp.values()))


def engine_communes() -> Communes:
    """All communes as the engine takes them (coverage, portfolio), over the same columns."""
    arrays = commune_arrays()
    return Communes(tuple(arrays.code.tolist()), arrays.latitude, arrays.longitude, arrays.population)


@lru_cache(maxsize=2)
def _commune_arrays(stamp: tuple[Any, ...]) -> CommuneArrays:
    communes = apps.get_model("places", "Commune").objects.order_by("code")
    rows = list(communes.values_list("code", "population", "latitude", "longitude", "department_id"))
    code, population, latitude, longitude, department = zip(*rows, strict=True) if rows else ((),) * 5
    latitudes, longitudes = np.array(latitude, dtype=float), np.array(longitude, dtype=float)
    columns = (np.array(code, dtype=str), np.array(population, dtype=np.int64), latitudes, longitudes)
    arrays = CommuneArrays(*columns, np.array(department, dtype=str), unit_vectors(latitudes, longitudes))
    for column in (*columns, arrays.department, arrays.direction):
        column.setflags(write=False)
    return arrays


@dataclass(frozen=True, slots=True)
class DepartmentPicture:
    """The departments as one SVG picture: each path is the `d` of a department, each frame a box around an inset."""

    view_box: str
    paths: dict[str, str]  # department code -> d, which draws the inner suburbs twice: in place and enlarged
    centres: dict[str, tuple[float, float]]  # department code -> where a label can stand
    frames: tuple[dict[str, Any], ...]  # codes, x, y, width, height


@cache
def department_paths() -> DepartmentPicture:
    """The picture of the 101 departments (mainland, Corsica, five overseas insets, inner suburbs of Paris enlarged)."""
    data = json.loads((DATA_DIR / "departements.svg.json").read_text(encoding="utf-8"))
    centres = {code: (x, y) for code, (x, y) in data["centres"].items()}
    return DepartmentPicture(data["viewBox"], data["paths"], centres, tuple(data["frames"]))
