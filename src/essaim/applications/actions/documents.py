"""The documents of an application: each file checked, kept by its SHA-256, told of at once when it is not taken.

A file comes from a form, from an upload in pieces (the door `applications.document`, whose target is
`<public_id>:<slot>`), or from the organisation's vault. Whatever its way, the application keeps its bytes.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, BinaryIO
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.accounts.actions import add_to_vault
from essaim.accounts.models import Person, VaultDocument, VaultVersion
from essaim.applications.actions.keeping import forget_prefetched, not_reopened, save_draft, writable, writer_role
from essaim.applications.models import Application, Document
from essaim.applications.queries import Asked, documents_asked, files_asked
from essaim.kernel import access, files, journal
from essaim.kernel.files import uploads
from essaim.kernel.models import StoredFile
from essaim.kernel.workflow import Refused

journal.declare("applications.document.add", label=gettext_lazy("Joindre une pièce"))
journal.declare("applications.document.remove", label=gettext_lazy("Retirer une pièce"))

MOST_FILES = 20
DOOR = "applications.document"


def add_document(
    application: Application, *, slot: str, uploaded: Any, name: str, by: Person, at: datetime
) -> Document:
    """Give a file (an upload, a binary file or bytes) for one of the documents asked.

    A document asked once is replaced; one asked several times takes more. The same file given twice is kept once.
    Raises Refused with the sentence to show: wrong type, too big, empty, unreadable, protected.
    """
    asked = _asked(application, slot, by=by)
    try:
        # Outside the transaction: writing a file takes time, and a file nobody names is harmless.
        stored = files.store(uploaded, name=name, by=by, at=at, allowed=asked.formats, max_bytes=asked.max_bytes)
    except files.FileRefused as refusal:
        raise Refused(str(refusal)) from None
    return _attach(application, asked, stored, by=by, at=at)


def take_from_vault(
    application: Application, *, slot: str, version: VaultVersion, by: Person, at: datetime
) -> Document:
    """Give a document of the organisation's vault: the very bytes of this version, whatever the vault becomes."""
    asked = _asked(application, slot, by=by)
    if version.document.organisation_id != application.organisation_id or not access.roles(by, version) - {"anyone"}:
        raise Refused(_("Ce document n’est pas dans le coffre de l’organisme de ce dossier."))
    if version.file.scan == StoredFile.Scan.INFECTED:
        raise Refused(_("Ce document est infecté : rangez-en une version saine dans le coffre."))
    try:
        files.refuse_type(version.file.name, allowed=asked.formats)
        files.refuse_size(version.file.size, name=version.file.name, max_bytes=asked.max_bytes)
    except files.FileRefused as refusal:
        raise Refused(str(refusal)) from None
    return _attach(application, asked, version.file, from_vault=version, valid_until=version.valid_until, by=by, at=at)


def keep_in_vault(document: Document, *, by: Person, at: datetime) -> VaultVersion:
    """Keep a document of the application in the vault of its organisation, under the nature its place suggests."""
    application = document.application
    if application.organisation is None:
        raise Refused(_("Dites d’abord pour quel organisme vous déposez : le coffre est le sien."))
    if document.file.scan == StoredFile.Scan.INFECTED:
        raise Refused(_("Ce document est infecté : rangez-en une version saine dans le coffre."))
    kind, title = vault_place(application, document.slot)
    return add_to_vault(
        organisation=application.organisation, kind=kind, title=title, uploaded=document.file, by=by, at=at
    )


def vault_place(application: Application, slot: str) -> tuple[str, str]:
    """The nature and the title that a document asked has in a vault."""
    if slot in VaultDocument.Kind.values:
        return slot, ""
    titles = {row.code: str(row.title) for row in [*documents_asked(application), *files_asked(application)]}
    return VaultDocument.Kind.OTHER, titles.get(slot, slot)[:120]


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


def _asked(application: Application, slot: str, *, by: Person) -> Asked:
    """The document asked, when `by` may give it now; Refused with the sentence otherwise."""
    writable(application, by=by)
    places = [*documents_asked(application), *files_asked(application)]
    asked = next((row for row in places if row.code == slot), None)
    if asked is None:
        raise Refused(_("Cette pièce n’est pas demandée par l’appel : choisissez-en une dans la liste."))
    if refusal := not_reopened(application, f"document:{slot}"):
        raise Refused(refusal)
    if asked.multiple and application.documents.filter(slot=slot).count() >= MOST_FILES:
        raise Refused(_("Cette pièce a déjà %(count)s fichiers : regroupez-les.") % {"count": MOST_FILES})
    return asked


def _attach(
    application: Application,
    asked: Asked,
    stored: StoredFile,
    *,
    from_vault: VaultVersion | None = None,
    valid_until: date | None = None,
    by: Person,
    at: datetime,
) -> Document:
    with transaction.atomic():
        same = application.documents.filter(slot=asked.code, file__sha256=stored.sha256).first()
        if same is not None:
            return same
        if not asked.multiple:
            application.documents.filter(slot=asked.code).delete()
        document = Document.objects.create(
            application=application,
            slot=asked.code,
            file=stored,
            name=stored.name,
            from_vault=from_vault,
            valid_until=valid_until,
            added_by=by,
            added_at=at,
        )
        save_draft(application, at=at, touched=f"document:{asked.code}")
        role = writer_role(application, by=by)
        payload: dict[str, Any] = {"slot": asked.code, "sha256": stored.sha256, "size": stored.size}
        if from_vault is not None:
            payload["vault"] = from_vault.pk
        journal.append("applications.document.add", subject=application, by=by, at=at, role=role, payload=payload)
    forget_prefetched(application)
    return document


def upload_target(application: Application, slot: str) -> str:
    """What names a document asked, for uploads in pieces."""
    return f"{application.public_id}:{slot}"


def _of_target(by: Person, target: str) -> tuple[Application, str]:
    public_id, _colon, slot = target.partition(":")
    try:
        ident = UUID(public_id)
    except ValueError:
        raise Http404 from None
    return access.fetch(by, access.visible_to(by, Application).whole(), public_id=ident), slot


def _admit(by: Person, target: str, *, name: str, length: int) -> None:
    application, slot = _of_target(by, target)
    asked = _asked(application, slot, by=by)
    files.refuse_type(name, allowed=asked.formats)
    files.refuse_size(length, name=name, max_bytes=asked.max_bytes)


def _take(by: Person, target: str, *, file: BinaryIO, name: str, at: datetime) -> StoredFile:
    application, slot = _of_target(by, target)
    return add_document(application, slot=slot, uploaded=file, name=name, by=by, at=at).file


uploads.door(DOOR, admit=_admit, take=_take)
