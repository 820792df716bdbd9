"""ZIP containers (archives, Office and OpenDocument files), judged from their table of contents, never unpacked."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable
from typing import BinaryIO

from django.utils.translation import gettext as _

from essaim.kernel.files.names import extension_of
from essaim.kernel.files.refusal import FileRefused

EXTENSIONS = frozenset({"zip", "docx", "xlsx", "pptx", "odt", "ods", "odp"})
MOST_MEMBERS = 2000
LARGEST = 300 * 2**20
SMALL = 20 * 2**20
MOST_RATIO = 100
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LARGEST_MANIFEST = 2**20
PROGRAMS = frozenset(
    {"exe", "com", "dll", "scr", "msi", "bat", "cmd", "ps1", "vbs", "vbe", "js", "jse", "wsf", "hta", "lnk", "jar"}
    | {"app", "sh", "so", "dylib", "apk", "docm", "xlsm", "pptm"}
)
ARCHIVES = frozenset({"zip", "rar", "7z", "gz", "tgz", "tar", "bz2", "xz", "iso", "cab"})


def contents(file: BinaryIO, name: str) -> zipfile.ZipFile:
    """The archive, its table of contents checked: size, number, names, no program, no password. Raises FileRefused."""
    if _announced_members(file) > MOST_MEMBERS:
        raise FileRefused(
            _("%(name)s contient plus de %(most)d fichiers : déposez-les autrement.")
            % {"name": name, "most": MOST_MEMBERS}
        )
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise FileRefused(
            _("%(name)s ne peut pas être ouvert : il est abîmé ou incomplet. Enregistrez-le de nouveau.")
            % {"name": name}
        ) from None
    members = archive.infolist()
    unpacked, packed = sum(m.file_size for m in members), sum(m.compress_size for m in members)
    if unpacked > LARGEST or (unpacked > SMALL and unpacked > MOST_RATIO * packed) or packed > _size(file):
        raise FileRefused(
            _("%(name)s deviendrait énorme une fois ouvert (%(size)d Mo) : déposez-en un plus petit.")
            % {"name": name, "size": unpacked // 10**6}
        )
    for member in members:
        _check_member(member, name)
    return archive


def _check_member(member: zipfile.ZipInfo, name: str) -> None:
    if member.flag_bits & 1:
        raise FileRefused(
            _("%(name)s est protégé par un mot de passe : enregistrez-en une copie sans protection.") % {"name": name}
        )
    path = member.filename.replace("\\", "/")
    if path.startswith("/") or ".." in path.split("/") or ":" in path.split("/")[0]:
        raise FileRefused(
            _("%(name)s contient un fichier qui sort de son dossier (%(member)s) : refaites l’archive.")
            % {"name": name, "member": member.filename[:100]}
        )
    if extension_of(path) in PROGRAMS:
        raise FileRefused(
            _("%(name)s contient un programme (%(member)s) : retirez-le, puis recommencez.")
            % {"name": name, "member": member.filename[:100]}
        )


def damaged(name: str) -> FileRefused:
    """The refusal of an archive that cannot be opened."""
    return FileRefused(
        _("%(name)s ne peut pas être ouvert : il est abîmé ou incomplet. Enregistrez-le de nouveau.") % {"name": name}
    )


def locked(name: str) -> FileRefused:
    """The refusal of a file nobody else could open."""
    return FileRefused(
        _("%(name)s est protégé par un mot de passe : enregistrez-en une copie sans protection.") % {"name": name}
    )


def is_password_protected_office(file: BinaryIO, head: bytes, extension: str) -> bool:
    """Whether this is a Word, Excel or PowerPoint document encrypted whole ([MS-OFFCRYPTO] puts it in an OLE file)."""
    if not head.startswith(OLE) or extension not in {"docx", "xlsx", "pptx"}:
        return False
    file.seek(0)
    return "EncryptedPackage".encode("utf-16-le") in file.read()


def ends_as_zip(content: bytes) -> bool:
    """Whether an archive ends exactly where the file ends: programs that open archives would find it."""
    end = content.rfind(b"PK\x05\x06", max(0, len(content) - 65557))
    return end >= 0 and end + 22 + int.from_bytes(content[end + 20 : end + 22], "little") == len(content)


def _announced_members(file: BinaryIO) -> int:
    """The number of members the end of the archive announces; known before a huge table of contents is loaded."""
    size = _size(file)
    file.seek(max(0, size - 65557))
    tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    file.seek(0)
    return int.from_bytes(tail[end + 10 : end + 12], "little") if end >= 0 else 0


def _size(file: BinaryIO) -> int:
    return file.seek(0, 2)


def check_zip(file: BinaryIO, name: str) -> None:
    """An archive of documents: no archive inside."""
    for member in contents(file, name).infolist():
        if extension_of(member.filename) in ARCHIVES:
            raise FileRefused(
                _("%(name)s contient une autre archive (%(member)s) : déposez les fichiers eux-mêmes.")
                % {"name": name, "member": member.filename[:100]}
            )


def ooxml(part: str) -> Callable[[BinaryIO, str], None]:
    """A check: an Office Open XML document with this main part and no macros."""

    def check(file: BinaryIO, name: str) -> None:
        names = set(contents(file, name).namelist())
        if part not in names or "[Content_Types].xml" not in names:
            raise _other(name)
        if any(member.endswith("vbaProject.bin") or "macrosheets/" in member for member in names):
            raise FileRefused(
                _("%(name)s contient des macros : enregistrez-en une copie sans macros.") % {"name": name}
            )

    return check


def opendocument(content_type: str) -> Callable[[BinaryIO, str], None]:
    """A check: an OpenDocument file of this type and no macros."""

    def check(file: BinaryIO, name: str) -> None:
        archive = contents(file, name)
        names = archive.namelist()
        if "mimetype" not in names or archive.getinfo("mimetype").file_size > 200:
            raise _other(name)
        try:
            announced = archive.read("mimetype").decode("ascii", "replace").strip()
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError):
            raise damaged(name) from None
        if announced != content_type:
            raise _other(name)
        manifest = "META-INF/manifest.xml"
        if manifest in names and archive.getinfo(manifest).file_size <= LARGEST_MANIFEST:
            try:
                encrypted = b"encryption-data" in archive.read(manifest)
            except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError):
                raise damaged(name) from None
            if encrypted:
                raise locked(name)
        if any(member.startswith(("Basic/", "Scripts/")) for member in names):
            raise FileRefused(
                _("%(name)s contient des macros : enregistrez-en une copie sans macros.") % {"name": name}
            )

    return check


def _other(name: str) -> FileRefused:
    return FileRefused(
        _("%(name)s n’est pas le document que son nom annonce : c’est une archive. Choisissez le bon fichier.")
        % {"name": name}
    )
