"""The life of an application: a draft anyone of its writers completes, a filing that is dated, an instruction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.applications.access import FILERS
from essaim.applications.models import Application, ApplicationState, CompletionRequest, CompletionState
from essaim.applications.queries import missing_of, open_request, unmet_of
from essaim.calls.actions import spend_late_code
from essaim.calls.queries import is_late, is_open
from essaim.kernel.access import SYSTEM
from essaim.kernel.workflow import Lifecycle, Refused, move
from essaim.ui.formats import instant


def call_is_open(application: Application, *, by: Any, at: datetime) -> str | None:
    """L’appel est ouvert à l’instant d’arrivée du dépôt."""
    call = application.call
    if is_open(call, at=at):
        return None
    if is_late(call, at=at):
        return _(
            "L’appel est clos depuis le %(closing)s ; votre envoi est arrivé le %(arrival)s. Le brouillon est gardé."
        ) % {
            "closing": instant(call.closes_at, call.zone, seconds=True),
            "arrival": instant(at, call.zone, seconds=True),
        }
    if call.opens_at and call.opens_at > at:
        return _("L’appel ouvre le %(opening)s : vous pourrez déposer à partir de cet instant.") % {
            "opening": instant(call.opens_at, call.zone)
        }
    return _("Cet appel ne reçoit pas de dépôt. Le brouillon est gardé.")


def complete(application: Application, *, by: Any, at: datetime) -> str | None:
    """Tout ce que le formulaire exige est rempli et lisible."""
    missing = missing_of(application)
    if not missing:
        return None
    return _("Avant de déposer, complétez le dossier. %(list)s") % {
        "list": " ".join(found.sentence for found in missing)
    }


def may_be_replaced(application: Application, *, by: Any, at: datetime) -> str | None:
    """Une copie de travail est ouverte : jusqu’à la clôture, ou jusqu’au terme d’une demande de complément."""
    copy = application.open_revision
    if copy is None:
        return _("Il n’y a pas de modification à déposer : choisissez d’abord « Modifier et redéposer ».")
    if copy.only is None:
        return call_is_open(application, by=by, at=at)
    if copy.until is not None and at > copy.until:
        zone = application.call.zone
        return _(
            "Le délai pour compléter s’est terminé le %(until)s ; votre envoi est arrivé le %(arrival)s. "
            "La version déposée reste celle qui est lue."
        ) % {"until": instant(copy.until, zone, seconds=True), "arrival": instant(at, zone, seconds=True)}
    return None


def no_working_copy(application: Application, *, by: Any, at: datetime) -> str | None:
    """Ce n’est pas la copie de travail d’un dossier déposé."""
    if application.replaces_id is None:
        return None
    return _("Ceci est la copie de travail d’un dossier déposé : abandonnez les modifications, ou déposez-les.")


def nothing_awaited(application: Application, *, by: Any, at: datetime) -> str | None:
    """Aucune demande de complément n’attend encore une réponse."""
    request = open_request(application)
    if request is None or not request.is_open(at):
        return None
    return _(
        "Une demande de complément attend une réponse jusqu’au %(due)s : attendez-la, ou retirez-la avant de décider."
    ) % {"due": instant(request.due_at, application.call.zone)}


def close_awaited(application: Application, *, by: Any, at: datetime, **data: Any) -> None:
    """A withdrawn file has nothing left to complete."""
    if request := open_request(application):
        COMPLETION.perform(request, "withdraw", by=None, at=at, reason=_("Le dossier a été retiré par son porteur."))


def breaks_a_rule(application: Application, *, by: Any, at: datetime) -> str | None:
    """Au moins une règle bloquante n’est pas respectée."""
    if unmet_of(application, phase="admissibility"):
        return None
    return _("Toutes les règles bloquantes sont respectées : ce dossier ne peut pas être déclaré inéligible.")


def keep_reason(application: Application, *, by: Any, at: datetime, **data: Any) -> None:
    """Keep the reason given, for the applicant and the decision."""
    application.admissibility_reason = str(data.get("reason", "")).strip()
    application.save(update_fields=["admissibility_reason"])


def derogate_with_a_reason(application: Application, *, by: Any, at: datetime, **data: Any) -> None:
    """Admit against a blocking rule only for a reason given in words."""
    if not str(data.get("reason", "")).strip() and (unmet := unmet_of(application, phase="admissibility")):
        raise Refused(
            _("Une règle bloquante n’est pas respectée (%(rules)s) : donnez la raison de cette dérogation.")
            % {"rules": ", ".join(str(found.title) for found in unmet)}
        )


def filing_record(application: Application, data: dict[str, Any]) -> dict[str, Any]:
    """What the journal keeps of a filing: its number, the version and the content's digest."""
    return {
        "number": application.number,
        "version": application.version,
        "filing": data.get("filing", 1),
        **({"late_code": data["late_code"].pk} if data.get("late_code") else {}),
        **({"automatic": True} if data.get("automatic") else {}),
        "sha256": data["sha256"],
        "files": data["files"],
    }


def findings_record(application: Application, data: dict[str, Any]) -> dict[str, Any]:
    """The blocking rules not met."""
    return {
        "number": application.number,
        "rules": [found.rule for found in unmet_of(application, phase="admissibility")],
    }


def number_record(application: Application, data: dict[str, Any]) -> dict[str, Any]:
    """The application's number."""
    return {"number": application.number}


def spend_the_code(application: Application, *, by: Any, at: datetime, late_code: Any = None, **data: Any) -> None:
    """A late filing uses up one of the filings its code allows; without a code there is none."""
    if late_code is None:
        raise Refused(_("Après la clôture, il faut un code de dépôt tardif, donné par le service."))
    spend_late_code(late_code)


PUBLIC = ("from", "to", "number")

APPLICATION = Lifecycle(
    Application,
    ApplicationState,
    (
        move(
            "file",
            ApplicationState.DRAFT,
            ApplicationState.FILED,
            by=FILERS,
            label=gettext_lazy("Déposer"),
            needs=[no_working_copy, call_is_open, complete],
            record=filing_record,
            public=(*PUBLIC, "sha256", "files", "automatic"),
        ),
        move(
            "file_late",
            ApplicationState.DRAFT,
            ApplicationState.FILED,
            by=FILERS,
            label=gettext_lazy("Déposer après la clôture, avec un code"),
            needs=[no_working_copy, complete],
            then=[spend_the_code],
            record=filing_record,
            public=(*PUBLIC, "sha256", "files", "late_code"),
        ),
        move(
            "refile",
            ApplicationState.FILED,
            ApplicationState.FILED,
            by=FILERS,
            label=gettext_lazy("Déposer la nouvelle version"),
            needs=[may_be_replaced, complete],
            record=filing_record,
            public=(*PUBLIC, "filing", "sha256", "files"),
        ),
        move(
            "withdraw",
            {ApplicationState.DRAFT, ApplicationState.FILED},
            ApplicationState.WITHDRAWN,
            by=FILERS,
            label=gettext_lazy("Retirer le dossier"),
            needs=[no_working_copy],
            then=[close_awaited],
            record=number_record,
        ),
        move(
            "admit",
            ApplicationState.FILED,
            ApplicationState.ADMISSIBLE,
            by={"officer", SYSTEM},
            label=gettext_lazy("Déclarer recevable"),
            needs=[nothing_awaited],
            then=[derogate_with_a_reason, keep_reason],
            record=findings_record,
            public=(*PUBLIC, "rules", "reason_sha256"),
        ),
        move(
            "reject_admissibility",
            ApplicationState.FILED,
            ApplicationState.INADMISSIBLE,
            by={"officer", SYSTEM},
            label=gettext_lazy("Déclarer irrecevable"),
            reason=True,
            needs=[nothing_awaited],
            then=[keep_reason],
            record=number_record,
            public=(*PUBLIC, "reason_sha256"),
        ),
        move(
            "declare_ineligible",
            ApplicationState.FILED,
            ApplicationState.INELIGIBLE,
            by={"officer", SYSTEM},
            label=gettext_lazy("Déclarer inéligible"),
            reason=True,
            needs=[breaks_a_rule, nothing_awaited],
            then=[keep_reason],
            record=findings_record,
            public=(*PUBLIC, "rules", "reason_sha256"),
        ),
        move(
            "fund",
            ApplicationState.ADMISSIBLE,
            ApplicationState.FUNDED,
            by={"decision_maker", SYSTEM},
            label=gettext_lazy("Retenir"),
            record=number_record,
            public=PUBLIC,
        ),
        move(
            "decline",
            ApplicationState.ADMISSIBLE,
            ApplicationState.DECLINED,
            by={"decision_maker", SYSTEM},
            label=gettext_lazy("Ne pas retenir"),
            record=number_record,
            public=PUBLIC,
        ),
    ),
)


def in_time(request: CompletionRequest, *, by: Any, at: datetime) -> str | None:
    """Le délai donné pour répondre n’est pas passé."""
    if at <= request.due_at:
        return None
    return _(
        "Le délai pour répondre à cette demande est passé le %(due)s. "
        "Écrivez au service : il peut vous en donner un autre."
    ) % {"due": instant(request.due_at, request.application.call.zone)}


def out_of_time(request: CompletionRequest, *, by: Any, at: datetime) -> str | None:
    """Le délai donné pour répondre est passé."""
    if at > request.due_at:
        return None
    return _("Le délai pour répondre court encore jusqu’au %(due)s.") % {
        "due": instant(request.due_at, request.application.call.zone)
    }


def close_request(request: CompletionRequest, *, by: Any, at: datetime, **data: Any) -> None:
    """Keep when the request was closed, why, and by which filing."""
    request.closed_at = at
    request.closing_reason = str(data.get("reason", "")).strip()
    request.answer = data.get("filing")
    request.save(update_fields=["closed_at", "closing_reason", "answer"])


def request_record(request: CompletionRequest, data: dict[str, Any]) -> dict[str, Any]:
    """Which application, which of its requests."""
    return {"application": request.application.number, "request": request.number}


COMPLETION = Lifecycle(
    CompletionRequest,
    CompletionState,
    (
        move(
            "answer",
            CompletionState.ASKED,
            CompletionState.ANSWERED,
            by=FILERS | {"officer", SYSTEM},
            label=gettext_lazy("Répondre à une demande de complément"),
            needs=[in_time],
            then=[close_request],
            record=request_record,
        ),
        move(
            "lapse",
            CompletionState.ASKED,
            CompletionState.LAPSED,
            by=SYSTEM,
            label=gettext_lazy("Constater qu’une demande de complément est restée sans réponse"),
            needs=[out_of_time],
            then=[close_request],
            record=request_record,
        ),
        move(
            "withdraw",
            CompletionState.ASKED,
            CompletionState.WITHDRAWN,
            by={"officer", SYSTEM},
            label=gettext_lazy("Retirer une demande de complément"),
            reason=True,
            then=[close_request],
            record=request_record,
        ),
    ),
)
