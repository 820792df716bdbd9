"""The documents of an application: each file checked, kept by its SHA-256, told of at once when it is not taken."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.accounts.models import Person
from essaim.applications.actions.keeping import forget_prefetched, save_draft, writable, writer_role
from essaim.applications.models import Application, Document
from essaim.applications.queries import documents_asked, files_asked
from essaim.kernel import files, journal
from essaim.kernel.workflow import Refused

journal.declare("applications.document.add", label=gettext_lazy("Joindre une pièce"))
journal.declare("applications.document.remove", label=gettext_lazy("Retirer une pièce"))

MOST_FILES = 20


def add_document(
    application: Application, *, slot: str, uploaded: Any, name: str, by: Person, at: datetime
) -> Document:
    """Give a file (an upload, a binary file or bytes) for one of the documents asked.

    A document asked once is replaced; one asked several times takes more. The same file given twice is kept once.
    Raises Refused with the sentence to show: wrong type, too big, empty, unreadable, protected.
    """
    writable(application, by=by)
    places = [*documents_asked(application), *files_asked(application)]
    asked = next((row for row in places if row.code == slot), None)
    if asked is None:
        raise Refused(_("Cette pièce n’est pas demandée par l’appel : choisissez-en une dans la liste."))
    if asked.multiple and application.documents.filter(slot=slot).count() >= MOST_FILES:
        raise Refused(_("Cette pièce a déjà %(count)s fichiers : regroupez-les.") % {"count": MOST_FILES})
    try:
        # Outside the transaction: writing a file takes time, and a file nobody names is harmless.
        stored = files.store(uploaded, name=name, by=by, at=at, allowed=asked.formats, max_bytes=asked.max_bytes)
    except files.FileRefused as refusal:
        raise Refused(str(refusal)) from None
    with transaction.atomic():
        same = application.documents.filter(slot=slot, file__sha256=stored.sha256).first()
        if same is not None:
            return same
        if not asked.multiple:
            application.documents.filter(slot=slot).delete()
        document = Document.objects.create(
            application=application, slot=slot, file=stored, name=stored.name, added_by=by, added_at=at
        )
        save_draft(application, at=at, touched=f"document:{slot}")
        role = writer_role(application, by=by)
        payload = {"slot": slot, "sha256": stored.sha256, "size": stored.size}
        journal.append("applications.document.add", subject=application, by=by, at=at, role=role, payload=payload)
    forget_prefetched(application)
    return document


def remove_document(document: Document, *, by: Person, at: datetime) -> None:
    """Take a file back from a draft; taking it twice changes nothing."""
    application = document.application
    writable(application, by=by)
    with transaction.atomic():
        gone, _rows = Document.objects.filter(pk=document.pk).delete()
        if gone:
            save_draft(application, at=at, touched=f"document:{document.slot}")
            role = writer_role(application, by=by)
            payload = {"slot": document.slot, "sha256": document.file.sha256}
            journal.append(
                "applications.document.remove", subject=application, by=by, at=at, role=role, payload=payload
            )
    forget_prefetched(application)
