"""The rules' room: each rule's words, its check piece by piece, its public sentence, and a try on numbers."""

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
from essaim.calls.forms.checks import TryForm, check_groups
from essaim.calls.models import Edition
from essaim.calls.queries import checks
from essaim.calls.queries.editing import check_at, index_of, moved, new_code, put_check, questions_in, replaced
from essaim.calls.views.editor.rooms import Item, act, context, item_page, mine, opened, room_url
from essaim.kernel.bilingual import Bilingual

CONSTANTS = ("le", "ge", "lt", "gt", "eq")


@never_cache
@require_safe
def rules(request: HttpRequest, slug: str) -> HttpResponse:
    """Every rule, said as the public will read it."""
    edition = opened(request, slug)
    held = edition.content["rules"]
    rows = [
        {
            "id": rule["id"],
            "title": Bilingual(rule.get("title", {})),
            "severity": dict(entries.SEVERITIES).get(rule.get("severity"), ""),
            "said": checks.sentence_of(held, rule),
            "faults": checks.faults_of(held, rule),
        }
        for rule in held.get("rule", [])
    ]
    shown = {"rows": rows, "ops": checks.OPS.items(), "title": _("Les règles")}
    return render(request, "calls/editor/rules.html", context(request, edition, "rules", **shown))


@require_POST
def add_rule(request: HttpRequest, slug: str) -> HttpResponse:
    """A new rule at the end, then its page."""
    call, op = mine(request, slug), request.POST.get("op", "")
    title = request.POST.get("title", "").strip()[:200]
    if not title or op not in checks.OPS:
        messages.error(request, _("Donnez un titre à la règle, et choisissez ce qu’elle vérifie."))
        return redirect(room_url(call, "rules"))
    made = []

    def change(part: dict[str, Any]) -> dict[str, Any]:
        held = part.get("rule", [])
        made[:] = [new_code(title, [rule.get("id", "") for rule in held], joint="-")]
        rule = {"id": made[0], "title": {"fr": title}, "severity": "blocking", "check": deepcopy(checks.STARTS[op])}
        return {**part, "rule": [*held, rule]}

    done = act(request, call, "rules", change)
    return redirect(room_url(call, "rule", made[0]) if done else room_url(call, "rules"))


def _rule(edition: Edition, code: str) -> dict[str, Any]:
    held = edition.content["rules"].get("rule", [])
    try:
        return held[index_of(held, code, "id")]
    except KeyError:
        raise Http404 from None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """A rule: its words, its check as a tree, what the public will read, what it says of numbers."""
    edition = opened(request, slug)
    found, held = _rule(edition, code), edition.content["rules"]
    page = Item(
        room="rules",
        part="rules",
        title=_("Règle « %(title)s »") % {"title": found.get("title", {}).get("fr") or code},
        groups=entries.RULE,
        read=lambda part: {k: v for k, v in part["rule"][index_of(part["rule"], code, "id")].items() if k != "check"},
        put=lambda part, item: {
            **part,
            "rule": replaced(
                part["rule"], code, {**item, "check": part["rule"][index_of(part["rule"], code, "id")]["check"]}, "id"
            ),
        },
        template="calls/editor/rule.html",
    )
    more = {
        "code": code,
        "tree": _tree(held, found.get("check", {}), ()),
        "said": checks.sentence_of(held, found),
        "faults": checks.faults_of(held, found),
        "ops": checks.OPS.items(),
        **_tried(request, edition, found),
    }
    return item_page(request, edition, page, **more)


def _tree(rules: dict[str, Any], check: dict[str, Any], path: tuple[int, ...]) -> dict[str, Any]:
    """A check as the page shows it: what it says, and what is inside."""
    inside = check.get("checks") if "checks" in check else [check["check"]] if "check" in check else []
    return {
        "path": "-".join(map(str, path)) or "racine",
        "op": check.get("op"),
        "words": checks.OPS.get(str(check.get("op")), check.get("op")),
        "sentence": "" if "checks" in check else checks.clause_of(rules, check),
        "is_group": "checks" in check,
        "is_root": not path,
        "next": "-".join(map(str, (*path, len(inside or [])))),
        "inside": [_tree(rules, part, (*path, rank)) for rank, part in enumerate(inside or [])],
    }


def _options(edition: Edition) -> dict[str, Any]:
    """What the forms of checks offer: facts, categories, names of choices, documents."""
    content = edition.content
    facts = checks.facts_known(content["form"], content["rules"])
    files = [row for row in questions_in(content["form"]) if row.get("type") == "file"]
    categories = _named(content["call"].get("category", []), "title")
    documents = [*_named(content["documents"].get("document", []), "title"), *_named(files, "label")]
    labels = [(key, str(Bilingual(words))) for key, words in content["rules"].get("labels", {}).items()]
    return {"facts": facts, "categories": categories, "labels": labels, "documents": documents}


def _named(rows: list[dict[str, Any]], key: str) -> list[tuple[str, str]]:
    return [(row["code"], str(Bilingual(row.get(key, {}))) or row["code"]) for row in rows if row.get("code")]


def _tried(request: HttpRequest, edition: Edition, found: dict[str, Any]) -> dict[str, Any]:
    """The form that tries the rule, and what it says of what was given."""
    options = _options(edition)
    asked = {name: options["facts"][name] for name in checks.facts_in(found.get("check")) if name in options["facts"]}
    codes = checks.documents_in(found.get("check"))
    documents = [(code, title) for code, title in options["documents"] if code in codes]
    given = request.GET if "essai" in request.GET else None
    form = TryForm(given, facts=asked, categories=options["categories"], documents=documents)
    finding = None
    if given is not None and form.is_valid():
        finding = checks.tried(edition.content["rules"], found, form.given())
    return {"try_form": form, "finding": finding}


def _path(text: str) -> tuple[int, ...]:
    if text == "racine":
        return ()
    parts = text.split("-")
    if len(parts) > 8 or not all(part.isascii() and part.isdigit() and len(part) < 4 for part in parts):
        raise Http404
    return tuple(int(part) for part in parts)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, slug: str, code: str, path: str) -> HttpResponse:
    """One condition of a rule: what is compared, with what."""
    edition, place = opened(request, slug), _path(path)
    try:
        held = check_at(_rule(edition, code).get("check", {}), place)
    except KeyError:
        raise Http404 from None
    op, options = str(held.get("op")), _options(edition)
    groups = check_groups(op, **options)
    back = room_url(edition.call, "rule", code)
    if not groups:
        return redirect(back)
    titles = {row["code"]: row.get("title", {}) for row in edition.content["documents"].get("document", [])}
    titles |= {row["code"]: row.get("label", {}) for row in questions_in(edition.content["form"])}
    page = Item(
        room="rules",
        part="rules",
        title=str(checks.OPS[op]).capitalize(),
        groups=groups,
        read=lambda part: _shown(check_at(part["rule"][index_of(part["rule"], code, "id")]["check"], place)),
        put=lambda part, item: _put_check(part, code, place, _written(item), titles),
        after=f"{back}#condition",
        template="calls/editor/check.html",
    )
    return item_page(request, edition, page, back=back, code=code)


def _shown(check: dict[str, Any]) -> dict[str, Any]:
    """A check with its constant as people write it (a day stays as its own field shows it)."""
    if check.get("op") in CONSTANTS and "value" in check:
        return {**check, "value": checks.value_as_text(str(check.get("fact")), check["value"])}
    return check


def _written(item: dict[str, Any]) -> dict[str, Any]:
    """A check as the rules write it; another fact is compared with only when no value is given."""
    if item.get("op") not in CONSTANTS:
        return item
    written = {key: value for key, value in item.items() if value not in ("", None)}
    if "value" in written:
        written["value"] = checks.value_from_text(str(item.get("fact")), str(item["value"]))
        written.pop("other", None)
    return written


def _put_check(part: Any, code: str, place: tuple[int, ...], new: Any, titles: dict[str, Any]) -> dict[str, Any]:
    held = part["rule"]
    rule = held[index_of(held, code, "id")]
    rule = {**rule, "check": put_check(rule["check"], place, new)}
    named = {**part, "rule": replaced(held, code, rule, "id")}
    return checks.name_documents(named, titles, checks.documents_in(rule["check"]))


@require_POST
def change_check(request: HttpRequest, slug: str, code: str, path: str) -> HttpResponse:
    """Add a condition there, put another in its place, or take it away."""
    call, place = mine(request, slug), _path(path)
    act_name, op = request.POST.get("act", ""), request.POST.get("op", "")
    if act_name not in {"add", "replace", "delete"} or (act_name != "delete" and op not in checks.OPS):
        raise Http404
    if act_name == "delete" and not place:
        raise Http404
    new = None if act_name == "delete" else deepcopy(checks.STARTS[op])

    def change(part: dict[str, Any]) -> dict[str, Any]:
        if act_name == "replace" and op in {"all", "any", "not"}:
            inside = check_at(part["rule"][index_of(part.get("rule", []), code, "id")]["check"], place)
            if op == "not":
                new["check"] = inside
            else:
                new["checks"] = inside.get("checks") or [inside]
        return _changed(part, code, place, new)

    done = act(request, call, "rules", change)
    if done and act_name != "delete" and op not in {"all", "any", "not"}:
        return redirect(room_url(call, "check-one", code, path))
    return redirect(f"{room_url(call, 'rule', code)}#condition")


def _changed(part: dict[str, Any], code: str, place: tuple[int, ...], new: Any) -> dict[str, Any]:
    rule = part["rule"][index_of(part["rule"], code, "id")]
    check = put_check(rule["check"], place, new) or deepcopy(checks.STARTS["all"])
    return {**part, "rule": replaced(part["rule"], code, {**rule, "check": check}, "id")}


@require_POST
def change_rule(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Move a rule, or take it away once that is confirmed."""
    call, act_name = mine(request, slug), request.POST.get("act", "")
    if act_name not in {"up", "down", "delete"}:
        raise Http404

    def change(part: dict[str, Any]) -> dict[str, Any]:
        held = part.get("rule", [])
        index = index_of(held, code, "id")
        if act_name == "delete":
            return {**part, "rule": [*held[:index], *held[index + 1 :]]}
        return {**part, "rule": moved(held, index, -1 if act_name == "up" else 1)}

    act(request, call, "rules", change, _("La règle est supprimée.") if act_name == "delete" else "")
    return redirect(room_url(call, "rules"))
