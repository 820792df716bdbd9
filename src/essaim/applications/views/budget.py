"""Step 3: the financing plan."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import formset_factory
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from essaim.applications import actions
from essaim.applications.forms import CostForm, FundingForm, LineSet
from essaim.applications.models import Application
from essaim.applications.views import pages
from essaim.applications.views.drafting import draft_of, live, version_read, wants_json
from essaim.kernel import clock
from essaim.kernel.bilingual import as_bilingual
from essaim.kernel.workflow import Refused

EXTRA_LINES = 3
MOST_LINES = 200


def _line_sets(application: Application, data: Any = None) -> tuple[Any, Any]:
    """The two tables of the plan: expenses and resources, with some empty lines."""
    options = {"formset": LineSet, "extra": EXTRA_LINES, "can_delete": True, "max_num": MOST_LINES}
    categories = [(row["code"], str(as_bilingual(row["title"]))) for row in application.call.categories]
    costs, fundings = actions.lines_of(application)
    cost_set = formset_factory(CostForm, **options)(
        data,
        prefix="costs",
        initial=[line._asdict() for line in costs],
        form_kwargs={"categories": categories},
    )
    funding_set = formset_factory(FundingForm, **options)(
        data, prefix="fundings", initial=[line._asdict() for line in fundings]
    )
    return cost_set, funding_set


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def budget(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Step 3: what it costs, who pays; saved balanced or not, told in a sentence."""
    application = draft_of(request, public_id)
    if application is None:
        return redirect("applications:application", public_id)
    costs, fundings = _line_sets(application, request.POST if request.method == "POST" else None)
    problem, version = "", application.version
    if request.method == "POST":
        version = version_read(request, application)
        problem = _save_lines(request, application, costs, fundings, version)
        if wants_json(request):
            return _budget_json(request, application, problem)
        if not problem:
            messages.success(request, _("Le budget est enregistré. Le dossier n’est pas encore déposé."))
            return redirect(pages.step_url(application, "documents") if "next" in request.POST else request.path)
    context = pages.context(request, application, at=clock.now(), step="budget") | {
        "costs": costs,
        "fundings": fundings,
        "problem": problem,
        "version": version,
    }
    return render(request, "applications/budget.html", context, status=422 if problem else 200)


def _save_lines(request: HttpRequest, application: Application, costs: Any, fundings: Any, version: int) -> str:
    """Save the plan; the sentence that says why it could not be, or ""."""
    if not (costs.is_valid() and fundings.is_valid()):
        return _("Un montant ou un intitulé est à corriger : rien de ce que vous avez écrit n’est perdu.")
    try:
        actions.save_budget(
            application,
            [actions.Cost(**line) for line in costs.lines()],
            [actions.Funding(**line) for line in fundings.lines()],
            by=request.user,
            at=clock.now(),
            version=version,
        )
    except Refused as refusal:
        return str(refusal)
    return ""


def _budget_json(request: HttpRequest, application: Application, problem: str) -> JsonResponse:
    if problem:
        return JsonResponse({"sentence": problem})
    return JsonResponse(
        {
            "version": application.version,
            "saved_at": application.saved_at.isoformat(),
            "html": live(request, application),
        }
    )
