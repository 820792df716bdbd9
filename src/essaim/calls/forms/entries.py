"""Forms of the editor, declared as what they write: each entry names a place of the call's content and its kind.

One declaration gives the control, what it shows of the content (initial), and what it writes back (`item`). An entry
left empty takes its key away. A draft is saved incomplete: only what cannot be read at all is refused here; publishing
says what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import forms
from django.forms.utils import ErrorList
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.calls.queries.answers import FRENCH_DATE
from essaim.ui import formats
from essaim.ui.amounts import AmountField

LANGUAGES = (("fr", gettext_lazy("en français")), ("en", gettext_lazy("en anglais")))
EXTRA_ROWS = 2
MOST_ROWS = 120


@dataclass(frozen=True)
class Entry:
    """One thing written. `path`: where, in the item. `rows`: lines of a text. `entries`: the columns of rows.

    `kind`: both, text, long, number, figure, money, share, date, instant, yes, choice, several, words, rows.
    """

    path: tuple[str, ...]
    label: Any
    kind: str = "text"
    help: Any = ""
    rows: int = 1
    options: Sequence[tuple[str, Any]] = ()
    entries: tuple[Entry, ...] = ()
    keep_empty: bool = False

    @property
    def name(self) -> str:
        """The name of its control."""
        return "__".join(self.path)


@dataclass(frozen=True)
class Group:
    """Entries under one legend."""

    legend: Any
    entries: tuple[Entry, ...]
    hint: Any = ""


class DayField(forms.CharField):
    """A day, typed as people type it; its value is its ISO text."""

    def prepare_value(self, value: Any) -> Any:
        """2013-12-01 shown as 01/12/2013."""
        try:
            return f"{date.fromisoformat(str(value)):%d/%m/%Y}"
        except ValueError:
            return value

    def clean(self, value: Any) -> str:
        """The ISO text of the day; the sentence says how to write one."""
        text = str(super().clean(value) or "").strip()
        if match := FRENCH_DATE.match(text):
            day, month, year = match.groups()
            text = f"{year}-{month:0>2}-{day:0>2}"
        try:
            return date.fromisoformat(text).isoformat() if text else ""
        except ValueError:
            raise forms.ValidationError(
                _("« %(text)s » n’est pas une date : écrivez par exemple 01/12/2013."), params={"text": text[:40]}
            ) from None


class InstantField(forms.DateTimeField):
    """A day and an hour, as a clock on the wall says them: the zone is another entry."""

    def __init__(self, **kwargs: Any) -> None:
        sentence = _("Écrivez un jour et une heure qui existent, par exemple 2013-09-13T23:59:59.")
        kwargs["error_messages"] = {"invalid": sentence, "invalid_datetime": sentence}
        kwargs["widget"] = forms.DateTimeInput(attrs={"type": "datetime-local", "step": 1}, format="%Y-%m-%dT%H:%M:%S")
        kwargs["input_formats"] = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"]
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """A naive instant: no zone is applied here."""
        if value in self.empty_values:
            return None
        for pattern in self.input_formats:
            try:
                return datetime.strptime(str(value).strip(), pattern)  # noqa: DTZ007  the zone comes from its own entry
            except ValueError:
                continue
        raise forms.ValidationError(self.error_messages["invalid"], code="invalid")

    def prepare_value(self, value: Any) -> Any:
        """The wall clock of an instant written with its offset."""
        if isinstance(value, str) and value:
            try:
                return f"{datetime.fromisoformat(value):%Y-%m-%dT%H:%M:%S}"
            except ValueError:
                return value
        return value


class ShareField(forms.CharField):
    """A share: « 70 % ». Its value is a text of the rules, « 70 % » or « 2/3 »."""

    def prepare_value(self, value: Any) -> Any:
        """7/10 shown as 70 %."""
        try:
            return formats.percent(Fraction(str(value)), 2)
        except (ValueError, ZeroDivisionError):
            return value

    def clean(self, value: Any) -> str:
        """A text the rules read; the sentence says how to write one."""
        text = str(super().clean(value) or "").strip().replace(",", ".").replace("%", "").strip()
        if not text:
            return ""
        try:
            share = Fraction(text) if "/" in text else Fraction(text) / 100
        except (ValueError, ZeroDivisionError):
            share = Fraction(-1)
        if share < 0 or share.denominator > 10**6:
            raise forms.ValidationError(_("Écrivez une part, par exemple 70 %."))
        return f"{share.numerator}/{share.denominator}"


class CentsField(AmountField):
    """An amount kept as the text the call's files hold: « 50000.00 »."""

    def prepare_value(self, value: Any) -> Any:
        """The text of the file, shown as an amount."""
        try:
            cents = AmountField.to_python(self, value)
        except forms.ValidationError:
            return value
        return "" if cents is None else super().prepare_value(cents)

    def to_python(self, value: Any) -> Any:
        """The text of the amount, or ""."""
        cents = super().to_python(value)
        return "" if cents is None else f"{cents // 100}.{cents % 100:02d}"


class FigureField(forms.CharField):
    """A number, whole or with decimals: a whole one is kept as such, another as its text."""

    def clean(self, value: Any) -> Any:
        """An int, or the text of a decimal number."""
        text = "".join(str(super().clean(value) or "").split()).replace(",", ".").replace("\u2212", "-")
        whole, _dot, decimals = text.removeprefix("-").partition(".")
        if text and not (text.isascii() and whole.isdigit() and (decimals.isdigit() or not _dot)):
            raise forms.ValidationError(_("Écrivez un nombre en chiffres, par exemple 12 ou 0,5."))
        return "" if not text else int(text) if not decimals else text


def _field(entry: Entry, suffix: Any = "") -> forms.Field:
    """The control of an entry in one language."""
    label = f"{entry.label} {suffix}".strip() if suffix else entry.label
    common: dict[str, Any] = {"label": label, "help_text": entry.help, "required": False}
    area = forms.Textarea(attrs={"rows": max(entry.rows, 2)})
    match entry.kind:
        case "both" | "long" if entry.rows > 1:
            return forms.CharField(widget=area, max_length=20_000, **common)
        case "number":
            return forms.IntegerField(min_value=0, widget=forms.TextInput(attrs={"inputmode": "numeric"}), **common)
        case "figure":
            return FigureField(widget=forms.TextInput(attrs={"inputmode": "decimal"}), max_length=20, **common)
        case "money":
            return CentsField(**common)
        case "share":
            return ShareField(max_length=30, **common)
        case "date":
            return DayField(max_length=20, **common)
        case "instant":
            return InstantField(**common)
        case "yes":
            return forms.BooleanField(**common)
        case "choice":
            return forms.ChoiceField(choices=list(entry.options), **common)
        case "several":
            return forms.MultipleChoiceField(choices=list(entry.options), widget=forms.CheckboxSelectMultiple, **common)
    return forms.CharField(max_length=1000, **common)


def at_path(content: Any, path: Iterable[str]) -> Any:
    """What a content holds at a place, or None."""
    for key in path:
        content = content.get(key) if isinstance(content, Mapping) else None
    return content


def put(content: dict[str, Any], path: Sequence[str], value: Any, *, keep_empty: bool = False) -> None:
    """Write a value at a place; an empty one takes its key away, and the tables it leaves empty."""
    *tables, key = path
    held = [content]
    for table in tables:
        inner = held[-1].get(table)
        held.append(held[-1].setdefault(table, {}) if isinstance(inner, dict) or inner is None else {})
    if value in ("", None, [], {}) and not keep_empty:
        held[-1].pop(key, None)
        for table, inner, outer in reversed(list(zip(tables, held[1:], held[:-1], strict=True))):
            if not inner:
                outer.pop(table, None)
    else:
        held[-1][key] = value


class EntriesForm(forms.Form):
    """The form of some groups of entries; `item` is the content it edits."""

    use_required_attribute = False

    def __init__(
        self,
        data: Any = None,
        *,
        groups: Sequence[Group],
        before: Mapping[str, Any] | None = None,
        prefix: str | None = None,
    ) -> None:
        super().__init__(data, prefix=prefix)
        self.before = dict(before or {})
        self.groups = tuple(self._offered(group) for group in groups)
        self.tables: dict[str, list[EntriesForm]] = {}
        for entry in self.entries:
            self._add(entry)

    @property
    def entries(self) -> list[Entry]:
        """Every entry, in order."""
        return [entry for group in self.groups for entry in group.entries]

    def _offered(self, group: Group) -> Group:
        """The group with what is held always among the choices; without the choices that have nothing to offer."""
        return replace(group, entries=tuple(found for entry in group.entries if (found := self._with_held(entry))))

    def _with_held(self, entry: Entry) -> Entry | None:
        if entry.kind not in {"choice", "several"}:
            return entry
        held = at_path(self.before, entry.path)
        known = {str(code) for code, _label in entry.options}
        values = held if isinstance(held, list) else [held]
        more = [(str(value), str(value)) for value in values if value not in (None, "") and str(value) not in known]
        options = [*entry.options, *more]
        return replace(entry, options=options) if options else None

    def _add(self, entry: Entry) -> None:
        value = at_path(self.before, entry.path)
        if entry.kind == "rows":
            self.tables[entry.name] = self._rows(entry, value if isinstance(value, list) else [])
        elif entry.kind == "both":
            texts = value if isinstance(value, Mapping) else {}
            for code, language in LANGUAGES:
                name = f"{entry.name}__{code}"
                self.fields[name] = _field(entry, f"({language})")
                self.fields[name].widget.attrs["lang"] = code
                self.initial[name] = texts.get(code, "")
        else:
            self.fields[entry.name] = _field(entry)
            self.initial[entry.name] = ", ".join(map(str, value)) if entry.kind == "words" and value else value

    def _rows(self, entry: Entry, lines: list[Any]) -> list[EntriesForm]:
        """One form a row, then some empty ones; sent back, as many as were shown."""
        count = len(lines) + EXTRA_ROWS
        if self.is_bound:
            sent = str(self.data.get(f"{self.add_prefix(entry.name)}-count", ""))
            count = min(int(sent), MOST_ROWS) if sent.isascii() and sent.isdigit() else count
        remove = Entry(("remove",), gettext_lazy("Retirer"), "yes")
        groups = (Group("", (*entry.entries, remove)),)
        return [
            EntriesForm(
                self.data if self.is_bound else None,
                groups=groups,
                before=lines[index] if index < len(lines) and isinstance(lines[index], Mapping) else {},
                prefix=f"{self.add_prefix(entry.name)}-{index}",
            )
            for index in range(count)
        ]

    def is_valid(self) -> bool:
        """Whether all that was typed can be read, rows included."""
        fine = super().is_valid()
        rows = [row.is_valid() for table in self.tables.values() for row in table]
        if not all(rows):
            self.errors.setdefault("__all__", ErrorList()).append(
                _("Une ligne d’un tableau est à corriger : la phrase est à côté du champ.")
            )
        return fine and all(rows)

    def item(self) -> dict[str, Any]:
        """The content as the form writes it, once valid: what the form does not speak of stays as it was."""
        written = deepcopy(self.before)
        for entry in self.entries:
            put(written, entry.path, self._value(entry), keep_empty=entry.keep_empty)
        return written

    def _value(self, entry: Entry) -> Any:
        data = self.cleaned_data
        if entry.kind == "rows":
            rows = [row.item() for row in self.tables[entry.name] if not row.cleaned_data.get("remove")]
            return [{key: value for key, value in row.items() if key != "remove"} for row in rows if row]
        if entry.kind == "both":
            texts = {code: _tidy(data[f"{entry.name}__{code}"]) for code, _language in LANGUAGES}
            return {code: text for code, text in texts.items() if text} and texts
        value = data[entry.name]
        if entry.kind == "yes":
            return value or (False if at_path(self.before, entry.path) is not None else None)
        if entry.kind == "choice" and value == str(entry.options[0][0]) and at_path(self.before, entry.path) is None:
            return None  # the first of a menu is what the file means when it says nothing
        if entry.kind == "words":
            return [word.strip() for word in value.split(",") if word.strip()]
        return _tidy(value) if isinstance(value, str) else value

    def shown(self) -> list[dict[str, Any]]:
        """The groups as the page shows them: lines of one or two controls, and tables."""
        return [
            {
                "legend": group.legend,
                "hint": group.hint,
                "lines": [self._line(entry) for entry in group.entries],
            }
            for group in self.groups
        ]

    def _line(self, entry: Entry) -> dict[str, Any]:
        if entry.kind == "rows":
            rows = self.tables[entry.name]
            return {
                "table": entry,
                "rows": [[_cell(row[name]) for name in row.fields] for row in rows],
                "heads": [field.label for field in (rows[0] if rows else [])],
                "count_name": f"{self.add_prefix(entry.name)}-count",
                "count": len(rows),
            }
        if entry.kind == "both":
            return {"fields": [self[f"{entry.name}__{code}"] for code, _language in LANGUAGES], "pair": True}
        return {"fields": [self[entry.name]]}


def _cell(bound: forms.BoundField) -> dict[str, Any]:
    """A control in a table: its name is the column's; a box to tick is shown by itself."""
    return {"bound": bound, "label": bound.label, "is_check": isinstance(bound.field, forms.BooleanField)}


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def with_zone(content: dict[str, Any], *, period: str = "period") -> None:
    """Give the instants of a period the offset of its zone, in place; they are datetimes without one."""
    held = content.get(period, {})
    try:
        zone = ZoneInfo(str(held.get("timezone") or "Europe/Paris"))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise forms.ValidationError(_("Ce fuseau est inconnu : écrivez par exemple Europe/Paris.")) from None
    for key in ("opens_at", "closes_at"):
        if isinstance(held.get(key), datetime):
            held[key] = held[key].replace(tzinfo=zone).isoformat()
