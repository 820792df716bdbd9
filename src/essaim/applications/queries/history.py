"""What was done on an application, as both sides may read it, in words."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from essaim.kernel.access import ROLE_LABELS, SYSTEM
from essaim.kernel.journal import VERBS

# What the system carries out after people decided is told as what happened to the file, not as an order.
CARRIED_OUT = {
    "applications.application.fund": _("Retenu, à la publication des résultats"),
    "applications.application.decline": _("Non retenu, à la publication des résultats"),
    "applications.application.admit": _("Déclaré recevable"),
    "applications.application.reject_admissibility": _("Déclaré irrecevable"),
    "applications.application.declare_ineligible": _("Déclaré inéligible"),
    "applications.completionrequest.answer": _("Demande de complément : réponse reçue"),
    "applications.completionrequest.lapse": _("Demande de complément restée sans réponse"),
    "applications.completionrequest.withdraw": _("Demande de complément close par le retrait du dossier"),
}


def acts_of(application: Any) -> Any:
    """The acts both sides may read: on the application itself, and on the requests made about it."""
    event = apps.get_model("kernel", "Event")
    requests = [str(found.pk) for found in application.completion_requests.all()]
    return event.objects.filter(
        Q(subject_type="applications.application", subject_id=str(application.pk))
        | Q(subject_type="applications.completionrequest", subject_id__in=requests)
    )


def act_said(event: Any) -> tuple[str, str]:
    """An act in words, and the role that did it ("" for the system, which only carries out)."""
    if event.role == SYSTEM:
        said = CARRIED_OUT.get(event.verb)
        return str(said or VERBS[event.verb].label) if event.verb in VERBS else event.verb, ""
    label = str(VERBS[event.verb].label) if event.verb in VERBS else event.verb
    return label, str(ROLE_LABELS.get(event.role, event.role))
