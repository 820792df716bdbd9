"""The five steps of a draft: each is a page that saves, by itself with JavaScript, with « Enregistrer » without."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from essaim.accounts.access import WRITERS as ORGANISATION_WRITERS
from essaim.accounts.access import organisations_of
from essaim.accounts.models import Organisation
from essaim.applications import actions
from essaim.applications.forms import (
    AnswersForm,
    PlaceForm,
    seen_in,
    typed_answers,
)
from essaim.applications.models import Application
from essaim.applications.queries import Question, sections_of
from essaim.applications.views import pages
from essaim.applications.views.drafting import draft_of, live, wants_json
from essaim.kernel import access, clock
from essaim.kernel.workflow import Refused
from essaim.places.models import Commune

MOST_FOUND = 20


def _questions(application: Application, step: str) -> list[Question]:
    """The questions of a page; the commune has its own."""
    return [
        question
        for section in sections_of(application.rule_set)
        if section.step == step
        for question in section.questions
        if question.type != "commune"
    ]


def _answered(request: HttpRequest, application: Application, step: str) -> HttpResponse:
    """Save what was typed on a page of questions, and answer as it was asked: JSON, the page again, or the next one."""
    questions = _questions(application, step)
    typed = typed_answers(questions, request.POST)
    seen = seen_in(request.POST)
    try:
        saved = actions.save_answers(
            application, typed, version=application.version, by=request.user, at=clock.now(), seen=seen
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return JsonResponse({"sentence": str(refusal)}) if wants_json(request) else redirect(application)
    problems = dict(saved.refused or {})
    for conflict in saved.conflicts:
        problems[conflict.code] = _(
            "Quelqu’un d’autre vient d’écrire ici : « %(theirs)s ». C’est son texte qui est gardé ; "
            "le vôtre est encore dans le champ. Gardez-le, ou reprenez le sien, puis enregistrez."
        ) % {"theirs": conflict.theirs}
    if wants_json(request):
        held = {conflict.code: seen.get(conflict.code, "") for conflict in saved.conflicts}
        sentence = _("Un autre a modifié le même champ, ou un texte ne peut pas être gardé : enregistrez pour voir.")
        return JsonResponse(
            {
                "hidden": {"seen": marks(questions, application.answers, held)},
                "saved_at": saved.saved_at.isoformat(),
                "html": live(request, application),
                **({"sentence": sentence} if problems else {}),
            }
        )
    if problems:
        shown = {**application.answers, **{code: typed[code] for code in problems}}
        return _questions_page(request, application, step, shown, problems, status=409 if saved.conflicts else 422)
    messages.success(request, _("Le brouillon est enregistré. Il n’est pas encore déposé."))
    following = pages.STEPS[pages.STEPS.index(step) + 1]
    return redirect(pages.step_url(application, following) if "next" in request.POST else request.path)


def marks(questions: list[Question], answers: dict[str, Any], held: dict[str, str] | None = None) -> str:
    """The marks of the answers a page shows, as its hidden field holds them."""
    return json.dumps({q.code: actions.mark(answers.get(q.code)) for q in questions} | (held or {}))


def _questions_page(
    request: HttpRequest,
    application: Application,
    step: str,
    answers: dict[str, Any],
    problems: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    at = clock.now()
    sections = []
    for section in sections_of(application.rule_set):
        asked = [question for question in section.questions if question.type != "commune"]
        if section.step == step and asked:
            told = {q.code: q.read(answers.get(q.code))[1] for q in asked} | (problems or {})
            form = AnswersForm(asked, answers, {code: sentence for code, sentence in told.items() if sentence})
            sections.append({"title": section.title, "form": form})
    context = pages.context(request, application, at=at, step=step) | {
        "sections": sections,
        "problems": problems,
        "seen": marks(_questions(application, step), application.answers),
        "organisations": _my_organisations(request) if step == "organisation" else None,
    }
    return render(request, f"applications/{step}.html", context, status=status)


def _my_organisations(request: HttpRequest) -> Any:
    return Organisation.objects.filter(pk__in=organisations_of(request.user, *ORGANISATION_WRITERS)).order_by("name")


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


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Where: the commune, found by its name or postcode, and the point when it is not the town hall."""
    application = draft_of(request, public_id)
    if application is None:
        return redirect("applications:application", public_id)
    form = PlaceForm(request.POST or None, initial={"commune": application.commune_id or ""})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.set_place(application, **given, by=request.user, at=clock.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Le lieu est enregistré : %(commune)s.") % {"commune": application.commune})
            return redirect(pages.step_url(application, "project"))
    text = request.GET.get("q", "").strip()
    found = list(Commune.objects.search(text).select_related("department")[:MOST_FOUND]) if text else []
    context = pages.context(request, application, at=clock.now(), step="project") | {
        "form": form,
        "text": text,
        "found": found,
    }
    return render(request, "applications/place.html", context, status=422 if form.errors else 200)
