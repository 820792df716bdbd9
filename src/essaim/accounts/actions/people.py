"""One's own account: opened by an address, described, exported, closed."""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.translation import gettext as _

from essaim.accounts.models import Invitation, Membership, Person
from essaim.accounts.personal_data import ERASERS
from essaim.kernel import journal
from essaim.kernel.workflow import Refused


def open_account(*, email: str, language: str, at: datetime) -> Person:
    """The person with this address, or a new one without password; the address is proved at the first sign-in.

    Raises Refused when the account exists but was deactivated.
    """
    person = Person.objects.with_email(email).first()
    if person is not None and not person.is_active:
        raise Refused(_("Ce compte est désactivé : écrivez à l’équipe du site pour le rouvrir."))
    with transaction.atomic():
        person = person or Person.objects.create_user(email, language=language)
        if not EmailAddress.objects.filter(user=person).exists():
            EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=False)
    return person


def update_profile(*, person: Person, name: str, language: str, by: Person, at: datetime) -> Person:
    """Change how one is named and the language one reads. Only the person does it."""
    if by != person:
        raise Refused(_("Seule la personne elle-même peut modifier son profil."))
    person.name, person.language = name.strip(), language
    person.save(update_fields=["name", "language"])
    return person


def record_export(*, person: Person, by: Person, at: datetime) -> None:
    """Journal that a person took a copy of their own data."""
    if by != person:
        raise Refused(_("Seule la personne elle-même peut exporter ses données."))
    with transaction.atomic():
        journal.append("accounts.data_exported", subject=person, by=by, at=at, role="self")


def close_account(*, person: Person, by: Person, at: datetime) -> None:
    """Make the person anonymous and sign them out: acts and counts stay, name, address and means of sign-in go.

    Refused while an organisation would be left without a legal representative.
    """
    if by != person:
        raise Refused(_("Seule la personne elle-même peut clore son compte."))
    with transaction.atomic():
        for membership in Membership.objects.filter(person=person, role="representative").select_related(
            "organisation"
        ):
            others = Membership.objects.filter(organisation=membership.organisation).exclude(person=person)
            if others.exists() and not others.representatives().exists():
                raise Refused(
                    _("Vous êtes le seul représentant de « %(name)s » : donnez ce rôle à un collègue avant de partir.")
                    % {"name": membership.organisation}
                )
        journal.append("accounts.account_closed", subject=person, by=by, at=at, role="self")
        for eraser in ERASERS.values():
            eraser(person, at=at)
        for model in (EmailAddress, Authenticator, SocialAccount):
            model.objects.filter(user=person).delete()
        Invitation.objects.filter(email__iexact=person.email).update(email="")
        Membership.objects.filter(person=person).delete()
        person.email = f"{person.public_id}@compte-clos.invalid"
        person.name, person.demo_role, person.is_active, person.closed_at = "", "", False, at
        person.set_unusable_password()
        person.save()
        for session in UserSession.objects.filter(user=person):
            session.end()
