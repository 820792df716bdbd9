"""For whom an application is made, and where."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from essaim.accounts.models import Organisation, Person
from essaim.applications.access import WRITERS
from essaim.applications.actions.drafts import known_answers
from essaim.applications.actions.keeping import save_draft, writable
from essaim.applications.actions.versions import keep_versions
from essaim.applications.models import Application
from essaim.kernel import access
from essaim.kernel.workflow import Refused
from essaim.places.models import Commune
from essaim.places.queries import distance_km
from essaim.ui.formats import number

# A workshop is in its commune, or near; further away the point or the commune is a mistake.
FARTHEST_KM = 40


def set_place(
    application: Application,
    *,
    commune: Commune | str,
    latitude: float | None = None,
    longitude: float | None = None,
    by: Person,
    at: datetime,
) -> None:
    """Say where the workshop is: its commune, and its point in degrees (the town hall's when none is given)."""
    writable(application, by=by)
    found = Commune.objects.current(commune) if isinstance(commune, str) else commune
    if found is None:
        raise Refused(_("Cette commune est inconnue : cherchez-la par son nom ou son code postal."))
    if (latitude is None) != (longitude is None):
        raise Refused(_("Donnez la latitude et la longitude, ou aucune des deux."))
    point = (found.latitude, found.longitude) if latitude is None or longitude is None else (latitude, longitude)
    if not (-90 <= point[0] <= 90 and -180 <= point[1] <= 180):
        raise Refused(_("Ce point n’est pas sur Terre : la latitude va de −90 à 90, la longitude de −180 à 180."))
    away = distance_km(point, (found.latitude, found.longitude))
    if away > FARTHEST_KM:
        raise Refused(
            _("Ce point est à %(distance)s km de %(commune)s : corrigez le point, ou choisissez une autre commune.")
            % {"distance": number(away), "commune": found.name}
        )
    before, now = place_of(application), {"commune": found.pk, "latitude": point[0], "longitude": point[1]}
    with transaction.atomic():
        save_draft(application, at=at, touched="place", commune=found, latitude=point[0], longitude=point[1])
        keep_versions(application, {"place": before}, {"place": now}, by=by, at=at)


def place_of(application: Application) -> dict[str, Any] | None:
    """Where the workshop is, in the form `set_place` takes."""
    if application.commune_id is None:
        return None
    point = {"latitude": application.latitude, "longitude": application.longitude}
    return {"commune": application.commune_id, **point}


def set_organisation(application: Application, *, organisation: Organisation, by: Person, at: datetime) -> None:
    """Say for whom the application is made; what the organisation already told fills the empty answers."""
    writable(application, by=by)
    if not WRITERS & access.roles(by, organisation):
        raise Refused(_("Vous n’écrivez pas au nom de cet organisme : demandez à son représentant de vous inviter."))
    known = known_answers(application.call, organisation)
    answers = {**known, **{code: value for code, value in application.answers.items() if value not in (None, "")}}
    with transaction.atomic():
        before, now = application.answers, {c: v for c, v in answers.items() if application.answers.get(c) != v}
        save_draft(application, at=at, touched="organisation", organisation=organisation, answers=answers)
        keep_versions(application, before, now, by=by, at=at)
