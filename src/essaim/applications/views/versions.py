"""What an answer was: who wrote what and when, what changed word by word, and taking a version back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from essaim.applications import actions
from essaim.applications.access import WRITERS, member_roles
from essaim.applications.actions.versions import LOSS, MOST, SPELL
from essaim.applications.models import AnswerVersion, Application, ApplicationState
from essaim.applications.queries import Question, question_of
from essaim.applications.queries.differences import differences
from essaim.applications.queries.facts import step_of
from essaim.applications.queries.saying import said_answer
from essaim.applications.views import pages
from essaim.applications.views.guests import open_to_guests
from essaim.applications.views.together import of_member
from essaim.kernel import access, clock
from essaim.kernel.workflow import Refused
from essaim.places.models import Commune

PLACE = "place"
A_PAGE = 10


@open_to_guests
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def versions(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """The versions of one answer, newest first, each with what it changed."""
    application = of_member(request, public_id)
    question = question_of(application.rule_set, code)
    rows = application.versions.filter(code=code).select_related("by", "restored_from").order_by("-pk")
    if question is None and code != PLACE:
        raise Http404
    step = "project" if question is None else step_of(application.rule_set, code)
    if request.method == "POST":
        return _taken_back(request, application, rows, f"{pages.step_url(application, step)}#id_{code}")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    may_write = bool(WRITERS & member_roles(request.user, application)) and application.state == ApplicationState.DRAFT
    context = pages.head(application) | {
        "label": question.label if question else _("Le lieu du projet"),
        "page": page,
        "rows": _compared(list(page.object_list), question, rows),
        "may_write": may_write,
        "back_url": f"{pages.step_url(application, step)}#id_{code}",
        "minutes": int(SPELL.total_seconds() // 60),
        "most": MOST,
        "loss": LOSS,
        "newest": page.number == 1,
    }
    return render(request, "applications/versions.html", context)


def _compared(shown: list[AnswerVersion], question: Question | None, rows: Any) -> list[dict[str, Any]]:
    """Each version with what changed since the one before it."""
    oldest = rows.filter(pk__lt=shown[-1].pk).first() if shown else None
    before = [*shown[1:], oldest]
    return [
        {
            "version": row,
            "pieces": differences(words(question, former.value) if former else "", words(question, row.value)),
        }
        for row, former in zip(shown, before, strict=True)
    ]


def words(question: Question | None, value: Any) -> str:
    """An answer, or a place, as a text to compare."""
    if question is not None:
        return said_answer(question, value).text if value not in (None, "", []) else ""
    if not value:
        return ""
    commune = Commune.objects.current(value["commune"])
    return f"{commune or value['commune']} ({value['latitude']:.4f} ; {value['longitude']:.4f})"


def _taken_back(request: HttpRequest, application: Application, rows: Any, back: str) -> HttpResponse:
    try:
        version = access.fetch(request.user, rows, pk=request.POST.get("version", ""))
        actions.restore(application, version, by=request.user, at=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(request.path)
    messages.success(request, _("Cette version est reprise. Celle d’avant reste dans la liste."))
    return redirect(back)
