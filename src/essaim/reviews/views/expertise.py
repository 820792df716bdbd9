"""The expert's pages: what is theirs to review, a file beside its grid, leaving a file because of a conflict."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from essaim.kernel import access, clock, files, tables
from essaim.kernel.workflow import Refused
from essaim.reviews import actions, exports, queries
from essaim.reviews.access import is_person
from essaim.reviews.forms import ConflictForm, ReviewForm
from essaim.reviews.models import Assignment, AssignmentState, Conflict, Review
from essaim.reviews.views.reading import ASSIGNMENT_LEVELS, reading_context, thread_context


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What is mine to review, soonest first."""
    rows = [_row(assignment) for assignment in queries.assigned_to(request.user)]
    done = [row for row in rows if row["assignment"].state == AssignmentState.DONE]
    shown = _shown(rows, request)
    if format := tables.wanted_format(request):
        headers, lines = exports.mine_table(shown)
        return tables.download("expertises", format, headers, lines)
    todo = [row for row in rows if row not in done]
    context = {
        "rows": shown,
        "total": len(rows),
        "done": len(done),
        "todo": len(todo),
        "next": todo[0]["assignment"] if todo else None,
        "recused": Conflict.objects.filter(expert__person=request.user, origin=Conflict.Origin.DECLARED).count(),
        "state": request.GET.get("etat", ""),
        "at": clock.now(),
    }
    return render(request, "reviews/mine.html", context)


def _shown(rows: list[dict[str, Any]], request: HttpRequest) -> list[dict[str, Any]]:
    """The rows the search and the filter ask for."""
    state, words = request.GET.get("etat", ""), request.GET.get("q", "").casefold().split()
    return [
        row
        for row in rows
        if (state not in AssignmentState.values or row["assignment"].state == state)
        and all(word in row["words"] for word in words)
    ]


def _row(assignment: Assignment) -> dict[str, Any]:
    application = assignment.application
    grid = application.rule_set.grid
    review = getattr(assignment, "review", None)
    left = queries.unfinished_criteria(grid, review.scores, review.justifications) if review else grid["criterion"]
    count = len(grid["criterion"])
    return {
        "assignment": assignment,
        "level": ASSIGNMENT_LEVELS[AssignmentState(assignment.state)],
        "scored": count - len(left),
        "criteria": count,
        "words": f"{application.reference} {application.title} {application.organisation or ''}".casefold(),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A file beside its grid: saved as one types, handed in when it is whole."""
    assignment = _assignment(request, public_id)
    if not is_person(request.user, assignment.expert.person_id):
        return redirect("reviews:file", public_id=assignment.application.public_id)
    if assignment.state == AssignmentState.RECUSED:
        return render(request, "reviews/recused.html", {"assignment": assignment})
    kept = Review.objects.filter(assignment=assignment).first()
    grid = assignment.application.rule_set.grid
    if request.method != "POST":
        return _review_page(request, assignment, ReviewForm(grid=grid, review=kept), kept)
    form = ReviewForm(request.POST, grid=grid, review=kept)
    automatic = request.headers.get("X-Requested-With") == "autosave"
    submitting = request.POST.get("do") == "submit" and not automatic
    if submitting and assignment.state == AssignmentState.DONE:
        return redirect("reviews:mine")
    if form.is_valid():
        try:
            kept = actions.save_review(assignment, **form.cleaned(), by=request.user, at=clock.arrival(request))
            if submitting:
                actions.submit_review(assignment, by=request.user, at=clock.arrival(request))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _saved(request, assignment, kept, automatic=automatic, submitted=submitting)
    if automatic:
        return JsonResponse({"errors": form.errors}, status=422)
    return _review_page(request, assignment, form, kept)


def _saved(
    request: HttpRequest, assignment: Assignment, kept: Review, *, automatic: bool, submitted: bool
) -> HttpResponse:
    if automatic:
        return JsonResponse({"saved_at": kept.saved_at.isoformat()})
    if submitted:
        reference = assignment.application.reference
        messages.success(request, _("Expertise du dossier %(reference)s rendue. Merci.") % {"reference": reference})
        return redirect("reviews:mine")
    messages.success(request, _("Enregistré. L’expertise n’est pas encore rendue."))
    return redirect("reviews:review", public_id=assignment.public_id)


def _review_page(request: HttpRequest, assignment: Assignment, form: ReviewForm, kept: Review | None) -> HttpResponse:
    application = assignment.application
    criteria = form.criteria()
    context = {
        **reading_context(application, for_experts=True),
        "assignment": assignment,
        "form": form,
        "criteria": criteria,
        "scored": sum(row["done"] for row in criteria),
        "review": kept,
        "open": assignment.state == AssignmentState.ASSIGNED,
        "scale": form.grid["scale"],
        **thread_context(application.call.programme, at=clock.now()),
    }
    return render(request, "reviews/review.html", context, status=422 if form.is_bound and form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def conflict(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Leave a file: what will happen, then one click; the same click again shows the same result."""
    assignment = _assignment(request, public_id)
    if not is_person(request.user, assignment.expert.person_id):
        return redirect("reviews:file", public_id=assignment.application.public_id)
    if assignment.state == AssignmentState.RECUSED:
        return redirect("reviews:review", public_id=public_id)
    form = ConflictForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.declare_conflict(
                assignment, note=form.cleaned_data["note"], by=request.user, at=clock.arrival(request)
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("reviews:review", public_id=public_id)
    context = {"assignment": assignment, "form": form, "at": clock.now()}
    return render(request, "reviews/conflict.html", context, status=422 if form.errors else 200)


@require_safe
def document(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponseBase:
    """A document of a file one reviews, as a download; those kept for the administration do not exist here."""
    assignment = _assignment(request, public_id)
    given = [row for row in assignment.application.documents.all() if row.pk == pk]
    held = assignment.state != AssignmentState.RECUSED
    if not (given and held and queries.experts_read_slot(assignment.application.rule_set, given[0].slot)):
        raise Http404
    return files.serve(given[0].file, request)


def _assignment(request: HttpRequest, public_id: UUID) -> Assignment:
    """An assignment one sees, with all that the file's reading asks for."""
    visible = access.visible_to(request.user, Assignment).select_related(
        "application__rule_set",
        "application__call__programme",
        "application__organisation",
        "application__commune__department__region",
        "expert__call",
        "expert__person",
    )
    lines = ("application__cost_lines", "application__funding_lines", "application__documents__file")
    return access.fetch(request.user, visible.prefetch_related(*lines), public_id=public_id)
