"""Reads the files people send (CSV of any dialect, GeoJSON) into raw rows under our own field names."""

import csv
import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from essaim.places.queries import fold

MAX_BYTES = 50 * 2**20
# Our field -> the column names that carry it, folded; the first one present wins. They come from the schema of the
# médiation numérique 1.0.2, from the France services file, and from what third-place networks publish.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "source_id": ("id", "identifiant", "source id", "id fs", "bfc id", "id lieu"),
    "name": ("nom", "name", "nom structure", "nom du lieu", "nom lieu", "lib fs", "libelle", "intitule", "title"),
    "latitude": ("latitude", "lat", "y", "latitude wgs84"),
    "longitude": ("longitude", "lon", "lng", "long", "x", "longitude wgs84"),
    "commune_code": (
        "code insee",
        "insee com",
        "code commune",
        "commune code",
        "code commune insee",
        "codgeo",
        "insee",
    ),
    "commune": ("commune", "ville", "lib com", "nom commune", "localite", "city"),
    "postcode": ("code postal", "cp", "postcode", "postal code"),
    "address": ("adresse", "address", "rue", "adresse complete"),
    "address_more": ("complement adresse", "complement d adresse"),
    "kind": ("kind", "nature", "typologie", "type", "type lieu", "categorie", "structure"),
    "email": ("courriels", "courriel", "email", "e mail", "mail", "adresse mail"),
    "website": ("site web", "website", "url lieu", "url", "web", "site internet", "site"),
}
REQUIRED = ("name", "latitude", "longitude")
# A file known by its columns tells what its places are.
KIND_BY_COLUMNS = {("id fs", "lib fs"): "france_services", ("pivot", "typologie"): "epn"}


class UnreadableFile(ValueError):
    """The file as a whole cannot be read; the message is a sentence for the person who sent it."""


@dataclass(frozen=True, slots=True)
class RawRow:
    """One place as it was sent: where it stands, our fields as text, and the original cells by column."""

    line: int
    where: str  # « Ligne 12 », « Élément 3 »
    values: dict[str, str]
    original: dict[str, str]
    problem: str = ""  # why its shape already prevents reading it


@dataclass(frozen=True, slots=True)
class Table:
    """A file read: its rows, and the kind its columns betray."""

    rows: list[RawRow] = field(default_factory=list)
    kind: str = ""


def read_table(path: Path) -> Table:
    """Read a CSV or a GeoJSON FeatureCollection; raises UnreadableFile with a sentence."""
    if path.stat().st_size > MAX_BYTES:
        raise UnreadableFile(_("Le fichier dépasse 50 Mo : découpez-le en plusieurs fichiers."))
    text = decode(path.read_bytes())
    if not text.strip():
        raise UnreadableFile(_("Le fichier est vide."))
    if text.lstrip()[0] in "{[":
        return read_geojson(text)
    try:
        return read_csv(text)
    except csv.Error:
        raise UnreadableFile(_("Ce fichier n’est pas un CSV lisible : enregistrez-le à nouveau depuis un tableur."))


def decode(content: bytes) -> str:
    """Bytes to text: UTF-8 with or without its mark, UTF-16 with its mark, else Windows-1252; else UnreadableFile."""
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UnreadableFile(_("Ce fichier est un classeur ou une archive : enregistrez la feuille au format CSV."))
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise UnreadableFile(_("Ce fichier n’est pas du texte : envoyez un CSV ou un GeoJSON, de préférence en UTF-8."))


def field_columns(columns: list[str]) -> dict[str, str]:
    """Our field -> the column of the file that carries it; raises UnreadableFile when a required one is missing."""
    by_folded: dict[str, str] = {}
    for column in columns:
        by_folded.setdefault(fold(column), column)
    found: dict[str, str] = {}
    for name, synonyms in SYNONYMS.items():
        column = next((by_folded[synonym] for synonym in synonyms if synonym in by_folded), None)
        if column is not None:
            found[name] = column
    for name in REQUIRED:
        if name not in found:
            raise UnreadableFile(
                _("Il manque la colonne « %(column)s » (noms acceptés : %(accepted)s) ; colonnes lues : %(columns)s.")
                % {
                    "column": SYNONYMS[name][0],
                    "accepted": ", ".join(SYNONYMS[name]),
                    "columns": ", ".join(column[:40] for column in columns[:12]) or "—",
                }
            )
    return found


def kind_of(columns: list[str]) -> str:
    """The kind of place a known file is about, by its columns, or nothing."""
    folded = {fold(column) for column in columns}
    return next((kind for marks, kind in KIND_BY_COLUMNS.items() if folded.issuperset(marks)), "")


def delimiter_of(text: str) -> str:
    """The delimiter that cuts the first line in the most cells, quotes respected."""
    first = next(line for line in text.splitlines() if line.strip())
    return max(",;\t|", key=lambda delimiter: len(next(csv.reader([first], delimiter=delimiter))))


def read_csv(text: str) -> Table:
    """A CSV with a header line; lines are numbered as an editor does, a cell may hold several of them."""
    csv.field_size_limit(MAX_BYTES)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
    columns: list[str] = []
    carried: dict[str, str] = {}
    rows = []
    before = 0
    for cells in reader:
        line, before = before + 1, reader.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if not columns:
            columns = [cell.strip() for cell in cells]
            carried = field_columns(columns)
            continue
        rows.append(csv_row(line, cells, columns, carried))
    return Table(rows, kind_of(columns))


def csv_row(line: int, cells: list[str], columns: list[str], carried: dict[str, str]) -> RawRow:
    """One line of a CSV; more cells than columns is a problem, fewer are empty (unless a quote ran away)."""
    problem = ""
    if any(cell.strip() for cell in cells[len(columns) :]):
        problem = _("%(cells)d cellules pour %(columns)d colonnes ; mettez des guillemets autour des textes.") % {
            "cells": len(cells),
            "columns": len(columns),
        }
    elif len(cells) < len(columns) and any("\n" in cell for cell in cells):
        problem = _("il manque des cellules ; un guillemet ouvert n’est sans doute pas fermé.")
    original = dict(zip(columns, [*cells, *[""] * len(columns)], strict=False))
    values = {name: original[column] for name, column in carried.items()}
    return RawRow(line, _("Ligne %(line)d") % {"line": line}, values, original, problem)


def read_geojson(text: str) -> Table:
    """A FeatureCollection of points; places are numbered from 1."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise UnreadableFile(_("Ce fichier commence comme du GeoJSON mais n’en est pas : son JSON est mal formé."))
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list):
        raise UnreadableFile(_("Ce fichier JSON n’est pas une collection GeoJSON (« FeatureCollection »)."))
    properties = [feature_properties(feature) for feature in features]
    columns = list(dict.fromkeys(name for values in properties for name in values))
    if not features:
        raise UnreadableFile(_("Ce fichier GeoJSON ne contient aucun lieu."))
    carried = field_columns([*columns, "longitude", "latitude"])
    del carried["longitude"], carried["latitude"]
    rows = [
        geojson_row(number, feature, values, carried)
        for number, (feature, values) in enumerate(zip(features, properties, strict=True), start=1)
    ]
    return Table(rows, kind_of(columns))


def feature_properties(feature: Any) -> dict[str, str]:
    """The properties of a GeoJSON feature as text."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    values = properties if isinstance(properties, dict) else {}
    return {str(name): "" if value is None else str(value) for name, value in values.items()}


def geojson_row(number: int, feature: Any, properties: dict[str, str], carried: dict[str, str]) -> RawRow:
    """One feature; anything but a point is a problem."""
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    geometry = geometry if isinstance(geometry, dict) else {}
    pair = geometry.get("coordinates")
    problem = ""
    if geometry and (geometry.get("type") != "Point" or not isinstance(pair, list) or len(pair) < 2):
        problem = _("sa géométrie n’est pas un point ; donnez une longitude et une latitude.")
    longitude, latitude = (str(pair[0]), str(pair[1])) if geometry and not problem else ("", "")
    values = {name: properties.get(column, "") for name, column in carried.items()}
    if "source_id" not in values and isinstance(feature, dict) and feature.get("id") is not None:
        values["source_id"] = str(feature["id"])
    values |= {"longitude": longitude, "latitude": latitude}
    original = properties | {"longitude": longitude, "latitude": latitude}
    return RawRow(number, _("Élément %(number)d") % {"number": number}, values, original, problem)
