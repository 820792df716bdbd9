"""Bytes kept under their SHA-256, on the disk or in an object store; nothing is "received" before it is read back."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, default_storage

CHUNK = 2**20


def digest_of(file: BinaryIO | File[Any]) -> tuple[str, int]:
    """The SHA-256 (hexadecimal) and the size of a file, read by pieces."""
    file.seek(0)
    digest, size = sha256(), 0
    for piece in pieces(file):
        digest.update(piece)
        size += len(piece)
    file.seek(0)
    return digest.hexdigest(), size


def pieces(file: BinaryIO | File[Any]) -> Iterator[bytes]:
    """A file's bytes, one MiB at a time."""
    while piece := file.read(CHUNK):
        yield piece


def keep(file: BinaryIO, *, path: str, sha256_hex: str) -> None:
    """Write the bytes at `path` durably, then read them back. Raises OSError when they differ."""
    write(file, path=path)
    with default_storage.open(path) as kept:
        found, _size = digest_of(kept)
    if found != sha256_hex:
        default_storage.delete(path)
        raise OSError(f"the bytes read back from {path} are not those written")


def write(file: BinaryIO, *, path: str) -> None:
    """Write the bytes at `path` durably, over what was there."""
    if isinstance(default_storage, FileSystemStorage):
        _keep_on_disk(file, Path(default_storage.path(path)))
        return
    if default_storage.exists(path):
        default_storage.delete(path)
    default_storage.save(path, File(file))


def _keep_on_disk(file: BinaryIO, target: Path) -> None:
    """Temporary file, fsync, rename, fsync of the folder: all or nothing, and still there after a power cut."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{uuid.uuid4().hex}.part")
    try:
        with part.open("wb") as out:
            file.seek(0)
            for piece in pieces(file):
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        part.chmod(0o640)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
