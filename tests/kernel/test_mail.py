"""Messages: written once, in the reader's language, sent once, and their failures shown."""

import smtplib
import socket
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from django.core import mail as outgoing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.exceptions import TemplateDoesNotExist
from django_tasks_db.models import DBTaskResult

from essaim.kernel import clock, files, mail
from essaim.kernel.models import Job, Message
from essaim.kernel.worker import run_worker
from tests.kernel.sample.models import Paper

pytestmark = [pytest.mark.django_db, pytest.mark.both]
SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture
def write(person, at):
    def send(**options):
        options = {"to": person, "template": "paper", "context": {"title": "L’Atelier <3>"}, "at": at, **options}
        return mail.send(**options)

    return send


def test_message_is_sent_and_kept_as_it_was(write, person, at):
    paper = Paper.objects.create(title="Atelier")
    message = write(subject_of=paper)
    message.refresh_from_db()
    assert (message.state, message.subject, message.language, message.created_at) == (
        "sent",
        "Votre dossier « L’Atelier <3> »",
        "fr",
        at,
    )
    assert message.text.startswith("Bonjour Ada Exemple,")
    assert "L’Atelier &lt;3&gt;" in message.html
    assert '<html lang="fr">' in message.html
    assert list(mail.messages_of(person)) == [message]
    assert list(mail.about(paper)) == [message]
    [sent] = outgoing.outbox
    assert (sent.to, sent.subject, sent.extra_headers["Message-ID"]) == (
        ["ada@example.org"],
        message.subject,
        f"<{message.public_id}@127.0.0.1>",
    )
    assert [alternative.mimetype for alternative in sent.alternatives] == ["text/html"]


def test_message_is_in_the_language_of_who_reads_it(write, person):
    person.language = "en"
    assert write().text.startswith("Hello Ada Exemple,")
    assert write(language="fr").text.startswith("Bonjour Ada Exemple,")


def test_same_key_is_the_same_message(write):
    first = write(key="reçu 7")
    assert write(key="reçu 7", context={"title": "autre"}) == first
    assert len(outgoing.outbox) == 1


def test_address_that_cannot_be_one_is_refused(write):
    with pytest.raises(ValidationError):
        write(to="ada@")
    assert Message.objects.count() == 0


def test_template_that_is_missing_is_an_error(write):
    with pytest.raises(TemplateDoesNotExist):
        write(template="nothing")


def test_subject_is_one_line(write):
    assert write(context={"title": "a\r\nBcc: eve@example.org"}).subject == "Votre dossier « a Bcc: eve@example.org »"


def test_attachment_is_sent_with_its_name(write, at):
    receipt = files.store_generated(b"%PDF", name="reçu.pdf", content_type="application/pdf", at=at)
    message = write(attachments=[receipt])
    assert list(message.attachments.all()) == [receipt]
    assert outgoing.outbox[0].attachments[0] == ("reçu.pdf", b"%PDF", "application/pdf")


def test_nothing_is_sent_when_the_transaction_is_rolled_back(real_queue, write):
    with transaction.atomic():
        write()
        transaction.set_rollback(True)
    assert run_mail() == []
    assert (Message.objects.count(), Job.objects.filter(name=mail.deliver.name).count()) == (0, 0)


def run_mail():
    """Do all the work there is, retries included; what was sent."""
    DBTaskResult.objects.filter(status="READY").update(run_after=clock.now())
    run_worker(once=True)
    return outgoing.outbox


def test_server_that_is_down_is_tried_again_and_the_reason_shown(real_queue, write, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, "127.0.0.1", 1
    message = write()
    run_mail()
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("queued", 1)
    assert message.failure.startswith("ConnectionRefusedError: ")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert len(run_mail()) == 1
    message.refresh_from_db()
    assert (message.state, message.attempts, message.failure) == ("sent", 2, "")


def test_message_is_shown_as_not_sent_after_the_last_attempt(real_queue, write, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, "127.0.0.1", 1
    message = write()
    for _attempt in range(mail.deliver.attempts + 1):
        run_mail()
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("failed", 8)
    assert list(mail.undeliverable()) == [message]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert mail.retry(message, at=clock.now())
    run_mail()
    message.refresh_from_db()
    assert message.state == "sent"
    assert not mail.retry(message, at=clock.now())


class Server:
    """An SMTP server that refuses the address "nobody", and keeps the rest."""

    def __init__(self):
        self.received = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.received.append(envelope.content)
        return "250 OK"


@pytest.fixture
def smtp(settings):
    server = Server()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, "127.0.0.1", port
    settings.EMAIL_USE_TLS = False
    yield server
    controller.stop()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_message_reaches_a_real_server_with_its_id(smtp, write):
    message = write()
    [content] = smtp.received
    assert f"Message-ID: {message.message_id}".encode() in content
    assert b"Content-Language: fr" in content
    assert Message.objects.get().state == "sent"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_address_the_server_does_not_know_is_not_tried_again(smtp, write):
    write(to="nobody@example.org")
    message = Message.objects.get()
    assert (message.state, message.attempts) == ("failed", 1)
    assert "550" in message.failure
    assert Job.objects.get(name=mail.deliver.name).state == "failed"


def test_refusal_for_now_is_not_for_good():
    assert mail._is_permanent(smtplib.SMTPDataError(554, b"no"))
    assert not mail._is_permanent(smtplib.SMTPDataError(451, b"later"))
    assert not mail._is_permanent(smtplib.SMTPRecipientsRefused({"a": (450, b"later"), "b": (550, b"no")}))


def test_message_being_sent_is_left_to_its_worker_until_the_lease_ends(real_queue, write, at):
    message = write()
    assert mail.claim(message.pk, at=at).state == "sending"
    with pytest.raises(mail.BeingSent):
        mail.claim(message.pk, at=at + timedelta(seconds=119))
    assert mail.claim(message.pk, at=at + timedelta(seconds=121)).attempts == 2


def test_message_sent_is_not_sent_again(write):
    message = write()
    mail.deliver(message=message.pk)
    assert len(outgoing.outbox) == 1


def test_message_that_came_back_is_shown(write, at):
    message = write()
    mail.mark_bounced(message, reason="550 boîte pleine", at=at)
    [shown] = mail.undeliverable()
    assert (shown.state, shown.failure) == ("bounced", "2013-06-25T10:00:00+00:00 550 boîte pleine")


def test_first_reading_is_kept(write, at):
    message = write()
    mail.mark_read(message, at=at)
    mail.mark_read(message, at=at + timedelta(days=1))
    assert Message.objects.get().read_at == at


def test_file_backend_writes_a_repeat_over_itself(write, settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "essaim.kernel.mailbox.FileBackend", tmp_path
    message = write()
    mail.mail_of(message).send()
    assert [path.name for path in tmp_path.glob("*.eml")] == [f"{message.public_id}@127.0.0.1.eml"]
