"""Read the .pb files of Pabulib (pabulib.org/format): a participatory budget, its projects and its ballots.

Amounts are integer hundredths of the file's currency, so that nothing is rounded later.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from essaim.engine.refusal import Refusal

VoteType = Literal["approval", "ordinal", "cumulative", "scoring"]


@dataclass(frozen=True)
class Project:
    """A project submitted to the vote; `cost` in hundredths (cents)."""

    id: str
    cost: int
    name: str = ""


@dataclass(frozen=True)
class Ballot:
    """One voter's choice: project id -> points (1 for an approval; n, n-1... for a ranking of n)."""

    voter: str
    points: Mapping[str, int]


@dataclass(frozen=True)
class Election:
    """A participatory budget; `budget` in hundredths (cents); meta: the META section as it was read."""

    budget: int
    projects: tuple[Project, ...]
    ballots: tuple[Ballot, ...]
    vote_type: str = "approval"
    meta: Mapping[str, str] | None = None


def parse(text: str) -> Election:
    """Read the text of a .pb file (META, PROJECTS and VOTES sections, semicolons).

    Raises Refusal with the line number for a missing section or column, an amount that is not one, an unknown project
    or an identifier given twice.
    """
    sections = _sections(text)
    meta = {row.get("key", ""): row.get("value", "") for _, row in sections["meta"]}
    if "budget" not in meta:
        raise Refusal("La section META ne donne pas de « budget ».", "The META section gives no “budget”.", ["budget"])
    projects: dict[str, Project] = {}
    for line, row in sections["projects"]:
        identifier = _cell(row, "project_id", line)
        if identifier in projects:
            raise Refusal(
                f"Ligne {line} : le projet « {identifier} » figure deux fois.",
                f"Line {line}: the project “{identifier}” appears twice.",
                [identifier],
            )
        projects[identifier] = Project(identifier, _cents(_cell(row, "cost", line), line), row.get("name", ""))
    vote_type = meta.get("vote_type", "approval")
    ballots = tuple(_ballot(row, line, vote_type, projects) for line, row in sections["votes"])
    return Election(_cents(meta["budget"], 0), tuple(projects.values()), ballots, vote_type, meta)


def _sections(text: str) -> dict[str, list[tuple[int, dict[str, str]]]]:
    """Section name -> (line number, row) in order; Refusal when one of the three is missing."""
    found: dict[str, list[tuple[int, dict[str, str]]]] = {}
    rows: list[tuple[int, dict[str, str]]] = []
    header: list[str] | None = None
    reader = csv.reader(text.lstrip("\ufeff").splitlines(), delimiter=";")
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        first = cells[0].strip().lower()
        if len(cells) == 1 and first in ("meta", "projects", "votes"):
            rows = found.setdefault(first, [])
            header = None
        elif header is None:
            header = [cell.strip() for cell in cells]
        else:
            rows.append((reader.line_num, dict(zip(header, (cell.strip() for cell in cells), strict=False))))
    for name in ("meta", "projects", "votes"):
        if name not in found:
            raise Refusal(
                f"Ce fichier n’est pas au format Pabulib : il lui manque la section {name.upper()}.",
                f"This file is not in Pabulib format: its {name.upper()} section is missing.",
                [name],
            )
    return found


def _cell(row: Mapping[str, str], column: str, line: int) -> str:
    """The value of a compulsory column; Refusal when the column is missing or empty."""
    value = row.get(column, "")
    if not value:
        raise Refusal(
            f"Ligne {line} : la colonne « {column} » manque ou est vide.",
            f"Line {line}: the column “{column}” is missing or empty.",
            [column],
        )
    return value


def _cents(text: str, line: int) -> int:
    """A non-negative amount with at most two decimals, as hundredths; a comma or a point as separator."""
    where_fr, where_en = (f"Ligne {line}", f"Line {line}") if line else ("Section META", "META section")
    try:
        amount = Decimal(text.replace(",", ".").replace(" ", "")) * 100
        if amount.is_finite() and amount >= 0 and amount == int(amount):
            return int(amount)
    except InvalidOperation:
        pass
    raise Refusal(
        f"{where_fr} : « {text} » n’est pas un montant positif à deux décimales au plus.",
        f"{where_en}: “{text}” is not a positive amount with at most two decimals.",
        [text],
    )


def _ballot(row: Mapping[str, str], line: int, vote_type: str, projects: Mapping[str, Project]) -> Ballot:
    """One ballot; an empty vote is a blank ballot."""
    chosen = [choice.strip() for choice in row.get("vote", "").split(",") if choice.strip()]
    for choice in chosen:
        if choice not in projects:
            raise Refusal(
                f"Ligne {line} : le projet « {choice} » n’existe pas.",
                f"Line {line}: there is no project “{choice}”.",
                [choice],
            )
    points = [1] * len(chosen)
    if vote_type == "ordinal":
        points = list(range(len(chosen), 0, -1))
    elif vote_type in ("cumulative", "scoring") and row.get("points"):
        try:
            points = [int(value) for value in row["points"].split(",")]
        except ValueError:
            points = []
        if len(points) != len(chosen):
            raise Refusal(
                f"Ligne {line} : il faut un nombre entier de points pour chacun des {len(chosen)} projets choisis.",
                f"Line {line}: one whole number of points is needed for each of the {len(chosen)} chosen projects.",
                [row["points"]],
            )
    return Ballot(row.get("voter_id", ""), dict(zip(chosen, points, strict=True)))
