"""Forms of the instruction: requests for completion, messages, views, acts in bulk, applications on paper."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from essaim.accounts.models import Organisation
from essaim.applications.models import PaperArrival
from essaim.reviews.models import BulkAct

LONGEST = 4000
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class TextForm(forms.Form):
    """A message or a note. `key` names the sending: the same one twice is one message."""

    text = forms.CharField(label=_("Message"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5}))
    key = forms.CharField(max_length=40, widget=forms.HiddenInput)


class RequestForm(forms.Form):
    """What to complete, why, by when. `parts`: (group, [(code, label)])."""

    parts = forms.MultipleChoiceField(label=_("À compléter"), widget=forms.CheckboxSelectMultiple)
    why = forms.CharField(
        label=_("Pourquoi"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Le porteur le lira tel quel : dites ce qui manque et ce qui conviendrait."),
    )
    due_on = forms.DateField(label=_("À rendre au plus tard le"), widget=DATE)

    def __init__(self, *args: Any, parts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parts"].choices = parts  # type: ignore[attr-defined]


class ItemForm(forms.Form):
    """A point of the team's own checklist."""

    text = forms.CharField(
        label=_("Point à vérifier"),
        max_length=200,
        help_text=_("Il s’ajoute à la liste de contrôle de tous les dossiers de l’appel."),
    )


class ViewForm(forms.Form):
    """A name for the filters and columns in use."""

    name = forms.CharField(label=_("Nom de la vue"), max_length=60)
    shared = forms.BooleanField(label=_("La partager avec l’équipe"), required=False)
    first = forms.BooleanField(label=_("L’ouvrir d’abord, pour moi"), required=False)


class BulkForm(forms.Form):
    """What an act on many files needs to know; only the fields of its kind."""

    FIELDS = {
        BulkAct.Kind.HANDLE: ("person",),
        BulkAct.Kind.MESSAGE: ("text",),
        BulkAct.Kind.TAG: ("word",),
        BulkAct.Kind.REQUEST: ("parts", "why", "due_on"),
    }

    person = forms.ChoiceField(label=_("À qui"))
    text = forms.CharField(label=_("Message"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5}))
    word = forms.CharField(label=_("Étiquette"), max_length=40)
    parts = forms.MultipleChoiceField(label=_("À compléter"), widget=forms.CheckboxSelectMultiple)
    why = forms.CharField(label=_("Pourquoi"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5}))
    due_on = forms.DateField(label=_("À rendre au plus tard le"), widget=DATE)

    def __init__(
        self, *args: Any, kind: str, people: list[tuple[str, str]], parts: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        kept = self.FIELDS.get(BulkAct.Kind(kind), ())
        for name in [name for name in self.fields if name not in kept]:
            del self.fields[name]
        for name, choices in (("person", people), ("parts", parts)):
            if name in self.fields:
                self.fields[name].choices = choices  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        """What was typed, as JSON keeps it."""
        data = dict(self.cleaned_data)
        if "due_on" in data:
            data["due_on"] = data["due_on"].isoformat()
        return data


class PaperForm(forms.Form):
    """An application that came on paper or by e-mail: who, how, when, and the proof of its arrival."""

    channel = forms.ChoiceField(label=_("Arrivé par"), choices=PaperArrival.Channel.choices, widget=forms.RadioSelect)
    arrived_on = forms.DateField(label=_("Arrivé le"), widget=DATE)
    arrived_time = forms.TimeField(
        label=_("À l’heure"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Heure de l’appel."),
    )
    proof = forms.CharField(
        label=_("Preuve de l’arrivée"),
        max_length=300,
        help_text=_("Par exemple : numéro du recommandé, cachet du service, identifiant du courriel."),
    )
    proof_file = forms.FileField(label=_("Copie de la preuve"), required=False, help_text=_("PDF, JPG ou PNG."))
    organisation = forms.CharField(label=_("Organisme demandeur"), max_length=200)
    kind = forms.ChoiceField(label=_("Nature de l’organisme"), choices=Organisation.Kind.choices)
    siret = forms.CharField(label=_("SIRET"), max_length=20, required=False)
    email = forms.EmailField(
        label=_("Adresse électronique du porteur"),
        required=False,
        help_text=_("Il suivra son dossier en ligne. Sans adresse, le récépissé s’imprime et s’envoie par la poste."),
    )

    def arrived_at(self, zone: str) -> datetime:
        """The instant of arrival, in the zone of the call."""
        data = self.cleaned_data
        return datetime.combine(data["arrived_on"], data["arrived_time"], ZoneInfo(zone))
