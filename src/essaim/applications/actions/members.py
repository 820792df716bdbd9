"""Who writes an application beside the members of its organisation: invited by e-mail, with a role, free to leave."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.accounts import actions as accounts
from essaim.accounts.access import FILERS as ORGANISATION_FILERS
from essaim.accounts.invitations import invitation_scope
from essaim.accounts.models import Invitation, Person
from essaim.applications.access import FILERS, forget, member_roles
from essaim.applications.models import Application, ApplicationState, Collaborator
from essaim.kernel import journal
from essaim.kernel.workflow import Refused

journal.declare("applications.member.join", label=gettext_lazy("Rejoindre le dossier"))
journal.declare("applications.member.role", label=gettext_lazy("Changer un rôle"))
journal.declare("applications.member.leave", label=gettext_lazy("Quitter le dossier"))
journal.declare("applications.member.uninvite", label=gettext_lazy("Retirer une invitation"))

SCOPE = "application"
MOST_WAITING = 20


def may_manage(application: Application, *, by: Person) -> bool:
    """Whether `by` says who writes: who may file may also invite."""
    return bool(FILERS & member_roles(by, application))


def invite_member(application: Application, *, email: str, role: str, by: Person, at: datetime) -> Invitation:
    """Send someone a link that makes them write or read this application."""
    _manage(application, by=by)
    email = email.strip()
    try:
        validate_email(email)
    except ValidationError:
        raise Refused(
            _("« %(text)s » n’est pas une adresse électronique : vérifiez-la.") % {"text": email[:80]}
        ) from None
    if role not in Collaborator.Role.values:
        raise Refused(_("Choisissez un rôle dans la liste."))
    if application.collaborators.filter(person__email__iexact=email).exists():
        raise Refused(_("Cette personne écrit déjà ce dossier : changez plutôt son rôle."))
    if Invitation.objects.to(SCOPE, application.pk).waiting(at).exclude(email__iexact=email).count() >= MOST_WAITING:
        raise Refused(_("%(count)s invitations attendent déjà : retirez-en une d’abord.") % {"count": MOST_WAITING})
    invitation, _token = accounts.invite(scope=SCOPE, scope_id=application.pk, role=role, email=email, by=by, at=at)
    return invitation


def withdraw_invitation(application: Application, invitation: Invitation, *, by: Person, at: datetime) -> None:
    """Make a link useless before it is used."""
    _manage(application, by=by)
    waiting = Invitation.objects.to(SCOPE, application.pk).filter(accepted_at=None, withdrawn_at=None)
    with transaction.atomic():
        if waiting.filter(pk=invitation.pk).update(withdrawn_at=at):
            _journal(application, "uninvite", by=by, at=at, payload={"invitation": invitation.pk})


def change_role(collaborator: Collaborator, *, role: str, by: Person, at: datetime) -> None:
    """Give a member another role; someone who may file must remain."""
    application = collaborator.application
    _manage(application, by=by)
    if role not in Collaborator.Role.values:
        raise Refused(_("Choisissez un rôle dans la liste."))
    if role == collaborator.role:
        return
    with transaction.atomic():
        _someone_files_without(application, collaborator, unless=role == Collaborator.Role.OWNER)
        collaborator.role = role
        collaborator.save(update_fields=["role"])
        payload = {"person": collaborator.person_id, "to": role}
        _journal(application, "role", by=by, at=at, payload=payload)
    forget(by)


def remove_member(collaborator: Collaborator, *, by: Person, at: datetime) -> None:
    """Take someone away from an application, or leave it oneself; what they wrote stays."""
    application = collaborator.application
    if collaborator.person_id != by.pk:
        _manage(application, by=by)
    with transaction.atomic():
        _someone_files_without(application, collaborator)
        _journal(application, "leave", by=by, at=at, payload={"person": collaborator.person_id})
        Collaborator.objects.filter(pk=collaborator.pk).delete()
    forget(by)


def _journal(application: Application, verb: str, *, by: Person, at: datetime, payload: dict[str, int | str]) -> None:
    role = min(member_roles(by, application), default="")
    journal.append(f"applications.member.{verb}", subject=application, by=by, at=at, role=role, payload=payload)


def _manage(application: Application, *, by: Person) -> None:
    if not may_manage(application, by=by):
        raise Refused(_("Seul le porteur, ou qui dépose pour l’organisme, dit qui écrit ce dossier."))
    if application.state == ApplicationState.WITHDRAWN:
        raise Refused(_("Ce dossier a été retiré : commencez-en un autre."))


def _someone_files_without(application: Application, leaving: Collaborator, *, unless: bool = False) -> None:
    """Refuse to leave an application that nobody could file any more."""
    if unless or leaving.role != Collaborator.Role.OWNER:
        return
    others = application.collaborators.select_for_update().exclude(pk=leaving.pk)
    if others.filter(role=Collaborator.Role.OWNER, person__is_active=True).exists():
        return
    organisation = application.organisation
    if organisation and organisation.memberships.filter(role__in=ORGANISATION_FILERS).exists():
        return
    raise Refused(_("Plus personne ne pourrait déposer ce dossier : donnez d’abord le rôle de porteur à quelqu’un."))


def join(invitation: Invitation, *, by: Person, at: datetime) -> None:
    """Give the role of an invitation; someone already there is not lowered nor doubled."""
    application = Application.objects.get(pk=invitation.scope_id)
    Collaborator.objects.get_or_create(application=application, person=by, defaults={"role": invitation.role})
    forget(by)
    _journal(application, "join", by=by, at=at, payload={"invitation": invitation.pk})


invitation_scope(
    SCOPE,
    label=gettext_lazy("dossier"),
    accept=join,
    find=lambda pk: Application.objects.filter(pk=pk).first(),
    role_label=lambda role: Collaborator.Role(role).label,
    url=lambda application: reverse("applications:application", args=[application.public_id]),
)
