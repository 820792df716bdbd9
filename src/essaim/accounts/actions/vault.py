"""The vault of an organisation: documents it keeps to give them again, each version with the days it is worth."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from essaim.accounts.access import WRITERS, organisation_roles
from essaim.accounts.models import Organisation, Person, VaultDocument, VaultVersion
from essaim.kernel import files, journal
from essaim.kernel.models import StoredFile
from essaim.kernel.workflow import Refused

FORMATS = ("pdf", "jpg", "jpeg", "png", "docx", "odt", "xlsx", "ods")
MOST_DOCUMENTS = 100


def vault_writer(organisation: Organisation, *, by: Person) -> str:
    """The role in which `by` writes in the vault; Refused with the sentence when they may not."""
    held = organisation_roles(by, organisation.pk) & WRITERS
    if not held:
        raise Refused(_("Un lecteur ne peut pas changer le coffre : demandez un rôle de rédacteur."))
    return min(held)


def add_to_vault(
    *,
    organisation: Organisation,
    kind: str,
    uploaded: Any,
    name: str = "",
    title: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
    by: Person,
    at: datetime,
) -> VaultVersion:
    """Keep a document: an upload, or a StoredFile already received (from an application, its bytes are the same).

    The same kind and title again make a new version of the same document. Raises Refused with the sentence to show.
    """
    vault_writer(organisation, by=by)
    if kind not in VaultDocument.Kind.values:
        raise Refused(_("Choisissez une nature de document dans la liste."))
    title = " ".join(title.split())[:120]
    known = VaultDocument.objects.filter(organisation=organisation, kind=kind, title=title).first()
    if known is None and organisation.vault.count() >= MOST_DOCUMENTS:
        raise Refused(_("Le coffre a déjà %(count)s documents : retirez-en.") % {"count": MOST_DOCUMENTS})
    _check_dates(valid_from, valid_until)
    stored = _stored(uploaded, name=name, by=by, at=at)
    with transaction.atomic():
        document = known or VaultDocument.objects.create(
            organisation=organisation, kind=kind, title=title, created_at=at
        )
        return _version(document, stored, valid_from, valid_until, by=by, at=at)


def add_version(
    *,
    document: VaultDocument,
    uploaded: Any,
    name: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
    by: Person,
    at: datetime,
) -> VaultVersion:
    """Put a newer version above the others; applications keep the bytes they were given."""
    vault_writer(document.organisation, by=by)
    _check_dates(valid_from, valid_until)
    stored = _stored(uploaded, name=name, by=by, at=at)
    with transaction.atomic():
        return _version(document, stored, valid_from, valid_until, by=by, at=at)


def date_version(
    *, version: VaultVersion, valid_from: date | None, valid_until: date | None, by: Person, at: datetime
) -> VaultVersion:
    """Say from when and until when a version is worth something."""
    role = vault_writer(version.document.organisation, by=by)
    _check_dates(valid_from, valid_until)
    if (version.valid_from, version.valid_until) == (valid_from, valid_until):
        return version
    with transaction.atomic():
        version.valid_from, version.valid_until = valid_from, valid_until
        version.save(update_fields=["valid_from", "valid_until"])
        _journal("accounts.vault_dated", version.document, by=by, at=at, role=role, number=version.number)
    return version


def remove_from_vault(*, document: VaultDocument, by: Person, at: datetime) -> None:
    """Take a document out, all versions; applications keep theirs. Taking it out twice changes nothing."""
    role = vault_writer(document.organisation, by=by)
    with transaction.atomic():
        if VaultDocument.objects.filter(pk=document.pk).exists():
            _journal("accounts.vault_removed", document, by=by, at=at, role=role)
            document.delete()


def _check_dates(valid_from: date | None, valid_until: date | None) -> None:
    if valid_from is not None and valid_until is not None and valid_until < valid_from:
        raise Refused(_("La fin de validité est avant son début : corrigez l’une des deux dates."))


def _stored(uploaded: Any, *, name: str, by: Person, at: datetime) -> StoredFile:
    if isinstance(uploaded, StoredFile):
        return uploaded
    try:
        return files.store(uploaded, name=name, by=by, at=at, allowed=FORMATS)
    except files.FileRefused as refusal:
        raise Refused(str(refusal)) from None


def _version(
    document: VaultDocument,
    stored: StoredFile,
    valid_from: date | None,
    valid_until: date | None,
    *,
    by: Person,
    at: datetime,
) -> VaultVersion:
    latest = document.versions.select_related("file").first()
    if latest is not None and latest.file.sha256 == stored.sha256:
        # The same bytes again are the same version: a double click, or only new dates.
        if valid_from is None and valid_until is None:
            return latest
        return date_version(version=latest, valid_from=valid_from, valid_until=valid_until, by=by, at=at)
    number = (document.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = VaultVersion.objects.create(
        document=document,
        number=number,
        file=stored,
        valid_from=valid_from,
        valid_until=valid_until,
        added_by=by,
        added_at=at,
    )
    verb = "accounts.vault_added" if number == 1 else "accounts.vault_replaced"
    role = vault_writer(document.organisation, by=by)
    _journal(verb, document, by=by, at=at, role=role, number=number, sha256=stored.sha256)
    return version


def _journal(verb: str, document: VaultDocument, *, by: Person, at: datetime, role: str, **payload: Any) -> None:
    details = {"document": document.pk, "kind": document.kind, **payload}
    journal.append(verb, subject=document.organisation, by=by, at=at, role=role, payload=details)
