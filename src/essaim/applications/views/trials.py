"""An officer tries the call: its examples, and the whole form as an applicant would fill it. Nothing is ever kept."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from essaim.applications.forms import controls, typed_answers
from essaim.applications.queries import specimen
from essaim.applications.queries.facts import (
    documents_asked,
    files_asked,
    findings_of,
    missing_documents_of,
    missing_of,
    plan_of,
)
from essaim.applications.queries.form import asked_codes, questions_of, sections_of
from essaim.applications.queries.receipt import digest
from essaim.calls.actions import check_edition, written_edition
from essaim.calls.models import Call
from essaim.calls.queries.content import content_of
from essaim.kernel import access, clock
from essaim.kernel.bilingual import Bilingual
from essaim.places.models import Commune
from essaim.programmes.thread import thread_of
from essaim.ui.amounts import AmountField

KINDS = (("requested", "demande"), ("public", "public"), ("private", "prive"), ("own", "propre"))


def _tried(request: HttpRequest, slug: str) -> tuple[Call, dict[str, Any], dict[str, str], bool]:
    """The call of an officer, the content that is tried (the version being written, if any), its files, its errors."""
    call = access.fetch(request.user, access.visible_to(request.user, Call).whole(), slug=slug)
    if "officer" not in access.roles(request.user, call):
        raise Http404
    edition = written_edition(call)
    if edition is None:
        return call, content_of(call), dict(call.rule_set.sources) if call.rule_set else {}, call.rule_set is None
    return call, edition.content, edition.sources, bool(check_edition(edition))


def _context(call: Call, **more: Any) -> dict[str, Any]:
    at = clock.now()
    return {"call": call, "at": at, "thread": thread_of(call.programme, at=at), **more}


@require_safe
def examples(request: HttpRequest, slug: str) -> HttpResponse:
    """Every example of the folder, its verdicts, and where they differ from what it expects."""
    call, content, sources, broken = _tried(request, slug)
    tried = [] if broken else specimen.try_examples(content, sources)
    differing = sum(bool(one.differences) for one in tried)
    return render(
        request,
        "applications/examples.html",
        _context(call, broken=broken, tried=tried, differing=differing),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def trial(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole form on one page, its rules, and a specimen of receipt; what is typed stays in the page."""
    call, content, _sources, broken = _tried(request, slug)
    if broken:
        return render(request, "applications/trial.html", _context(call, broken=True))
    made_of = specimen.call_of(content), specimen.version_of(content)
    tried = specimen.Specimen(*made_of)
    problems: dict[str, str] = {}
    if request.method == "POST":
        problems = _fill(tried, request)
    context = _context(
        call,
        tried=tried,
        sections=_sections(tried),
        categories=made_of[0].categories,
        typed=request.POST,
        amounts=_amounts(tried.call, request),
        wrong=problems,
        documents=[(row, any(d.slot == row.code for d in tried.documents)) for row in _asked(tried)],
    )
    if request.method == "POST":
        context |= _answer(request, tried)
    return render(request, "applications/trial.html", context)


def _asked(tried: specimen.Specimen) -> list[Any]:
    return [*documents_asked(tried), *files_asked(tried)]


def _fill(tried: specimen.Specimen, request: HttpRequest) -> dict[str, str]:
    """Put what was typed in the specimen; gives what cannot be read, by field."""
    tried.answers = typed_answers(questions_of(tried.rule_set).values(), request.POST)
    tried.documents = specimen.documents(request.POST.getlist("documents"))
    problems: dict[str, str] = {}
    for name, _label, add in _money_fields(tried):
        text = request.POST.get(name, "").strip()
        if text:
            try:
                add(AmountField().clean(text))
            except Exception as error:
                problems[name] = " ".join(getattr(error, "messages", [str(error)]))
    place = request.POST.get("commune", "").strip()
    if place:
        found = Commune.objects.filter(pk=place).select_related("department").first()
        found = found or Commune.objects.search(place).select_related("department").first()
        tried.commune = found
        if found is None:
            problems["commune"] = _("Aucune commune ne porte ce nom : vérifiez-le.")
    return problems


def _money_fields(tried: specimen.Specimen) -> list[tuple[str, Any, Any]]:
    """(field, label, what adds its cents) for each category of expense and each kind of resource."""
    labels = {
        "requested": _("Aide demandée à cet appel"),
        "public": _("Autres aides publiques"),
        "private": _("Financeurs privés"),
        "own": _("Autofinancement"),
    }
    fields: list[tuple[str, Any, Any]] = []
    for row in tried.call.categories:
        code, label = row["code"], Bilingual(row["title"])

        def add_cost(cents: int, code: str = code, label: Any = label) -> None:
            tried.cost_lines.append(specimen.cost(str(label), code, cents))

        fields.append((f"cost-{code}", label, add_cost))
    for kind, name in KINDS:

        def add_funding(cents: int, kind: str = kind) -> None:
            tried.funding_lines.append(specimen.funding(str(labels[kind]), kind, cents))

        fields.append((f"funding-{name}", labels[kind], add_funding))
    return fields


def _amounts(call: Any, request: HttpRequest) -> dict[str, list[dict[str, Any]]]:
    """The amounts the page asks, with what was typed."""
    rows = [
        {"name": name, "label": label, "value": request.POST.get(name, "")}
        for name, label, _add in _money_fields(specimen.Specimen(call, None))
    ]
    return {
        "costs": [row for row in rows if row["name"].startswith("cost-")],
        "fundings": [row for row in rows if row["name"].startswith("funding-")],
    }


def _sections(tried: specimen.Specimen) -> list[dict[str, Any]]:
    questions = questions_of(tried.rule_set)
    shown = asked_codes(questions.values(), tried.answers, place=tried.commune_id)
    return [
        {
            "title": section.title,
            "help": section.help,
            "shown": any(q.code in shown for q in section.questions if not q.is_kept_apart),
            "rows": controls(
                [question for question in section.questions if not question.is_kept_apart],
                tried.answers,
                shown_codes=shown,
            ),
        }
        for section in sections_of(tried.rule_set)
    ]


def _answer(request: HttpRequest, tried: specimen.Specimen) -> dict[str, Any]:
    """What the rules say, what is missing and, when it is filed for the trial, a specimen of its receipt."""
    missing, filing = missing_of(tried), "file" in request.POST
    plan = plan_of(tried)
    found = findings_of(tried, phase="filing")
    answered: dict[str, Any] = {
        "missing": missing,
        "missing_documents": missing_documents_of(tried),
        "findings": found,
        "blocked": [one for one in found if one.blocks],
        "plan": plan,
    }
    if filing and not missing:
        content = {
            "answers": json.loads(json.dumps(tried.answers, default=str)),
            "cost": plan.cost_cents,
            "request": plan.requested_cents,
        }
        answered["specimen"] = SimpleNamespace(at=clock.now(), sha256=digest(content))
    elif filing:
        answered["refused"] = _("Avant de déposer, complétez le dossier : la liste est ci-dessous.")
    return answered
