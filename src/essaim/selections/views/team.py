"""The team's workshop: the ranking, the scenarios side by side, publication."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from essaim.applications.models import Application
from essaim.kernel import access, clock, tables
from essaim.kernel import tasks as jobs
from essaim.kernel.workflow import Refused
from essaim.programmes.queries import envelope_cents
from essaim.selections import actions, exports, queries, tasks
from essaim.selections.forms import ScenarioForm
from essaim.selections.lifecycle import SELECTION
from essaim.selections.models import Decision, Scenario, ScenarioState
from essaim.selections.queries.pictures import WIDTH, place, ranked_files
from essaim.selections.queries.territory import region_names, region_of
from essaim.selections.views.shared import (
    BADGES,
    group_words,
    is_team,
    page_context,
    public_call,
    selection_of,
    team_call,
)

PER_PAGE = 50
# Marks that are ranked within the request, in under a second; beyond, it is a job.
AT_ONCE = 2_000


@require_http_methods(["GET", "HEAD", "POST"])
def ranking(request: HttpRequest, slug: str) -> HttpResponse:
    """Calibrated ranks: one row per file with its interval, the funding line, the undecided group."""
    call, at = team_call(request, slug), clock.now()
    if request.method == "POST":
        _rank_or_stop(request, call, at)
        return redirect(request.path)
    selection = selection_of(request, call)
    officer = "officer" in access.roles(request.user, call)
    ranking = jobs.latest(tasks.rank, selection=selection.pk) if selection else None
    held: dict[str, Any] = selection.ranking if selection else {}
    wanted = [row["application"] for row in held.get("rows", ())]
    related = call.applications.filter(pk__in=wanted).select_related(
        "organisation", "commune__department__region", "commune__department__region_2013"
    )
    applications = {application.pk: application for application in related}
    for application in applications.values():
        application.call = call
    files = ranked_files(held.get("rows", ()), applications)
    if format := tables.wanted_format(request):
        return tables.download(f"classement-{call.slug}", format, *exports.ranking_table(files))
    words, asked = group_words(), request.GET.get("groupe", "")
    query = request.GET.get("q", "").strip().casefold()
    shown = [f for f in files if (asked not in words or f.group == asked) and query in _searched(f.application)]
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    counts = {key: sum(f.group == key for f in files) for key in words}
    # A juror and an accountant read ranks, not files.
    readable = set(access.visible_to(request.user, Application).filter(pk__in=wanted).values_list("pk", flat=True))
    rows = [
        {"file": f, "region": region_of(f.application, call)[1], "group": words.get(f.group, ""),
         "level": BADGES.get(f.group, "neutral"),
         "url": f.application.get_absolute_url() if f.application.pk in readable else ""}
        for f in page.object_list
    ]  # fmt: skip
    context = page_context(
        call,
        at=at,
        selection=selection,
        room="ranking",
        held=held,
        query=request.GET.get("q", ""),
        page=page,
        rows=rows,
        total=len(files),
        groups=[(key, words[key], counts[key]) for key in words],
        undecided=counts["undecided"],
        asked=asked,
        line=place(held.get("fundable", 0), len(files)),
        width=WIDTH,
        experts=_experts(call, held),
        shares=_variance_shares(held),
        can_rank=call.closes_at is not None
        and at >= call.closes_at
        and officer
        and not (ranking and not ranking.finished)
        and (selection is None or selection.state == "open"),
    )
    since = datetime.fromisoformat(held["computed_at"]) if "computed_at" in held else None
    context |= jobs.shown(ranking, polled="HX-Request" in request.headers, may_stop=officer, since=since)
    return render(request, "selections/ranking.html", context)


def _rank_or_stop(request: HttpRequest, call: Any, at: datetime) -> None:
    """Compute the ranking, here when it is short, by a job when it is long; or stop that job."""
    try:
        selection = actions.open_selection(call, by=request.user, at=at)
        if request.POST.get("action") == "stop":
            jobs.stop(jobs.latest(tasks.rank, selection=selection.pk))
        elif queries.marks_count(call) > AT_ONCE:
            language = get_language() or "fr"
            jobs.ask(tasks.rank, about={"selection": selection.pk}, by=request.user.pk, language=language)
        else:
            actions.rank(selection, by=request.user, at=at)
            messages.success(request, _("Le classement est calculé."))
    except Refused as refusal:
        messages.error(request, str(refusal))


def _searched(application: Any) -> str:
    return f"{application.reference} {application.title} {application.organisation or ''}".casefold()


def _experts(call: Any, held: dict[str, Any]) -> list[dict[str, Any]]:
    """Each expert's severity, most severe first, by name for the team."""
    if not held.get("experts"):
        return []
    names = {expert.pk: str(expert) for expert in call.experts.select_related("person")}
    found = [{**row, "name": names.get(row["expert"], "–")} for row in held["experts"]]
    return sorted(found, key=lambda row: (-row["severity"], row["name"]))


def _variance_shares(held: dict[str, Any]) -> list[tuple[str, float]]:
    """What the differences between marks come from, as shares of 1."""
    variance = held.get("variance")
    total = sum(variance.values()) if variance else 0
    if not total:
        return []
    words = {
        "application": _("la qualité des dossiers"),
        "expert": _("la sévérité des experts"),
        "residual": _("l’appréciation du moment"),
    }
    return [(words[key], variance[key] / total) for key in words]


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def scenarios(request: HttpRequest, slug: str) -> HttpResponse:
    """Scenarios side by side, and the form that makes one; everyone compares them once results are out (G5)."""
    call, at = public_call(request, slug), clock.now()
    selection, team = selection_of(request, call), is_team(request, call)
    if selection is None and not team:
        raise Http404
    open_now = selection is not None and selection.state == "open"
    officer = "officer" in access.roles(request.user, call)
    form = None
    if officer and open_now:
        initial = ScenarioForm.starting_from(envelope_cents(call.programme))
        form = ScenarioForm(request.POST or None, regions=list(region_names(call).items()), initial=initial)
    if request.method == "POST" and form is not None and selection is not None and form.is_valid():
        try:
            made = actions.create_scenario(
                selection,
                title=form.cleaned_data["title"],
                budget_cents=form.cleaned_data["budget"],
                parameters=form.parameters(),
                by=request.user,
                at=at,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            start(made)
            return redirect(made)
    found = list(selection.scenarios.defer("certificate").order_by("number")) if selection else []
    for scenario in found:
        scenario.selection = selection
    if format := tables.wanted_format(request):
        return tables.download(f"scenarios-{call.slug}", format, *exports.scenarios_table(found))
    context = page_context(
        call,
        at=at,
        room="scenarios",
        team=team,
        selection=selection,
        scenarios=found,
        form=form,
        officer=officer,
        envelope=envelope_cents(call.programme),
    )
    return render(
        request, "selections/scenarios.html", context, status=422 if form is not None and form.errors else 200
    )


def start(scenario: Scenario) -> None:
    """Ask for the computation of a scenario, once for each time it is asked, and keep the name of the work."""
    job = jobs.ask(tasks.compute, about={"scenario": scenario.pk}, language=get_language() or "fr")
    Scenario.objects.filter(pk=scenario.pk).update(job_key=str(job.pk))


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """What is missing before publication, what it will do, and the button."""
    call, at = team_call(request, slug), clock.now()
    selection = selection_of(request, call)
    if request.method == "POST" and selection is not None:
        return _publish_or_prepare(request, selection, at)
    decisions = selection.decisions if selection else Decision.objects.none()
    outcomes = list(decisions.values_list("outcome", "granted_cents"))
    granted, envelope = sum(cents for _outcome, cents in outcomes), envelope_cents(call.programme)
    counts = [(str(label), sum(o == value for o, _c in outcomes)) for value, label in Decision.Outcome.choices]
    context = page_context(
        call,
        at=at,
        room="publish",
        selection=selection,
        ratified=selection.scenarios.filter(state=ScenarioState.RATIFIED).defer("certificate").first()
        if selection
        else None,
        counts=counts,
        prepared=len(outcomes),
        granted=granted,
        envelope=envelope,
        left=envelope - granted,
        why_not=SELECTION.why_not(selection, "publish", by=request.user, at=at) if selection else "",
        missing=call.applications.filter(
            state__in=["admissible", "inadmissible", "ineligible"], decision__isnull=True
        ).count()
        if selection and selection.state == "ratified"
        else 0,
        decides="decision_maker" in access.roles(request.user, call),
    )
    return render(request, "selections/publish.html", context)


def _publish_or_prepare(request: HttpRequest, selection: Any, at: Any) -> HttpResponse:
    try:
        if request.POST.get("action") == "prepare":
            ratified = selection.scenarios.get(state=ScenarioState.RATIFIED)
            count = actions.prepare_decisions(selection, ratified, by=request.user, at=at)
            text = ngettext("%(n)d décision est préparée.", "%(n)d décisions sont préparées.", count)
            messages.success(request, text % {"n": count})
            return redirect(request.path)
        actions.publish_results(selection, by=request.user, at=at)
    except Scenario.DoesNotExist:
        messages.error(request, _("Aucun scénario n’est encore retenu."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Les résultats sont publiés : chaque candidat peut lire sa décision."))
        return redirect(selection)
    return redirect(request.path)
