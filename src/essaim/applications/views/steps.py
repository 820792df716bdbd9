"""The five steps of a draft: each is a page that saves, by itself with JavaScript, with « Enregistrer » without."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import formset_factory
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from essaim.accounts.access import WRITERS as ORGANISATION_WRITERS
from essaim.accounts.access import organisations_of
from essaim.accounts.models import Organisation
from essaim.applications import actions
from essaim.applications.forms import (
    AnswersForm,
    CostForm,
    FundingForm,
    LineSet,
    PlaceForm,
    seen_in,
    typed_answers,
)
from essaim.applications.models import Application
from essaim.applications.queries import Question, sections_of, unmet_of
from essaim.applications.views import pages
from essaim.applications.views.mine import content_sections
from essaim.calls.queries import is_open
from essaim.kernel import access, clock
from essaim.kernel.bilingual import as_bilingual
from essaim.kernel.workflow import Refused
from essaim.places.models import Commune
from essaim.ui.formats import money

EXTRA_LINES = 3
MOST_FOUND = 20
MOST_LINES = 200


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "autosave"


def draft_of(request: HttpRequest, public_id: UUID) -> Application | None:
    """The draft one may write; None when the page of the application says better what one may do."""
    found = pages.application_of(request.user, public_id)
    return found if _writable(request, found) else None


def _writable(request: HttpRequest, found: Application) -> bool:
    return found.state == "draft" and bool(pages.WRITERS & access.roles(request.user, found))


def _questions(application: Application, step: str) -> list[Question]:
    """The questions of a page; the commune has its own."""
    return [
        question
        for section in sections_of(application.rule_set)
        if section.step == step
        for question in section.questions
        if question.type != "commune"
    ]


def _live(request: HttpRequest, application: Application) -> dict[str, str]:
    """The parts of the page that change when something is saved."""
    rules = pages.rules(application)
    return {
        "regles": render_to_string("applications/_findings.html", rules, request),
        "solde": render_to_string("applications/_balance.html", rules, request),
    }


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
        return JsonResponse({"sentence": str(refusal)}) if _wants_json(request) else redirect(application)
    problems = dict(saved.refused or {})
    for conflict in saved.conflicts:
        problems[conflict.code] = _(
            "Quelqu’un d’autre vient d’écrire ici : « %(theirs)s ». C’est son texte qui est gardé ; "
            "le vôtre est encore dans le champ. Gardez-le, ou reprenez le sien, puis enregistrez."
        ) % {"theirs": conflict.theirs}
    if _wants_json(request):
        held = {conflict.code: seen.get(conflict.code, "") for conflict in saved.conflicts}
        sentence = _("Un autre a modifié le même champ, ou un texte ne peut pas être gardé : enregistrez pour voir.")
        return JsonResponse(
            {
                "hidden": {"seen": marks(questions, application.answers, held)},
                "saved_at": saved.saved_at.isoformat(),
                "html": _live(request, application),
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
        version = _version(request, application)
        problem = _save_lines(request, application, costs, fundings, version)
        if _wants_json(request):
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


def _version(request: HttpRequest, application: Application) -> int:
    """The version the page was shown with; the present one when the page does not say."""
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else application.version


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
            "html": _live(request, application),
        }
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Step 5: what the administration will see, what the rules say, and the filing itself, done once."""
    application = pages.application_of(request.user, public_id)
    if request.method == "POST":
        return _file(request, application)
    if not _writable(request, application):
        return redirect(application)
    return _check_page(request, application)


def _file(request: HttpRequest, application: Application) -> HttpResponse:
    """File; the same request again shows the same receipt, a refusal shows the page with its sentence."""
    try:
        actions.file_application(
            application,
            by=request.user,
            at=clock.arrival(request),
            key=request.POST.get("key", "")[:64] or _key(application),
            version=_version(request, application),
            acknowledged="acknowledged" in request.POST,
        )
    except Refused as refusal:
        if not _writable(request, application):
            messages.error(request, str(refusal))
            return redirect(application)
        return _check_page(request, application, str(refusal), status=422)
    return redirect("applications:receipt", application.public_id)


def _key(application: Application) -> str:
    """What names one filing: this draft at this version, whoever asks and however often."""
    return f"{application.public_id}:{application.version}"


def _check_page(request: HttpRequest, application: Application, problem: str = "", status: int = 200) -> HttpResponse:
    at = clock.now()
    unmet = unmet_of(application)
    context = pages.context(request, application, at=at, step="check") | {
        "sections": content_sections(application),
        "unmet": unmet,
        "key": _key(application),
        "problem": problem,
        "is_open": is_open(application.call, at=at),
        "requested": money(application.requested_cents),
    }
    return render(request, "applications/check.html", context, status=status)
