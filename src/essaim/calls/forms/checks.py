"""The forms of a check, one for each operator, and of the facts a rule is tried on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from essaim.calls.forms.entries import DayField, Entry, Group
from essaim.ui.amounts import AmountField

ORDERED = ("money", "number", "date")
CONSTANTS = (*ORDERED, "choice", "code", "yes_no")
Facts = Mapping[str, tuple[str, str]]
READ: dict[str, Any] = {"yes_no": lambda value: value == "true", "date": date.fromisoformat}
LEVELS = (("region", _("Région")), ("department", _("Département")), ("commune", _("Commune")))


def check_groups(
    op: str,
    *,
    facts: Facts,
    categories: Sequence[tuple[str, str]],
    labels: Sequence[tuple[str, str]],
    documents: Sequence[tuple[str, str]],
) -> tuple[Group, ...]:
    """What a check of this operator needs; nothing for those that only hold others."""

    def fact(key: str, label: Any, kinds: Iterable[str], *, needed: bool = True) -> Entry:
        wanted = set(kinds)
        options = [(name, f"{said} ({name})") for name, (kind, said) in facts.items() if kind in wanted]
        nothing = ("", _("Choisissez") if needed else _("Aucun"))
        return Entry((key,), label, "choice", options=[nothing, *options])

    entries: tuple[Entry, ...] = ()
    if op in {"le", "ge", "lt", "gt", "eq"}:
        kinds = CONSTANTS if op == "eq" else ORDERED
        hint = _("Un montant, un nombre, une date (jj/mm/aaaa), oui ou non, ou un code, selon le fait.")
        entries = (
            fact("fact", _("Ce qui est comparé"), kinds),
            Entry(("value",), _("À quelle valeur"), help=hint),
            fact("other", _("Ou à quel autre fait"), kinds, needed=False),
        )
    elif op in {"before", "after"}:
        entries = (fact("fact", _("Quelle date"), ("date",)), Entry(("value",), _("Jour"), "date"))
    elif op == "ratio":
        entries = (
            fact("numerator", _("La part de"), ("money", "number")),
            fact("denominator", _("Dans"), ("money", "number")),
            Entry(("min",), _("Au moins"), "share", help=_("Par exemple 10 %, ou rien.")),
            Entry(("max",), _("Au plus"), "share", help=_("Par exemple 70 %, ou rien.")),
        )
    elif op == "sum":
        entries = (
            Entry(("categories",), _("Catégories de dépenses"), "several", options=categories),
            Entry(("min",), _("Au moins"), "money"),
            Entry(("max",), _("Au plus"), "money"),
            Entry(("min_share",), _("Au moins, en part du coût"), "share"),
            Entry(("max_share",), _("Au plus, en part du coût"), "share"),
        )
    elif op == "one_of":
        entries = (
            fact("fact", _("Ce qui est comparé"), ("choice", "code")),
            Entry(("values",), _("Réponses permises"), "several", options=labels),
        )
    elif op.startswith("territory"):
        entries = (
            Entry(("level",), _("Niveau"), "choice", options=LEVELS),
            Entry(
                ("codes",),
                _("Codes officiels (INSEE)"),
                "words",
                help=_("Séparés par des virgules, par exemple 53, 52."),
            ),
        )
    elif op == "text":
        entries = (
            fact("fact", _("Quel texte"), ("text",)),
            Entry(("min_length",), _("Longueur minimale, en caractères"), "number"),
        )
    elif op == "document":
        entries = (Entry(("code",), _("Quelle pièce"), "choice", options=[("", _("Choisissez")), *documents]),)
    return (Group(_("La condition"), entries),) if entries else ()


class TryForm(forms.Form):
    """The facts a rule asks, to try it at once; sent by GET, nothing is written."""

    use_required_attribute = False

    def __init__(
        self, data: Any, *, facts: Facts, categories: Sequence[tuple[str, str]], documents: Sequence[tuple[str, str]]
    ) -> None:
        super().__init__(data)
        self.facts, self.categories = facts, categories
        for name, (kind, label) in facts.items():
            common: dict[str, Any] = {"label": label[:1].upper() + label[1:], "required": False}
            if kind == "money":
                self.fields[name] = AmountField(**common)
            elif kind == "number":
                self.fields[name] = forms.IntegerField(**common)
            elif kind == "date":
                self.fields[name] = DayField(help_text=_("Par exemple 01/12/2013."), **common)
            elif kind == "yes_no":
                self.fields[name] = forms.ChoiceField(
                    choices=[("", _("Pas encore dit")), ("true", _("Oui")), ("false", _("Non"))], **common
                )
            elif kind == "documents":
                self.fields[name] = forms.MultipleChoiceField(
                    choices=documents, widget=forms.CheckboxSelectMultiple, **common
                )
            elif kind == "lines":
                for code, title in categories:
                    self.fields[f"lines.{code}"] = AmountField(label=title, required=False)
            elif kind == "text":
                self.fields[name] = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), **common)
            else:
                self.fields[name] = forms.CharField(help_text=_("Le code."), **common)

    def given(self) -> dict[str, Any]:
        """The facts typed, as the engine takes them; what was left empty is not known."""
        found: dict[str, Any] = {}
        for name, (kind, _label) in self.facts.items():
            value = self.cleaned_data.get(name)
            if kind == "documents":
                found[name] = frozenset(value or ())
            elif kind == "lines":
                lines = [(code, self.cleaned_data.get(f"lines.{code}")) for code, _title in self.categories]
                found[name] = tuple((code, cents) for code, cents in lines if cents is not None)
            elif value not in (None, ""):
                found[name] = READ[kind](value) if kind in READ else value
        return found
