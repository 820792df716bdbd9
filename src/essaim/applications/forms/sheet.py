"""A spreadsheet understood as a financing plan: which columns say what, line by line, and what each cell lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from essaim.applications.forms.plan import FIELDS, Names, Row, Side, plain, read_row
from essaim.kernel.sheets import Grid, Unreadable, cell_name

HEADERS: dict[str, tuple[str, ...]] = {
    "side": ("ligne", "type", "sens", "type de ligne", "line", "side"),
    "name": ("intitule", "libelle", "designation", "objet", "description", "poste", "label", "name", "item"),
    "label": ("depense", "depenses", "poste de depense", "nature de la depense", "cost", "costs", "expense"),
    "funder": ("financeur", "financeurs", "ressource", "ressources", "organisme", "source", "funder", "resource"),
    "category": ("categorie", "category"),
    "group": ("categorie ou nature", "category or kind"),
    "kind": ("nature", "nature de la ressource", "kind"),
    "status": ("statut", "status", "etat"),
    "quantity": ("quantite", "qte", "nombre", "quantity", "qty"),
    "unit_price": ("prix unitaire", "prix unitaire ht", "prix unitaire ttc", "pu", "cout unitaire", "unit price"),
    "amount_cents": ("montant", "montant en euros", "montant ht", "montant ttc", "montant en eur", "total", "total ht",
                     "total ttc", "cout", "cout total", "amount", "total amount"),
    "vat": ("ht ou ttc", "ht ttc", "tva", "without or with vat", "vat"),
    "eligible": ("part eligible", "part eligible sur 100", "part eligible en", "eligible share",
                 "eligible share out of 100"),
    "account": ("compte", "comptes", "account"),
    "year": ("annee", "exercice", "year"),
    "proof": ("justificatif", "devis", "proof", "quote"),
}  # fmt: skip
_FIELD = {word: name for name, words in HEADERS.items() for word in words}
SIDES: dict[str, Side] = {
    **dict.fromkeys(("depense", "depenses", "charge", "charges", "cost", "costs", "emplois"), "costs"),
    **dict.fromkeys(
        ("ressource", "ressources", "produit", "produits", "resource", "resources", "recettes"), "fundings"
    ),
}
# A field of a line, from whichever column the sheet has.
SOURCES: dict[Side, dict[str, tuple[str, ...]]] = {
    "costs": {"label": ("name", "label"), "category": ("category", "group"), "quote": ("proof",)},
    "fundings": {"funder": ("name", "funder", "label"), "kind": ("kind", "group", "category"), "proof": ("proof",)},
}


@dataclass
class Wrong:
    """A cell that cannot be taken as it is: its name ("B7"), what it holds, what to do."""

    cell: str
    text: str
    sentence: str


@dataclass
class Line:
    """A line understood: where it is in the sheet, its row of the plan, its cells in error; remarks prevent nothing."""

    number: int
    row: Row
    wrong: list[Wrong] = field(default_factory=list)
    remarks: list[Wrong] = field(default_factory=list)


@dataclass
class Reading:
    """What was understood of a sheet: its lines, and notes on what was left out or guessed."""

    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def good(self) -> list[Line]:
        """The lines that can be taken."""
        return [line for line in self.lines if not line.wrong]

    @property
    def bad(self) -> list[Line]:
        """The lines with a cell in error."""
        return [line for line in self.lines if line.wrong]


@dataclass
class _Table:
    """The columns in force: field -> column; `vat` when the header of the amounts says HT or TTC."""

    columns: dict[str, int]
    side: Side | None
    vat: str = ""


def understand(grid: Grid, names: Names, proofs: Mapping[str, str]) -> Reading:
    """Read a plan in a grid. `proofs`: SHA-256 of the documents given -> how a spreadsheet names them.

    Raises Unreadable when nothing looks like a plan.
    """
    reader = _Reader(names, proofs)
    for index, cells in enumerate(grid):
        if halves := _cerfa_halves(cells):
            reader.read_cerfa(grid, index, halves)
            break
        reader.read(index, cells)
    if not reader.found.lines:
        raise Unreadable(
            _("Aucune ligne de budget n’a été reconnue : nommez les colonnes sur la première ligne, par exemple "
              "« Intitulé », « Catégorie » et « Montant ».")
        )  # fmt: skip
    return reader.found


class _Reader:
    def __init__(self, names: Names, proofs: Mapping[str, str]) -> None:
        self.names = names
        self.proofs = {plain(said): sha256 for sha256, said in proofs.items()}
        self.proofs |= {plain(said.rpartition(" (")[0]): sha256 for sha256, said in proofs.items()}
        self.found = Reading()
        self.table: _Table | None = None
        self.section: Side | None = None

    def read(self, index: int, cells: list[str]) -> None:
        """Take one row: a header, a title, a total, a line, or nothing."""
        said = [cell for cell in cells if cell]
        if not said:
            return
        if header := _header(cells):
            self.table = header
        elif len(said) == 1 and plain(said[0]) in SIDES:
            self.section = SIDES[plain(said[0])]
        elif plain(said[0]).startswith(("total", "sous total", "subtotal")):
            self.note(_("Ligne %(line)s laissée de côté : c’est un total."), index)
        elif self.table is None and (guess := _headless(cells)):
            self.table = guess
            self.note(_("Ligne %(line)s : sans ligne d’en-tête, la dernière colonne est lue comme le montant."), index)
            self.take(index, cells)
        elif self.table is not None:
            self.take(index, cells)
        else:
            self.note(_("Ligne %(line)s laissée de côté : elle est avant les noms des colonnes."), index)

    def note(self, sentence: str, index: int) -> None:
        if len(self.found.notes) < 20:
            self.found.notes.append(sentence % {"line": index + 1})

    def take(self, index: int, cells: list[str]) -> None:
        table = self.table
        assert table is not None
        given = {name: cells[column] if column < len(cells) else "" for name, column in table.columns.items()}
        side = SIDES.get(plain(given.get("side", ""))) or table.side or self.section or "costs"
        texts = {name: given.get(name, "") for name in FIELDS[side]}
        for name, sources in SOURCES[side].items():
            texts[name] = next((given[source] for source in sources if given.get(source)), "")
        if side == "costs" and not texts["vat"]:
            texts["vat"] = table.vat
        line = self.line(index, side, texts)
        places = {name: table.columns.get(name) for name in FIELDS[side]}
        for name, sources in SOURCES[side].items():
            places[name] = next((table.columns[source] for source in sources if source in table.columns), None)
        if given.get("side") and plain(given["side"]) not in SIDES:
            line.wrong.append(
                Wrong(cell_name(index, table.columns["side"]), given["side"],
                      _("Écrivez « Dépense » ou « Ressource ».")))  # fmt: skip
        self.tell(line, index, places)

    def line(self, index: int, side: Side, texts: dict[str, str]) -> Line:
        """A line of the plan from its texts; a category nobody knows goes to the last one, and is said."""
        name, proof = ("label", "quote") if side == "costs" else ("funder", "proof")
        texts[name] = re.sub(r"^'(?='*[=+\-@\t\r\n＝＋－＠])", "", texts[name])
        if texts.get(proof) and plain(texts[proof]) in self.proofs:
            texts[proof] = self.proofs[plain(texts[proof])]
        row = read_row(Row(side, len(self.found.lines), texts), self.names)
        line = Line(index + 1, row)
        if side == "costs" and "category" in row.errors:
            unknown = texts["category"]
            texts["category"] = ""
            row = read_row(row, self.names)
            last = next(reversed(self.names.categories.values()), "")
            sentence = _("« %(text)s » n’est pas une catégorie de cet appel : la ligne ira dans « %(last)s ».")
            line.remarks.append(Wrong("", unknown, sentence % {"text": unknown[:40], "last": last}))
        return line

    def tell(self, line: Line, index: int, places: Mapping[str, int | None]) -> None:
        """Name the cells in error and keep the line, unless it says nothing."""
        if line.row.blank and not line.wrong:
            return
        for name, sentence in line.row.errors.items():
            column = places.get(name)
            cell = cell_name(index, column) if column is not None else str(index + 1)
            line.wrong.append(Wrong(cell, line.row.texts.get(name, ""), sentence))
        column = places.get("category")
        for remark in line.remarks:
            remark.cell = cell_name(index, column) if column is not None else str(index + 1)
        self.found.lines.append(line)

    # -- the Cerfa's two halves, side by side

    def read_cerfa(self, grid: Grid, header: int, halves: list[tuple[Side, int, int]]) -> None:
        """Charges on the left, produits on the right: « 64 Charges de personnel » and what details it below."""
        for side, label, amount in halves:
            entries = list(_cerfa_entries(grid, header, label, amount))
            for place, (index, code, name, text) in enumerate(entries):
                details = _details(entries, place) if code else []
                if not text or (details and any(row[3] for row in details)):
                    continue  # an account detailed below is the total of its lines
                account = code or next((row[1] for row in reversed(entries[:place]) if row[1]), "")
                texts = self.cerfa_texts(side, account, name, text)
                self.tell(self.line(index, side, texts), index, {"amount_cents": amount, "label": label,
                          "funder": label, "account": label})  # fmt: skip

    def cerfa_texts(self, side: Side, account: str, name: str, text: str) -> dict[str, str]:
        texts = dict.fromkeys(FIELDS[side], "") | {"amount_cents": text, "account": account}
        texts["label" if side == "costs" else "funder"] = name
        if side == "fundings":
            kinds = {"74": "public", "87": "in_kind"}
            texts["kind"] = kinds.get(account[:2], "private" if account[:3] in ("754", "758") else "own")
        return texts


def _header(cells: list[str]) -> _Table | None:
    """The columns a row of headers names; None when the row is not one."""
    columns: dict[str, int] = {}
    for place, cell in enumerate(cells):
        name = _FIELD.get(plain(cell))
        if name is not None and name not in columns:
            columns[name] = place
    if len(columns) < 2 or not ({"amount_cents", "unit_price"} & set(columns)):
        return None
    said = plain(cells[columns["amount_cents"]]) if "amount_cents" in columns else ""
    vat = next((word.upper() for word in ("ht", "ttc") if word in said.split()), "")
    side: Side | None = None
    if "side" not in columns:
        side = "fundings" if "funder" in columns else "costs" if {"label", "category"} & set(columns) else None
    return _Table(columns, side, vat)


def _headless(cells: list[str]) -> _Table | None:
    """« Laser ; 12 500,50 »: a name, perhaps a category, an amount at the end."""
    amount = len(cells) - 1
    if not 1 <= amount <= 2 or not cells[0] or not re.fullmatch(r"[\d\s\u00a0\u202f.,]+(€|EUR)?", cells[amount]):
        return None
    columns = {"name": 0, "amount_cents": amount}
    return _Table(columns | ({"category": 1} if amount == 2 else {}), None)


def _cerfa_halves(cells: list[str]) -> list[tuple[Side, int, int]]:
    """(side, column of names, column of amounts) of the two halves; nothing when the row is not their header."""
    found: list[tuple[Side, int]] = []
    for place, cell in enumerate(cells):
        first = plain(cell).split(" ")[0]
        if first in ("charges", "produits"):
            found.append(("costs" if first == "charges" else "fundings", place))
    if {side for side, _place in found} != {"costs", "fundings"} or len(found) != 2:
        return []
    (left, at), (right, then) = found
    return [(left, at, then - 1 if then - at > 1 else at + 1), (right, then, then + max(then - at - 1, 1))]


def _cerfa_entries(grid: Grid, header: int, label: int, amount: int) -> Iterator[tuple[int, str, str, str]]:
    """(row, account or "", name, amount as typed) of one half, totals and titles left out."""
    for index in range(header + 1, len(grid)):
        cells = grid[index]
        name, text = (cells[place] if place < len(cells) else "" for place in (label, amount))
        if not name or plain(name).startswith("total"):
            continue
        coded = re.match(r"(\d{2,3})\s*[-–.:]*\s*(.*)", name)
        yield index, coded[1] if coded else "", (coded[2] if coded else name) or name, text


def _details(entries: list[Any], place: int) -> list[Any]:
    """The entries without an account of their own that follow one which has."""
    found = []
    for row in entries[place + 1 :]:
        if row[1]:
            break
        found.append(row)
    return found
