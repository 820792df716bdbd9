"""Results with their reasons, for everyone; before publication, when they come."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from essaim.kernel import access, clock, tables
from essaim.kernel.bilingual import as_bilingual
from essaim.programmes.queries import envelope_cents
from essaim.selections import exports
from essaim.selections.models import Decision, Scenario, ScenarioLine, ScenarioState, Selection, SelectionState
from essaim.selections.queries.pictures import mark_place, region_shares, spread
from essaim.selections.queries.territory import region_names, region_of
from essaim.selections.queries.words import parameter_sentences
from essaim.selections.views.scenario import bars_of
from essaim.selections.views.shared import is_team, page_context, public_call, selection_of
from essaim.ui.formats import day as day_words

PER_PAGE = 50
RELATED = (
    "application__organisation",
    "application__commune__department__region_2013",
    "application__commune__department__region",
)
Outcome = Decision.Outcome


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every published result, the latest first."""
    funded = Q(decisions__outcome=Outcome.FUNDED)
    found = Selection.objects.filter(state=SelectionState.PUBLISHED).select_related("call__programme")
    counted = found.defer("ranking").annotate(
        funded=Count("decisions", filter=funded),
        decided=Count("decisions"),
        granted=Sum("decisions__granted_cents", filter=funded, default=0),
    )
    page = Paginator(counted.order_by("-published_at"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "selections/index.html", {"page": page})


@login_not_required
@require_safe
def results(request: HttpRequest, slug: str) -> HttpResponse:
    """The results of a call: who, how much, where, why, and how the choice was made."""
    call, at = public_call(request, slug), clock.now()
    selection = selection_of(request, call)
    if selection is None or selection.state != SelectionState.PUBLISHED:
        return _not_yet(request, call, selection, at)
    decisions = list(selection.decisions.select_related(*RELATED, *_later()).order_by("application__number"))
    for decision in decisions:
        decision.application.call, decision.selection = call, selection
    if format := tables.wanted_format(request):
        return tables.download(f"resultats-{call.slug}", format, *exports.results_table(decisions))
    ratified, others = _scenarios(selection)
    lines = {line.application_id: line for line in ratified.lines.all()} if ratified else {}
    context = page_context(
        call,
        at=at,
        selection=selection,
        ratified=ratified,
        compared=[*([ratified] if ratified else []), *others],
        envelope=envelope_cents(call.programme),
        asked=request.GET.get("numero", "").strip(),
        mine=_mine(request, decisions),
        sentences=parameter_sentences(ratified, region_names(call)) if ratified else [],
        **_figures(decisions),
        **_lists(request, decisions, lines, call),
        **_spread(selection, lines),
        **_regions(decisions, call),
    )
    return render(request, "selections/results.html", context)


def _not_yet(request: HttpRequest, call: Any, selection: Selection | None, at: datetime) -> HttpResponse:
    """Before publication: when results are expected, and what comes before."""
    today = at.date()
    steps = [
        {
            "title": as_bilingual(step["title"]),
            "when": _("vers le %(day)s") % {"day": day_words(day)} if step.get("approximate") else day_words(day),
            "state": "done" if day <= today else "todo",
        }
        for step in call.calendar
        for day in [date.fromisoformat(step["date"])]
    ]
    context = page_context(call, at=at, steps=steps, selection=selection, team=is_team(request, call))
    return render(request, "selections/not_yet.html", context)


def _scenarios(selection: Selection) -> tuple[Scenario | None, list[Scenario]]:
    """The ratified scenario, and the computed ones it was compared with."""
    found = list(
        selection.scenarios.defer("certificate").select_related("proposed_by", "ratified_by").order_by("number")
    )
    for scenario in found:
        scenario.selection = selection
    ratified = next((s for s in found if s.state == ScenarioState.RATIFIED), None)
    return ratified, [s for s in found if s != ratified and "value" in s.result]


def _figures(decisions: list[Decision]) -> dict[str, Any]:
    counts = {value: sum(d.outcome == value for d in decisions) for value in Outcome.values}
    return {
        "total": len(decisions),
        "funded_count": counts[Outcome.FUNDED],
        "counts": [(label, counts[value]) for value, label in Outcome.choices if value != Outcome.FUNDED],
        "granted": sum(d.granted_cents for d in decisions),
        "invented": any(d.application.invented for d in decisions),
    }


def _lists(
    request: HttpRequest, decisions: list[Decision], lines: dict[int, ScenarioLine], call: Any
) -> dict[str, Any]:
    """Funded projects by name; the others by number, one page at a time; the one asked for."""
    rows = [_row(decision, lines.get(decision.application_id), call) for decision in decisions]
    refused = [row for row in rows if row["decision"].outcome != Outcome.FUNDED]
    asked = request.GET.get("numero", "").strip().rpartition("-")[2]
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else None
    return {
        "funded": sorted(
            (row for row in rows if row["decision"].outcome == Outcome.FUNDED),
            key=lambda row: (row["region"], row["application"].number),
        ),
        "refused_page": Paginator(refused, PER_PAGE).get_page(request.GET.get("page")),
        "found": next((row for row in rows if number and row["application"].number == number), None),
    }


def _later() -> list[str]:
    """What later stages hang from a decision, to be read with it, once they exist."""
    return ["agreement__place" for relation in Decision._meta.related_objects if relation.name == "agreement"]


def _row(decision: Decision, line: ScenarioLine | None, call: Any) -> dict[str, Any]:
    application = decision.application
    # Later stages hang from the decision: its agreement, then the place it opened, once they exist.
    place = getattr(getattr(decision, "agreement", None), "place", None)
    return {
        "decision": decision,
        "application": application,
        "line": line,
        "region": region_of(application, call)[1],
        "place_slug": getattr(place, "slug", ""),
    }


def _mine(request: HttpRequest, decisions: list[Decision]) -> list[Decision]:
    """The decisions of the person who reads, when they applied."""
    if not request.user.is_authenticated or not decisions:
        return []
    if is_team(request, decisions[0].application.call):
        return []
    visible = access.visible_to(request.user, Decision).filter(selection=decisions[0].selection)
    keys = set(visible.values_list("pk", flat=True))
    return [decision for decision in decisions if decision.pk in keys]


def _spread(selection: Selection, lines: dict[int, ScenarioLine]) -> dict[str, Any]:
    """How the marks of the compared files are spread, and where the funding line falls."""
    columns, tallest = spread((line.points, line.funded) for line in lines.values())
    rows, fundable = selection.ranking.get("rows", []), selection.ranking.get("fundable", 0)
    edge = rows[fundable - 1]["quality"] if 0 < fundable <= len(rows) else None
    return {
        "columns": columns if lines else [],
        "tallest": tallest,
        "edge": edge,
        "edge_x": mark_place(edge) if edge is not None else None,
    }


def _regions(decisions: list[Decision], call: Any) -> dict[str, Any]:
    shares = region_shares(
        (region_of(d.application, call)[1] or "–", d.outcome == Outcome.FUNDED, d.granted_cents,
         d.application.requested_cents)
        for d in decisions
    )  # fmt: skip
    return {"regions": shares, "region_bars": bars_of(shares)}
