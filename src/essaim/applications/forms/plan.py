"""Lines of the financing plan as typed, in a page or in a spreadsheet: read cell by cell, told cell by cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from django.utils.translation import gettext as _

from essaim.applications.actions import Cost, Funding
from essaim.applications.models import CostLine, FundingLine
from essaim.kernel.bilingual import as_bilingual
from essaim.ui.amounts import amount_cents, typed_amount

Side = Literal["costs", "fundings"]
COST_FIELDS = (
    "label", "category", "quantity", "unit_price", "amount_cents", "vat", "eligible", "account", "year", "quote",
)  # fmt: skip
FUNDING_FIELDS = ("funder", "kind", "status", "amount_cents", "account", "year", "proof")
FIELDS: dict[str, tuple[str, ...]] = {"costs": COST_FIELDS, "fundings": FUNDING_FIELDS}
# What a person writes in a line; the rest are menus, which browsers send anyway.
WRITTEN: dict[str, tuple[str, ...]] = {
    "costs": ("label", "quantity", "unit_price", "amount_cents"),
    "fundings": ("funder", "amount_cents"),
}
WHOLE = 10_000
MOST_ROWS = 1_000
_ROW = re.compile(r"(costs|fundings)-(\d{1,4})-(\w+)", re.ASCII)


class Misread(ValueError):
    """A cell that cannot be read; `str()` is the sentence that says what to write."""


@dataclass
class Row:
    """A line as typed: `texts` by field, a sentence in `errors` for each that cannot be read, else the `line`."""

    side: Side
    index: int
    texts: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    line: Any = None
    removed: bool = False

    @property
    def blank(self) -> bool:
        """Nothing is written here: browsers send the first choice of every menu."""
        return not any(self.texts.get(name, "").strip() for name in WRITTEN[self.side])

    @property
    def counts(self) -> bool:
        """Whether this row is a line of the plan."""
        return not self.blank and not self.removed

    @property
    def name(self) -> str:
        """What the line is called on screen and by screen readers."""
        return self.texts.get("label" if self.side == "costs" else "funder", "").strip()

    @property
    def gist(self) -> str:
        """What the folded detail holds, in a few words."""
        texts = self.texts
        words = (
            [f"{texts['quantity']} × {texts['unit_price']}"]
            if texts.get("quantity") and texts.get("unit_price")
            else []
        )
        if texts.get("eligible", "100") not in {"", "100"}:
            words.append(_("éligible à %(share)s %%") % {"share": texts["eligible"].rstrip("% ")})
        words += [texts[name] for name in ("year", "account") if texts.get(name)]
        if texts.get("quote"):
            words.append(_("devis joint"))
        if texts.get("proof"):
            words.append(_("justificatif joint"))
        return " · ".join(words)


@dataclass(frozen=True)
class Names:
    """The words of the menus in the reader's language: `categories` of the call, code -> title."""

    categories: Mapping[str, str]

    @classmethod
    def of(cls, call: Any) -> Names:
        """Those of a call."""
        return cls({row["code"]: str(as_bilingual(row.get("title", row["code"]))) for row in call.categories})


def read_row(row: Row, names: Names) -> Row:
    """Read the texts of a row: its `line`, or its `errors`."""
    reader = _cost if row.side == "costs" else _funding
    row.errors = {}

    def cell(name: str, read: Callable[[str], Any]) -> Any:
        try:
            return read(row.texts.get(name, "").strip())
        except Misread as problem:
            row.errors[name] = str(problem)
            return None

    line = reader(cell, names)
    row.line = None if row.errors else line
    return row


Cell = Callable[[str, Callable[[str], Any]], Any]


def _cost(cell: Cell, names: Names) -> Cost:
    quantity, price = cell("quantity", _quantity), cell("unit_price", _amount)
    typed = cell("amount_cents", _amount)
    product = None if quantity is None or price is None else (quantity * price + 500) // 1000
    values = {
        "category": cell("category", lambda text: _category(text, names)),
        "label": cell("label", _label),
        "amount_cents": (product or 0) if typed is None else typed,
        "quantity_thousandths": quantity,
        "unit_price_cents": price,
        "vat": cell("vat", _vat),
        "eligible_points": cell("eligible", _share),
        "account": cell("account", _account),
        "year": cell("year", _year),
        "quote": cell("quote", _proof),
    }
    return Cost(**values)


def _funding(cell: Cell, _names: Names) -> Funding:
    values = {
        "funder": cell("funder", _label),
        "kind": cell("kind", _kind),
        "status": cell("status", _status),
        "amount_cents": cell("amount_cents", _amount) or 0,
        "account": cell("account", _account),
        "year": cell("year", _year),
        "proof": cell("proof", _proof),
    }
    return Funding(**values)


def _label(text: str) -> str:
    if len(text) > 200:
        raise Misread(_("Cet intitulé dépasse 200 caractères : raccourcissez-le."))
    return text


def _amount(text: str) -> int | None:
    return amount_cents(text, refused=Misread) if text else None


def _quantity(text: str) -> int | None:
    """Thousandths of a unit: « 2 », « 1,5 », "0.125"."""
    if not text:
        return None
    found = re.fullmatch(r"(\d{1,9})(?:[.,](\d{1,3})0*)?", re.sub(r"[\s\u00a0\u202f]", "", text), re.ASCII)
    if not found:
        raise Misread(
            _("« %(text)s » n’est pas une quantité : écrivez un nombre, par exemple 2 ou 1,5.") % {"text": text[:40]}
        )
    return int(found[1]) * 1000 + int((found[2] or "").ljust(3, "0"))


def _share(text: str) -> int:
    """Hundredths of a percent: « 100 », « 66,67 % »; everything when nothing is said."""
    if not text:
        return WHOLE
    found = re.fullmatch(r"(\d{1,3})(?:[.,](\d{1,2}))?[\s\u00a0\u202f]*%?", text, re.ASCII)
    points = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else WHOLE + 1
    if points > WHOLE:
        raise Misread(_("« %(text)s » n’est pas une part : écrivez un nombre de 0 à 100.") % {"text": text[:40]})
    return points


def _account(text: str) -> str:
    found = re.match(r"\d{2,5}(?!\d)", text)
    if text and not found:
        raise Misread(
            _("« %(text)s » n’est pas un compte : écrivez deux à cinq chiffres, par exemple 60.") % {"text": text[:40]}
        )
    return found[0] if found else ""


def _year(text: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"(19|20)\d\d", text, re.ASCII):
        raise Misread(
            _("« %(text)s » n’est pas une année : écrivez quatre chiffres, par exemple 2026.") % {"text": text[:40]}
        )
    return int(text)


def _proof(text: str) -> str:
    if text and not re.fullmatch(r"[0-9a-f]{64}", text):
        raise Misread(_("Choisissez ce justificatif parmi vos pièces."))
    return text


def plain(text: str) -> str:
    """A word compared without case, accents or punctuation: « Part éligible (%) » is "part eligible"."""
    folded = text.casefold().translate(_ACCENTS)
    return " ".join(re.findall(r"[a-z0-9]+", folded))


_ACCENTS = str.maketrans(
    {
        **dict.fromkeys("àâäáã", "a"),
        **dict.fromkeys("éèêë", "e"),
        **dict.fromkeys("îïí", "i"),
        **dict.fromkeys("ôöó", "o"),
        **dict.fromkeys("ùûüú", "u"),
        "ç": "c",
        "œ": "oe",
        "’": " ",
    }
)


def _choice(text: str, words: Mapping[str, Iterable[str]], default: str) -> str:
    """The code of a choice, given as its code or in words of either language."""
    if not text:
        return default
    wanted = plain(text)
    for code, known in words.items():
        if text == code or wanted in {plain(word) for word in known}:
            return code
    choices = ", ".join(next(iter(known)) for known in words.values())
    raise Misread(
        _("« %(text)s » ne se comprend pas ici : écrivez l’un de ces mots : %(choices)s.")
        % {"text": text[:40], "choices": choices}
    )


def _category(text: str, names: Names) -> str:
    """Nothing said, the last category ("other"), which comes last in a call."""
    default = next(reversed(names.categories), "")
    if text in names.categories:
        return text
    return _choice(text, {code: (title, code) for code, title in names.categories.items()}, default)


def _vat(text: str) -> str:
    return text if text in CostLine.Vat.values else _choice(text, VATS, "HT")


def _kind(text: str) -> str:
    return text if text in FundingLine.Kind.values else _choice(text, KINDS, "private")


def _status(text: str) -> str:
    return text if text in FundingLine.Status.values else _choice(text, STATUSES, "asked")


VATS = {
    "HT": ("HT", "hors taxes", "excl. VAT", "without VAT", "net"),
    "TTC": ("TTC", "toutes taxes comprises", "incl. VAT", "with VAT", "gross"),
}
KINDS = {
    "requested": (
        "Aide demandée à cet appel",
        "aide demandée",
        "demandée",
        "aide sollicitée",
        "Aid asked from this call",
        "requested",
    ),
    "public": (
        "Autre financement public",
        "public",
        "publique",
        "financement public",
        "subvention",
        "Other public funding",
        "public funding",
    ),
    "private": ("Financement privé", "privé", "privée", "mécénat", "don", "Private funding", "private"),
    "own": ("Autofinancement", "fonds propres", "propre", "ressources propres", "Own funds", "own", "self-financing"),
    "in_kind": ("Contribution en nature", "en nature", "nature", "bénévolat", "Contribution in kind", "in kind"),
}
STATUSES = {
    "asked": ("Sollicité", "sollicitée", "demandé", "demandée", "en cours", "Asked", "requested", "pending"),
    "secured": (
        "Acquis",
        "acquise",
        "accordé",
        "accordée",
        "obtenu",
        "obtenue",
        "oui",
        "Secured",
        "granted",
        "confirmed",
    ),
    "refused": ("Refusé", "refusée", "non", "Refused", "rejected"),
}


def shown(line: Cost | Funding) -> dict[str, str]:
    """A line as its controls show it."""
    texts = {name: str(value or "") for name, value in line._asdict().items()}
    texts["amount_cents"] = typed_amount(line.amount_cents) if line.amount_cents else ""
    if isinstance(line, Cost):
        quantity, price = line.quantity_thousandths, line.unit_price_cents
        texts["quantity"] = "" if quantity is None else decimal_text(quantity, 3)
        texts["unit_price"] = "" if price is None else typed_amount(price)
        texts["eligible"] = decimal_text(line.eligible_points, 2)
    return texts


def decimal_text(units: int, digits: int) -> str:
    """A whole number of 10^-digits, written with a decimal comma and no needless zero: (1500, 3) is « 1,5 »."""
    value = Decimal(units).scaleb(-digits).normalize()
    return f"{value:f}".replace(".", ",")


def rows_of(side: Side, lines: Iterable[Cost | Funding], blank: int = 0) -> list[Row]:
    """The rows of a page: the lines kept, then `blank` empty ones."""
    rows = [Row(side, index, shown(line), line=line) for index, line in enumerate(lines)]
    return [*rows, *(Row(side, len(rows) + more, {}) for more in range(blank))]


def rows_sent(data: Mapping[str, Any], names: Names) -> dict[Side, list[Row]]:
    """The rows a page sent, read, in the order they were placed (`…-ORDER`, else their number)."""
    found: dict[Side, dict[int, dict[str, str]]] = {"costs": {}, "fundings": {}}
    for key, value in data.items():
        match = _ROW.fullmatch(key)
        if match and isinstance(value, str):
            found[match[1]].setdefault(int(match[2]), {})[match[3]] = value  # type: ignore[index]
    vat = data.get("vat", "")
    return {side: _ordered(side, texts, names, vat) for side, texts in found.items()}


def _ordered(side: Side, texts: dict[int, dict[str, str]], names: Names, vat: str) -> list[Row]:
    def place(index: int) -> tuple[int, int]:
        order = texts[index].get("ORDER", "")
        return (int(order) if re.fullmatch(r"\d{1,4}", order, re.ASCII) else index, index)

    rows = []
    for number, index in enumerate(sorted(texts, key=place)[:MOST_ROWS]):
        cells = {name: texts[index].get(name, "") for name in FIELDS[side]}
        if side == "costs" and vat in CostLine.Vat.values:
            cells["vat"] = vat
        row = Row(side, number, cells, removed=bool(texts[index].get("DELETE")))
        rows.append(row if row.blank else read_row(row, names))
    return rows
