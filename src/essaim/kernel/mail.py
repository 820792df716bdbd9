"""E-mail: rendered and stored when it is decided, queued in the same transaction, sent by a job.

What is promised. A message is sent at least once or shown as failed, with its reason; never by two workers at the
same time (the claim is a compare-and-set with a lease). If a worker dies after the mail server accepted the message and
before that was written, the message is sent again with the same Message-ID, which mail software recognises as the same
message; the file backend then overwrites the same file, so nothing is doubled there.
"""

from __future__ import annotations

import re
import smtplib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.db import models, transaction
from django.db.models import F, Q
from django.template import Context
from django.template.exceptions import TemplateDoesNotExist
from django.template.loader import get_template, render_to_string
from django.utils import translation

from essaim.kernel import clock, files
from essaim.kernel.models import Message, StoredFile
from essaim.kernel.tasks import GiveUp, job

__all__ = ["about", "mark_bounced", "mark_read", "messages_of", "retry", "send", "undeliverable"]


class BeingSent(Exception):
    """Another worker claims to be sending the message; looked at again when its lease has ended."""


def send(
    *,
    to: Any,
    template: str,
    context: dict[str, Any],
    at: datetime,
    key: str | None = None,
    language: str | None = None,
    subject_of: models.Model | None = None,
    attachments: Sequence[StoredFile] = (),
) -> Message:
    """Write a message and ask for its sending, both only if this transaction is committed.

    `to`: a person (their `email` and `language`) or an address. `template`: the name of the templates
    `mail/<template>.subject.txt`, `.txt` and, if there is one, `.html`. `key`: the same key is the same message,
    written once. `subject_of`: the object it is about, on whose page it can be read. Raises ValidationError for an
    address that cannot be one.
    """
    if key is not None and (known := Message.objects.filter(key=key).first()):
        return known
    person, address = (None, to) if isinstance(to, str) else (to, to.email)
    validate_email(address)
    language = language or getattr(person, "language", None) or settings.LANGUAGE_CODE
    subject, text, html = render(template, {"person": person, "site_url": settings.SITE_URL, **context}, language)
    with transaction.atomic():
        values = {
            "person": person,
            "address": address,
            "template": template,
            "language": language,
            "subject": subject,
            "text": text,
            "html": html,
            "subject_type": subject_of._meta.label_lower if subject_of is not None else "",
            "subject_id": str(subject_of.pk) if subject_of is not None else "",
            "created_at": at,
        }
        message = Message(**values)
        message.key = key or f"message:{message.public_id}"
        message, created = Message.objects.get_or_create(
            key=message.key, defaults={**values, "public_id": message.public_id}
        )
        if created:
            message.attachments.set(attachments)
            deliver.enqueue(key=f"message:{message.pk}", message=message.pk)
            message.refresh_from_db()
    return message


def render(template: str, context: dict[str, Any], language: str) -> tuple[str, str, str]:
    """The subject (one line), text and HTML of a message in one language; HTML is made from the text if need be."""
    with translation.override(language):
        subject = re.sub(r"[ \t\r\n\v\f]+", " ", _plain(f"mail/{template}.subject.txt", context)).strip(" ")
        text = _plain(f"mail/{template}.txt", context).strip() + "\n"
        try:
            html = render_to_string(f"mail/{template}.html", context)
        except TemplateDoesNotExist as missing:
            if str(missing) != f"mail/{template}.html":
                raise
            html = render_to_string(
                "kernel/mail.html", {"subject": subject, "text": text.strip(), "language": language}
            )
    return subject[:250], text, html


def _plain(name: str, context: dict[str, Any]) -> str:
    """A text template, rendered without HTML escaping: its reader sees characters, not entities."""
    template: Any = get_template(name)
    return str(template.template.render(Context(context, autoescape=False)))


@job(attempts=8, queue="mail", backoff=timedelta(minutes=1))
def deliver(*, message: int) -> None:
    """Send one message through Django's e-mail backend, if nobody else is doing it and it was not already sent."""
    row = claim(message, at=clock.now())
    if row is None:
        return
    try:
        mail_of(row).send()
    except Exception as error:
        final = _is_permanent(error)
        _failed(row, error, final=final)
        if final:
            raise GiveUp(row.failure) from error
        raise
    _mine(row).update(state=Message.State.SENT, sent_at=clock.now(), lease_until=None, failure="")


def claim(pk: int, *, at: datetime) -> Message | None:
    """Reserve a message to send it: one winner. None when it is sent already; BeingSent while another sends it."""
    free = Q(state__in=[Message.State.QUEUED, Message.State.FAILED]) | Q(
        state=Message.State.SENDING, lease_until__lt=at
    )
    won = Message.objects.filter(free, pk=pk).update(
        state=Message.State.SENDING, attempts=F("attempts") + 1, lease_until=at + timedelta(seconds=settings.MAIL_LEASE)
    )
    row = Message.objects.get(pk=pk)
    if won:
        return row
    if row.state == Message.State.SENDING:
        raise BeingSent(f"message {pk} is being sent by another worker")
    return None


def _mine(row: Message) -> models.QuerySet[Message]:
    return Message.objects.filter(pk=row.pk, state=Message.State.SENDING, attempts=row.attempts)


def _failed(row: Message, error: Exception, *, final: bool) -> None:
    """Keep the reason; while attempts remain the message still waits to be sent."""
    row.failure = f"{type(error).__name__}: {error}"
    ended = final or row.attempts >= deliver.attempts
    _mine(row).update(
        state=Message.State.FAILED if ended else Message.State.QUEUED, failure=row.failure, lease_until=None
    )


def _is_permanent(error: Exception) -> bool:
    """Whether the mail server said never (5xx), and not later (4xx)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _reason in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500


def mail_of(row: Message) -> EmailMultiAlternatives:
    """The e-mail of a stored message, as given to Django's backend."""
    mail = EmailMultiAlternatives(
        subject=row.subject,
        body=row.text,
        to=[row.address],
        headers={
            "Message-ID": row.message_id,
            "Content-Language": row.language,
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(row.html, "text/html")
    for stored in row.attachments.order_by("pk"):
        mail.attach(stored.name, files.read(stored), stored.content_type)
    return mail


def messages_of(person: Any) -> models.QuerySet[Message]:
    """The messages written to a person, newest first, whatever became of their sending."""
    return Message.objects.filter(person=person)


def about(subject: models.Model) -> models.QuerySet[Message]:
    """The messages about one object, newest first."""
    return Message.objects.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))


def undeliverable() -> models.QuerySet[Message]:
    """The messages that did not arrive: each one is something an officer must deal with."""
    return Message.objects.filter(state__in=[Message.State.FAILED, Message.State.BOUNCED])


def mark_read(message: Message, *, at: datetime) -> None:
    """Keep when the person first read the message on the site."""
    Message.objects.filter(pk=message.pk, read_at__isnull=True).update(read_at=at)


def mark_bounced(message: Message, *, reason: str, at: datetime) -> None:
    """The mail came back after it had been accepted."""
    Message.objects.filter(pk=message.pk).update(
        state=Message.State.BOUNCED, failure=f"{at.isoformat(timespec='seconds')} {reason}"
    )


def retry(message: Message, *, at: datetime) -> bool:
    """Ask again for the sending of a message that failed; False if it is not in that case."""
    failed = Message.objects.filter(pk=message.pk, state__in=[Message.State.FAILED, Message.State.BOUNCED])
    with transaction.atomic():
        if not failed.update(state=Message.State.QUEUED):
            return False
        deliver.enqueue(key=f"message:{message.pk}:{at.isoformat()}", message=message.pk)
    return True
