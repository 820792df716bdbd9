"""Files that arrive in pieces, survive a cut and a reload, and are handed over whole to whoever asked for them.

A part of the site that takes files opens a door: `uploads.door("applications.document", admit=..., take=...)`. The
pieces are kept in the same storage as the files (a disk or an object store), under names of their own; offsets are
moved by compare-and-set, so that two requests can never write the same bytes twice. Nothing is "received" before the
door has taken the whole file, read back and compared with the fingerprint announced.
"""

from __future__ import annotations

import base64
import io
import re
import tempfile
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, BinaryIO, cast

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from essaim.kernel.files import quota, refuse_size, storage
from essaim.kernel.files.names import safe_name
from essaim.kernel.files.refusal import FileRefused
from essaim.kernel.models import StoredFile, Upload, UploadPart
from essaim.kernel.tasks import periodic
from essaim.kernel.workflow import Refused

PIECE = 2**20
KEPT = timedelta(days=7)
MOST_AT_ONCE = 100
SHA256 = re.compile(r"^[0-9a-f]{64}$")


class Conflict(Exception):
    """The piece does not begin where the bytes received end (409): ask where, then go on from there."""


class Damaged(Exception):
    """The piece is not the one whose checksum was sent (460)."""


@dataclass(frozen=True, slots=True)
class Door:
    """Who takes files sent for a kind of thing.

    `admit(by, target, name=, length=)` raises FileRefused, Refused or Http404 before a byte is sent;
    `take(by, target, file=, name=, at=)` keeps the whole file and gives its StoredFile, or raises the refusal to show.
    """

    admit: Callable[..., None]
    take: Callable[..., StoredFile]


DOORS: dict[str, Door] = {}


def door(name: str, *, admit: Callable[..., None], take: Callable[..., StoredFile]) -> None:
    """Open a door: `target` is then whatever text names the object for it."""
    DOORS[name] = Door(admit, take)


def begin(
    *, by: Any, door: str, target: str, name: str, length: int, announced_sha256: str = "", at: datetime
) -> Upload:
    """Announce a file; the same file announced again for the same thing goes on where it stopped.

    Raises FileRefused (its FileTooBig when the size is the reason) before any byte is sent.
    """
    name = safe_name(name)
    if door not in DOORS or not (announced_sha256 == "" or SHA256.match(announced_sha256)):
        raise FileRefused(_("Cet envoi ne dit pas à quoi il sert\u00a0: rechargez la page, puis recommencez."))
    refuse_size(length, name=name)
    DOORS[door].admit(by, target, name=name, length=length)
    waiting = unfinished(by=by, door=door, at=at)
    same = (
        waiting.filter(target=target, length=length, announced_sha256=announced_sha256, name=name)
        .order_by("-offset")
        .first()
    )
    if same is not None:
        return same
    if Upload.objects.filter(by=by, outcome=Upload.Outcome.RECEIVING).count() >= MOST_AT_ONCE:
        raise FileRefused(_("Trop d’envois sont en cours\u00a0: finissez-les ou abandonnez-en."))
    quota.require(by, length, at=at, announced=True)
    return Upload.objects.create(
        by=by,
        door=door,
        target=target,
        name=name,
        length=length,
        announced_sha256=announced_sha256,
        created_at=at,
        expires_at=at + KEPT,
    )


def unfinished(*, by: Any, door: str, at: datetime) -> QuerySet[Upload]:
    """What someone began to send through a door, and can go on sending."""
    return Upload.objects.filter(by=by, door=door, outcome=Upload.Outcome.RECEIVING, expires_at__gt=at).order_by("pk")


def receive(upload: Upload, body: BinaryIO, *, offset: int, checksum: str = "", at: datetime) -> Upload:
    """Keep the bytes of one request, as many as arrived before a cut; hand the file over when it is whole.

    `checksum`: SHA-256 in base64, of all the bytes of the request. Raises Conflict, Damaged.
    """
    if offset != upload.offset or upload.outcome != Upload.Outcome.RECEIVING:
        raise Conflict
    with tempfile.SpooledTemporaryFile(max_size=PIECE) as spool:
        arrived = cast(BinaryIO, spool)
        cut = _copy(body, arrived, upload.length - offset)
        if checksum:
            arrived.seek(0)
            digest = sha256()
            for piece in storage.pieces(arrived):
                digest.update(piece)
            if base64.b64encode(digest.digest()).decode() != checksum:
                raise Damaged
        arrived.seek(0)
        for piece in storage.pieces(arrived):
            _keep(upload, piece, at=at)
    if cut is not None:
        raise cut
    if upload.offset == upload.length:
        hand_over(upload, at=at)
    return upload


def _copy(body: BinaryIO, target: BinaryIO, most: int) -> OSError | None:
    """Copy at most `most` bytes; the error of a connection cut in the middle, once what arrived is copied."""
    while most > 0:
        try:
            piece = body.read(min(PIECE, most))
        except OSError as cut:
            return cut
        if not piece:
            return None
        target.write(piece)
        most -= len(piece)
    return None


def _keep(upload: Upload, piece: bytes, *, at: datetime) -> None:
    start, size = upload.offset, len(piece)
    path = f"uploads/{upload.public_id.hex}/{start:012d}-{uuid.uuid4().hex[:8]}"
    storage.write(io.BytesIO(piece), path=path)
    with transaction.atomic():
        moved = Upload.objects.filter(pk=upload.pk, offset=start, outcome=Upload.Outcome.RECEIVING).update(
            offset=start + size, expires_at=at + KEPT
        )
        if moved:
            UploadPart.objects.create(upload=upload, start=start, size=size, path=path)
    if not moved:
        default_storage.delete(path)
        raise Conflict
    upload.offset, upload.expires_at = start + size, at + KEPT


def hand_over(upload: Upload, *, at: datetime) -> None:
    """Put the pieces together and give the file to its door; what the door says is kept, the pieces are not."""
    outcome, sentence, digest = Upload.Outcome.TAKEN, "", ""
    with tempfile.TemporaryFile() as whole:
        for part in upload.parts.order_by("start"):
            with default_storage.open(part.path) as piece:
                for block in storage.pieces(piece):
                    whole.write(block)
        digest, size = storage.digest_of(whole)
        try:
            if size != upload.length or upload.announced_sha256 not in ("", digest):
                raise FileRefused(
                    _("%(name)s n’est pas arrivé tel qu’il est parti\u00a0: envoyez-le de nouveau.")
                    % {"name": upload.name}
                )
            DOORS[upload.door].take(upload.by, upload.target, file=whole, name=upload.name, at=at)
        except (FileRefused, Refused) as refusal:
            outcome, sentence = Upload.Outcome.REFUSED, str(refusal)
    Upload.objects.filter(pk=upload.pk).update(outcome=outcome, sentence=sentence, sha256=digest)
    upload.outcome, upload.sentence, upload.sha256 = outcome, sentence, digest
    _forget_parts(upload)


def abandon(upload: Upload) -> None:
    """Forget an upload and its pieces."""
    _forget_parts(upload)
    upload.delete()


def _forget_parts(upload: Upload) -> None:
    for part in upload.parts.all():
        default_storage.delete(part.path)
    upload.parts.all().delete()


@periodic(every=timedelta(hours=1))
def forget_expired(*, at: datetime) -> None:
    """Every hour: what was not finished in seven days is erased."""
    for upload in Upload.objects.filter(expires_at__lte=at).order_by("pk"):
        abandon(upload)
