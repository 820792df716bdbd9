"""The form that adds a line to the envelope's history."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from essaim.kernel.bilingual import Bilingual
from essaim.ui.amounts import AmountField


class EnvelopeForm(forms.Form):
    """Amount, date, author and reason: all four, or nothing is recorded."""

    amount = AmountField(label=_("Nouveau montant"), help_text=_("Par exemple : 2 200 000 €"))
    decided_on = forms.DateField(
        label=_("Date de la décision"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    author = forms.CharField(label=_("Auteur de la décision"), max_length=200, help_text=_("Nom ou qualité, public."))
    reason = forms.CharField(
        label=_("Raison"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}), help_text=_("Elle sera publique.")
    )
    effect = forms.CharField(
        label=_("Effet sur la sélection"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_decided_on(self) -> date:
        """A decision is not dated in the future."""
        decided_on: date = self.cleaned_data["decided_on"]
        if decided_on > date.today():  # noqa: DTZ011 - a calendar day, as people date decisions
            raise forms.ValidationError(_("Cette date est à venir : inscrivez une décision déjà prise."))
        return decided_on

    def cleaned(self) -> dict[str, Any]:
        """What `actions.change_envelope` takes."""
        data = self.cleaned_data
        return {
            "amount_cents": data["amount"],
            "decided_on": data["decided_on"],
            "author": data["author"],
            "reason": Bilingual(fr=data["reason"]),
            "effect": Bilingual(fr=data["effect"]) if data["effect"] else Bilingual(),
        }
