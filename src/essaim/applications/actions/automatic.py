"""« Déposer automatiquement ma dernière version valable à la clôture »: asked before, done at that instant."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.accounts.models import Person
from essaim.applications.access import FILERS
from essaim.applications.actions.filing import file_application
from essaim.applications.actions.letters import writers_of
from essaim.applications.lifecycle import complete
from essaim.applications.models import Application, ApplicationState, Filing
from essaim.applications.queries import missing_documents_of, unmet_of
from essaim.calls.queries import is_late
from essaim.kernel import access, journal, mail
from essaim.kernel.workflow import Refused

journal.declare("applications.application.ask_automatic", label=gettext_lazy("Demander le dépôt automatique"))
journal.declare("applications.application.stop_automatic", label=gettext_lazy("Renoncer au dépôt automatique"))
journal.declare("applications.application.not_automatic", label=gettext_lazy("Ne pas déposer automatiquement"))


def ask_automatic(application: Application, *, wanted: bool, acknowledged: bool, by: Person, at: datetime) -> None:
    """Ask that a draft files itself at the closing, in the name of `by`; or no longer. Twice is once.

    `acknowledged`: what is not met or missing today was read; the filing then accepts these, and nothing new.
    """
    role = min(FILERS & access.roles(by, application), default="")
    if not role:
        raise Refused(_("Seule une personne qui peut déposer ce dossier demande son dépôt automatique."))
    if application.state != ApplicationState.DRAFT or application.replaces_id is not None:
        raise Refused(_("Le dépôt automatique ne concerne qu’un brouillon."))
    if is_late(application.call, at=at):
        raise Refused(_("L’appel est clos : il est trop tard pour demander le dépôt automatique."))
    knowing = lacking(application) if wanted and acknowledged else []
    with transaction.atomic():
        fresh = Application.objects.select_for_update().get(pk=application.pk)
        same = (fresh.files_itself_for_id is not None) == wanted and fresh.files_itself_knowing == knowing
        if same or fresh.state != ApplicationState.DRAFT:
            return
        fresh.files_itself_for, fresh.files_itself_knowing = (by if wanted else None), knowing
        fresh.save(update_fields=["files_itself_for", "files_itself_knowing"])
        verb = "applications.application.ask_automatic" if wanted else "applications.application.stop_automatic"
        journal.append(verb, subject=application, by=by, at=at, role=role)
    application.files_itself_for, application.files_itself_knowing = fresh.files_itself_for, knowing


def lacking(application: Application) -> list[str]:
    """The blocking rules not met and the required documents not given, by their codes."""
    return sorted(
        [found.rule for found in unmet_of(application)]
        + [f"document:{row.code}" for row in missing_documents_of(application)]
    )


def file_automatically(draft: Application, *, at: datetime) -> Filing | None:
    """File a draft that asked for it, as of the closing instant, which it is now past (`at`); or say why not, by mail.

    What was written after the closing cannot be in it: such a draft takes no more writing until this is done.
    """
    by, closing = draft.files_itself_for, draft.call.closes_at
    if by is None or closing is None:
        return None
    new = set(lacking(draft)) - set(draft.files_itself_knowing)
    problem = complete(draft, by=by, at=closing)
    if not problem and new:
        problem = _("Une règle n’est pas respectée, ou une pièce manque, sans que vous ayez coché l’avoir lu.")
    if not problem:
        try:
            key = f"{draft.public_id}:{draft.version}"
            return file_application(draft, by=by, at=closing, key=key, acknowledged=True, automatic=True)
        except Refused as refusal:
            problem = str(refusal)
    with transaction.atomic():
        # Free again to be written, and kept.
        if Application.objects.filter(pk=draft.pk, files_itself_for=by).update(files_itself_for=None):
            journal.append("applications.application.not_automatic", subject=draft, by=None, at=at)
            for person in writers_of(draft):
                _say_why(draft, person, problem, at=at)
    return None


def _say_why(draft: Application, person: Person, problem: str, *, at: datetime) -> None:
    link = settings.SITE_URL + reverse("applications:application", args=[draft.public_id])
    context = {"application": draft, "call": draft.call, "problem": problem, "link": link}
    key = f"not-automatic:{draft.pk}:{draft.call.closes_at:%Y%m%d%H%M%S}:{person.pk}"
    mail.send(to=person, template="application_not_automatic", context=context, at=at, key=key, subject_of=draft)
