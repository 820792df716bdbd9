"""Messages between the administration and the applicant, on the file; the e-mail says where to read, not what."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.accounts.models import Person
from essaim.applications.access import WRITERS
from essaim.applications.actions.keeping import unkeepable
from essaim.applications.actions.letters import writers_of
from essaim.applications.models import Application, Exchange
from essaim.kernel import access, journal, mail
from essaim.kernel.workflow import Refused, reactions_to

SERVICE = "applications.application.write_to_applicant"
APPLICANT = "applications.application.write_to_service"
journal.declare(SERVICE, label=gettext_lazy("Écrire au porteur"))
journal.declare(APPLICANT, label=gettext_lazy("Écrire au service"))

LONGEST_MESSAGE = 4000


def write_to_applicant(application: Application, *, text: str, key: str, by: Person, at: datetime) -> Exchange:
    """A message of the administration, by an officer; the same key twice is one message."""
    if "officer" not in access.roles(by, application):
        raise Refused(_("Seul un chargé de programme écrit au porteur au nom du service."))
    return _write(application, text=text, key=key, by=by, at=at, from_service=True)


def write_to_service(application: Application, *, text: str, key: str, by: Person, at: datetime) -> Exchange:
    """A message of the applicant's side, by someone who writes the file; the same key twice is one message."""
    if not WRITERS & access.roles(by, application):
        raise Refused(_("Vous pouvez lire ce dossier, pas écrire au service : demandez à son porteur."))
    return _write(application, text=text, key=key, by=by, at=at, from_service=False)


def _write(application: Application, *, text: str, key: str, by: Person, at: datetime, from_service: bool) -> Exchange:
    said = text.replace("\r\n", "\n").strip()
    if application.filed_at is None:
        raise Refused(_("Les messages s’échangent sur un dossier déposé : avant, écrivez au service de l’appel."))
    if not said:
        raise Refused(_("Écrivez votre message."))
    if len(said) > LONGEST_MESSAGE:
        raise Refused(_("Un message ne dépasse pas 4 000 caractères : coupez-le en deux."))
    if problem := unkeepable(said):
        raise Refused(problem)
    with transaction.atomic():
        values = {
            "application": application, "from_service": from_service, "author": by, "text": said, "sent_at": at,
        }  # fmt: skip
        exchange, made = Exchange.objects.get_or_create(key=f"{application.pk}:{key}"[:64], defaults=values)
        if not made:
            return exchange
        verb = SERVICE if from_service else APPLICANT
        event = journal.append(
            verb,
            subject=application,
            by=by,
            at=at,
            role="officer" if from_service else min(WRITERS & access.roles(by, application)),
            payload={"number": application.number, "text_sha256": journal.digest(said)},
        )
        _tell(exchange, at=at)
        for reaction in reactions_to(verb):
            reaction(exchange, by=by, at=at, event=event)
    return exchange


def _tell(exchange: Exchange, *, at: datetime) -> None:
    """Say that a message waits: to those who write the file, or to the service's own address."""
    application = exchange.application
    if exchange.from_service:
        readers, page = writers_of(application), reverse("applications:exchanges", args=[application.public_id])
    else:
        readers, page = [application.call.service_email], reverse("reviews:exchanges", args=[application.public_id])
    for reader in filter(None, readers):
        mail.send(
            to=reader,
            template="exchange_waits" if exchange.from_service else "exchange_for_service",
            context={"application": application, "call": application.call, "link": settings.SITE_URL + page},
            at=at,
            key=f"exchange:{exchange.pk}:{getattr(reader, 'pk', 'service')}",
            subject_of=application,
        )


def mark_read(application: Application, *, by: Person, at: datetime) -> int:
    """Keep that the other side's messages were read by `by`, the first time; gives how many were new."""
    roles = access.roles(by, application)
    found = Exchange.objects.filter(application=application, read_at=None)
    if "officer" in roles:
        found = found.filter(from_service=False)
    elif (WRITERS | {"reader"}) & roles:
        found = found.filter(from_service=True)
    else:
        return 0
    return found.update(read_at=at, read_by=by)
