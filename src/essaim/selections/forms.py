"""What people type to choose: a scenario's rules, a reason, a file's number. Validates input only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from essaim.selections.queries import DEFAULTS, parameters_refused
from essaim.ui.amounts import AmountField


class ScenarioForm(forms.Form):
    """The rules of a scenario; one row of two numbers per region for the quotas, empty for no quota."""

    title = forms.CharField(label=_("Nom du scénario"), max_length=140, required=False)
    budget = AmountField(label=_("Enveloppe"))
    radius_km = forms.IntegerField(label=_("Un lieu sert les communes à moins de"), min_value=1, max_value=500)
    weight = forms.IntegerField(
        label=_("Habitants nouvellement à portée qui valent un point de qualité"),
        min_value=1,
        max_value=100_000_000,
        help_text=_("Plus ce nombre est grand, plus la qualité compte ; plus il est petit, plus le territoire compte."),
    )
    partial = forms.IntegerField(
        label=_("Part minimale de la demande qu’un projet retenu reçoit"),
        min_value=1,
        max_value=100,
        help_text=_("100 : tout ou rien. Moins : un projet peut être retenu pour une partie de sa demande."),
    )
    one_per_commune = forms.BooleanField(label=_("Un seul projet retenu par commune"), required=False)

    def __init__(self, *args: Any, regions: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.regions = list(regions)
        for code, name in self.regions:
            for edge, words in (("low", _now("au moins")), ("high", _now("au plus"))):
                self.fields[f"{edge}_{code}"] = forms.IntegerField(
                    label=f"{name}, {words}", min_value=0, max_value=999, required=False
                )

    @property
    def quota_rows(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """Each region with its two fields."""
        return [(name, self[f"low_{code}"], self[f"high_{code}"]) for code, name in self.regions]

    def clean(self) -> dict[str, Any]:
        """A quota's greatest number is at least its least."""
        data = super().clean() or self.cleaned_data
        for code, _name in self.regions:
            low, high = data.get(f"low_{code}"), data.get(f"high_{code}")
            if low is not None and high is not None and high < low:
                self.add_error(f"high_{code}", _now("Le maximum est au moins égal au minimum."))
        if not self.errors and (refusal := parameters_refused(self.parameters())):
            self.add_error(None, refusal)
        return data

    def parameters(self) -> dict[str, Any]:
        """What `actions.create_scenario` takes."""
        data = self.cleaned_data
        quotas = {}
        for code, _name in self.regions:
            low, high = data.get(f"low_{code}"), data.get(f"high_{code}")
            if low is not None or high is not None:
                quotas[code] = [low or 0, high]
        return {
            "radius_km": data["radius_km"],
            "weight": data["weight"],
            "partial_permille": 10 * data["partial"],
            "one_per_commune": data["one_per_commune"],
            "quotas": quotas,
        }

    @staticmethod
    def starting_from(budget_cents: int, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Initial values: the envelope in force and the usual rules, or those of another scenario."""
        given = DEFAULTS | dict(parameters or {})
        quotas = {
            f"{edge}_{code}": value
            for code, pair in given["quotas"].items()
            for edge, value in zip(("low", "high"), pair, strict=True)
        }
        return {
            "budget": budget_cents or None,
            "radius_km": int(given["radius_km"]),
            "weight": given["weight"],
            "partial": given["partial_permille"] // 10,
            "one_per_commune": given["one_per_commune"],
            **quotas,
        }


class ForceForm(forms.Form):
    """One file to decide otherwise than the computation does, in a new scenario."""

    application = forms.ChoiceField(label=_("Dossier"))
    decision = forms.ChoiceField(
        label=_("Décision"),
        choices=[("in", _("Le retenir d’office")), ("out", _("L’écarter d’office"))],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, lines: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_id = {str(line.application_id): line.application for line in lines}
        self.fields["application"].choices = [  # type: ignore[attr-defined]
            ("", _now("Choisissez un dossier")),
            *(
                (str(line.application_id), f"{line.application.reference} · {line.application.title}")
                for line in sorted(lines, key=lambda line: line.application.number)
            ),
        ]

    def clean_application(self) -> Any:
        """The application itself."""
        return self.by_id[self.cleaned_data["application"]]


class ReasonForm(forms.Form):
    """Why this scenario is proposed, or decided: it will be public."""

    reason = forms.CharField(
        label=_("Raison"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Elle sera publiée avec les résultats : dites pourquoi ce scénario plutôt que les autres."),
        error_messages={"required": _("Donnez une raison : elle accompagnera la décision.")},
    )
