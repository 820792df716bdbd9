"""The financing plan's forms: a line of expenses, a line of resources, and their tables."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from essaim.applications.models import FundingLine
from essaim.ui.amounts import AmountField


class LineForm(forms.Form):
    """A line of a table. Browsers send the first choice of every menu: a row where nothing is typed stays empty."""

    def has_changed(self) -> bool:
        """Whether this row says something."""
        if not self.empty_permitted:
            return super().has_changed()
        return any(not isinstance(self.fields[name], forms.ChoiceField) for name in self.changed_data)


class CostForm(LineForm):
    """A line of expenses."""

    label = forms.CharField(label=_("Dépense"), max_length=200)
    category = forms.ChoiceField(label=_("Catégorie"))
    amount_cents = AmountField(label=_("Montant"))

    def __init__(self, *args: Any, categories: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = categories  # type: ignore[attr-defined]


class FundingForm(LineForm):
    """A line of resources."""

    funder = forms.CharField(label=_("Financeur"), max_length=200)
    kind = forms.ChoiceField(label=_("Nature de la ressource"), choices=FundingLine.Kind.choices)
    status = forms.ChoiceField(label=_("Statut"), choices=FundingLine.Status.choices)
    amount_cents = AmountField(label=_("Montant"))


class LineSet(forms.BaseFormSet):
    """Lines in a table; an empty line, or one marked to be removed, is no line."""

    def get_deletion_widget(self) -> forms.Widget:
        return forms.CheckboxInput()

    def lines(self) -> list[dict[str, Any]]:
        """The lines that count, once valid."""
        return [
            {name: value for name, value in form.cleaned_data.items() if name != "DELETE"}
            for form in self.forms
            if form.cleaned_data and not form.cleaned_data.get("DELETE")  # an empty row has cleaned to nothing
        ]
