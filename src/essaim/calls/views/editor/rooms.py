"""What every room of the editor shares: the call and its edition, the rooms, one item shown, written, in conflict."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.calls import actions
from essaim.calls.forms import EntriesForm, Group
from essaim.calls.models import Call, CallState, Edition
from essaim.calls.queries.content import content_of
from essaim.calls.queries.editing import mark, question_item
from essaim.kernel import access, clock
from essaim.kernel.workflow import Refused
from essaim.programmes.thread import thread_of

ROOMS = {
    "texts": gettext_lazy("Textes"),
    "dates": gettext_lazy("Dates"),
    "frame": gettext_lazy("Service, territoire, budget"),
    "form": gettext_lazy("Formulaire"),
    "rules": gettext_lazy("Règles"),
    "grid": gettext_lazy("Grille"),
    "documents": gettext_lazy("Pièces"),
    "letters": gettext_lazy("Lettres"),
    "check": gettext_lazy("Vérifier et publier"),
}
IN_TEXTS = {"title", "summary", "purpose", "who", "how_much", "spending", "commitments", "text"}
IN_DATES = {"opens_at", "closes_at", "timezone", "date", "calendar"}


def mine(request: HttpRequest, slug: str) -> Call:
    """The call, for an officer of its programme; 404 for anyone else."""
    call = access.fetch(request.user, access.visible_to(request.user, Call).whole(), slug=slug)
    if "officer" not in access.roles(request.user, call):
        raise Http404
    return call


def opened(request: HttpRequest, slug: str) -> Edition:
    """The edition of one's call as the pages show it: nothing is written before the first save."""
    call = mine(request, slug)
    edition = actions.written_edition(call)
    if edition is None:
        version = call.rule_set
        sources = dict(version.sources) if version else {}
        edition = Edition(call=call, content=content_of(call), sources=sources, based_on=version)
    edition.call = call
    return edition


def room_url(call: Call, room: str, *parts: Any) -> str:
    """The address of a room, or of an item in it."""
    return reverse(f"calls:edit-{room}", args=[call.slug, *parts])


def context(request: HttpRequest, edition: Edition, room: str = "", **more: Any) -> dict[str, Any]:
    """What every page of the editor reads."""
    call, at = edition.call, clock.now()
    tabs = [{"text": label, "url": room_url(call, name), "current": name == room} for name, label in ROOMS.items()]
    return {
        "call": call,
        "edition": edition,
        "rooms": tabs,
        "room": ROOMS.get(room, ""),
        "room_url": room_url(call, room) if room else "",
        "at": at,
        "is_draft": call.state == CallState.DRAFT,
        "locked": call.state not in {CallState.DRAFT, CallState.PUBLISHED},
        "thread": thread_of(call.programme, at=at),
        **more,
    }


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing a page writes. `read(part)` gives it, `put(part, item)` the part with it; `also`, other parts changed.

    `after` is where one goes once it is saved.
    """

    room: str
    part: str
    title: str
    groups: Sequence[Group]
    read: Callable[[Any], Any]
    put: Callable[[Any, Any], Any]
    after: str = ""
    finish: Callable[[dict[str, Any]], None] | None = None
    also: Mapping[str, Callable[[Any, Any], Any]] | None = None
    template: str = "calls/editor/item.html"


def item_page(request: HttpRequest, edition: Edition, item: Item, **more: Any) -> HttpResponse:
    """Show an item, save it, or say who saved it meanwhile with both texts in sight."""
    before = item.read(edition.content.get(item.part) or {})
    seen, theirs, status = mark(before), [], 200
    form = EntriesForm(request.POST if request.method == "POST" else None, groups=item.groups, before=before)
    if request.method == "POST":
        status = 422
        if form.is_valid() and _finished(form, item):
            try:
                _save(request, edition.call, item, form.written)
            except actions.Stale as conflict:
                form.add_error(None, str(conflict))
                edition = opened(request, edition.call.slug)
                present = item.read(edition.content.get(item.part) or {})
                seen, theirs, status = mark(present), _differences(form, item, present), 409
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _saved(edition.call))
                return redirect(item.after or request.get_full_path())
    shown = {"form": form, "groups": form.shown(), "seen": seen, "theirs": theirs, "title": item.title}
    return render(request, item.template, context(request, edition, item.room, **shown, **more), status=status)


def _finished(form: EntriesForm, item: Item) -> bool:
    """Work out the content written; a value that makes no sense with another is told in the form."""
    form.written = form.item()
    try:
        if item.finish is not None:
            item.finish(form.written)
    except forms.ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def _save(request: HttpRequest, call: Call, item: Item, written: dict[str, Any]) -> None:
    at, by = clock.now(), request.user
    actions.rewrite(
        call,
        item.part,
        lambda part: item.put(part, written),
        by=by,
        at=at,
        shown=item.read,
        seen=request.POST.get("seen", ""),
    )
    for part, change in (item.also or {}).items():
        actions.rewrite(call, part, lambda held, change=change: change(held, written), by=by, at=at)


def _saved(call: Call) -> str:
    if call.state == CallState.DRAFT:
        return _("Enregistré. Le public ne voit pas l’appel avant sa publication.")
    return _("Enregistré. L’appel publié ne change pas tant que cette version n’est pas publiée.")


def _differences(form: EntriesForm, item: Item, present: Any) -> list[tuple[str, str]]:
    """What someone else wrote in the fields where the page says otherwise."""
    other = EntriesForm(groups=item.groups, before=present)
    found = []
    for name, field in other.fields.items():
        said, typed = other[name].value() or "", form[name].value() or ""
        if str(said).replace("\r\n", "\n") != str(typed).replace("\r\n", "\n"):
            found.append((str(field.label), str(said)))
    return found


def act(request: HttpRequest, call: Call, part: str, change: Callable[[Any], Any], done: str = "") -> bool:
    """Change a part from a button (move, copy, take away); False when the thing is already gone."""
    try:
        actions.rewrite(call, part, change, by=request.user, at=clock.now())
    except KeyError:
        messages.info(request, _("C’est déjà fait, ou quelqu’un l’a retiré entre-temps."))
        return False
    except Refused as refusal:
        messages.error(request, str(refusal))
        return False
    if done:
        messages.success(request, done)
    return True


def fault_url(edition: Edition, fault: Any) -> str:
    """The page that mends a fault."""
    call, where = edition.call, str(fault.where or "")
    file = fault.file.removesuffix(".toml")
    key = where.rpartition(".")[2]
    if file == "call":
        return room_url(call, "texts" if key in IN_TEXTS else "dates" if key in IN_DATES else "frame")
    if file == "form":
        for section in edition.content["form"].get("section", []):
            if section.get("code") == where:
                return room_url(call, "section", where)
            if any(question.get("code") == where for question in section.get("question", [])):
                return room_url(call, "question", where)
        return room_url(call, "form")
    if file == "rules":
        known = [rule.get("id") for rule in edition.content["rules"].get("rule", [])]
        return room_url(call, "rule", where) if where in known else room_url(call, "rules")
    if file == "grid":
        known = [row.get("code") for row in edition.content["grid"].get("criterion", [])]
        return room_url(call, "criterion", where) if where in known else room_url(call, "grid")
    if file == "documents":
        known = [row.get("code") for row in edition.content["documents"].get("document", [])]
        return room_url(call, "document", where) if where in known else room_url(call, "documents")
    return room_url(call, "letters")


def question_before(edition: Edition, code: str) -> dict[str, Any]:
    """A question as its page edits it, or 404."""
    try:
        return question_item(edition.content["form"], edition.content["rules"], code)
    except KeyError:
        raise Http404 from None
