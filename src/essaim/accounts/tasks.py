"""Periodic work on accounts, and what is told when a document of a vault turns out to be infected."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from essaim.accounts.access import WRITERS
from essaim.accounts.models import Membership, Person, VaultVersion
from essaim.kernel import files, mail
from essaim.kernel.models import Message
from essaim.kernel.tasks import periodic

KEPT_UNPROVED = timedelta(days=30)
# What an account has before anyone has come in: an address to prove, and the code sent to it.
BEFORE_COMING_IN = (EmailAddress, Message)


def never_entered(at: datetime) -> QuerySet[Person]:
    """Accounts opened by typing an address whose code never came back, a month ago, and which nothing refers to."""
    people = Person.objects.filter(
        last_login=None, invented=False, is_staff=False, closed_at=None, date_joined__lt=at - KEPT_UNPROVED
    ).exclude(pk__in=EmailAddress.objects.filter(verified=True).values("user_id"))
    for relation in Person._meta.related_objects:
        if relation.related_model not in BEFORE_COMING_IN:
            uses = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            people = people.filter(~Exists(uses))
    return people.filter(password__startswith="!")  # noqa: S106 - Django marks the absence of a password so


@periodic(every=timedelta(days=1))
def forget_never_entered(*, at: datetime) -> None:
    """Erase the accounts nobody ever came into."""
    never_entered(at).delete()


@files.when_infected
def tell_of_infected_vault(sha256: str, *, detail: str, at: datetime) -> None:
    """Write to those who keep the vault: the version is not given back any more, another is needed."""
    infected = VaultVersion.objects.filter(file__sha256=sha256).select_related("document__organisation", "file")
    for version in infected.order_by("pk"):
        document = version.document
        link = reverse("accounts:vault_document", args=[document.organisation.public_id, document.public_id])
        for member in Membership.objects.filter(organisation=document.organisation, role__in=WRITERS).select_related(
            "person"
        ):
            mail.send(
                to=member.person,
                template="accounts/infected",
                context={"document": document, "version": version, "detail": detail, "link": settings.SITE_URL + link},
                at=at,
                key=f"vault-infected:{version.pk}:{member.person_id}",
                subject_of=document.organisation,
            )
