"""The rooms of the grid, the documents and the letters."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from essaim.calls.forms import rooms as entries
from essaim.calls.forms.entries import Entry, Group
from essaim.calls.models import Edition
from essaim.calls.queries.editing import index_of, moved, new_code, replaced
from essaim.calls.views.editor.rooms import ROOMS, Item, act, context, item_page, mine, opened, room_url
from essaim.kernel.bilingual import Bilingual

LISTS = {"criterion": ("grid", "grid"), "document": ("documents", "documents")}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def grid(request: HttpRequest, slug: str) -> HttpResponse:
    """The criteria with their weights, and the scale of the marks."""
    edition = opened(request, slug)
    criteria = edition.content["grid"].get("criterion", [])
    page = Item(
        room="grid",
        part="grid",
        title=_("La grille d’expertise"),
        groups=entries.GRID,
        read=lambda part: {key: value for key, value in part.items() if key != "criterion"},
        put=lambda part, item: {**item, "criterion": part.get("criterion", [])},
        template="calls/editor/grid.html",
    )
    total = sum(weight for row in criteria if isinstance(weight := row.get("weight"), int))
    return item_page(request, edition, page, rows=_rows(criteria), total=total)


def _rows(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "title": Bilingual(row.get("title", {}))} for row in items]


@never_cache
@require_safe
def documents(request: HttpRequest, slug: str) -> HttpResponse:
    """The documents asked, and of whom."""
    edition = opened(request, slug)
    labels = edition.content["rules"].get("labels", {})
    rows = _rows(edition.content["documents"].get("document", []))
    for row in rows:
        wanted = row.get("required_for", [])
        names = ", ".join(str(Bilingual(labels.get(kind, {"fr": kind}))) for kind in wanted)
        row["requirement"] = (
            _("Obligatoire")
            if "*" in wanted
            else (_("Obligatoire pour : %(kinds)s") % {"kinds": names} if wanted else _("Facultatif"))
        )
    shown = {"rows": rows, "title": _("Les pièces")}
    return render(request, "calls/editor/documents.html", context(request, edition, "documents", **shown))


@require_POST
def add(request: HttpRequest, slug: str, thing: str) -> HttpResponse:
    """A new criterion or document at the end, then its page."""
    call, (part_name, room) = mine(request, slug), _list(thing)
    title, made = request.POST.get("title", "").strip()[:200], []
    if not title:
        messages.error(request, _("Donnez un titre."))
        return redirect(room_url(call, room))

    def change(part: dict[str, Any]) -> dict[str, Any]:
        held = part.get(thing, [])
        made[:] = [new_code(title, [row.get("code", "") for row in held])]
        blank = {"formats": ["pdf"], "max_megabytes": 10, "required_for": []} if thing == "document" else {}
        return {**part, thing: [*held, {"code": made[0], "title": {"fr": title}, **blank}]}

    done = act(request, call, part_name, change)
    return redirect(room_url(call, thing, made[0]) if done else room_url(call, room))


def _list(thing: str) -> tuple[str, str]:
    if thing not in LISTS:
        raise Http404
    return LISTS[thing]


@require_POST
def change(request: HttpRequest, slug: str, thing: str, code: str) -> HttpResponse:
    """Move a criterion or a document, or take it away once that is confirmed."""
    call, (part_name, room) = mine(request, slug), _list(thing)
    act_name = request.POST.get("act", "")
    if act_name not in {"up", "down", "delete"}:
        raise Http404

    def changed(part: dict[str, Any]) -> dict[str, Any]:
        held = part.get(thing, [])
        index = index_of(held, code)
        if act_name == "delete":
            return {**part, thing: [*held[:index], *held[index + 1 :]]}
        return {**part, thing: moved(held, index, -1 if act_name == "up" else 1)}

    act(request, call, part_name, changed, _("C’est supprimé.") if act_name == "delete" else "")
    return redirect(room_url(call, room))


def _one(edition: Edition, thing: str, code: str) -> dict[str, Any]:
    held = edition.content[LISTS[thing][0]].get(thing, [])
    try:
        return held[index_of(held, code)]
    except KeyError:
        raise Http404 from None


def _item(request: HttpRequest, slug: str, thing: str, code: str, groups: Any, name: str) -> HttpResponse:
    edition = opened(request, slug)
    found, (part_name, room) = _one(edition, thing, code), LISTS[thing]
    page = Item(
        room=room,
        part=part_name,
        title=name % {"title": found.get("title", {}).get("fr") or code},
        groups=groups(edition),
        read=lambda part: part[thing][index_of(part[thing], code)],
        put=lambda part, item: {**part, thing: replaced(part[thing], code, item)},
        after=room_url(edition.call, room),
    )
    return item_page(request, edition, page)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def criterion(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """A criterion: its weight, the question it asks, what low and high marks mean."""
    return _item(request, slug, "criterion", code, lambda edition: entries.CRITERION, _("Critère « %(title)s »"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def document(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """A document: of whom it is asked, how it may be sent."""
    return _item(
        request, slug, "document", code, lambda edition: entries.document(_kinds(edition)), _("Pièce « %(title)s »")
    )


def _kinds(edition: Edition) -> list[tuple[str, str]]:
    """The kinds of applicants the form knows, with their names."""
    labels = edition.content["rules"].get("labels", {})
    codes: list[str] = []
    for section in edition.content["form"].get("section", []):
        for question in section.get("question", []):
            if question.get("fact") == "applicant.kind":
                codes += question.get("choices", [])
    for row in edition.content["documents"].get("document", []):
        codes += [code for code in row.get("required_for", []) if code != "*"]
    return [(code, str(Bilingual(labels.get(code, {"fr": code})))) for code in dict.fromkeys(codes)]


LETTERS = ("funded", "declined", "inadmissible")
VARIABLE = re.compile(r"\{(\w+)\}")


@never_cache
@require_safe
def letters(request: HttpRequest, slug: str) -> HttpResponse:
    """The letters, in both languages: written or still to write."""
    edition = opened(request, slug)
    held = edition.content.get("letters") or {}
    names = {"funded": _("Projet retenu"), "declined": _("Projet non retenu"), "inadmissible": _("Dossier irrecevable")}
    rows = [
        {
            "title": title,
            "texts": [(lang, f"{name}.{lang}.txt", held.get(f"{name}.{lang}.txt", "")) for lang in ("fr", "en")],
        }
        for name, title in names.items()
    ]
    shown = {"rows": rows, "title": _("Les lettres")}
    return render(request, "calls/editor/letters.html", context(request, edition, "letters", **shown))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """A letter's text; what is between braces is filled in for each applicant."""
    edition = opened(request, slug)
    if name not in {f"{letter}.{lang}.txt" for letter in LETTERS for lang in ("fr", "en")}:
        raise Http404
    hint = _("La première ligne est l’objet. Entre accolades : ce qui est rempli pour chaque dossier.")
    page = Item(
        room="letters",
        part="letters",
        title=_("Lettre %(name)s") % {"name": name.removesuffix(".txt")},
        groups=(Group(ROOMS["letters"], (Entry(("text",), _("Texte de la lettre"), "long", help=hint, rows=24),)),),
        read=lambda part: {"text": part.get(name, "")},
        put=lambda part, item: _with_letter(part, name, item.get("text", "")),
        after=room_url(edition.call, "letters"),
        template="calls/editor/letter.html",
    )
    texts = (edition.content.get("letters") or {}).values()
    return item_page(
        request, edition, page, variables=sorted({word for text in texts for word in VARIABLE.findall(text)})
    )


def _with_letter(part: dict[str, Any], name: str, text: str) -> dict[str, Any]:
    kept = {key: value for key, value in part.items() if key != name}
    return {**kept, name: f"{text}\n"} if text else kept
