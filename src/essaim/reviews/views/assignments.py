"""Who reads what: experts and their loads, the pairs and their reasons, the computation."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from essaim.applications.models import ApplicationState
from essaim.calls.models import Call
from essaim.kernel import access, clock, tables
from essaim.kernel import tasks as jobs
from essaim.kernel.workflow import Refused
from essaim.reviews import actions, exports, queries, tasks
from essaim.reviews.forms import DueDateForm, ExpertForm
from essaim.reviews.models import Conflict
from essaim.reviews.views.reading import ASSIGNMENT_LEVELS, PER_PAGE, team_call, thread_context
from essaim.ui.shapes import Bar

# Pairs an assignment is computed for within the request, in under a second; beyond, it is a job.
AT_ONCE = 10_000
THREE_WEEKS = timedelta(days=21)


@require_safe
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """Experts x files: loads, conflicts, the sentence of each pair, the figures of the last computation."""
    return _page(request, team_call(request, slug))


def _page(
    request: HttpRequest, call: Call, *, due: DueDateForm | None = None, expert: ExpertForm | None = None
) -> HttpResponse:
    at, shown = clock.now(), request.GET.get("vue", "")
    experts, pairs = queries.expert_rows(call), _pairs(request, call)
    if format := tables.wanted_format(request):
        of_pairs = shown == "paires"
        headers, lines = exports.pairs_table(pairs) if of_pairs else exports.experts_table(experts)
        return tables.download(f"{'affectations' if of_pairs else 'experts'}-{call.slug}", format, headers, lines)
    refused = any(form is not None and form.errors for form in (due, expert))
    page = Paginator(pairs, PER_PAGE).get_page(request.GET.get("page")) if shown == "paires" else None
    held, done = sum(e.held for e in experts), sum(e.done for e in experts)
    admissible = call.applications.filter(state=ApplicationState.ADMISSIBLE).count()
    run = call.assignment_runs.order_by("-number").first()
    job = jobs.latest(tasks.compute, call=call.pk)
    officer = "officer" in access.roles(request.user, call)
    context = {
        "call": call,
        "shown": shown,
        "experts": experts,
        "bars": _bars(experts),
        "heaviest": max((e.max_load for e in experts), default=1),
        "page": page,
        "rows": _rows(call, list(page.object_list), experts) if page else [],
        "run": run,
        "run_total": Decimal(run.result["total"]) if run else None,
        "run_bound": Decimal(run.result["bound"]) if run else None,
        "short": _short(call) if page is None else [],
        "conflicts": _conflicts(call) if page is None else [],
        "admissible": admissible,
        "held": held,
        "done": done,
        "stop_url": reverse("reviews:compute", args=[call.slug]),
        "computing": job is not None and not job.finished,
        **jobs.shown(
            job,
            polled="HX-Request" in request.headers,
            may_stop=officer,
            since=run.computed_at if run else None,
        ),
        "due_form": due or DueDateForm(initial={"due_on": (at + THREE_WEEKS).date()}),
        "expert_form": expert or ExpertForm(auto_id="id_expert_%s"),
        "is_officer": officer,
        "q": request.GET.get("q", ""),
        **thread_context(call.programme, at=at),
    }
    return render(request, "reviews/assignments.html", context, status=422 if refused else 200)


def _pairs(request: HttpRequest, call: Call) -> Any:
    """The pairs, those the search asks for: by expert, title or number."""
    found = queries.pairs_of(call).select_related("application__call")
    for word in request.GET.get("q", "").split()[:8]:
        number = word.rpartition("-")[2]
        same = Q(application__number=int(number)) if number.isascii() and number.isdigit() and len(number) < 9 else Q()
        found = found.filter(Q(expert__person__name__icontains=word) | Q(application__title__icontains=word) | same)
    return found


def _short(call: Call) -> list[Any]:
    return list(queries.short_of_reviews(call).order_by("number").select_related("call")[:20])


def _rows(call: Call, pairs: list[Any], experts: list[Any]) -> list[tuple[Any, str, Any, float]]:
    """Each pair, the colour of its state, what another expert would cost, and its affinity."""
    changes = queries.changes_of(call, pairs, experts)
    return [(pair, ASSIGNMENT_LEVELS[pair.state], changes[pair.pk], pair.affinity / 10_000) for pair in pairs]


def _bars(experts: list[Any]) -> list[Bar]:
    return [
        Bar(
            label=expert.person.name or expert.person.email,
            value=expert.held,
            text=_("%(held)d sur %(most)d") % {"held": expert.held, "most": expert.max_load},
            emphasis=expert.held >= expert.max_load,
        )
        for expert in experts
    ]


def _conflicts(call: Call) -> list[Conflict]:
    rows = Conflict.objects.filter(expert__call=call).select_related("expert__person", "application__call")
    return list(rows.order_by("application__number", "pk")[:200])


@require_POST
def compute(request: HttpRequest, slug: str) -> HttpResponse:
    """Compute the assignment: here when it is short, by a job when it is long."""
    call = team_call(request, slug)
    if request.POST.get("action") == "stop":
        if "officer" in access.roles(request.user, call):
            jobs.stop(jobs.latest(tasks.compute, call=call.pk))
        return redirect("reviews:assignments", slug=slug)
    form = DueDateForm(request.POST)
    if not form.is_valid():
        return _page(request, call, due=form)
    due_on, at = form.cleaned_data["due_on"], clock.arrival(request)
    size = call.experts.count() * call.applications.filter(state=ApplicationState.ADMISSIBLE).count()
    if size > AT_ONCE and "officer" in access.roles(request.user, call):
        jobs.ask(
            tasks.compute,
            about={"call": call.pk},
            due_on=due_on.isoformat(),
            by=request.user.pk,
            language=get_language() or "fr",
        )
        messages.info(request, _("Le calcul est demandé : cette page en montre l’avancement."))
        return redirect("reviews:assignments", slug=slug)
    try:
        run = actions.compute_assignment(call, due_on=due_on, by=request.user, at=at)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, call, due=form)
    pairs = run.result["pairs"]
    sentence = ngettext("%(count)d expertise confiée.", "%(count)d expertises confiées.", pairs) % {"count": pairs}
    if run.result["proven_optimal"]:
        sentence += " " + _("Aucune autre affectation ne serait meilleure : c’est prouvé.")
    messages.success(request, sentence)
    return redirect("reviews:assignments", slug=slug)


@require_POST
def add_expert(request: HttpRequest, slug: str) -> HttpResponse:
    """Name an expert by their address; naming the same person twice changes nothing."""
    call = team_call(request, slug)
    form = ExpertForm(request.POST, auto_id="id_expert_%s")
    if form.is_valid():
        try:
            expert = actions.name_expert(call, **form.cleaned(), by=request.user, at=clock.arrival(request))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(name)s est expert de cet appel.") % {"name": expert})
            return redirect("reviews:assignments", slug=slug)
    return _page(request, call, expert=form)
