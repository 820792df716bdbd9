"""The site's signature, Ed25519 (RFC 8032): on receipts and on the heads of the journal."""

from __future__ import annotations

import os
from functools import cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


@cache
def _private_key() -> Ed25519PrivateKey:
    """ESSAIM_SIGNING_KEY (32 bytes in hexadecimal) or, never in production, one drawn once and kept beside the data."""
    given = settings.SIGNING_KEY
    if not given:
        if settings.PRODUCTION:
            raise ImproperlyConfigured("ESSAIM_SIGNING_KEY is not set: give 32 random bytes in hexadecimal.")
        given = _kept_key()
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(given.strip()))
    except ValueError:
        raise ImproperlyConfigured("ESSAIM_SIGNING_KEY is not 32 bytes in hexadecimal (64 characters).") from None


def _kept_key() -> str:
    path = settings.DATA_DIR / "signing_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return str(path.read_text())
    with os.fdopen(descriptor, "w") as file:
        file.write(Ed25519PrivateKey.generate().private_bytes_raw().hex())
    return str(path.read_text())


def sign(data: bytes) -> str:
    """The signature of these bytes by the site's key, in hexadecimal (64 bytes)."""
    return _private_key().sign(data).hex()


def public_key() -> str:
    """The site's public key, in hexadecimal (32 bytes): publish it wherever signatures are checked."""
    return _private_key().public_key().public_bytes_raw().hex()


def verify(data: bytes, signature: str, key: str | None = None) -> bool:
    """Whether `signature` (hexadecimal) is that of `data` by `key`, or by the site's own key; works offline."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key or public_key())).verify(bytes.fromhex(signature), data)
    except (InvalidSignature, ValueError):
        return False
    return True
