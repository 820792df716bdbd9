"""Files people send: checked, kept once per content by SHA-256, given back as downloads and never shown inline.

`store` says "received" only once the bytes have been read back from the storage. The antivirus runs afterwards.
"""

from __future__ import annotations

import io
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from essaim.kernel.files import antivirus, quota, storage
from essaim.kernel.files.antivirus import when_infected
from essaim.kernel.files.names import safe_name
from essaim.kernel.files.refusal import FileRefused, FileTooBig
from essaim.kernel.files.sniffing import DOCUMENTS, TYPES, Examined, examine, refuse_type
from essaim.kernel.models import StoredFile

__all__ = [
    "DOCUMENTS",
    "TYPES",
    "FileRefused",
    "FileTooBig",
    "read",
    "refuse_size",
    "refuse_type",
    "safe_name",
    "scanning",
    "serve",
    "store",
    "store_generated",
    "when_infected",
]


def store(
    uploaded: File[Any] | BinaryIO | bytes,
    *,
    name: str,
    by: Any,
    at: datetime,
    allowed: Collection[str] = DOCUMENTS,
    max_bytes: int | None = None,
) -> StoredFile:
    """Check a file sent by `by` and keep it. Raises FileRefused with the sentence to show.

    `allowed`: extensions, among `files.TYPES`. `max_bytes`: ESSAIM_MAX_UPLOAD_MB unless said otherwise.
    """
    file = _binary(uploaded)
    name = safe_name(name)
    sha256, size = storage.digest_of(file)
    refuse_size(size, name=name, max_bytes=max_bytes)
    quota.require(by, size, at=at)
    found = examine(file, name=name, allowed=allowed)
    return _keep(file, sha256=sha256, size=size, name=name, found=found, by=by, at=at)


def refuse_size(size: int, *, name: str, max_bytes: int | None = None) -> None:
    """Raise FileRefused when a file of this size is not taken: empty, or over the limit."""
    if size == 0:
        raise FileRefused(_("Le fichier est vide (0 octet) : choisissez-en un autre."))
    limit = max_bytes or settings.MAX_UPLOAD_MB * 10**6
    if size > limit:
        raise FileTooBig(
            _("%(name)s pèse %(size)s Mo : la limite est de %(limit)s Mo. Réduisez-le, puis déposez-le de nouveau.")
            % {"name": name, "size": _megabytes(size), "limit": _megabytes(limit)}
        )


def store_generated(content: bytes, *, name: str, content_type: str, at: datetime) -> StoredFile:
    """Keep a document we made ourselves (a receipt, a letter)."""
    file = io.BytesIO(content)
    sha256, size = storage.digest_of(file)
    return _keep(
        file, sha256=sha256, size=size, name=safe_name(name), found=Examined(content_type, None), by=None, at=at
    )


def _keep(file: BinaryIO, *, sha256: str, size: int, name: str, found: Examined, by: Any, at: datetime) -> StoredFile:
    stored = StoredFile(
        sha256=sha256,
        size=size,
        name=name,
        content_type=found.content_type,
        pages=found.pages,
        uploaded_by=by,
        created_at=at,
    )
    storage.keep(file, path=stored.path, sha256_hex=sha256)
    with transaction.atomic():
        known = StoredFile.objects.filter(sha256=sha256).exclude(scan=StoredFile.Scan.NOT_SCANNED).first()
        if known is not None:
            stored.scan, stored.scan_detail, stored.scanned_at = known.scan, known.scan_detail, known.scanned_at
        stored.save()
        if settings.CLAMD and stored.scan == StoredFile.Scan.NOT_SCANNED:
            antivirus.scan.enqueue(file=stored.pk)
            stored.refresh_from_db()
    return stored


def _binary(uploaded: File[Any] | BinaryIO | bytes) -> BinaryIO:
    """The seekable binary file under an upload."""
    if isinstance(uploaded, bytes):
        return io.BytesIO(uploaded)
    inner = getattr(uploaded, "file", None)
    file = cast(BinaryIO, inner if inner is not None and hasattr(inner, "seek") else uploaded)
    file.seek(0)
    return file


def _megabytes(size: int) -> str:
    """Bytes as megabytes, rounded up to one decimal, in the reader's notation: 26,3."""
    tenths = -(-size * 10 // 10**6)
    return str(number_format(Decimal(tenths) / 10, decimal_pos=1 if tenths % 10 else 0))


def scanning() -> bool:
    """Whether an antivirus looks at the files received."""
    return bool(settings.CLAMD)


def read(stored: StoredFile) -> bytes:
    """The bytes of a stored file."""
    with default_storage.open(stored.path) as file:
        return bytes(file.read())


def serve(stored: StoredFile, request: HttpRequest) -> HttpResponse | FileResponse:
    """Give a file back as a download, inert in any browser. The caller has checked who may read it.

    An infected file is answered 403 with a sentence.
    """
    if stored.scan == StoredFile.Scan.INFECTED:
        sentence = _("Ce fichier est infecté (%(detail)s) : il n’est pas distribué. Demandez-en un autre à son auteur.")
        response: HttpResponse | FileResponse = HttpResponse(
            sentence % {"detail": stored.scan_detail}, status=403, content_type="text/plain; charset=utf-8"
        )
    else:
        safe = {kind.content_type for kind in TYPES.values()} | {"application/json"}
        content_type = stored.content_type if stored.content_type in safe else "application/octet-stream"
        response = FileResponse(
            default_storage.open(stored.path), as_attachment=True, filename=stored.name, content_type=content_type
        )
        response["Content-Length"] = str(stored.size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
