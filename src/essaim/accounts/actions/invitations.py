"""Links that give a role once: sent, accepted, withdrawn. Only the digest of the secret is kept."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.accounts.access import MANAGERS, forget_roles, organisation_roles
from essaim.accounts.invitations import SCOPES, invitation_scope
from essaim.accounts.models import Invitation, Membership, Organisation, Person
from essaim.kernel import journal, mail
from essaim.kernel.workflow import Refused

LIFETIME = timedelta(days=14)


def digest_of(token: str) -> str:
    """What is kept of a link's secret."""
    return sha256(token.encode()).hexdigest()


def invite(*, scope: str, scope_id: int, role: str, email: str, by: Person, at: datetime) -> tuple[Invitation, str]:
    """Send a link that gives `role` on one thing to whoever signs in with `email`; returns it and its secret.

    The caller checks the right to invite for its own scope; for an organisation it is checked here.
    """
    found = SCOPES[scope].find(scope_id)
    if found is None:
        raise Refused(_("Ce à quoi vous invitez n’existe plus."))
    held = _may_invite(scope, found, email, role, by)
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        Invitation.objects.to(scope, scope_id).waiting(at).filter(email__iexact=email).update(withdrawn_at=at)
        invitation = Invitation.objects.create(
            scope=scope,
            scope_id=scope_id,
            role=role,
            email=email.strip().lower(),
            token_sha256=digest_of(token),
            invited_by=by,
            expires_at=at + LIFETIME,
        )
        journal.append(
            "accounts.member_invited",
            subject=found,
            by=by,
            at=at,
            role=held,
            payload={"invitation": invitation.pk, "to": role},
        )
        _send(invitation, token, found, at)
    return invitation, token


def _may_invite(scope: str, found: object, email: str, role: str, by: Person) -> str:
    if scope != "organisation":
        return ""
    held = organisation_roles(by, found.pk) & MANAGERS
    if not held:
        raise Refused(_("Seul un représentant légal peut inviter quelqu’un dans l’organisme."))
    if role not in Membership.Role.values:
        raise Refused(_("Choisissez un rôle dans la liste."))
    if Membership.objects.filter(organisation=found, person__email__iexact=email.strip()).exists():
        raise Refused(_("Cette personne fait déjà partie de l’organisme : changez plutôt son rôle."))
    return min(held)


def _send(invitation: Invitation, token: str, found: object, at: datetime) -> None:
    scope = SCOPES[invitation.scope]
    mail.send(
        to=Person.objects.with_email(invitation.email).first() or invitation.email,
        template="accounts/invitation",
        context={
            "inviter": str(invitation.invited_by),
            "what": str(found),
            "role": scope.role_label(invitation.role),
            "link": settings.SITE_URL + reverse("accounts:invitation", args=[token]),
            "expires_at": invitation.expires_at,
        },
        at=at,
        key=f"invitation:{invitation.pk}",
        subject_of=invitation,
    )


def refusal(invitation: Invitation | None, *, person: Person | None, at: datetime) -> str:
    """Why a link cannot be accepted, in a sentence that says what to do; empty when it can."""
    if invitation is None:
        return _("Cette adresse ne correspond à aucune invitation : vérifiez que le lien est entier.")
    if invitation.accepted_at is not None:
        return _("Cette invitation a déjà servi : un lien ne sert qu’une fois.")
    if invitation.withdrawn_at is not None:
        return _("Cette invitation a été retirée ou remplacée : utilisez le lien le plus récent, ou demandez-en un.")
    if invitation.expires_at <= at:
        return _("Cette invitation a expiré : demandez-en une nouvelle à la personne qui vous a invité.")
    if SCOPES[invitation.scope].find(invitation.scope_id) is None:
        return _("Ce à quoi vous étiez invité n’existe plus.")
    if person is not None and person.email.lower() != invitation.email.lower():
        return _(
            "Cette invitation a été envoyée à une autre adresse : connectez-vous avec l’adresse qui l’a reçue,"
            " ou demandez une invitation à %(email)s."
        ) % {"email": person.email}
    return ""


def find(token: str) -> Invitation | None:
    """The invitation of a link, whatever became of it."""
    return Invitation.objects.filter(token_sha256=digest_of(token)).select_related("invited_by").first()


def accept(*, token: str, by: Person, at: datetime) -> Invitation:
    """Use the link: once, before it expires, signed in with the address invited. Raises Refused with the sentence."""
    with transaction.atomic():
        invitation = find(token)
        if sentence := refusal(invitation, person=by, at=at):
            raise Refused(sentence)
        won = Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(accepted_at=at, accepted_by=by)
        if not won:
            raise Refused(_("Cette invitation a déjà servi : un lien ne sert qu’une fois."))
        invitation.refresh_from_db()
        scope = SCOPES[invitation.scope]
        scope.accept(invitation, by=by, at=at)
        journal.append(
            "accounts.invitation_accepted",
            subject=scope.find(invitation.scope_id),
            by=by,
            at=at,
            role=invitation.role,
            payload={"invitation": invitation.pk, "to": invitation.role},
        )
    forget_roles(by)
    return invitation


def withdraw(*, invitation: Invitation, by: Person, at: datetime) -> None:
    """Make a link of an organisation useless before it is used."""
    if not organisation_roles(by, invitation.scope_id) & MANAGERS or invitation.scope != "organisation":
        raise Refused(_("Seul un représentant légal peut retirer une invitation."))
    with transaction.atomic():
        if Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None).update(withdrawn_at=at):
            journal.append(
                "accounts.invitation_withdrawn",
                subject=Organisation.objects.get(pk=invitation.scope_id),
                by=by,
                at=at,
                role="representative",
                payload={"invitation": invitation.pk},
            )


def join_organisation(invitation: Invitation, *, by: Person, at: datetime) -> None:
    """Give the role in the organisation; a member already there is not lowered nor doubled."""
    Membership.objects.get_or_create(organisation_id=invitation.scope_id, person=by, defaults={"role": invitation.role})


invitation_scope(
    "organisation",
    label=gettext_lazy("organisme"),
    accept=join_organisation,
    find=lambda pk: Organisation.objects.filter(pk=pk).first(),
    role_label=lambda role: Membership.Role(role).label,
    url=lambda organisation: reverse("accounts:organisation", args=[organisation.public_id]),
)
