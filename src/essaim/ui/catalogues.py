"""Translations without GNU gettext: extract what is said, keep each app's English catalogue in step, compile it.

Sources are in French; each app holds `locale/en/LC_MESSAGES/django.po`. `check()` says what is missing, `update()` adds
and removes entries, `compile_all()` writes the .mo files Django reads (never committed).
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation import templatize

PACKAGE = Path(__file__).resolve().parent.parent
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop", "N_")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
HEADER = "# English translations of essaim.{app}. Sources are the French texts of the code and templates.\n"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")


@dataclass(frozen=True)
class Said:
    """One text of the sources: its plural and context when it has them, and where it is said (app-relative path)."""

    text: str
    plural: str = ""
    context: str = ""
    place: str = ""


def apps() -> list[str]:
    """The apps that say something, by name."""
    return sorted(path.name for path in PACKAGE.iterdir() if (path / "apps.py").exists() and said(path.name))


def said(app: str) -> list[Said]:
    """Everything an app says, from its Python files and its templates, once each, in order of text."""
    found: dict[tuple[str, str], Said] = {}
    for path in _sources(PACKAGE / app):
        for item in _said_in(path, path.relative_to(PACKAGE / app).as_posix()):
            known = found.get((item.context, item.text))
            if not known or (item.plural and not known.plural):
                found[item.context, item.text] = item
    return sorted(found.values(), key=lambda item: (item.text.casefold(), item.context))


def _sources(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts and "static" not in path.parts:
            yield path


def _said_in(path: Path, place: str) -> Iterator[Said]:
    source = path.read_text()
    if path.suffix != ".py":
        if "translate" not in source and "trans " not in source and "_(" not in source:
            return
        source = templatize(source, origin=place)
    for _line, text, _comments, context in extract("python", io.BytesIO(source.encode()), KEYWORDS):
        singular, plural = text if isinstance(text, tuple) else (text, "")
        yield Said(singular, plural, context or "", place)


def path_of(app: str) -> Path:
    """Where an app's English catalogue is."""
    return PACKAGE / app / "locale" / "en" / "LC_MESSAGES" / "django.po"


def catalogue(app: str) -> Catalog:
    """An app's English catalogue as it stands; empty when there is none yet."""
    path = path_of(app)
    if not path.exists():
        return Catalog(locale="en", project="essaim")
    with path.open("rb") as file:
        return read_po(file, locale="en")


def check(app: str) -> list[str]:
    """What is wrong in an app's catalogue, a sentence each; nothing when every text has its English."""
    known = catalogue(app)
    wanted = {(item.context, item.text): item for item in said(app)}
    problems = []
    for item in wanted.values():
        message = known.get(item.text, item.context or None)
        problems += _problems(app, item, message)
    for message in known:
        if message.id and (message.context or "", _singular(message)) not in wanted:
            problems.append(f"{app}: {_singular(message)!r} is no longer said: remove it (essaim messages)")
    return problems


def _problems(app: str, item: Said, message: Message | None) -> Iterator[str]:
    where = f"{app}: {item.text!r} ({item.place})"
    english = _strings(message) if message else []
    if not english or not all(english):
        yield f"{where} has no English: write it in {path_of(app).relative_to(PACKAGE)}"
        return
    if message and message.fuzzy:
        yield f"{where}: its English is marked fuzzy; read it again and remove the mark"
    if bool(item.plural) != (len(english) > 1):
        yield f"{where}: singular and plural do not match the sources"
    expected = _placeholders(item.text) | _placeholders(item.plural)
    for text in english:
        # A singular may leave the number out ("one file"); nothing else may be dropped, nothing added.
        missing = expected - _placeholders(text)
        if _placeholders(text) - expected or (missing and not item.plural):
            yield f"{where}: its English {text!r} does not hold the same placeholders"


def _placeholders(text: str) -> set[str]:
    return {match.group(0) for match in PLACEHOLDER.finditer(text)}


def _singular(message: Message) -> str:
    return message.id[0] if isinstance(message.id, tuple | list) else message.id


def _strings(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple | list) else [message.string]


def update(app: str) -> tuple[int, int]:
    """Rewrite an app's catalogue in step with its sources, keeping its English; gives how many were added, removed."""
    known, fresh, added = (
        catalogue(app),
        Catalog(locale="en", project="essaim", header_comment=HEADER.format(app=app)),
        0,
    )
    for item in said(app):
        message = known.get(item.text, item.context or None)
        added += message is None
        english = _strings(message) if message else []
        ident = (item.text, item.plural) if item.plural else item.text
        string = tuple([*english, "", ""][:2]) if item.plural else (english or [""])[0]
        fresh.add(ident, string, locations=[(item.place, 0)], context=item.context or None)
    removed = len(known) - (len(fresh) - added)
    _write(app, fresh)
    return added, removed


def _write(app: str, fresh: Catalog) -> None:
    path = path_of(app)
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    write_po(buffer, fresh, width=120, sort_output=False, omit_header=True, include_lineno=False)
    header = (
        HEADER.format(app=app) + 'msgid ""\nmsgstr ""\n"Language: en\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    )
    path.write_text(header + buffer.getvalue().decode().strip() + "\n")


def compile_all() -> list[Path]:
    """Write the .mo file beside each catalogue when it is missing or older; gives those written."""
    written = []
    for path in sorted(PACKAGE.glob("*/locale/*/LC_MESSAGES/django.po")):
        compiled = path.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= path.stat().st_mtime:
            continue
        with path.open("rb") as source:
            catalog = read_po(source, locale=path.parent.parent.name)
        fresh = compiled.with_suffix(".mo.new")
        with fresh.open("wb") as file:
            write_mo(file, catalog)
        fresh.replace(compiled)
        written.append(compiled)
    return written
