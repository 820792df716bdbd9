"""What anyone fills in: the simulator's three numbers, the subscription to alerts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from essaim.ui.amounts import AmountField


class SimulatorForm(forms.Form):
    """Three amounts typed as people type them; sent by GET, so that the result has an address."""

    cout = AmountField(label=_("Coût total du projet"), help_text=_("Par exemple : 250 000 €"))
    demande = AmountField(label=_("Aide demandée"), help_text=_("Par exemple : 160 000 €"))
    autres = AmountField(
        label=_("Autres ressources"), help_text=_("Tout le reste du financement ; 0 s’il n’y en a pas.")
    )

    def clean_cout(self) -> int:
        """A project costs something."""
        cents: int = self.cleaned_data["cout"]
        if cents == 0:
            raise forms.ValidationError(_("Indiquez un coût supérieur à 0 €."))
        return cents

    def numbers(self) -> dict[str, int]:
        """What `queries.simulate` takes."""
        data = self.cleaned_data
        return {"cost_cents": data["cout"], "request_cents": data["demande"], "others_cents": data["autres"]}


class AlertForm(forms.Form):
    """Who asks to be told, of which regions and themes; nothing ticked means all."""

    email = forms.EmailField(
        label=_("Votre adresse électronique"),
        help_text=_("Elle ne sert qu’à ces alertes ; chaque message permet de les arrêter."),
        error_messages={
            "required": _("Indiquez votre adresse électronique, par exemple nom@exemple.fr."),
            "invalid": _("Cette adresse électronique n’est pas complète : vérifiez-la, par exemple nom@exemple.fr."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    themes = forms.MultipleChoiceField(
        label=_("Thèmes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Aucun thème coché : tous les thèmes."),
    )
    regions = forms.MultipleChoiceField(
        label=_("Régions"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Aucune région cochée : toute la France."),
    )

    def __init__(
        self, *args: Any, regions: Iterable[tuple[str, str]], themes: Iterable[tuple[str, str]], **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        for name, choices in (("regions", list(regions)), ("themes", list(themes))):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
            if not choices:
                del self.fields[name]
