"""Forms of calls: the simulator's three numbers, the subscription to alerts, the officer's corrections of a draft."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import forms
from django.utils.translation import gettext_lazy as _

from essaim.calls.lifecycle import missing_of
from essaim.calls.models import Call
from essaim.kernel.bilingual import Bilingual
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


TEXTS = ("title", "summary", "purpose", "who", "how_much", "silence", "appeal", "late", "service_name")
PLAIN = ("service_email", "service_phone", "service_address", "opens_at", "closes_at", "zone")


def _instant(label: Any, hint: Any = "") -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": 1}, format="%Y-%m-%dT%H:%M:%S")
    formats = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"]
    sentence = _("Écrivez un jour et une heure qui existent, par exemple 2013-09-13T23:59:59.")
    return forms.DateTimeField(
        label=label,
        help_text=hint,
        required=False,
        widget=widget,
        input_formats=formats,
        error_messages={"invalid": sentence, "invalid_datetime": sentence},
    )


def _text(label: Any, rows: int = 3) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": rows}))


class PrepareForm(forms.Form):
    """What an officer corrects on screen; an incomplete draft is kept, publishing says what is missing."""

    use_required_attribute = False

    title = forms.CharField(label=_("Titre"), max_length=200)
    summary = _text(_("Résumé"), 2)
    opens_at = _instant(_("Ouverture"))
    closes_at = _instant(_("Clôture"), _("L’instant compris : jusqu’à 23 h 59 min 59 s, par exemple."))
    zone = forms.CharField(label=_("Fuseau horaire"), max_length=40, help_text=_("Par exemple Europe/Paris."))
    purpose = _text(_("Objet"))
    who = _text(_("Qui peut candidater"))
    how_much = _text(_("Montants"))
    silence = _text(_("Règle en cas de silence"))
    appeal = _text(_("Voies de recours"))
    late = _text(_("Règle en cas de retard"))
    service_name = forms.CharField(label=_("Service instructeur"), required=False, max_length=200)
    service_email = forms.EmailField(label=_("Adresse électronique du service"), required=False)
    service_phone = forms.CharField(label=_("Téléphone du service"), required=False, max_length=30)
    service_address = forms.CharField(label=_("Adresse postale du service"), required=False, max_length=300)

    def __init__(self, *args: Any, call: Any, **kwargs: Any):
        initial = {name: getattr(call, name) for name in PLAIN}
        initial |= {name: getattr(call, name).get("fr", "") for name in TEXTS}
        super().__init__(*args, initial=initial, **kwargs)
        self.call = call
        for name, _missing in missing_of(Call()):
            if name in self.fields:  # needed to publish, and shown so; a draft may be saved without them
                self.fields[name].required, self.fields[name].validate = True, lambda value: None

    def clean_zone(self) -> str:
        """A zone of the IANA database."""
        zone: str = self.cleaned_data["zone"]
        try:
            return ZoneInfo(zone).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise forms.ValidationError(_("Ce fuseau est inconnu : écrivez par exemple Europe/Paris.")) from None

    def clean(self) -> dict[str, Any]:
        """Closing comes after opening."""
        data: dict[str, Any] = super().clean() or {}
        opens, closes = data.get("opens_at"), data.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("La clôture doit être après l’ouverture : corrigez les dates."))
        return data

    def changes(self) -> dict[str, Any]:
        """What `actions.prepare_call` takes; a text keeps its English while its French changes."""
        data = self.cleaned_data
        texts = {name: Bilingual({**getattr(self.call, name), "fr": data[name].strip()}) for name in TEXTS}
        return {name: data[name] for name in PLAIN} | texts
