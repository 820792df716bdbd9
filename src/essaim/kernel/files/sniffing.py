"""What a file really is, whatever its name says; and what of it we refuse."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, BinaryIO

import puremagic
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.kernel.files import archives, pdf
from essaim.kernel.files.names import extension_of
from essaim.kernel.files.refusal import FileRefused

HEAD = 4096
MOST_PIXELS = 100_000_000
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
Label = str | Promise


@dataclass(frozen=True, slots=True)
class FileType:
    """A type we take: its MIME type, how it is called, and the check of its content, which may count its pages."""

    content_type: str
    label: Label
    check: Callable[[BinaryIO, str], int | None]


@dataclass(frozen=True, slots=True)
class Examined:
    """What a file is: its MIME type, and its number of pages when it has pages that can be counted."""

    content_type: str
    pages: int | None


# What the first bytes say: (signature, extensions it may have, how it is called).
SIGNATURES: tuple[tuple[bytes, frozenset[str], Label], ...] = (
    (EICAR, frozenset(), gettext_lazy("le fichier d’essai des antivirus")),
    (b"MZ", frozenset(), gettext_lazy("un programme Windows")),
    (b"\x7fELF", frozenset(), gettext_lazy("un programme Linux")),
    (b"\xcf\xfa\xed\xfe", frozenset(), gettext_lazy("un programme macOS")),
    (b"\xca\xfe\xba\xbe", frozenset(), gettext_lazy("un programme")),
    (b"#!", frozenset(), gettext_lazy("un programme")),
    (b"%PDF-", frozenset({"pdf"}), gettext_lazy("un PDF")),
    (b"\x89PNG\r\n\x1a\n", frozenset({"png"}), gettext_lazy("une image PNG")),
    (b"\xff\xd8\xff", frozenset({"jpg", "jpeg"}), gettext_lazy("une image JPEG")),
    (b"GIF8", frozenset(), gettext_lazy("une image GIF")),
    (b"PK\x03\x04", archives.EXTENSIONS, gettext_lazy("une archive ZIP")),
    (b"PK\x05\x06", archives.EXTENSIONS, gettext_lazy("une archive ZIP")),
    (archives.OLE, frozenset(), gettext_lazy("un document d’un ancien Office")),
    (b"Rar!", frozenset(), gettext_lazy("une archive RAR")),
    (b"7z\xbc\xaf\x27\x1c", frozenset(), gettext_lazy("une archive 7z")),
    (b"\x1f\x8b", frozenset(), gettext_lazy("une archive gzip")),
)
MARKUP = (
    (re.compile(rb"<!doctype html|<html|<head|<body|<script", re.I), gettext_lazy("une page web")),
    (re.compile(rb"<svg|<!doctype svg", re.I), gettext_lazy("une image SVG")),
)


def refuse_type(name: str, *, allowed: Collection[str]) -> str:
    """The extension of a name, when it is taken; raises FileRefused with the sentence, before any byte is sent."""
    extension = extension_of(name)
    if extension not in allowed or extension not in TYPES:
        raise FileRefused(
            _("« %(name)s » n’est pas d’un type accepté : déposez un fichier %(types)s.")
            % {"name": name, "types": ", ".join(sorted(kind.upper() for kind in allowed if kind in TYPES))}
        )
    return extension


def examine(file: BinaryIO, *, name: str, allowed: Collection[str]) -> Examined:
    """What a file is, when its name and content agree and are taken; raises FileRefused with the sentence.

    `allowed`: extensions in lower case, among `TYPES`.
    """
    extension = refuse_type(name, allowed=allowed)
    kind = TYPES[extension]
    file.seek(0)
    head = file.read(HEAD)
    if archives.is_password_protected_office(file, head, extension):
        raise archives.locked(name)
    found = what_is(head)
    if found is not None and extension not in found[0]:
        raise FileRefused(
            _(
                "%(name)s n’est pas %(expected)s : c’est %(found)s. "
                "Choisissez le bon fichier, puis déposez-le de nouveau."
            )
            % {"name": name, "expected": kind.label, "found": found[1]}
        )
    return Examined(kind.content_type, kind.check(file, name))


def what_is(head: bytes) -> tuple[frozenset[str], Label] | None:
    """The extensions that suit these first bytes and how they are called; None when they say nothing."""
    for signature, extensions, label in SIGNATURES:
        if head.startswith(signature):
            return extensions, label
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<"):
        for pattern, label in MARKUP:
            if pattern.search(head):
                return frozenset(), label
        return frozenset({"xml"}), gettext_lazy("un document XML")
    return None


def _not_readable(name: str, label: Label) -> FileRefused:
    return FileRefused(
        _("%(name)s ne peut pas être lu comme %(label)s : il est abîmé ou incomplet. Enregistrez-le de nouveau.")
        % {"name": name, "label": label}
    )


def check_pdf(file: BinaryIO, name: str) -> int | None:
    """Begins and ends as a PDF, opens without a password, has pages, is nothing else; gives the number of pages."""
    content = _read_all(file)
    try:
        facts = pdf.facts_of(content)
    except pdf.Unreadable:
        raise _not_readable(name, _("un PDF")) from None
    if facts.locked:
        raise archives.locked(name)
    if facts.pages == 0:
        raise FileRefused(_("%(name)s n’a aucune page : enregistrez-le de nouveau.") % {"name": name})
    also = _("une page web") if any(pattern.search(content[:HEAD]) for pattern, _label in MARKUP) else ""
    also = _("une archive ZIP") if archives.ends_as_zip(content) else also
    if also:
        raise FileRefused(
            _("%(name)s est à la fois un PDF et %(found)s : enregistrez-en une copie qui ne soit qu’un PDF.")
            % {"name": name, "found": also}
        )
    if facts.launches:
        raise FileRefused(
            _("%(name)s lance un programme quand on l’ouvre : enregistrez-en une copie sans cette action.")
            % {"name": name}
        )
    return facts.pages


def check_png(file: BinaryIO, name: str) -> None:
    """Is a PNG of a size that can be shown."""
    file.seek(0)
    head = file.read(24)
    if len(head) < 24 or head[12:16] != b"IHDR":
        raise _not_readable(name, _("une image PNG"))
    width, height = struct.unpack(">II", head[16:24])
    check_pixels(name, width, height)


def check_jpeg(file: BinaryIO, name: str) -> None:
    """Is a JPEG of a size that can be shown: its frame header (SOF) is looked for, nothing is decoded."""
    content = _read_all(file)
    position = 2
    while position + 9 < len(content) and content[position] == 0xFF:
        marker = content[position + 1]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", content[position + 5 : position + 9])
            return check_pixels(name, width, height)
        position += 2 + struct.unpack(">H", content[position + 2 : position + 4])[0]
    raise _not_readable(name, _("une image JPEG"))


def check_pixels(name: str, width: int, height: int) -> None:
    """Refuse an image whose declared size would exhaust the memory of whoever opens it."""
    if not 0 < width * height <= MOST_PIXELS:
        raise FileRefused(
            _("%(name)s mesure %(width)d × %(height)d points : réduisez-la à moins de 100 millions de points.")
            % {"name": name, "width": width, "height": height}
        )


def check_xml(file: BinaryIO, name: str) -> None:
    """Refuse what lets an XML document reach files or grow without bound."""
    content = _read_all(file).replace(b"\0", b"").upper()
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise FileRefused(
            _("%(name)s déclare un DOCTYPE ou des entités : retirez-les, puis déposez-le de nouveau.") % {"name": name}
        )


def check_text(file: BinaryIO, name: str) -> None:
    """Anything that is not recognised as something else is kept as an opaque download."""
    file.seek(0)
    matches = _binary_matches(file.read(HEAD))
    if matches:
        raise FileRefused(
            _("%(name)s n’est pas un fichier texte : c’est « %(found)s ». Choisissez le bon fichier.")
            % {"name": name, "found": matches[0]}
        )


def _binary_matches(head: bytes) -> list[str]:
    """What puremagic is sure of: long signatures only, as a text may begin with two unlucky letters."""
    try:
        found: list[Any] = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return []
    return [match.name for match in found if len(match.byte_match) >= 6 and not match.mime_type.startswith("text/")]


def _read_all(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read()


OOXML = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."
TYPES: dict[str, FileType] = {
    "pdf": FileType("application/pdf", gettext_lazy("un PDF"), check_pdf),
    "png": FileType("image/png", gettext_lazy("une image PNG"), check_png),
    "jpg": FileType("image/jpeg", gettext_lazy("une image JPEG"), check_jpeg),
    "jpeg": FileType("image/jpeg", gettext_lazy("une image JPEG"), check_jpeg),
    "docx": FileType(
        OOXML + "wordprocessingml.document", gettext_lazy("un document Word"), archives.ooxml("word/document.xml")
    ),
    "xlsx": FileType(
        OOXML + "spreadsheetml.sheet", gettext_lazy("un classeur Excel"), archives.ooxml("xl/workbook.xml")
    ),
    "pptx": FileType(
        OOXML + "presentationml.presentation",
        gettext_lazy("une présentation PowerPoint"),
        archives.ooxml("ppt/presentation.xml"),
    ),
    "odt": FileType(ODF + "text", gettext_lazy("un texte OpenDocument"), archives.opendocument(ODF + "text")),
    "ods": FileType(
        ODF + "spreadsheet", gettext_lazy("un classeur OpenDocument"), archives.opendocument(ODF + "spreadsheet")
    ),
    "odp": FileType(
        ODF + "presentation", gettext_lazy("une présentation OpenDocument"), archives.opendocument(ODF + "presentation")
    ),
    "csv": FileType("text/csv", gettext_lazy("un tableau CSV"), check_text),
    "txt": FileType("text/plain", gettext_lazy("un fichier texte"), check_text),
    "xml": FileType("application/xml", gettext_lazy("un document XML"), check_xml),
    "zip": FileType("application/zip", gettext_lazy("une archive ZIP"), archives.check_zip),
}
DOCUMENTS = frozenset({"pdf", "png", "jpg", "jpeg", "docx", "xlsx", "pptx", "odt", "ods", "odp", "csv", "txt"})
