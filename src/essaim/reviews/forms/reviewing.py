"""Forms of the experts, of the grid, and reasons: they validate what is typed, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from essaim.accounts.models import Person
from essaim.kernel.bilingual import Bilingual

LONGEST_TEXT = 4000


class ReasonForm(forms.Form):
    """The reason of a decision, kept and sent to the applicant."""

    reason = forms.CharField(
        label=_("Motif"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Le porteur le lira tel quel."),
    )


class DueDateForm(forms.Form):
    """By when reviews are handed in."""

    due_on = forms.DateField(
        label=_("Expertises à rendre le"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class ExpertForm(forms.Form):
    """An expert by their e-mail address, what they know, and how many files they can read."""

    email = forms.EmailField(label=_("Adresse électronique"), help_text=_("Celle de son compte."))
    organisation = forms.CharField(
        label=_("Organisme"),
        max_length=200,
        required=False,
        help_text=_("Ses dossiers ne lui seront pas confiés."),
    )
    specialties = forms.CharField(
        label=_("Spécialités"),
        max_length=400,
        required=False,
        help_text=_("Séparées par des virgules, par exemple : machines, formation, entreprises."),
    )
    max_load = forms.IntegerField(label=_("Dossiers au plus"), min_value=1, max_value=200, initial=15)

    def clean_email(self) -> str:
        """The account is looked for here, so that the sentence stands beside the address."""
        email: str = self.cleaned_data["email"]
        self.person = Person.objects.filter(email__iexact=email, is_active=True).first()
        if self.person is None:
            raise forms.ValidationError(
                gettext(
                    "Aucun compte n’a l’adresse %(email)s : demandez à cette personne d’en ouvrir un, puis revenez."
                )
                % {"email": email}
            )
        return email

    def cleaned(self) -> dict[str, Any]:
        """What `actions.name_expert` takes."""
        data = self.cleaned_data
        return {
            "person": self.person,
            "organisation": data["organisation"],
            "specialties": [word.strip() for word in data["specialties"].split(",") if word.strip()],
            "loads": (0, data["max_load"]),
        }


class ConflictForm(forms.Form):
    """A word on the conflict, for the administration only."""

    note = forms.CharField(
        label=_("Précision"),
        max_length=300,
        required=False,
        help_text=_("Lue par le service seulement, jamais par le porteur."),
    )


class ReviewForm(forms.Form):
    """The grid: a score and a justification for each criterion, an overall comment; incomplete until the end."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, grid: Mapping[str, Any], review: Any = None) -> None:
        self.grid = grid
        initial = {"comment": review.comment} if review else {}
        for code, score in (review.scores if review else {}).items():
            initial[f"score_{code}"] = score
        for code, text in (review.justifications if review else {}).items():
            initial[f"why_{code}"] = text
        super().__init__(data, initial=initial)
        least = grid.get("justification_min_length", 0)
        for criterion in grid["criterion"]:
            self._add(criterion, least)
        self.fields["comment"] = forms.CharField(
            label=_("Avis d’ensemble"),
            required=False,
            max_length=LONGEST_TEXT,
            widget=forms.Textarea(attrs={"rows": 5}),
        )

    def _add(self, criterion: Mapping[str, Any], least: int) -> None:
        code, title = criterion["code"], str(Bilingual(criterion["title"]))
        scale = self.grid["scale"]
        words = {level["score"]: str(Bilingual(level["title"])) for level in self.grid.get("level", [])}
        scores = range(scale["min"], scale["max"] + 1, scale.get("step", 1))
        colon = gettext("%(score)d : %(words)s")
        self.fields[f"score_{code}"] = forms.TypedChoiceField(
            label=gettext("Note : %(title)s") % {"title": title},
            required=False,
            coerce=int,
            empty_value=None,
            choices=[(n, colon % {"score": n, "words": words[n]} if n in words else str(n)) for n in scores],
            widget=forms.RadioSelect,
            error_messages={
                "invalid_choice": gettext("Une note va de %(min)d à %(max)d.")
                % {"min": scale["min"], "max": scale["max"]}
            },
        )
        self.fields[f"why_{code}"] = forms.CharField(
            label=gettext("Pourquoi cette note : %(title)s") % {"title": title},
            required=False,
            max_length=LONGEST_TEXT,
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text=gettext("Au moins %(count)d caractères. Le porteur lira cette raison.") % {"count": least},
        )

    def criteria(self) -> list[dict[str, Any]]:
        """Each criterion with its fields, as the page shows them."""
        least = self.grid.get("justification_min_length", 0)
        rows = []
        for criterion in self.grid["criterion"]:
            code = criterion["code"]
            for name in (f"score_{code}", f"why_{code}"):
                self.fields[name].required = True  # nothing says "facultatif"; a draft was already validated without
            typed = str(self[f"why_{code}"].value() or "").strip()
            texts = {name: str(Bilingual(criterion[name])) for name in ("title", "question", "low", "high")}
            rows.append(
                {
                    **texts,
                    "code": code,
                    "weight": criterion["weight"],
                    "score": self[f"score_{code}"],
                    "why": self[f"why_{code}"],
                    "length": len(typed),
                    "missing": max(0, least - len(typed)),
                    "done": self[f"score_{code}"].value() not in (None, "") and len(typed) >= least,
                }
            )
        return rows

    def cleaned(self) -> dict[str, Any]:
        """What `actions.save_review` takes."""
        data, codes = self.cleaned_data, [criterion["code"] for criterion in self.grid["criterion"]]
        return {
            "scores": {code: data[f"score_{code}"] for code in codes if data.get(f"score_{code}") is not None},
            "justifications": {code: data.get(f"why_{code}", "") for code in codes},
            "comment": data.get("comment", ""),
        }
