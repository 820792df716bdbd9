"""One error of a call's folder, and where it stands in the file."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class FolderFault:
    """One error: in which file, on which line (None when it is the whole file), and what to do.

    `where` names what it is about: the code of a question, of a document, of a criterion, the id of a rule, a key.
    """

    file: str
    line: int | None
    sentence: str
    where: str = ""

    def __str__(self) -> str:
        return f"{self.file}{f':{self.line}' if self.line else ''} · {self.sentence}"


def line_of(text: str, table: str, key: str) -> int:
    """Line (from 1) of `key` in a table (or before any table when `table` is empty), else of the table's header."""
    lines = text.splitlines()
    start, inside = 0, not table
    for number, line in enumerate(lines):
        head = re.match(r"\s*\[\[?\s*([\w.]+)\s*\]\]?", line)
        if head:
            if inside and (start or not table):
                break
            inside = head[1] == table
            start = number + 1 if inside else start
        elif inside and key and re.match(rf"\s*{re.escape(key)}\s*[=.]", line):
            return number + 1
    return start or 1


def line_with(text: str, words: str) -> int | None:
    """The first line that holds these words."""
    return next((number for number, line in enumerate(text.splitlines(), start=1) if words in line), None)


def block_line(text: str, header: str, number: int, key: str = "") -> int | None:
    """Line of `key` in the block `[[header]]` number `number` (from 0), else of its header; None when absent."""
    start, seen = None, -1
    for line_number, line in enumerate(text.splitlines(), start=1):
        head = re.match(r"\s*\[\[?\s*([\w.]+)\s*\]\]?", line)
        if head:
            if start is not None and head[1] in {header, header.rpartition(".")[0]}:
                break
            if head[1] == header:
                seen += 1
                start = line_number if seen == number else start
        elif start is not None and key and re.match(rf"\s*{re.escape(key)}\s*[=.]", line):
            return line_number
    return start


def unknown_keys(table: Mapping[str, Any], known: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each key that is not in a closed list, with the sentence that says the nearest one."""
    known = sorted(known)
    for key in table:
        if key not in known:
            yield key, _("« %(key)s » n’est pas un mot connu ici%(hint)s.") % {"key": key, "hint": near(key, known)}


def near(word: str, known: Iterable[str]) -> str:
    """« ; vouliez-vous dire « … » ? » for a word that looks like a known one, else the list."""
    known = list(known)
    found = difflib.get_close_matches(str(word), known, 1)
    if found:
        return _(" (vouliez-vous dire « %(word)s » ?)") % {"word": found[0]}
    return _(" (mots connus : %(words)s)") % {"words": ", ".join(known)}


def untranslated(file: str, text: str, content: Any, key: str = "", where: str = "") -> Iterator[FolderFault]:
    """Every text of a content that is not written in both languages."""
    if isinstance(content, Mapping):
        if content and set(content) <= {"fr", "en"}:
            if not all(isinstance(content.get(lang), str) and content[lang].strip() for lang in ("fr", "en")):
                said = next((words for words in content.values() if isinstance(words, str) and words.strip()), "")
                sentence = _("« %(key)s » doit être écrit en français et en anglais (fr, en).") % {"key": key}
                line = line_with(text, said.splitlines()[0]) if said else line_with(text, key)
                yield FolderFault(file, line, sentence, where)
            return
        where = str(content.get("code") or content.get("id") or where)
        for name, value in content.items():
            yield from untranslated(file, text, value, str(name), where)
    elif isinstance(content, list):
        for value in content:
            yield from untranslated(file, text, value, key, where)
