"""What the commands read: CSV files written by people, and JSON files written by the commands.

Anything wrong is a `BadInput`, one French sentence that names the file, the line and the column; `answering` prints it
and exits with 2.
"""

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import typer

NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d{1,3})?")
NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity|infini)", re.IGNORECASE)
SPACES = str.maketrans("", "", " \u00a0\u202f")
Choice = TypeVar("Choice", bound=str)
LARGEST = Decimal(10) ** 15
FLAGS = {"1": True, "oui": True, "true": True, "vrai": True, "0": False, "non": False, "false": False, "faux": False}


class BadInput(Exception):
    """What was given cannot be used; `str(error)` is the sentence, in French, that says what and where."""


@contextmanager
def answering() -> Iterator[None]:
    """Print the sentence of a refusal, ours or the engine's, and exit with 2."""
    from essaim.engine.refusal import Refusal

    try:
        yield
    except (BadInput, Refusal) as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(2) from None


def read_text(path: Path) -> str:
    """The text of a file, in UTF-8 (with or without a mark) or in Windows-1252."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise BadInput(f"Le fichier « {path} » n’existe pas.") from None
    except OSError:
        raise BadInput(f"Le fichier « {path} » ne peut pas être lu.") from None
    if not content.strip():
        raise BadInput(f"Le fichier « {path.name} » est vide.")
    if b"\x00" not in content:
        for encoding in ("utf-8-sig", "cp1252"):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise BadInput(f"Le fichier « {path.name} » n’est ni en UTF-8 ni en Windows-1252 : enregistrez-le en UTF-8.")


def read_json(path: Path, *keys: str) -> dict[str, Any]:
    """A JSON object that holds at least these keys."""
    text = read_text(path)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise BadInput(f"Le fichier « {path.name} » n’est pas un objet JSON.")
    for key in keys:
        if key not in document:
            raise BadInput(f"Le fichier « {path.name} » n’a pas de clé « {key} ».")
    return document


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: `line` counts from 1, the header's; each reader of a cell refuses what it cannot be."""

    file: str
    line: int
    cells: dict[str, str]

    def refuse(self, sentence: str, column: str = "") -> NoReturn:
        """Raise the sentence with the place it is about."""
        where = f", colonne « {column} »" if column else ""
        raise BadInput(f"{self.file}, ligne {self.line}{where} : {sentence}")

    def __contains__(self, column: str) -> bool:
        return bool(self.cells.get(column))

    def text(self, column: str) -> str:
        """A compulsory value."""
        value = self.cells.get(column, "")
        if not value:
            self.refuse("la valeur manque.", column)
        return value

    def number(self, column: str, *, negative: bool = False) -> Decimal:
        """A finite number, exact, with a point or a comma; refused below zero unless `negative`."""
        text = self.text(column)
        compact = text.translate(SPACES)
        if NOT_FINITE.fullmatch(compact):
            self.refuse(f"« {text} » n’est pas un nombre fini.", column)
        if not NUMBER.fullmatch(compact):
            self.refuse(f"« {text} » n’est pas un nombre.", column)
        value = Decimal(compact.replace(",", "."))
        if value < 0 and not negative:
            self.refuse(f"« {text} » est négatif.", column)
        if abs(value) > LARGEST:
            self.refuse(f"« {text} » est trop grand.", column)
        return value

    def real(self, column: str) -> float:
        """A finite number of either sign, as a float."""
        try:
            value = float(self.cells[column])
        except ValueError:
            return float(self.number(column, negative=True))
        return value if math.isfinite(value) else float(self.number(column, negative=True))

    def whole(self, column: str) -> int:
        """A whole number, zero or more."""
        value = self.number(column)
        if value != int(value):
            self.refuse(f"« {self.cells[column]} » n’est pas un nombre entier.", column)
        return int(value)

    def cents(self, column: str) -> int:
        """Euros, above zero, with at most two decimals, as cents."""
        cents = self.number(column) * 100
        if cents != int(cents):
            self.refuse(f"« {self.cells[column]} » a plus de deux décimales.", column)
        if not cents:
            self.refuse("le montant doit être supérieur à zéro.", column)
        return int(cents)

    def degrees(self, column: str, most: int) -> float:
        """A latitude (most=90) or a longitude (most=180)."""
        value = self.number(column, negative=True)
        if abs(value) > most:
            self.refuse(f"« {self.cells[column]} » n’est pas entre -{most} et {most} degrés.", column)
        return float(value)

    def flag(self, column: str) -> bool:
        """oui or non; an empty or missing cell is no."""
        text = self.cells.get(column, "")
        if not text:
            return False
        if text.lower() not in FLAGS:
            self.refuse(f"« {text} » est inconnu : écrivez oui ou non.", column)
        return FLAGS[text.lower()]

    def choice(self, column: str, known: Iterable[str], what: str) -> str:
        """One of the known values; `what` names them: « la demande »."""
        text = self.text(column)
        if text not in known:
            self.refuse(
                f"{what} « {text} » est inconnue." if what.startswith("la ") else f"{what} « {text} » est inconnu."
            )
        return text


@dataclass(frozen=True)
class Table:
    """The rows of a file and the columns of its header."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def need(self, *columns: str) -> None:
        """Refuse when a column is missing."""
        for column in columns:
            if column not in self.columns:
                raise BadInput(
                    f"{self.file}, ligne 1 : la colonne « {column} » manque ; lues : {', '.join(self.columns)}."
                )

    def unique(self, *columns: str) -> None:
        """Refuse when two lines have the same values in these columns."""
        seen: dict[tuple[str, ...], int] = {}
        for row in self.rows:
            key = tuple(row.text(column) for column in columns)
            first = seen.setdefault(key, row.line)
            if first != row.line:
                row.refuse(
                    f"« {', '.join(key)} » figure déjà à la ligne {first}.", columns[0] if len(columns) == 1 else ""
                )


def read_table(path: Path, *columns: str) -> Table:
    """A CSV file with a header that has at least these columns, separated by semicolons, commas or tabs."""
    text = read_text(path)
    header = next(line for line in text.splitlines() if line.strip())
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(";,\t", key=header.count))
    names: tuple[str, ...] = ()
    rows = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not names:
                names = tuple(cell.strip() for cell in cells)
                _check_header(path.name, names)
                continue
            if len(cells) != len(names):
                _refuse_width(path.name, reader.line_num, len(cells), len(names))
            rows.append(Row(path.name, reader.line_num, dict(zip(names, map(str.strip, cells), strict=True))))
    except csv.Error:
        raise BadInput(f"{path.name}, ligne {reader.line_num} : ce n’est pas une ligne de CSV.") from None
    table = Table(path.name, names, tuple(rows))
    table.need(*columns)
    if not rows:
        raise BadInput(f"Le fichier « {path.name} » n’a aucune ligne après son en-tête.")
    return table


def _check_header(file: str, names: Sequence[str]) -> None:
    for rank, name in enumerate(names):
        if name and name in names[:rank]:
            raise BadInput(f"{file}, ligne 1 : la colonne « {name} » figure deux fois.")


def _refuse_width(file: str, line: int, found: int, expected: int) -> NoReturn:
    plural = "s" if found > 1 else ""
    raise BadInput(f"{file}, ligne {line} : {found} valeur{plural} pour {expected} colonnes.")


def listed(text: str) -> list[str]:
    """The values of an option separated by commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def option_number(text: str, name: str, *, least: str = "0", most: str = "1e15") -> Decimal:
    """A number given to an option, within its limits; BadInput otherwise."""
    compact = text.translate(SPACES).replace(",", ".")
    if NUMBER.fullmatch(compact) and Decimal(least) <= (value := Decimal(compact)) <= Decimal(most):
        return value
    upper = "" if most == "1e15" else f" et d’au plus {most}"
    raise BadInput(f"--{name} : « {text} » n’est pas un nombre d’au moins {least}{upper}.")


def option_cents(text: str, name: str) -> int:
    """Euros given to an option, as cents."""
    cents = option_number(text, name) * 100
    if cents != int(cents):
        raise BadInput(f"--{name} : « {text} » a plus de deux décimales.")
    return int(cents)


def option_choice(text: str, name: str, known: Sequence[Choice]) -> Choice:
    """One of the values that an option takes; BadInput otherwise."""
    for value in known:
        if text == value:
            return value
    raise BadInput(f"--{name} : « {text} » est inconnu ; écrivez {', '.join(known[:-1])} ou {known[-1]}.")
