"""The pages' forms: built from the call's frozen form, they read what is typed and refuse none of it by themselves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.forms.utils import ErrorDict, ErrorList
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from essaim.applications.queries import Question
from essaim.ui.amounts import AmountField

YES_NO = [("true", _("Oui")), ("false", _("Non"))]
ONE_LINE = {"phone": "tel", "email": "email", "siret": "text", "number": "text", "money": "text", "date": "text"}


def _field(question: Question) -> forms.Field:
    """The control of a question. `required` only marks it: a draft is saved incomplete."""
    common: dict[str, Any] = {
        "label": str(question.label),
        "help_text": _hint(question),
        "required": question.required,
    }
    choices = [(code, str(label)) for code, label in question.choices]
    if question.type == "yes_no":
        return forms.ChoiceField(choices=YES_NO, widget=forms.RadioSelect, **common)
    if question.type == "declaration":
        return forms.BooleanField(**common)
    if question.type == "choice":
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
    if question.type == "several":
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)
    if question.type == "long_text":
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 8}), **common)
    return forms.CharField(widget=forms.TextInput(attrs={"type": ONE_LINE.get(question.type, "text")}), **common)


def _hint(question: Question) -> str:
    parts = [str(question.help)]
    if question.type == "date":
        parts.append(str(_("Jour, mois, année, par exemple 01/12/2013.")))
    if question.min_length and question.max_length:
        lengths = {"low": question.min_length, "high": question.max_length}
        parts.append(str(_("Entre %(low)s et %(high)s caractères.") % lengths))
    elif question.max_length:
        parts.append(str(_("%(high)s caractères au plus.") % {"high": question.max_length}))
    return " ".join(part for part in parts if part)


def shown(question: Question, value: Any) -> Any:
    """An answer as its control shows it."""
    if question.type == "yes_no":
        known, _problem = question.read(value)
        return "" if known is None else str(known).lower()
    if question.type == "declaration":
        return question.read(value)[0] is True
    if question.type == "date":
        known, _problem = question.read(value)
        return f"{known:%d/%m/%Y}" if isinstance(known, date) else value
    return value


class AnswersForm(forms.Form):
    """The questions of one page with the answers given so far; `problems` are the sentences shown beside them."""

    use_required_attribute = False

    def __init__(
        self, questions: Iterable[Question], answers: Mapping[str, Any], problems: Mapping[str, str] | None = None
    ) -> None:
        questions = list(questions)
        super().__init__(initial={question.code: shown(question, answers.get(question.code)) for question in questions})
        self.fields = {question.code: _field(question) for question in questions}
        sentences = {code: ErrorList([sentence]) for code, sentence in (problems or {}).items() if code in self.fields}
        self._errors = ErrorDict(sentences)


def typed_answers(questions: Iterable[Question], data: QueryDict) -> dict[str, Any]:
    """What was typed for these questions, as it will be kept; what the page did not send is left out."""
    typed: dict[str, Any] = {}
    for question in questions:
        if question.type == "declaration":
            typed[question.code] = question.code in data
        elif question.type == "several":
            typed[question.code] = data.getlist(question.code)
        elif question.code in data:
            given = data[question.code]
            readable = question.read(given)[0] if question.type in {"yes_no", "date"} else None
            typed[question.code] = given if readable is None else readable
    return typed


def seen_in(data: QueryDict) -> dict[str, str]:
    """The marks of the answers the page was shown with (nothing when they cannot be read: then all is a change)."""
    try:
        seen = json.loads(data.get("seen", "{}"))
    except ValueError:
        return {}
    return {str(code): str(mark) for code, mark in seen.items()} if isinstance(seen, dict) else {}


class PlaceForm(forms.Form):
    """The commune chosen among those found, and the point when it is not the town hall."""

    commune = forms.CharField(max_length=5, widget=forms.HiddenInput)
    latitude = forms.FloatField(label=_("Latitude"), required=False, min_value=-90, max_value=90)
    longitude = forms.FloatField(label=_("Longitude"), required=False, min_value=-180, max_value=180)


class StartForm(forms.Form):
    """The three numbers, named as in the simulator's address, and for whom."""

    cout = AmountField(label=_("Coût total du projet"), required=False)
    demande = AmountField(label=_("Aide demandée"), required=False)
    autres = AmountField(label=_("Autres ressources"), required=False)
    organisation = forms.ChoiceField(label=_("Pour quel organisme ?"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, organisations: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_id = {str(row.public_id): row for row in organisations}
        later = ("", _("Je le dirai plus tard"))
        self.fields["organisation"].choices = [*((key, row.name) for key, row in self.by_id.items()), later]  # type: ignore[attr-defined]

    def numbers(self) -> dict[str, int | None]:
        """What `actions.start` takes, in cents."""
        data = self.cleaned_data
        return {"cost_cents": data["cout"], "request_cents": data["demande"], "others_cents": data["autres"]}

    def chosen(self) -> Any:
        """The organisation chosen, or None."""
        return self.by_id.get(self.cleaned_data["organisation"])
