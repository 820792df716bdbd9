"""One scenario: its figures and proof, the files it takes, the map, and what can be done with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from essaim.kernel import access, clock, tables
from essaim.kernel import tasks as jobs
from essaim.kernel.bilingual import as_bilingual
from essaim.kernel.workflow import Refused
from essaim.selections import actions, exports, tasks
from essaim.selections.forms import ForceForm, ReasonForm
from essaim.selections.lifecycle import SCENARIO
from essaim.selections.models import Decision, Scenario, ScenarioLine, ScenarioState
from essaim.selections.queries.envelopes import envelope_bars, envelope_rows, price_words
from essaim.selections.queries.pictures import RegionShare, region_shares
from essaim.selections.queries.territory import region_names, region_of
from essaim.selections.queries.words import parameter_sentences
from essaim.selections.views.shared import LINE_RELATED, STATE_LEVELS, is_team, page_context, scenario_of
from essaim.selections.views.team import start
from essaim.ui.formats import money, number
from essaim.ui.shapes import Bar

PER_PAGE = 50


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def scenario(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One scenario, for the team while it is prepared, for everyone once results are out."""
    found, at = scenario_of(request, slug, number), clock.now()
    call = found.selection.call
    team = is_team(request, call)
    form = ReasonForm(request.POST if request.POST.get("action") in {"propose", "ratify"} else None)
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect(found)
        if (done := _act(request, found, form, at)) is not None:
            return done
    lines = lines_of(found)
    officer = "officer" in access.roles(request.user, call)
    forced = None
    if officer and found.selection.state == "open" and "value" in found.result:
        forced = ForceForm(request.POST if request.POST.get("action") == "force" else None, lines=lines)
        if request.method == "POST" and (done := _force(request, found, forced, at)) is not None:
            return done
    named = named_in(found, team=team)
    if format := tables.wanted_format(request):
        return tables.download(
            f"scenario-{call.slug}-{found.number}", format, *exports.lines_table(lines, named, found.result)
        )
    computing = jobs.latest(tasks.compute, scenario=found.pk) if team and found.state in {"draft", "computed"} else None
    page = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
    available = {t.name: t for t in SCENARIO.transitions if team and _may(found, t.name, by=request.user, at=at)}
    context = page_context(
        call,
        at=at,
        room="scenarios",
        scenario=found,
        team=team,
        level=STATE_LEVELS[ScenarioState(found.state)],
        page=page,
        rows=[_row(line, call, named, found.result) for line in page.object_list],
        forced=forced,
        envelopes=envelope_rows(found, {line.application_id: line.application.reference for line in lines}),
        envelope_bars=envelope_bars(found),
        computing=computing and not computing.finished,
        **_told(request, found, computing, officer),
        left=found.budget_cents - found.granted_cents,
        computed="value" in found.result,
        refusal=as_bilingual(found.result.get("refusal")),
        sentences=parameter_sentences(found, region_names(call)),
        available=available,
        waits_for_other=found.state == ScenarioState.PROPOSED and not {"ratify"} & set(available),
        why_not_ratify=SCENARIO.why_not(found, "ratify", by=request.user, at=at)
        if team and found.state == ScenarioState.PROPOSED
        else None,
        form=form,
        **_regions(lines, call),
    )
    return render(
        request, "selections/scenario.html", context, status=422 if form.errors or (forced and forced.errors) else 200
    )


def _told(request: HttpRequest, found: Scenario, computing: Any, officer: bool) -> dict[str, Any]:
    """What is said of the computation; the refusal it ended with is said by the scenario itself."""
    said = jobs.shown(computing, polled="HX-Request" in request.headers, may_stop=officer, since=found.computed_at)
    if said["job"] and said["job"].state == "failed" and "refusal" in found.result:
        said["job"] = None
    return said


def _may(found: Scenario, name: str, *, by: Any, at: datetime) -> bool:
    return name != "compute" and SCENARIO.why_not(found, name, by=by, at=at) is None


def _act(request: HttpRequest, found: Scenario, form: ReasonForm, at: datetime) -> HttpResponse | None:
    """Do what the button asks; None when the page must be shown again with what was typed."""
    action = request.POST.get("action", "")
    if action in {"propose", "ratify"} and not form.is_valid():
        return None
    try:
        if action == "propose":
            actions.propose(found, reason=form.cleaned_data["reason"], by=request.user, at=at)
            messages.success(request, _("Le scénario est proposé : un décideur peut l’arrêter."))
        elif action == "ratify":
            actions.ratify(found, reason=form.cleaned_data["reason"], by=request.user, at=at)
            messages.success(request, _("La sélection est arrêtée ; les décisions motivées sont préparées."))
        elif action == "discard":
            SCENARIO.perform(found, "discard", by=request.user, at=at)
            messages.success(request, _("Le scénario est écarté ; il reste lisible avec les autres."))
        elif action == "compute" and "officer" in access.roles(request.user, found):
            start(found)
            messages.success(request, _("Le calcul est demandé."))
        elif action == "stop" and "officer" in access.roles(request.user, found):
            jobs.stop(jobs.latest(tasks.compute, scenario=found.pk))
        elif action == "force":
            return None
    except Refused as refusal:
        if action in {"propose", "ratify"}:
            form.add_error(None, str(refusal))
            return None
        messages.error(request, str(refusal))
    return redirect(found)


def _force(request: HttpRequest, found: Scenario, form: ForceForm, at: datetime) -> HttpResponse | None:
    """Make the scenario where one file is decided otherwise; None when the page must be shown again."""
    if not form.is_valid():
        return None
    data = form.cleaned_data
    try:
        made = actions.force(found, data["application"], funded=data["decision"] == "in", by=request.user, at=at)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    start(made)
    return redirect(made)


def lines_of(found: Scenario) -> list[ScenarioLine]:
    """The lines of a scenario, funded first, then best first, with all that a row says."""
    lines = list(found.lines.select_related(*LINE_RELATED).order_by("-funded", "-points", "application__number"))
    for line in lines:
        line.application.call = found.selection.call
    return lines


def named_in(found: Scenario, *, team: bool) -> bool | frozenset[int]:
    """Whose name may be told: everyone's to the team; to the public, of those whose grant is published only."""
    if team:
        return True
    published = Decision.objects.filter(selection=found.selection, outcome=Decision.Outcome.FUNDED, state="published")
    return frozenset(published.values_list("application_id", flat=True))


def _row(line: ScenarioLine, call: Any, named: bool | frozenset[int], result: dict[str, Any]) -> dict[str, Any]:
    return {
        "line": line,
        "application": line.application,
        "told": named is True or (named is not False and line.application_id in named),
        "region": region_of(line.application, call)[1],
        "price": price_words(result, line.application_id),
    }


def _regions(lines: list[ScenarioLine], call: Any) -> dict[str, Any]:
    shares = region_shares(
        (region_of(line.application, call)[1] or _("Sans commune"), line.funded, line.granted_cents,
         line.application.requested_cents)
        for line in lines
    )  # fmt: skip
    return {"regions": shares, "region_bars": bars_of(shares)}


def bars_of(shares: list[RegionShare]) -> list[Bar]:
    """The regions that receive something, as bars."""
    return [
        Bar(label=share.name, value=share.granted_cents, text=money(share.granted_cents), emphasis=True)
        for share in shares
        if share.granted_cents
    ]


@login_not_required
@require_safe
def certificate(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The certificate, as `python certificate.py` reads it; `files` gives the number of each file named by its id."""
    found = scenario_of(request, slug, number)
    numbers = {
        str(line.application_id): line.application.reference
        for line in found.lines.select_related("application__call").order_by("application__number")
    }
    answer = JsonResponse({**found.certificate, "files": numbers}, json_dumps_params={"ensure_ascii": False})
    answer["Content-Disposition"] = f'attachment; filename="certificat-{slug}-{number}.json"'
    return answer


@login_not_required
@require_safe
def points(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The places of a scenario for its map; the public sees those whose grant is published."""
    found = scenario_of(request, slug, number)
    named = named_in(found, team=is_team(request, found.selection.call))
    return JsonResponse({"points": [_point(line) for line in lines_of(found) if _shown(line, named)]})


def _shown(line: ScenarioLine, named: bool | frozenset[int]) -> bool:
    told = named is True or (named is not False and line.application_id in named)
    return told and line.application.commune is not None


def _point(line: ScenarioLine) -> dict[str, Any]:
    application = line.application
    placed = application if application.latitude is not None else application.commune
    words = _("%(reference)s, qualité %(mark)s sur 20") % {
        "reference": application.reference,
        "mark": number(line.points / 1000, 1),
    }
    return {
        "lat": placed.latitude,
        "lon": placed.longitude,
        "title": str(application.organisation or application.title),
        "text": f"{words}, {money(line.granted_cents)}" if line.funded else words,
        "kind": "funded" if line.funded else "asked",
    }
