"""What the script that saves by itself is answered: what is kept, what crosses somebody else's text, who is here."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.applications.actions import Saved
from essaim.applications.models import Application
from essaim.applications.views.drafting import live
from essaim.applications.views.place_here import Place


def autosaved(
    request: HttpRequest, application: Application, step: str, saved: Saved, place: Place, told: dict[str, Any]
) -> JsonResponse:
    """The JSON of `ui/js/autosave.js`; `told` has the marks of what is kept now (`seen`) and `saved_at`."""
    answer: dict[str, Any] = {
        "hidden": {"seen": told["seen"]} | ({"lieu-vu": place.text} if place.kept else {}),
        "saved_at": told["saved_at"].isoformat(),
    }
    if saved.changed or place.kept:
        answer["html"] = live(request, application)
    if place.unsettled or place.kept:
        found = {"place": place, "application": application}
        answer.setdefault("html", {})["lieu-choix"] = render_to_string("applications/_place_found.html", found, request)
    fields = {conflict.code: _crossed() for conflict in saved.conflicts} | dict(saved.refused or {})
    if fields:
        answer["fields"] = fields
        answer["conflicts"] = [conflict.code for conflict in saved.conflicts]
        answer["sentence"] = ngettext(
            "%(count)s champ n’est pas enregistré : lisez la phrase à côté de lui. Le reste l’est.",
            "%(count)s champs ne sont pas enregistrés : lisez la phrase à côté d’eux. Le reste l’est.",
            len(fields),
        ) % {"count": len(fields)}
    return JsonResponse(answer)


def _crossed() -> str:
    return _("Quelqu’un d’autre vient d’écrire ici. Votre texte est encore dans le champ : comparez les deux.")
