"""The form's room: sections and questions, added, copied, moved, taken away, and written one a page."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from essaim.calls.forms import rooms as entries
from essaim.calls.queries.checks import facts_of_type
from essaim.calls.queries.editing import (
    index_of,
    move_question,
    moved,
    name_choices,
    new_code,
    place_of,
    put_question,
    question_item,
    questions_in,
    replaced,
)
from essaim.calls.queries.form import TYPES
from essaim.calls.views.editor.rooms import Item, act, context, item_page, mine, opened, question_before, room_url


@never_cache
@require_safe
def form(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole form: its sections, their questions, and what can be done with each."""
    edition = opened(request, slug)
    sections = [
        {
            **section,
            "questions": [
                {**question, "kind": TYPES.get(question.get("type", ""), question.get("type", ""))}
                for question in section.get("question", [])
            ],
        }
        for section in edition.content["form"].get("section", [])
    ]
    title = _("Le formulaire")
    shown = {"sections": sections, "types": TYPES.items(), "title": title}
    return render(request, "calls/editor/form.html", context(request, edition, "form", **shown))


@require_POST
def add_section(request: HttpRequest, slug: str) -> HttpResponse:
    """A new section at the end, then its page."""
    call = mine(request, slug)
    title = request.POST.get("title", "").strip()[:200]
    if not title:
        messages.error(request, _("Donnez un titre à la section."))
        return redirect(room_url(call, "form"))
    made = []

    def change(part: dict[str, Any]) -> dict[str, Any]:
        sections = part.get("section", [])
        made[:] = [new_code(title, [section.get("code", "") for section in sections])]
        return {**part, "section": [*sections, {"code": made[0], "title": {"fr": title}, "question": []}]}

    done = act(request, call, "form", change)
    return redirect(room_url(call, "section", made[0]) if done else room_url(call, "form"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """A section's title, help and page."""
    edition = opened(request, slug)

    def read(part: dict[str, Any]) -> dict[str, Any]:
        found = part["section"][index_of(part.get("section", []), code)]
        return {key: value for key, value in found.items() if key != "question"}

    def put(part: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
        questions = part["section"][index_of(part["section"], code)].get("question", [])
        return {**part, "section": replaced(part["section"], code, {**item, "question": questions})}

    title = _title(edition.content["form"], code)
    page = Item(
        room="form",
        part="form",
        title=title,
        groups=entries.SECTION,
        read=read,
        put=put,
        after=room_url(edition.call, "form"),
    )
    return item_page(request, edition, page)


def _title(form: dict[str, Any], code: str) -> str:
    try:
        found = form["section"][index_of(form.get("section", []), code)]
    except KeyError:
        raise Http404 from None
    return _("Section « %(title)s »") % {"title": found.get("title", {}).get("fr") or code}


@require_POST
def change_section(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Move a section, or take it away once that is confirmed."""
    call, act_name = mine(request, slug), request.POST.get("act", "")

    def change(part: dict[str, Any]) -> dict[str, Any]:
        sections = part.get("section", [])
        index = index_of(sections, code)
        if act_name in {"up", "down"}:
            return {**part, "section": moved(sections, index, -1 if act_name == "up" else 1)}
        return {**part, "section": [*sections[:index], *sections[index + 1 :]]}

    if act_name not in {"up", "down", "delete"}:
        raise Http404
    done = _("La section et ses questions sont supprimées.") if act_name == "delete" else ""
    act(request, call, "form", change, done)
    return redirect(f"{room_url(call, 'form')}#section-{code}" if act_name != "delete" else room_url(call, "form"))


@require_POST
def add_question(request: HttpRequest, slug: str) -> HttpResponse:
    """A new question at the end of a section, then its page."""
    call, kind = mine(request, slug), request.POST.get("type", "")
    label, into = request.POST.get("label", "").strip()[:300], request.POST.get("section", "")
    if not label or kind not in TYPES:
        messages.error(request, _("Écrivez la question et choisissez son type."))
        return redirect(room_url(call, "form"))
    made = []

    def change(part: dict[str, Any]) -> dict[str, Any]:
        found = deepcopy(part)
        taken = [question.get("code", "") for question in questions_in(found)]
        made[:] = [new_code(label, taken)]
        asked = found["section"][index_of(found.get("section", []), into)]
        asked.setdefault("question", []).append({"code": made[0], "type": kind, "label": {"fr": label}})
        return found

    done = act(request, call, "form", change)
    return redirect(room_url(call, "question", made[0]) if done else room_url(call, "form"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """A question: its words, its bounds, its choices, when it is asked."""
    edition = opened(request, slug)
    before = question_before(edition, code)
    others = [
        (row["code"], (row.get("label") or {}).get("fr") or row["code"])
        for row in questions_in(edition.content["form"])
        if row["code"] != code and row.get("type") not in {"file", "table", "address"}
    ]
    kind = str(before.get("type"))
    facts = facts_of_type(kind, code)
    held = before.get("fact")
    if held and held not in {name for name, _said in facts}:
        facts.append((held, held))
    rules = edition.content["rules"]
    page = Item(
        room="form",
        part="form",
        title=_("Question « %(label)s »") % {"label": before.get("label", {}).get("fr") or code},
        groups=entries.question(kind, facts, [] if before.get("kept") else others),
        read=lambda part: question_item(part, rules, code),
        put=lambda part, item: put_question(part, code, item),
        also={"rules": lambda part, item: name_choices(part, item)},
        after=f"{room_url(edition.call, 'form')}#question-{code}",
        template="calls/editor/question.html",
    )
    more = {
        "code": code,
        "kind": kind,
        "type": TYPES.get(kind, kind),
        "types": TYPES.items(),
        "kept": before.get("kept"),
    }
    return item_page(request, edition, page, **more)


@require_POST
def change_question(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Move a question, copy it, change its type, or take it away once that is confirmed."""
    call, act_name = mine(request, slug), request.POST.get("act", "")
    kind, made = request.POST.get("type", ""), [code]
    if act_name not in {"up", "down", "copy", "type", "delete"} or (act_name == "type" and kind not in TYPES):
        raise Http404

    def change(part: dict[str, Any]) -> dict[str, Any]:
        number, rank = place_of(part, code)
        if act_name in {"up", "down"}:
            return move_question(part, code, -1 if act_name == "up" else 1)
        questions = part["section"][number]["question"]
        if act_name == "copy":
            made[:] = [new_code(code, [row["code"] for row in questions_in(part)])]
            copy = {**deepcopy(questions[rank]), "code": made[0]}
            copy.pop("fact", None)
            questions.insert(rank + 1, copy)
        elif act_name == "type":
            common = {"code", "label", "help", "example", "required", "shown_if", "source"}
            questions[rank] = {"type": kind, **{key: value for key, value in questions[rank].items() if key in common}}
        else:
            del questions[rank]
        return part

    done = {"delete": _("La question est supprimée."), "copy": _("La question est copiée : changez son libellé.")}
    gone = not act(request, call, "form", change, done.get(act_name, ""))
    if gone or act_name == "delete":
        return redirect(room_url(call, "form"))
    if act_name in {"copy", "type"}:
        return redirect(room_url(call, "question", made[0]))
    return redirect(f"{room_url(call, 'form')}#question-{code}")


@never_cache
@require_safe
def delete(request: HttpRequest, slug: str, thing: str, code: str) -> HttpResponse:
    """Ask before anything is taken away: what it is, and what goes with it."""
    edition = opened(request, slug)
    call, content = edition.call, edition.content
    rows = {
        "section": (content["form"].get("section", []), "change-section"),
        "question": (questions_in(content["form"]), "change-question"),
        "rule": (content["rules"].get("rule", []), "change-rule"),
        "criterion": (content["grid"].get("criterion", []), "change-criterion"),
        "document": (content["documents"].get("document", []), "change-document"),
    }
    if thing not in rows:
        raise Http404
    items, action = rows[thing]
    found = next((row for row in items if code in (row.get("code"), row.get("id"))), None)
    if found is None:
        messages.info(request, _("C’est déjà fait, ou quelqu’un l’a retiré entre-temps."))
        return redirect(room_url(call, "form"))
    words = found.get("title") or found.get("label") or {}
    more = {
        "name": words.get("fr") or code,
        "inside": len(found.get("question", [])),
        "action": room_url(call, action, code),
        "title": _("Supprimer « %(name)s » ?") % {"name": words.get("fr") or code},
    }
    room = {"section": "form", "question": "form", "rule": "rules", "criterion": "grid", "document": "documents"}[thing]
    return render(request, "calls/editor/delete.html", context(request, edition, room, **more))
