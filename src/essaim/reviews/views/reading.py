"""What the pages of this stage share: who may open them, and an application as it is read."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest

from essaim.applications.models import Application, ApplicationState
from essaim.applications.queries import said_sections
from essaim.calls.models import Call
from essaim.kernel import access
from essaim.programmes.models import Programme
from essaim.programmes.thread import thread_of
from essaim.reviews import queries
from essaim.reviews.access import TEAM
from essaim.reviews.models import AssignmentState

LEVELS = {
    ApplicationState.FILED: "new",
    ApplicationState.ADMISSIBLE: "success",
    ApplicationState.INADMISSIBLE: "error",
    ApplicationState.INELIGIBLE: "error",
    ApplicationState.FUNDED: "success",
    ApplicationState.DECLINED: "neutral",
    ApplicationState.WITHDRAWN: "neutral",
}
ASSIGNMENT_LEVELS = {
    AssignmentState.ASSIGNED: "info",
    AssignmentState.DONE: "success",
    AssignmentState.RECUSED: "neutral",
}
PER_PAGE = 50


def new_key() -> str:
    """What names one sending of a form, so that a double click is one act."""
    return uuid4().hex


def team_call(request: HttpRequest, slug: str) -> Call:
    """The call, for those who run its programme; it does not exist for others."""
    calls = access.visible_to(request.user, Call).select_related("programme", "rule_set")
    call = access.fetch(request.user, calls, slug=slug)
    if not access.roles(request.user, call) & set(TEAM):
        raise Http404
    return call


def team_application(request: HttpRequest, public_id: Any) -> Application:
    """A filed application with all that it holds, for those who run its programme."""
    filed = access.visible_to(request.user, Application).filter(filed_at__isnull=False)
    whole = filed.whole().select_related("handling__person", "paper_arrival")
    whole = whole.prefetch_related(
        "ticks__ticked_by", "tags", "notes__author", "completion_requests__asked_by", "call__checklist_items"
    )
    application = access.fetch(request.user, whole, public_id=public_id)
    if not access.roles(request.user, application) & set(TEAM):
        raise Http404
    return application


def thread_context(programme: Programme, *, at: datetime) -> dict[str, Any]:
    """The thread, for the base template."""
    return {"thread": thread_of(programme, at=at), "at": at}


def reading_context(application: Application, *, for_experts: bool = False) -> dict[str, Any]:
    """The application as it is read: answers, plan, documents. Experts get no contact data."""
    hidden = queries.CONTACT if for_experts else ()
    return {
        "application": application,
        "call": application.call,
        "sections": said_sections(application, hidden=hidden),
        "budget": queries.budget_of(application),
        "documents": queries.documents_read(application, for_experts=for_experts),
        "for_experts": for_experts,
    }
