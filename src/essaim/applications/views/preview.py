"""The form of a call being written, as an applicant will see it: questions appear as one answers, nothing is kept."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from essaim.applications.forms import controls, typed_answers
from essaim.calls.models import Call
from essaim.calls.queries.content import content_of
from essaim.calls.queries.form import Section, asked_codes, sections_from
from essaim.kernel import access, clock
from essaim.programmes.thread import thread_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """Try the form: what is typed is read, refused or accepted as for an applicant, and forgotten."""
    call = access.fetch(request.user, access.visible_to(request.user, Call).whole(), slug=slug)
    if "officer" not in access.roles(request.user, call):
        raise Http404
    edition = call.editions.filter(state="draft").first()
    content = edition.content if edition else content_of(call)
    sections, problem = _sections(content)
    questions = [question for section in sections for question in section.questions]
    answers: dict[str, Any] = {}
    if request.method == "POST":
        answers = typed_answers(questions, request.POST, without_row=request.POST.get("remove-row", ""))
    codes = asked_codes(questions, answers)
    if request.headers.get("X-Requested-With") == "conditions":
        return JsonResponse({"asked": sorted(codes)})
    shown = []
    for section in sections:
        asked = [question for question in section.questions if not question.is_place]
        rows = controls(asked, answers, shown_codes=codes, more_rows=request.POST.get("add-row", ""))
        visible = any(row.shown for row in rows)
        places = [question for question in section.questions if question.is_place]
        shown.append({"title": section.title, "help": section.help, "rows": rows, "shown": visible, "places": places})
    context = {
        "call": call,
        "sections": shown,
        "problem": problem,
        "answered": request.method == "POST",
        "thread": thread_of(call.programme, at=clock.now()),
    }
    return render(request, "applications/preview.html", context)


def _sections(content: dict[str, Any]) -> tuple[tuple[Section, ...], str]:
    """The sections that can be shown, and why some cannot."""
    try:
        return sections_from(content.get("form") or {}, (content.get("rules") or {}).get("labels", {})), ""
    except (KeyError, TypeError, ValueError):
        return (), _("Une question ne peut pas encore être lue : la page « Vérifier et publier » dit laquelle.")
