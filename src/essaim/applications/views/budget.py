"""Step 3: the financing plan, written line by line, with what it amounts to said as one types."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from essaim.applications import actions
from essaim.applications.forms.plan import Names, Row, Side, rows_of, rows_sent
from essaim.applications.models import Application, CostLine, FundingLine
from essaim.applications.queries import Room, account_names, plan_of, reference_date, room_of
from essaim.applications.views import pages
from essaim.applications.views.drafting import draft_of, live, version_read, wants_json
from essaim.applications.views.guests import open_to_guests
from essaim.applications.views.lines import line_rows
from essaim.kernel import clock
from essaim.kernel.bilingual import as_bilingual
from essaim.kernel.workflow import Refused

EXTRA_LINES = 3
MOST_EXTRA = 40
SIDES: tuple[Side, ...] = ("costs", "fundings")

Rows = dict[Side, list[Row]]


@open_to_guests
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def budget(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Step 3: what it costs, who pays; saved balanced or not, told in a sentence."""
    application = draft_of(request, public_id)
    if application is None:
        return redirect("applications:application", public_id)
    if request.method == "POST":
        return _posted(request, application)
    costs, fundings = actions.lines_of(application)
    blank = _blank_lines(request)
    rows: Rows = {"costs": rows_of("costs", costs, blank), "fundings": rows_of("fundings", fundings, blank)}
    return _page(request, application, rows, version=application.version)


def _blank_lines(request: HttpRequest) -> int:
    """How many empty lines the page ends with: more with `?lignes=10`."""
    asked = request.GET.get("lignes", "")
    return min(int(asked), MOST_EXTRA) if asked.isascii() and asked.isdigit() and len(asked) < 4 else EXTRA_LINES


def _posted(request: HttpRequest, application: Application) -> HttpResponse:
    """Save what was typed, after the button pressed moved or removed a line."""
    version = version_read(request, application)
    rows = rows_sent(request.POST, Names.of(application.call))
    anchor = _move(rows, request.POST.get("do", ""))
    problem = save_rows(request, application, rows, version)
    if wants_json(request):
        return _answer(request, application, problem)
    if problem:
        return _page(request, application, rows, version=version, problem=problem)
    if "more" in request.POST:
        return redirect(f"{request.path}?lignes=10")
    if anchor:
        return redirect(f"{request.path}#{anchor}")
    messages.success(request, _("Le budget est enregistré. Le dossier n’est pas encore déposé."))
    return redirect(pages.step_url(application, "documents") if "next" in request.POST else request.path)


def _move(rows: Rows, asked: str) -> str:
    """Carry out a line's button (`costs-3-up`, `-down`, `-remove`) on the rows; the anchor to come back to, or ""."""
    side, _dash, rest = asked.partition("-")
    index, _dash, act = rest.partition("-")
    if side not in SIDES or act not in {"up", "down", "remove"} or not (index.isascii() and index.isdigit()):
        return ""
    lines = rows[side]  # type: ignore[index]  # one of SIDES
    at = next((place for place, row in enumerate(lines) if row.index == int(index[:4])), None)
    if at is None:
        return ""
    if act == "remove":
        lines[at].removed = True
        return side
    to = at - 1 if act == "up" else at + 1
    if 0 <= to < len(lines):
        lines[at], lines[to] = lines[to], lines[at]
    return f"{side}-{max(0, min(to, len(lines) - 1))}-line"


def save_rows(request: HttpRequest, application: Application, rows: Rows, version: int | None) -> str:
    """Save the lines that count; the sentence that says why they could not be, or ""."""
    kept = {side: [row for row in rows[side] if row.counts] for side in SIDES}
    if any(row.errors for side in SIDES for row in kept[side]):
        return _("Un montant ou un intitulé est à corriger : rien de ce que vous avez écrit n’est perdu.")
    try:
        actions.save_budget(
            application,
            [row.line for row in kept["costs"]],
            [row.line for row in kept["fundings"]],
            by=request.user,  # type: ignore[arg-type]  # signed in: they write this draft
            at=clock.now(),
            version=version,
        )
    except Refused as refusal:
        return str(refusal)
    return ""


def _answer(request: HttpRequest, application: Application, problem: str) -> JsonResponse:
    if problem:
        return JsonResponse({"sentence": problem})
    return JsonResponse(
        {
            "version": application.version,
            "saved_at": application.saved_at.isoformat(),
            "html": live(request, application),
        }
    )


def _page(
    request: HttpRequest, application: Application, rows: Rows, *, version: int, problem: str = ""
) -> HttpResponse:
    for side, lines in rows.items():
        if not lines or not lines[-1].blank:
            lines.append(Row(side, 0, {}))
        for place, row in enumerate(lines):
            row.index = place
    choices = menus(application)
    context = pages.context(request, application, at=clock.now(), step="budget") | {
        **{side: line_rows([row for row in rows[side] if not row.removed], side, choices) for side in SIDES},
        **choices,
        "vat": plan_of(application).single_vat or ("HT" if not rows["costs"] or not application.cost_cents else ""),
        "room": _room(application),
        "problem": problem,
        "version": version,
    }
    return render(request, "applications/budget.html", context, status=422 if problem else 200)


def _room(application: Application) -> Room | None:
    """The de minimis room at the closing of the call; none to tell before an organisation is chosen."""
    if application.organisation is None:
        return None
    return room_of(application.organisation, reference_date(application))


def menus(application: Application) -> dict[str, Any]:
    """The choices of a line: categories of the call, natures, statuses, accounts, documents given."""
    given = {document.file.sha256: document.name for document in application.documents.all()}
    return {
        "categories": [
            {
                "code": row["code"],
                "title": as_bilingual(row.get("title", row["code"])),
                "account": row.get("account", ""),
                "in_base": row.get("in_base", ""),
            }
            for row in application.call.categories
        ],
        "kinds": FundingLine.Kind.choices,
        "statuses": FundingLine.Status.choices,
        "vats": CostLine.Vat.choices,
        "given": list(given.items()),
        "charge_accounts": account_names(application, "charges"),
        "product_accounts": account_names(application, "produits"),
    }
