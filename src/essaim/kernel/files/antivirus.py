"""ClamAV over its socket (ESSAIM_CLAMD), in the background: a file is taken first and scanned after."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from datetime import timedelta

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from essaim.kernel import clock
from essaim.kernel.files import storage
from essaim.kernel.models import StoredFile
from essaim.kernel.tasks import job

TIMEOUT = 60
# Called as f(sha256, at=...) in the transaction that marks these bytes infected, by the parts that use files.
listeners: list[Callable[..., None]] = []


def when_infected(function: Callable[..., None]) -> Callable[..., None]:
    """Have `function(sha256, *, detail, at)` called when the antivirus finds something in bytes already received."""
    listeners.append(function)
    return function


class ScanFailed(Exception):
    """The antivirus did not answer, or not in a way we understand."""


def connect(address: str) -> socket.socket:
    """A connection to clamd at `unix:/path` or `tcp:host:port`."""
    scheme, _colon, rest = address.partition(":")
    if scheme == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(TIMEOUT)
        try:
            connection.connect(rest)
        except OSError:
            connection.close()
            raise
        return connection
    host, _colon, port = rest.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=TIMEOUT)


def instream(address: str, pieces: Iterable[bytes]) -> str:
    """What clamd says of these bytes: "OK" or "<signature> FOUND" (protocol INSTREAM of clamd(8))."""
    with connect(address) as clamd:
        clamd.sendall(b"zINSTREAM\0")
        for piece in pieces:
            clamd.sendall(len(piece).to_bytes(4, "big") + piece)
        clamd.sendall(bytes(4))
        answer = b""
        while not answer.endswith(b"\0") and (part := clamd.recv(4096)):
            answer += part
    return answer.rstrip(b"\0").decode("utf-8", "replace").removeprefix("stream:").strip()


@job(attempts=10, backoff=timedelta(minutes=1))
def scan(*, file: int) -> None:
    """Have one file scanned and keep the answer on every row with the same bytes."""
    stored = StoredFile.objects.filter(pk=file).first()
    if stored is None or not settings.CLAMD:
        return
    with default_storage.open(stored.path) as content:
        answer = instream(settings.CLAMD, storage.pieces(content))
    if answer == "OK":
        state, detail = StoredFile.Scan.CLEAN, ""
    elif answer.endswith("FOUND"):
        state, detail = StoredFile.Scan.INFECTED, answer.removesuffix("FOUND").strip()
    else:
        raise ScanFailed(answer or "no answer")
    at = clock.now()
    with transaction.atomic():
        StoredFile.objects.filter(sha256=stored.sha256).update(scan=state, scan_detail=detail, scanned_at=at)
        if state == StoredFile.Scan.INFECTED:
            for tell in listeners:
                tell(stored.sha256, detail=detail, at=at)
