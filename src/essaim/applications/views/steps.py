"""The five steps of a draft: each is a page that saves, by itself with JavaScript, with « Enregistrer » without."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from essaim.accounts.access import WRITERS as ORGANISATION_WRITERS
from essaim.accounts.access import organisations_of
from essaim.accounts.models import Organisation
from essaim.applications import actions
from essaim.applications.forms import controls, seen_in, typed_answers
from essaim.applications.models import Application
from essaim.applications.queries import Question, asked_codes, questions_of, sections_of
from essaim.applications.views import conflicts, guests, pages, place_here, together
from essaim.applications.views.autosaving import autosaved
from essaim.applications.views.drafting import draft_of, wants_json
from essaim.applications.views.guests import open_to_guests
from essaim.kernel import access, clock
from essaim.kernel.workflow import Refused


def _questions(application: Application, step: str) -> list[Question]:
    """The questions of a page; the commune of the project has its own."""
    return [
        question
        for section in sections_of(application.rule_set)
        if section.step == step
        for question in section.questions
        if not question.is_place
    ]


def _answered(request: HttpRequest, application: Application, step: str) -> HttpResponse:
    """Save what was typed on a page of questions, and answer as it was asked: JSON, the page again, or the next one."""
    questions = _questions(application, step)
    typed = typed_answers(questions, request.POST, without_row=request.POST.get("remove-row", ""))
    typed = conflicts.chosen(typed, request.POST)
    if request.headers.get("X-Requested-With") == "conditions":
        return JsonResponse({"asked": sorted(_codes(application, {**application.answers, **typed}))})
    seen, before = seen_in(request.POST), _codes(application)
    try:
        saved = actions.save_answers(
            application, typed, version=application.version, by=request.user, at=clock.now(), seen=seen
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return JsonResponse({"sentence": str(refusal)}) if wants_json(request) else redirect(application)
    place = place_here.keep(request, application) if step == "project" else place_here.NOTHING
    if wants_json(request):
        held = {conflict.code: seen.get(conflict.code, "") for conflict in saved.conflicts}
        told = {"seen": marks(questions, application.answers, held), "saved_at": application.saved_at}
        return autosaved(request, application, step, saved, place, told)
    problems = dict(saved.refused or {}) | _keep_files(request, application, questions)
    guests.forget_typed(request)
    if saved.conflicts:
        return conflicts.page(request, application, step, saved, marks(questions, application.answers))
    if problems or place.unsettled:
        shown = {**application.answers, **{code: typed[code] for code in problems if code in typed}}
        return _questions_page(request, application, step, shown, problems, status=422, place=place)
    return _after_saving(request, application, step, new=_codes(application) - before)


def _after_saving(request: HttpRequest, application: Application, step: str, *, new: frozenset[str]) -> HttpResponse:
    """Where the button pressed leads: the search of a commune, the same page, or the next when nothing new is asked."""
    on_this_page = [question for question in _questions(application, step) if question.code in new]
    if found := request.POST.get("find"):
        return redirect(
            f"{reverse('applications:place', args=[application.public_id])}?{urlencode({'question': found})}"
        )
    if table := request.POST.get("add-row"):
        return redirect(f"{request.path}?{urlencode({'ligne': table})}#id_{quote(table)}")
    if row := request.POST.get("remove-row"):
        return redirect(f"{request.path}#id_{quote(row.partition(':')[0])}")
    if on_this_page:
        messages.info(
            request,
            ngettext(
                "Le brouillon est enregistré. Votre réponse appelle %(count)s question de plus : la voici.",
                "Le brouillon est enregistré. Vos réponses appellent %(count)s questions de plus : les voici.",
                len(on_this_page),
            )
            % {"count": len(on_this_page)},
        )
        return redirect(f"{request.path}#id_{on_this_page[0].code}")
    messages.success(request, _("Le brouillon est enregistré. Il n’est pas encore déposé."))
    following = pages.STEPS[pages.STEPS.index(step) + 1]
    return redirect(pages.step_url(application, following) if "next" in request.POST else request.path)


def _keep_files(request: HttpRequest, application: Application, questions: list[Question]) -> dict[str, str]:
    """Keep the files sent for the page's questions, take back the one asked; the sentence for each that is refused."""
    problems = {}
    for question in questions:
        for uploaded in request.FILES.getlist(question.code) if question.type == "file" else []:
            try:
                actions.add_document(
                    application,
                    slot=question.code,
                    uploaded=uploaded,
                    name=uploaded.name or "",
                    by=request.user,
                    at=clock.now(),
                )
            except Refused as refusal:
                problems[question.code] = str(refusal)
    removed = request.POST.get("remove-file", "")
    if removed.isascii() and removed.isdigit() and len(removed) < 15:
        codes = [question.code for question in questions if question.type == "file"]
        for document in application.documents.filter(pk=int(removed), slot__in=codes):
            actions.remove_document(document, by=request.user, at=clock.now())
    return problems


def _codes(application: Application, answers: dict[str, Any] | None = None) -> frozenset[str]:
    """The questions asked, with the answers kept or with those given."""
    questions = questions_of(application.rule_set).values()
    given = application.answers if answers is None else answers
    return asked_codes(questions, given, place=application.commune_id)


def marks(questions: list[Question], answers: dict[str, Any], held: dict[str, str] | None = None) -> str:
    """The marks of the answers a page shows, as its hidden field holds them."""
    kept = (question for question in questions if not question.is_kept_apart)
    return json.dumps({q.code: actions.mark(answers.get(q.code)) for q in kept} | (held or {}))


def _questions_page(
    request: HttpRequest,
    application: Application,
    step: str,
    answers: dict[str, Any],
    problems: dict[str, str] | None = None,
    status: int = 200,
    place: place_here.Place = place_here.NOTHING,
) -> HttpResponse:
    at = clock.now()
    seen = marks(_questions(application, step), application.answers)
    if (before := guests.typed_before(request)) is not None:
        answers = {**answers, **typed_answers(_questions(application, step), before)}
        seen, place = before.get("seen", seen), place_here.typed(before)
    codes = _codes(application, answers)
    around = together.around(application)
    sections = []
    for section in sections_of(application.rule_set):
        questions = [question for question in section.questions if not question.is_place]
        if section.step == step and questions:
            rows = controls(
                questions,
                answers,
                shown_codes=codes,
                problems=problems,
                files=application.documents.all(),
                more_rows=request.GET.get("ligne", ""),
            )
            shown = any(row.shown for row in rows)
            rows = [replace(row, history=around.histories.get(row.question.code, 0)) for row in rows]
            found = {"code": section.code, "title": section.title, "help": section.help}
            sections.append(found | {"rows": rows, "shown": shown, "talk": around.talks.get(section.code, 0)})
    context = pages.context(request, application, at=at, step=step) | {
        "sections": sections,
        "problems": problems,
        "seen": seen,
        "back": before is not None,
        "place": place,
        "place_history": around.histories.get("place", 0),
        "autosave_key": pages.copy_key(request, application),
        **together.company(request, application, step, shared=around.shared, at=at),
        "organisations": _my_organisations(request) if step == "organisation" else None,
    }
    return render(request, f"applications/{step}.html", context, status=status)


def _my_organisations(request: HttpRequest) -> Any:
    return Organisation.objects.filter(pk__in=organisations_of(request.user, *ORGANISATION_WRITERS)).order_by("name")


@open_to_guests
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Step 1: who applies."""
    application = draft_of(request, public_id)
    if application is None:
        return redirect("applications:application", public_id)
    if request.method == "POST":
        return _answered(request, application, "organisation")
    return _questions_page(request, application, "organisation", application.answers)


@require_POST
def choose_organisation(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say for which of one's organisations one applies."""
    application = pages.application_of(request.user, public_id)
    try:
        chosen = access.fetch(request.user, Organisation, public_id=request.POST.get("organisation", ""))
        actions.set_organisation(application, organisation=chosen, by=request.user, at=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(pages.step_url(application, "organisation"))


@open_to_guests
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def project(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Step 2: what, for whom, when."""
    application = draft_of(request, public_id)
    if application is None:
        return redirect("applications:application", public_id)
    if request.method == "POST":
        return _answered(request, application, "project")
    return _questions_page(request, application, "project", application.answers)
