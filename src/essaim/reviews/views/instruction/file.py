"""A file as the administration reads it, beside the checklist and the decision on its admissibility."""

from __future__ import annotations

from fractions import Fraction
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from essaim.applications.lifecycle import APPLICATION
from essaim.applications.models import Application, ApplicationState, Document
from essaim.applications.queries import act_said, findings_of, legal_clock, open_request, parts_asked
from essaim.kernel import access, clock, files
from essaim.kernel.workflow import Refused
from essaim.reviews import actions, queries
from essaim.reviews.forms import ReasonForm, TextForm
from essaim.reviews.models import Assignment
from essaim.reviews.queries import listing
from essaim.reviews.views.instruction.listing import filed_of
from essaim.reviews.views.reading import (
    ASSIGNMENT_LEVELS,
    LEVELS,
    new_key,
    reading_context,
    team_application,
    thread_context,
)

DECIDED = gettext_lazy("Décision enregistrée : %(state)s.")


@require_safe
def file(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A file as the administration reads it, beside the decision on its admissibility."""
    return _file_page(request, team_application(request, public_id))


def _file_page(
    request: HttpRequest, application: Application, *, refused: dict[str, ReasonForm] | None = None
) -> HttpResponse:
    at = clock.now()
    findings = findings_of(application, phase="admissibility")
    points = queries.points_of(application, findings)
    around = _around(request, application)
    context = {
        **reading_context(application),
        **around,
        "findings": findings,
        "groups": _grouped(points),
        "proposal": queries.proposal_of(points),
        "ticking": application.state == ApplicationState.FILED,
        "requests": _requests(application),
        "open_request": open_request(application),
        "clock": legal_clock(application, at=at),
        "today": at.astimezone(ZoneInfo(application.call.zone)).date(),
        "unread": application.exchanges.filter(from_service=False, read_at=None).count(),
        "notes": application.notes.all(),
        "note_form": TextForm(initial={"key": new_key()}, auto_id="id_note_%s"),
        "handling": getattr(application, "handling", None),
        "team": listing.team_of(application.call),
        "paper": getattr(application, "paper_arrival", None),
        "moves": _moves(request, application, findings, refused or {}),
        "filing": application.filings.order_by("-number").first(),
        "level": LEVELS.get(application.state, "neutral"),
        "history": _history(application),
        "reviewers": _reviewers(application),
        "is_officer": "officer" in access.roles(request.user, application),
        **thread_context(application.call.programme, at=at),
    }
    return render(request, "reviews/file.html", context, status=422 if refused else 200)


def _grouped(points: list[queries.Point]) -> list[tuple[str, list[queries.Point]]]:
    """The points of the checklist under their headings, in order."""
    groups: dict[str, list[queries.Point]] = {}
    for point in points:
        groups.setdefault(point.group, []).append(point)
    return list(groups.items())


def _requests(application: Application) -> list[dict[str, Any]]:
    """The requests for completion, latest first, with what each asks."""
    found = sorted(application.completion_requests.all(), key=lambda row: -row.number)
    return [{"request": row, "parts": parts_asked(row)} for row in found]


def _moves(
    request: HttpRequest, application: Application, findings: list[Any], refused: dict[str, ReasonForm]
) -> list[dict[str, Any]]:
    """The decisions open now, each with its form; the one the findings call for comes first."""
    unmet = any(found.blocks for found in findings)
    moves = []
    for transition in APPLICATION.available(application, by=request.user, at=clock.now()):
        if transition.name not in actions.MOVES:
            continue
        initial = queries.reason_from_findings(findings) if transition.name == "declare_ineligible" else ""
        form = refused.get(transition.name) or ReasonForm(
            initial={"reason": initial}, auto_id=f"id_{transition.name}_%s"
        )
        form.fields["reason"].required = transition.reason or unmet
        moves.append(
            {
                "name": transition.name,
                "label": transition.label,
                "form": form,
                "asks_reason": transition.reason or unmet,
                "first": transition.name == ("declare_ineligible" if unmet else "admit"),
                "open": transition.name in refused,
                "derogation": unmet and transition.name == "admit",
            }
        )
    return sorted(moves, key=lambda move: not move["first"])


def _around(request: HttpRequest, application: Application) -> dict[str, Any]:
    """The files before and after this one in the call, by number, and whether one waits to be examined."""
    filed = filed_of(request, application.call).only("public_id", "number", "title", "call")
    return {
        "before": filed.filter(number__lt=application.number).order_by("-number").first(),
        "after": filed.filter(number__gt=application.number).order_by("number").first(),
        "waiting": filed.filter(state=ApplicationState.FILED).exclude(pk=application.pk).count(),
    }


def _history(application: Application) -> list[dict[str, Any]]:
    """What the journal holds of a file, the team's own acts on it among them, latest first."""
    acts = []
    for event in queries.acts_on(application).order_by("-seq"):
        label, role = act_said(event)
        acts.append({"at": event.at, "label": label, "role": role, "leaf": event.leaf})
    return acts


def _reviewers(application: Application) -> list[dict[str, Any]]:
    rows = application.assignments.select_related("expert__person", "review").order_by("pk")
    return [
        {
            "assignment": row,
            "level": ASSIGNMENT_LEVELS[row.state],
            "total": row.review.total if row.state == "done" and hasattr(row, "review") else None,
            "twenty": Fraction(row.review.total or 0, 1000) if row.state == "done" and hasattr(row, "review") else 0,
            "reopen_form": ReasonForm(auto_id=f"id_reopen_{row.pk}_%s") if row.state == "done" else None,
        }
        for row in rows
    ]


@require_POST
def decide(request: HttpRequest, public_id: UUID, move: str) -> HttpResponse:
    """Declare a file admissible, inadmissible or ineligible; the same request again shows the same result."""
    application = team_application(request, public_id)
    if move not in actions.MOVES:
        raise Http404
    form = ReasonForm(request.POST, auto_id=f"id_{move}_%s")
    if form.is_valid():
        try:
            actions.decide(
                application, move, reason=form.cleaned_data["reason"], by=request.user, at=clock.arrival(request)
            )
        except Refused as refusal:
            form.add_error("reason", str(refusal))
        else:
            messages.success(request, str(DECIDED) % {"state": application.get_state_display()})
            return redirect("reviews:file", public_id=public_id)
    return _file_page(request, team_application(request, public_id), refused={move: form})


@require_safe
def document(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponseBase:
    """A document of a file, as a download, for those who run the programme."""
    application = team_application(request, public_id)
    found = access.visible_to(request.user, Document).select_related("file").filter(application=application)
    return files.serve(access.fetch(request.user, found, pk=pk).file, request)


@require_POST
def reopen(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let an expert change a review they handed in, with the reason."""
    assignment = _assignment(request, public_id)
    try:
        actions.reopen_review(
            assignment, reason=request.POST.get("reason", ""), by=request.user, at=clock.arrival(request)
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("L’expertise est rouverte : l’expert peut la changer et la rendre de nouveau."))
    return redirect(reverse("reviews:file", args=[assignment.application.public_id]))


@require_POST
def recuse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a file from an expert because of a conflict the service found; another gets it at once."""
    assignment = _assignment(request, public_id)
    try:
        made = actions.declare_conflict(assignment, by=request.user, at=clock.arrival(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("Le dossier est confié à %(name)s.") % {"name": made.expert}
            if made
            else _("Le dossier est retiré, mais aucun expert n’est libre : ajoutez-en, puis calculez l’affectation."),
        )
    return redirect(reverse("reviews:file", args=[assignment.application.public_id]))


def _assignment(request: HttpRequest, public_id: UUID) -> Assignment:
    visible = access.visible_to(request.user, Assignment).select_related(
        "application__call", "application__rule_set", "expert__call", "expert__person"
    )
    found = access.fetch(request.user, visible, public_id=public_id)
    if "officer" not in access.roles(request.user, found):
        raise Http404
    return found
