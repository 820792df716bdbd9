"""A plan taken from a spreadsheet: sent or pasted, shown as understood, then added to the plan or put in its place."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from essaim.applications import actions
from essaim.applications.exports import proof_names
from essaim.applications.forms.plan import FIELDS, Names, Row, read_row
from essaim.applications.forms.sheet import Reading, understand
from essaim.applications.models import Application
from essaim.applications.queries import plan_of
from essaim.applications.views.drafting import draft_of
from essaim.kernel import clock
from essaim.kernel.sheets import Unreadable, read_sheet, read_text
from essaim.kernel.workflow import Refused
from essaim.programmes.thread import thread_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def budget_import(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send or paste a spreadsheet; read what was understood; take it."""
    application = draft_of(request, public_id)
    if application is None:
        return redirect("applications:application", public_id)
    if request.method == "POST" and "lines" in request.POST:
        return _take(request, application)
    if request.method != "POST":
        return _page(request, application)
    try:
        grid = _grid(request)
        found = understand(grid, Names.of(application.call), proof_names(application))
    except Unreadable as problem:
        return _page(request, application, problem=str(problem), pasted=request.POST.get("pasted", ""))
    pasted = request.POST.get("pasted", "") or "\n".join("\t".join(row) for row in grid)
    return _page(request, application, found=found, pasted=pasted)


def _grid(request: HttpRequest) -> list[list[str]]:
    sent = request.FILES.get("file")
    if sent is not None:
        return read_sheet(sent.read(6 * 2**20), sent.name or "")
    pasted = request.POST.get("pasted", "")
    if not pasted.strip():
        raise Unreadable(_("Choisissez un fichier, ou collez des cellules."))
    return read_text(pasted)


def _page(
    request: HttpRequest, application: Application, *, found: Reading | None = None, problem: str = "", pasted: str = ""
) -> HttpResponse:
    context = {
        "application": application,
        "thread": thread_of(application.call.programme, at=clock.now()),
        "plan": plan_of(application),
        "found": found,
        "problem": problem,
        "pasted": pasted,
        "names": Names.of(application.call).categories,
    }
    if found is not None:
        context["lines"] = json.dumps([[line.row.side, line.row.texts] for line in found.good], ensure_ascii=False)
        context["sides"] = _sides(found)
    return render(request, "applications/budget_import.html", context, status=422 if problem else 200)


def _sides(found: Reading) -> list[dict[str, Any]]:
    titles = {"costs": _("Dépenses comprises"), "fundings": _("Ressources comprises")}
    kept = {side: [line for line in found.lines if line.row.side == side] for side in titles}
    return [
        {
            "title": titles[side],
            "lines": lines,
            "total": sum(line.row.line.amount_cents for line in lines if not line.wrong),
        }
        for side, lines in kept.items()
        if lines
    ]


def _take(request: HttpRequest, application: Application) -> HttpResponse:
    """Add the lines shown to the plan, or put them in its place."""
    names = Names.of(application.call)
    rows = [read_row(row, names) for row in _rows(request.POST["lines"])]
    costs, fundings = ([], []) if request.POST.get("how") == "replace" else actions.lines_of(application)
    taken = [row for row in rows if row.line is not None and not row.blank]
    try:
        actions.save_budget(
            application,
            [*costs, *(row.line for row in taken if row.side == "costs")],
            [*fundings, *(row.line for row in taken if row.side == "fundings")],
            by=request.user,  # type: ignore[arg-type]  # signed in: they write this draft
            at=clock.now(),
        )
    except Refused as refusal:
        return _page(request, application, problem=str(refusal), pasted=request.POST.get("pasted", ""))
    said = ngettext("%(count)s ligne est reprise dans le budget.", "%(count)s lignes sont reprises dans le budget.",
                    len(taken)) % {"count": len(taken)}  # fmt: skip
    messages.success(request, said)
    return redirect("applications:budget", application.public_id)


def _rows(text: str) -> list[Row]:
    """The rows the preview sent back; anything else gives none: each is read again like a typed one."""
    try:
        found = json.loads(text)
    except ValueError:
        return []
    rows = []
    for item in found if isinstance(found, list) else []:
        if isinstance(item, list) and len(item) == 2 and item[0] in FIELDS and isinstance(item[1], dict):
            texts = {name: str(item[1].get(name, ""))[:300] for name in FIELDS[item[0]]}
            rows.append(Row(item[0], len(rows), texts))
    return rows
