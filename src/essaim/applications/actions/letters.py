"""The mail a filing asks for: a job, so that the transaction that files only writes one line in the queue."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy

from essaim.applications.models import Application, Collaborator, Filing
from essaim.applications.queries.receipt_words import words_of
from essaim.kernel import clock, files, journal, mail
from essaim.kernel.documents import render_pdf
from essaim.kernel.files.storage import digest_of
from essaim.kernel.models import StoredFile
from essaim.kernel.tasks import job

journal.declare("applications.filing.files_read", label=gettext_lazy("Relire les fichiers d’un dépôt"))


@job(attempts=8)
def send_receipt(*, filing: int) -> None:
    """Read every file of a filing again, then send its receipt, as a PDF too, to everyone who writes the file.

    The bytes were hashed when they came, and are read again here, not in the request that files: a letter that says
    « received » leaves only when each is what its digest says; else the letter says which are not.
    """
    row = Filing.objects.select_related("application__call__programme", "application__organisation").get(pk=filing)
    at = clock.now()
    wrong = damaged(row)
    if row.checked_at is None:
        with transaction.atomic():
            row.checked_at = at
            row.save(update_fields=["checked_at"])
            payload = {"filing": row.number, "files": len(row.documents), "wrong": len(wrong)}
            journal.append("applications.filing.files_read", subject=row, by=None, at=at, payload=payload)
    context = {
        "filing": row,
        "application": row.application,
        "call": row.application.call,
        "silence": date.fromisoformat(json.loads(row.receipt)["silence"]["date"]),
        "link": settings.SITE_URL + row.get_absolute_url(),
        "names": wrong,
    }
    template = "application_files_damaged" if wrong else "application_filed"
    attached: dict[str, list[StoredFile]] = {}
    for person in writers_of(row.application):
        language = person.language or settings.LANGUAGE_CODE
        if language not in attached:
            attached[language] = [] if wrong or row.application.invented else [_pdf(row, language, at=at)]
        mail.send(
            to=person,
            template=template,
            context=context,
            at=at,
            key=f"filing:{row.pk}:person:{person.pk}",
            subject_of=row.application,
            attachments=attached[language],
        )


def damaged(filing: Filing) -> list[str]:
    """The names of the files whose bytes in the storage are not those that were received."""
    wrong = []
    for row in filing.documents:
        path = StoredFile(sha256=row["sha256"]).path
        try:
            with default_storage.open(path) as content:
                found = digest_of(content)
        except OSError:
            found = ("", 0)
        if found != (row["sha256"], row["size"]):
            wrong.append(row["name"])
    return wrong


def _pdf(filing: Filing, language: str, *, at: datetime) -> StoredFile:
    """The receipt as a tagged PDF, kept like any file."""
    with translation.override(language):
        pdf = render_pdf("receipt", words_of(filing), lang=language, at=filing.filed_at)
    reference = filing.application.reference
    name = f"recepisse-{reference}-{filing.number}.pdf"
    return files.store_generated(pdf, name=name, content_type="application/pdf", at=at)


def writers_of(application: Application) -> list[Any]:
    """Those who write an application, whoever added them."""
    rows = application.collaborators.exclude(role=Collaborator.Role.READER).select_related("person").order_by("pk")
    return [row.person for row in rows if row.person.is_active]
