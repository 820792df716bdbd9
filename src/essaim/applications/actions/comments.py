"""What members say to each other about a section: for them alone, kept out of the journal and of every receipt."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from essaim.accounts.models import Person
from essaim.applications.access import member_roles
from essaim.applications.actions.keeping import unkeepable
from essaim.applications.models import Application, Comment
from essaim.applications.queries import sections_of
from essaim.kernel.workflow import Refused
from essaim.ui.formats import number

LONGEST = 4_000
MOST = 500


def add_comment(
    application: Application, *, section: str, text: str, by: Person, at: datetime, thread: Comment | None = None
) -> Comment:
    """Say something about a section, or answer a thread; any member may, readers too. Saying it twice says it once."""
    _member(application, by=by)
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise Refused(_("Écrivez votre commentaire avant de l’envoyer."))
    if problem := unkeepable(text):
        raise Refused(problem)
    if len(text) > LONGEST:
        raise Refused(
            _("Un commentaire a au plus %(limit)s caractères : raccourcissez-le.") % {"limit": number(LONGEST)}
        )
    if section not in {*(row.code for row in sections_of(application.rule_set)), "budget", "documents"}:
        raise Refused(_("Cette section n’est pas dans le formulaire."))
    if thread is not None:
        if thread.application_id != application.pk:
            raise Refused(_("Ce fil est celui d’un autre dossier."))
        thread, section = thread.thread or thread, thread.section
    said = application.comments.filter(by=by, section=section, thread=thread)
    if (twin := said.order_by("-pk").first()) is not None and twin.text == text and not twin.resolved_at:
        return twin
    if application.comments.count() >= MOST:
        raise Refused(_("Ce dossier a déjà %(count)s commentaires : réglez-les de vive voix.") % {"count": MOST})
    return Comment.objects.create(application=application, section=section, thread=thread, by=by, at=at, text=text)


def resolve_comment(comment: Comment, *, by: Person, at: datetime) -> None:
    """Say that a thread is settled; it can be opened again."""
    _member(comment.application, by=by)
    Comment.objects.filter(pk=comment.pk, thread=None, resolved_at=None).update(resolved_at=at, resolved_by=by)


def reopen_comment(comment: Comment, *, by: Person, at: datetime) -> None:
    """Open a settled thread again."""
    _member(comment.application, by=by)
    Comment.objects.filter(pk=comment.pk).update(resolved_at=None, resolved_by=None)


def _member(application: Application, *, by: Person) -> None:
    if not member_roles(by, application):
        raise Refused(_("Les commentaires sont réservés à ceux qui écrivent ce dossier."))
