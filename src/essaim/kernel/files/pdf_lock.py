"""Whether a protected PDF opens without a password: many banks and registries forbid changes, not reading.

The standard security handler's own check of the empty user password: ISO 32000-1, 7.6.3 (revisions 2 to 4), and
ISO 32000-2, 7.6.4 (revisions 5 and 6). RC4 and MD5 are what the format uses; nothing of ours is protected by them.
"""

from __future__ import annotations

import re
from hashlib import md5, sha256, sha384, sha512

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
ESCAPES = {ord("n"): b"\n", ord("r"): b"\r", ord("t"): b"\t", ord("b"): b"\b", ord("f"): b"\f"}
FIRST_ID = re.compile(rb"/ID\s*\[\s*(?=[<(])")


def opens_without_password(settings: bytes, content: bytes) -> bool:
    """Whether the empty password is the user's; False when it cannot be told. `settings`: the /Encrypt dictionary."""
    revision = _integer(settings, b"/R")
    owner, user = _string(settings, b"/O"), _string(settings, b"/U")
    if b"/Standard" not in settings or not owner or not user or revision is None:
        return False
    if revision in {5, 6} and len(user) >= 48:
        salt = user[32:40]
        return (sha256(salt).digest() if revision == 5 else _hardened(salt)) == user[:32]
    if revision in {2, 3, 4}:
        return _old(settings, content, revision, owner, user)
    return False


def _old(settings: bytes, content: bytes, revision: int, owner: bytes, user: bytes) -> bool:
    """Algorithms 2, 4 and 5: RC4 keys drawn from the padding alone."""
    permissions = _integer(settings, b"/P") or 0
    length = (_integer(settings, b"/Length") or 40) // 8 if revision > 2 else 5
    if _integer(settings, b"/V") == 4:
        length = 16
    first = FIRST_ID.search(content)
    ident = _text_at(content, first.end()) if first else b""
    digest = md5(PADDING + owner[:32] + (permissions & 0xFFFFFFFF).to_bytes(4, "little") + ident, usedforsecurity=False)
    if revision == 4 and b"/EncryptMetadata false" in settings:
        digest.update(b"\xff\xff\xff\xff")
    key = digest.digest()
    if revision == 2:
        return _rc4(key[:5], PADDING) == user[:32]
    length = min(max(length, 5), 16)
    for _round in range(50):
        key = md5(key[:length], usedforsecurity=False).digest()
    expected = md5(PADDING + ident, usedforsecurity=False).digest()
    for rank in range(20):
        expected = _rc4(bytes(byte ^ rank for byte in key[:length]), expected)
    return expected == user[:16]


def _hardened(salt: bytes) -> bytes:
    """Algorithm 2.B for the empty password."""
    key, rank = sha256(salt).digest(), 0
    while True:
        cipher = Cipher(algorithms.AES(key[:16]), modes.CBC(key[16:32])).encryptor()
        data = cipher.update(key * 64) + cipher.finalize()
        key = (sha256, sha384, sha512)[sum(data[:16]) % 3](data).digest()
        rank += 1
        if rank >= 64 and data[-1] <= rank - 32:
            return key[:32]


def _rc4(key: bytes, data: bytes) -> bytes:
    box, j = list(range(256)), 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) % 256])
    return bytes(out)


def _integer(body: bytes, name: bytes) -> int | None:
    found = re.search(re.escape(name) + rb"\s*(-?\d{1,10})", body)
    return int(found[1]) if found else None


def _string(body: bytes, name: bytes) -> bytes:
    found = re.search(re.escape(name) + rb"\s*(?=[<(])", body)
    return _text_at(body, found.end()) if found else b""


def _text_at(body: bytes, position: int) -> bytes:
    """The string written at `position`: <hexadecimal> or (literal, with its escapes), 512 bytes at most."""
    if body[position : position + 1] == b"<":
        digits = re.sub(rb"[^0-9A-Fa-f]", b"", body[position + 1 : position + 1026].partition(b">")[0])
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
    out, depth, position = bytearray(), 1, position + 1
    while position < len(body) and len(out) < 512:
        byte = body[position]
        if byte == 0x5C:  # a backslash
            octal = re.match(rb"[0-7]{1,3}", body[position + 1 : position + 4])
            after = body[position + 1] if position + 1 < len(body) else 0
            out += bytes([int(octal[0], 8) & 255]) if octal else ESCAPES.get(after, bytes([after]))
            position += 1 + (len(octal[0]) if octal else 1)
            continue
        depth += (byte == 0x28) - (byte == 0x29)
        if not depth:
            break
        out.append(byte)
        position += 1
    return bytes(out)
