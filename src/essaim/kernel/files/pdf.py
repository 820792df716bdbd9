"""What a PDF says of itself, read within bounds: how many pages, whether it opens without a password.

Only what answers these questions is read (ISO 32000-1, 7.5 and 7.6), by looking for objects rather than trusting the
table that locates them, as readers do with damaged files. Nothing is rendered, no reference is followed twice.
"""

from __future__ import annotations

import re
import zlib
from collections import deque
from dataclasses import dataclass

from essaim.kernel.files import pdf_lock

TAIL = 2048
MOST_OBJECTS = 200_000
MOST_INFLATED = 64 * 2**20
LARGEST_STREAM = 8 * 2**20
LONGEST_INDEX = 2**19
SPACE = rb"[\x00\t\n\f\r ]"
BEFORE_OBJ = re.compile(rb"(\d{1,10})" + SPACE + rb"+(\d{1,5})" + SPACE + rb"+$")
REFERENCE = re.compile(SPACE + rb"*(\d{1,10})" + SPACE + rb"+(\d{1,5})" + SPACE + rb"+R")
INTEGER = re.compile(SPACE + rb"*(\d{1,10})")
ROOT = re.compile(rb"/Root" + REFERENCE.pattern)
ENCRYPT = re.compile(rb"/Encrypt(?:" + REFERENCE.pattern + rb"|" + SPACE + rb"*<<)")
STREAM = re.compile(rb"stream\r?\n")
LAUNCH = re.compile(rb"/S" + SPACE + rb"*/Launch\b")
# The only packed objects worth keeping: the catalogue, the page tree, what would start a program.
TELLING = re.compile(rb"/Catalog|/Pages|" + LAUNCH.pattern)


class Unreadable(Exception):
    """Not a PDF a reader could open: cut short, or without a document in it."""


@dataclass(frozen=True, slots=True)
class Facts:
    """`pages` is None when it cannot be told without decrypting; `locked`: asks for a password; `launches`: a program
    would be started by opening it."""

    pages: int | None
    locked: bool = False
    launches: bool = False


def facts_of(content: bytes) -> Facts:
    """What a PDF says of itself. Raises Unreadable."""
    end = content.rfind(b"%%EOF")
    if not content.startswith(b"%PDF-") or end < 0 or len(content[end + 5 :].strip(b"\0\t\n\f\r ")) > TAIL:
        raise Unreadable
    roots = [int(found[1]) for found in deque(ROOT.finditer(content), maxlen=16)]
    if not roots:
        raise Unreadable
    objects = _objects(content)
    trailers = deque(ENCRYPT.finditer(content), maxlen=1)
    whole = True
    if trailers:
        told = trailers[0]
        settings = objects.get(int(told[1]), b"") if told[1] else content[told.start() : told.start() + TAIL]
        if not pdf_lock.opens_without_password(settings, content):
            return Facts(None, locked=True)
        whole = False  # what is packed is encrypted
    else:
        packed, whole = _packed_objects(objects)
        objects = packed | objects
    pages = _pages(objects, roots)
    if pages is None and whole:
        raise Unreadable
    return Facts(pages, launches=any(LAUNCH.search(body) for body in objects.values()))


def _objects(content: bytes) -> dict[int, bytes]:
    """The objects in clear, by number; the last one written wins. Of a stream, only its dictionary unless it packs
    objects. Each byte is looked at a bounded number of times, whatever the file holds."""
    starts: list[tuple[int, int]] = []
    position = content.find(b"obj")
    while position >= 0 and len(starts) < MOST_OBJECTS:
        if number := BEFORE_OBJ.search(content[max(0, position - 24) : position]):
            starts.append((int(number[1]), position + 3))
        position = content.find(b"obj", position + 3)
    found: dict[int, bytes] = {}
    for rank, (ident, start) in enumerate(starts):
        following = starts[rank + 1][1] if rank + 1 < len(starts) else len(content)
        end = content.find(b"endobj", start, following)
        head = content[start : min(start + TAIL, following)]
        is_stream = b"stream" in head and b"/ObjStm" not in head
        found[ident] = head if is_stream else content[start : end if end >= 0 else following]
    return found


def _packed_objects(objects: dict[int, bytes]) -> tuple[dict[int, bytes], bool]:
    """The telling objects kept inside compressed object streams (7.5.7), and whether all of those could be read."""
    found: dict[int, bytes] = {}
    room, whole = MOST_INFLATED, True
    for body in objects.values():
        head = body[:TAIL]
        start = STREAM.search(body) if b"/ObjStm" in head else None
        if start is None:
            continue
        data = body[start.end() :]
        if b"/Filter" in head:
            data = _inflated(data, min(room, LARGEST_STREAM)) if b"/FlateDecode" in head else b""
        room -= len(data)
        first = _integer(head, b"/First")
        if not data or room <= 0 or first is None or first > LONGEST_INDEX:
            whole = False
            continue
        found |= _unpacked(data, first)
    return found, whole


def _unpacked(data: bytes, first: int) -> dict[int, bytes]:
    """The telling objects of one stream, whose index of (number, place) pairs ends at `first`."""
    words = data[:first].split()
    if len(words) % 2 or not all(word.isdigit() and len(word) <= 10 for word in words):
        return {}
    places = [(int(words[rank]), first + int(words[rank + 1])) for rank in range(0, len(words), 2)]
    ends = [place for _number, place in places[1:]] + [len(data)]
    bodies = ((number, data[place:end]) for (number, place), end in zip(places, ends, strict=True))
    return {number: body for number, body in bodies if TELLING.search(body)}


def _inflated(data: bytes, room: int) -> bytes:
    """The stream unpacked, never beyond `room`; nothing when it is damaged."""
    try:
        return zlib.decompressobj().decompress(data, max(room, 1))
    except zlib.error:
        return b""


def _pages(objects: dict[int, bytes], roots: list[int]) -> int | None:
    """The number of pages the last catalogue announces; None when none leads to a page tree."""
    for root in reversed(roots):
        tree = _reference(objects.get(root, b""), b"/Pages")
        count = _integer(objects.get(tree, b""), b"/Count") if tree is not None else None
        if count is not None:
            return count
    return None


def _reference(body: bytes, name: bytes) -> int | None:
    found = re.search(re.escape(name) + REFERENCE.pattern, body)
    return int(found[1]) if found else None


def _integer(body: bytes, name: bytes) -> int | None:
    found = re.search(re.escape(name) + INTEGER.pattern, body)
    return int(found[1]) if found else None
