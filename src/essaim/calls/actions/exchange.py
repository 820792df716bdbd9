"""A live call as the folder it could have been read from, and back: directories on a disk, ZIP files on a page.

A file keeps the text of its author while it says the same as the call; what was changed on screen is written again in
one canonical layout. So export, import, export gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from pathlib import Path, PurePosixPath

from django.db import transaction
from django.utils.translation import gettext as _

from essaim.accounts.models import Person
from essaim.calls.actions.editions import edition_of
from essaim.calls.actions.faults import FolderFault
from essaim.calls.actions.folder import NOT_OURS, Files, check_files
from essaim.calls.actions.preparing import read_files
from essaim.calls.models import Call, Edition
from essaim.calls.queries.content import content_of, texts_of_content
from essaim.kernel import journal
from essaim.kernel.workflow import Refused

MOST_FILES = 200
MOST_BYTES = 5_000_000  # of all the files of a call, once unpacked
FOLDERS = ("letters", "examples")
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the same call gives the same ZIP, whenever it is asked


class NotAFolder(Refused):
    """A file that is not the ZIP of a call's folder, or one with errors: `faults` lists them."""

    def __init__(self, sentence: str, faults: list[FolderFault] | None = None) -> None:
        super().__init__(sentence)
        self.faults = faults or []


def export_files(call: Call, edition: Edition | None = None) -> Files:
    """The files of a call as it stands, or of one of its editions, by their name."""
    if edition is not None:
        texts = texts_of_content(edition.content, edition.sources)
    else:
        texts = texts_of_content(content_of(call), call.rule_set.sources if call.rule_set else {})
    return {name: text.encode() for name, text in texts.items()}


def write_folder(files: Files, folder: Path) -> list[Path]:
    """Write files by their name in a directory, made if absent; other files of it are left alone."""
    written = []
    for name, body in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        written.append(path)
    return written


def zip_of(files: Files, *, name: str) -> bytes:
    """A ZIP of the files in a folder called `name`; the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, body in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{name}/{file}", FIRST_DAY)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, body)
    return buffer.getvalue()


def files_of_zip(body: bytes) -> Files:
    """The files of a call's ZIP, at its top or in one folder. Raises NotAFolder in a sentence."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
                raise NotAFolder(_("Ce ZIP est trop gros pour un appel : 200 fichiers et 5 Mo au plus."))
            found = {}
            for entry in entries:
                name = _name_of(entry.filename)
                if name:
                    with archive.open(entry) as file:
                        found[name] = file.read(MOST_BYTES)  # never more than what was announced
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise NotAFolder(_("Ce fichier n’est pas un ZIP lisible : donnez le dossier de l’appel, compressé.")) from None
    if "call.toml" not in found:
        raise NotAFolder(_("Ce ZIP ne contient pas de call.toml : compressez le dossier d’un appel."))
    return found


def _name_of(path: str) -> str:
    """The name of a call's file in a ZIP; "" for what is not one (another folder, a hidden file, a way out)."""
    parts = PurePosixPath(path.replace("\\", "/")).parts
    if len(parts) >= 2 and parts[-2] in FOLDERS:
        name = f"{parts[-2]}/{parts[-1]}"
        suffix = ".txt" if parts[-2] == "letters" else ".toml"
        return name if name.endswith(suffix) and len(parts) <= 3 else ""
    known = len(parts) <= 2 and parts[-1].endswith(".toml") and parts[-1] not in NOT_OURS
    return parts[-1] if known and ".." not in parts else ""


def import_into(call: Call, files: Files, *, by: Person | None, at: datetime) -> Edition:
    """Make a folder the next content of a call: the edition being written takes all of it, to be read then published.

    Raises NotAFolder with every fault when it cannot be published; nothing is changed then.
    """
    if faults := check_files(files):
        raise NotAFolder(_("Ce dossier a des erreurs : corrigez-les, puis importez-le de nouveau."), faults)
    content = read_files(files)
    with transaction.atomic():
        opened = edition_of(call, by=by, at=at)
        edition = Edition.objects.select_for_update().get(pk=opened.pk)
        edition.content, edition.sources = content, {name: body.decode() for name, body in files.items()}
        edition.version += 1
        edition.saved_at = at
        edition.save(update_fields=["content", "sources", "version", "saved_at"])
        role = "system" if by is None else "officer"
        payload = {"part": "all", "version": edition.version}
        journal.append("calls.edition.save", subject=edition, by=by, at=at, role=role, payload=payload)
    return edition
