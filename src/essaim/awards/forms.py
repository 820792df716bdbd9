"""What people type about an agreement: a payment, the accountant's reference, the report. Validates input only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from essaim.awards.models import Payment, Report
from essaim.ui.amounts import AmountField

INDICATORS = {
    "people": _("Personnes accueillies"),
    "hours": _("Heures d’ouverture par semaine"),
    "companies": _("Entreprises servies"),
}


class PlanForm(forms.Form):
    """An instalment, taken from the planned balance."""

    amount_cents = AmountField(
        label=_("Montant de l’acompte"), error_messages={"required": _("Indiquez le montant de l’acompte.")}
    )
    due_on = forms.DateField(
        label=_("Prévu le"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": _("Indiquez le jour prévu."),
            "invalid": _("Écrivez une date, par exemple 30/06/2014."),
        },
    )

    def values(self) -> dict[str, Any]:
        """What `actions.plan_payment` takes."""
        return self.cleaned_data | {"kind": Payment.Kind.INSTALMENT}


class PayForm(forms.Form):
    """The reference of the order to pay."""

    reference = forms.CharField(
        label=_("Référence du mandat"),
        max_length=60,
        error_messages={
            "required": _("Écrivez la référence du mandat : c’est elle qui prouve le versement."),
            "max_length": _("La référence a 60 caractères au plus."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ReportForm(forms.Form):
    """The final report: everything may be saved unfinished."""

    text = forms.CharField(
        label=_("Ce qui a été fait"),
        required=False,
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_(
            "Les machines, les personnes, les actions menées, ce qui n’a pas pu se faire. 100 caractères au moins."
        ),
        error_messages={"max_length": _("Le compte rendu a 6 000 caractères au plus : abrégez-le.")},
    )
    spent_cents = AmountField(
        label=_("Dépensé en tout"),
        required=False,
        help_text=_("Si la dépense est moindre que le coût prévu, l’aide est réduite dans la même proportion."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, label in INDICATORS.items():
            wrong = _("Écrivez un nombre entier, zéro compris, par exemple 250.")
            self.fields[key] = forms.IntegerField(
                label=label,
                required=False,
                min_value=0,
                max_value=168 if key == "hours" else 10_000_000,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
                error_messages={"invalid": wrong, "min_value": wrong, "max_value": _("Ce nombre est trop grand.")},
            )

    @staticmethod
    def initial_of(report: Report) -> dict[str, Any]:
        """What is kept already, as the form shows it."""
        return {"text": report.text, "spent_cents": report.spent_cents} | {
            key: report.indicators.get(key) for key in INDICATORS
        }

    def values(self) -> dict[str, Any]:
        """What `actions.save_report` takes."""
        given = self.cleaned_data
        indicators = {key: given[key] for key in INDICATORS if given.get(key) is not None}
        return {"text": given["text"], "spent_cents": given["spent_cents"], "indicators": indicators}
