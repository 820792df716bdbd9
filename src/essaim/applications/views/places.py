"""Where: the commune of the project, with its point; and any commune a question asks for."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from essaim.applications import actions
from essaim.applications.forms import PlaceForm
from essaim.applications.models import Application
from essaim.applications.queries import Question, question_of
from essaim.applications.queries.facts import step_of
from essaim.applications.views import pages
from essaim.applications.views.drafting import draft_of
from essaim.applications.views.guests import open_to_guests
from essaim.kernel import clock
from essaim.kernel.workflow import Refused
from essaim.places.models import Commune

MOST_FOUND = 20


@open_to_guests
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Search a commune by its name or postcode and choose it: the project's, or the one `?question=` asks for."""
    application = draft_of(request, public_id)
    if application is None:
        return redirect("applications:application", public_id)
    question = _question(request, application)
    step = step_of(application.rule_set, question.code) if question else "project"
    form = PlaceForm(request.POST or None, initial={"commune": application.commune_id or ""})
    if request.method == "POST" and form.is_valid():
        try:
            commune = _keep(request, application, question, form)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Le lieu est enregistré : %(commune)s.") % {"commune": commune})
            anchor = f"#id_{question.code}" if question else ""
            return redirect(f"{pages.step_url(application, step)}{anchor}")
    text = request.GET.get("q", "").strip()
    found = list(Commune.objects.search(text).select_related("department")[:MOST_FOUND]) if text else []
    context = pages.context(request, application, at=clock.now(), step=step) | {
        "form": form,
        "text": text,
        "found": found,
        "question": question,
        "kept": _kept(application, question),
        "back_url": pages.step_url(application, step),
    }
    return render(request, "applications/place.html", context, status=422 if form.errors else 200)


def _question(request: HttpRequest, application: Application) -> Question | None:
    """The question a commune is searched for; None for the project's own place."""
    code = request.GET.get("question", "")
    question = question_of(application.rule_set, code) if code else None
    if code and (question is None or question.type != "commune"):
        raise Http404
    return None if question is None or question.is_place else question


def _kept(application: Application, question: Question | None) -> str:
    """The commune already chosen, in words."""
    if question is None:
        return str(application.commune or "")
    value, _problem = question.read(application.answers.get(question.code))
    return value["name"] if value else ""


def _keep(request: HttpRequest, application: Application, question: Question | None, form: PlaceForm) -> str:
    """Keep the commune chosen, and give its name."""
    given, at = form.cleaned_data, clock.now()
    if question is None:
        actions.set_place(application, **given, by=request.user, at=at)
        return str(application.commune)
    commune = Commune.objects.current(given["commune"])
    if commune is None:
        raise Refused(_("Cette commune est inconnue : cherchez-la par son nom ou son code postal."))
    answer = {"code": commune.code, "name": str(commune)}
    actions.save_answers(application, {question.code: answer}, version=application.version, by=request.user, at=at)
    return str(commune)
