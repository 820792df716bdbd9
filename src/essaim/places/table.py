"""The committed table of communes, read without Django: what the commands of the engine compute on."""

import csv
import gzip
from pathlib import Path

TERRITORY = Path(__file__).resolve().parent / "data" / "territory.csv.gz"


def communes() -> list[dict[str, str]]:
    """One row per commune, as text, in the order of the codes; see data/PROVENANCE.md for the columns."""
    with gzip.open(TERRITORY, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
