"""The forms beside the questions: beginning an application, its place, and the marks of what a page was shown with."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from essaim.ui.amounts import AmountField


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
