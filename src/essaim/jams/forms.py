"""What people type in a Jam: a code, their name, a card, a proposal, dots, an answer. Validates input only."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from essaim.jams.actions.writing import LONGEST_CARD
from essaim.jams.models import VERDICTS, Jam, JamState, Participant, ParticipantRole, Proposal, ProposalState
from essaim.jams.queries import theme_titles
from essaim.places.models import Region

MOVES = {ProposalState.RETAINED: "retain", ProposalState.STUDIED: "study", ProposalState.DECLINED: "decline"}


class CodeForm(forms.Form):
    """The code read on the invitation or on the screen."""

    code = forms.CharField(
        label=_("Code de la Jam"),
        max_length=12,
        error_messages={"required": _("Écrivez le code : il est sur l’invitation et sur l’écran de la salle.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        """The code of a Jam one may see, spaces and case aside; keeps the Jam in `self.jam`."""
        code = "".join(self.cleaned_data["code"].split()).upper()
        self.jam = Jam.objects.filter(join_code__iexact=code).exclude(state=JamState.DRAFT).first()
        if self.jam is None:
            raise forms.ValidationError(_("Aucune Jam n’a ce code : vérifiez-le sur l’écran de la salle."))
        return code


class JoinForm(forms.Form):
    """Who I am for the room; what tables are mixed on is asked with its reason."""

    name = forms.CharField(
        label=_("Prénom et nom"),
        max_length=120,
        error_messages={"required": _("Écrivez votre prénom et votre nom : votre table les verra.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    organisation = forms.CharField(
        label=_("Organisation"),
        max_length=160,
        required=False,
        help_text=_("Les personnes d’une même organisation sont assises à des tables différentes."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    role = forms.ChoiceField(
        label=_("Vous parlez en tant que"),
        choices=[("", _("Choisir")), *ParticipantRole.choices],
        error_messages={"required": _("Choisissez d’où vous parlez : les tables sont mélangées d’après cela.")},
    )
    region = forms.ChoiceField(label=_("Région"), required=False)

    def __init__(self, *args: Any, jam: Jam, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = Region.objects.of_2013() if jam.starts_at.year < 2016 else Region.objects.in_force()
        names = [region.name_2013 if jam.starts_at.year < 2016 else region.name for region in regions]
        if names:
            self.fields["region"].choices = [("", _("Choisir")), *((name, name) for name in sorted(names))]
        else:
            del self.fields["region"]

    def attributes(self) -> dict[str, str]:
        """What the seating mixes."""
        return {name: self.cleaned_data[name] for name in ("role", "region") if self.cleaned_data.get(name)}


class ReturnForm(forms.Form):
    """Back from another device: name and personal code."""

    name = forms.CharField(label=_("Prénom et nom, comme à l’arrivée"), max_length=120)
    code = forms.CharField(
        label=_("Code personnel (six chiffres)"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class CardForm(forms.Form):
    """One idea; `key` makes a second send harmless, `group` is the table the page was showing."""

    text = forms.CharField(
        label=_("Votre idée"),
        error_messages={"required": _("Écrivez votre idée avant de l’envoyer.")},
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": LONGEST_CARD, "data-grow": ""}),
    )
    theme = forms.ChoiceField(label=_("Thème"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)
    group = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, jam: Jam, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"key": uuid.uuid4()})
        super().__init__(*args, **kwargs)
        self.fields["theme"].choices = [("", _("Sans thème")), *theme_titles(jam).items()]


class ProposalForm(forms.ModelForm):
    """The words of a proposal; `revision` is the one that was read, `key` makes a second send harmless."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    revision = forms.IntegerField(widget=forms.HiddenInput)
    theme = forms.ChoiceField(label=_("Thème"), required=False)
    cards = forms.ModelMultipleChoiceField(
        label=_("Cartes dont elle vient"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Proposal
        fields = ["title", "problem", "lever", "who_acts", "dissent"]
        widgets = {
            "problem": forms.Textarea(attrs={"rows": 4}),
            "lever": forms.Textarea(attrs={"rows": 4}),
            "dissent": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "title": _("En une ligne, ce que vous proposez."),
            "problem": _("Ce qui ne va pas aujourd’hui, pour qui."),
            "lever": _("Ce que l’État peut faire : une règle, de l’argent, une commande, un accès."),
            "who_acts": _("Le ministère, la collectivité, la personne qui peut décider."),
            "dissent": _("Ce sur quoi le groupe n’était pas d’accord : le décideur le lira aussi."),
        }
        error_messages = {"title": {"required": _("Donnez un titre à la proposition.")}}

    field_order = ["title", "theme", "problem", "lever", "who_acts", "dissent", "cards"]

    def __init__(self, *args: Any, cards: Any, themes: dict[str, str], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})
        proposal = kwargs.get("instance")
        started = {"key": uuid.uuid4(), "revision": 0}
        if proposal:
            mine = [card.pk for card in cards if card.proposal_id == proposal.pk]
            started = {"key": proposal.key, "revision": proposal.revision, "cards": mine}
        kwargs["initial"] = started | kwargs["initial"]
        super().__init__(*args, **kwargs)
        for name in ("problem", "lever"):
            self.fields[name].required = False
        self.fields["theme"].choices = [("", _("Sans thème")), *themes.items()]
        self.initial["theme"] = proposal.theme if proposal else ""
        if cards:
            self.fields["cards"].queryset = cards
            self.fields["cards"].label_from_instance = lambda card: card.text
        else:
            del self.fields["cards"]

    def words(self) -> dict[str, str]:
        """The words typed, by field of the proposal."""
        return {name: self.cleaned_data[name] for name in (*self.Meta.fields, "theme")}

    def _post_clean(self) -> None:
        """The action writes, not the form: the instance must stay as it was read."""


class DotsForm(forms.Form):
    """So many dots on each proposal; the sum is checked by the action."""

    def __init__(self, *args: Any, proposals: Iterable[Proposal], participant: Participant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = dict(participant.dots.values_list("proposal_id", "count"))
        self.proposals = list(proposals)
        for proposal in self.proposals:
            self.fields[f"p{proposal.number}"] = forms.IntegerField(
                label=_("Points pour la proposition n° %(n)d, %(title)s")
                % {"n": proposal.number, "title": proposal.title},
                min_value=0,
                max_value=participant.jam.dots_each,
                required=False,
                initial=given.get(proposal.pk, 0),
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )

    def rows(self) -> list[tuple[Proposal, forms.BoundField]]:
        """Each proposal with its field."""
        return [(proposal, self[f"p{proposal.number}"]) for proposal in self.proposals]

    def dots(self) -> dict[Proposal, int]:
        """What was given, by proposal."""
        return {proposal: self.cleaned_data[f"p{proposal.number}"] or 0 for proposal in self.proposals}


class AnswerForm(forms.Form):
    """A verdict and its reason."""

    verdict = forms.ChoiceField(
        label=_("Votre réponse"),
        choices=VERDICTS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez : retenue, à l’étude ou écartée.")},
    )
    reason = forms.CharField(
        label=_("Raison"),
        max_length=3000,
        error_messages={"required": _("Donnez une raison : elle accompagnera la décision.")},
        help_text=_("Le groupe, puis tout le monde, la lira sous votre nom."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def move(self) -> str:
        """The move of the proposal's lifecycle."""
        return MOVES[ProposalState(self.cleaned_data["verdict"])]


class SeedForm(forms.Form):
    """The number a seating starts from: the same one gives the same tables."""

    seed = forms.IntegerField(
        label=_("Graine du tirage"),
        min_value=0,
        max_value=2**31 - 1,
        initial=1,
        help_text=_("Le même nombre donne les mêmes tables : chacun peut refaire le calcul."),
    )


class MoveSeatForm(forms.Form):
    """One person, one table."""

    participant = forms.ModelChoiceField(label=_("Personne"), queryset=None, empty_label=_("Choisir une personne"))
    group = forms.ModelChoiceField(label=_("Nouvelle table"), queryset=None, empty_label=_("Choisir une table"))

    def __init__(self, *args: Any, participants: Any, groups: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["participant"].queryset = participants
        self.fields["group"].queryset = groups
        self.fields["group"].label_from_instance = lambda group: (
            _("Session %(r)d, table %(t)d")
            % {
                "r": group.round.number,
                "t": group.number,
            }
        )
