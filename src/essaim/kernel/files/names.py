"""File names as they can be stored, shown and sent back without surprise."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 120
FORBIDDEN = re.compile(r'[<>:"|?*;/\\]+')
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


def safe_name(name: str) -> str:
    """A name without path, control or direction characters, reserved words; never empty, 120 characters at most.

    >>> safe_name("../../etc/passwd")
    'passwd'
    >>> safe_name("CON.pdf")
    '_CON.pdf'
    """
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(character for character in name if unicodedata.category(character)[0] != "C")
    name = FORBIDDEN.sub("_", name)
    name = " ".join(name.split()).strip(" .-")
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    if stem.split(".")[0].lower() in RESERVED:
        stem = f"_{stem}"
    extension = extension[:10]
    stem = stem[: LONGEST - len(extension) - 1].rstrip(" .") or "fichier"
    return f"{stem}.{extension}" if extension else stem


def extension_of(name: str) -> str:
    """The extension in lower case, without its dot; empty if there is none."""
    return name.rpartition(".")[2].lower() if "." in name else ""
