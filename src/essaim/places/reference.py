"""Reads the committed tables of the territory (data/), exactly as they were built."""

import csv
import gzip
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from essaim.places.queries import fold

DATA_DIR = Path(__file__).resolve().parent / "data"


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a table, compressed or not."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    return list(csv.DictReader(text.splitlines()))


def digest() -> str:
    """The SHA-256 of the table of communes as committed."""
    return sha256((DATA_DIR / "territory.csv.gz").read_bytes()).hexdigest()


def regions() -> list[dict[str, Any]]:
    """The fields of every Region, of 2013 and of today."""

    def day(text: str) -> date | None:
        return date.fromisoformat(text) if text else None

    return [{**row, "since": day(row["since"]), "until": day(row["until"])} for row in read(DATA_DIR / "regions.csv")]


def departments() -> list[dict[str, Any]]:
    """The fields of every Department."""
    return [
        {
            "code": row["code"],
            "name": row["name"],
            "region_id": row["region"],
            "region_2013_id": row["region_2013"],
        }
        for row in read(DATA_DIR / "departments.csv")
    ]


def communes() -> list[dict[str, Any]]:
    """The fields of every Commune, in the order of their codes (34,879 rows in 0.3 s)."""
    return [
        {
            "code": row["code"],
            "name": row["name"],
            "search_name": fold(row["name"]),
            "department_id": row["department"],
            "population": int(row["population"]),
            "latitude": float(row["latitude"]),
            "longitude": float(row["longitude"]),
            "epci": row["epci"],
            "postcodes": spaced(row["postcodes"]),
            "former_codes": spaced(row["former_codes"]),
        }
        for row in read(DATA_DIR / "territory.csv.gz")
    ]


def spaced(codes: str) -> str:
    """The list with a space on each side, as the database searches it."""
    return f" {codes} " if codes else ""
