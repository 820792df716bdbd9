"""Step 5: what the administration will see, what the rules say, and the filing itself, done once."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from essaim.applications import actions
from essaim.applications.access import tell_roles, with_roles_of
from essaim.applications.models import Application
from essaim.applications.queries import said_sections, unmet_of
from essaim.applications.views import pages
from essaim.applications.views.drafting import version_read, writable
from essaim.calls.models import Call
from essaim.calls.queries import is_late, is_open
from essaim.kernel import access, clock
from essaim.kernel.workflow import Refused
from essaim.ui.formats import money


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Step 5: what the administration will see, what the rules say, and the filing itself, done once."""
    if request.method == "POST":
        return _file(request, _to_file(request, public_id))
    application = pages.application_of(request.user, public_id)
    if not writable(request, application):
        return redirect(application.original)
    return _check_page(request, application)


def _to_file(request: HttpRequest, public_id: UUID) -> Application:
    """The application with one's roles on it, in one query: filing reads the rest itself, once it holds the lock."""
    mine = with_roles_of(request.user, access.visible_to(request.user, Application)).select_related(
        "call", "paper_arrival"
    )
    found = access.fetch(request.user, mine, public_id=public_id)
    tell_roles(request.user, found)
    return found


def _file(request: HttpRequest, application: Application) -> HttpResponse:
    """File; the same request again shows the same receipt, a refusal shows the page with its sentence."""
    try:
        filing = actions.file_application(
            application,
            by=request.user,
            at=_arrival(request, application),
            key=request.POST.get("key", "")[:64] or _key(application),
            version=version_read(request, application),
            acknowledged="acknowledged" in request.POST,
            code=request.POST.get("code", "")[:40],
        )
    except Refused as refusal:
        status = 409 if isinstance(refusal, actions.KeyReused) else 422
        application = pages.application_of(request.user, application.public_id)
        if status == 422 and not writable(request, application):
            messages.error(request, str(refusal))
            return redirect(application.original)
        return _check_page(request, application, str(refusal), status=status)
    original = application.public_id if application.replaces is None else application.replaces.public_id
    if filing.number == 1:
        return redirect("applications:receipt", original)
    return redirect("applications:receipt-number", original, filing.number)


def _arrival(request: HttpRequest, application: Application) -> datetime:
    """When the application arrived: now at our door, or, for one received offline, when it is proved to have come."""
    paper = actions.arrival_of(application)
    return paper.arrived_at if paper is not None and application.replaces is None else clock.arrival(request)


@require_POST
def automatic(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask that the draft files itself at the closing, or no longer."""
    application = pages.application_of(request.user, public_id)
    wanted, read = "automatic" in request.POST, "acknowledged" in request.POST
    try:
        actions.ask_automatic(application, wanted=wanted, acknowledged=read, by=request.user, at=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(application)
    if wanted:
        messages.success(
            request,
            _("Ce brouillon sera déposé à la clôture, s’il est complet à cet instant. Il n’est pas encore déposé."),
        )
    else:
        messages.success(request, _("Ce brouillon ne sera pas déposé automatiquement : c’est à vous de le déposer."))
    return redirect(pages.step_url(application, "check"))


@never_cache
@require_safe
def late(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """The link of a late code: straight to the draft it opens, or to one's files to choose it."""
    call = access.fetch(request.user, Call, slug=slug)
    drafts = list(access.visible_to(request.user, Application).drafts().filter(call=call).order_by("-saved_at")[:2])
    if not drafts:
        messages.error(
            request,
            _(
                "Ce compte n’a pas de brouillon pour cet appel : ouvrez la session du compte qui l’a écrit, "
                "ou écrivez au service."
            ),
        )
        return redirect(call)
    if len(drafts) > 1:
        messages.info(
            request, _("Choisissez le dossier à déposer, puis « Vérifier et déposer » : le code y sera demandé.")
        )
        return redirect("applications:applications")
    return redirect(f"{pages.step_url(drafts[0], 'check')}?{urlencode({'code': code})}")


def _key(application: Application) -> str:
    """What names one filing: this draft at this version, whoever asks and however often."""
    return f"{application.public_id}:{application.version}"


def _check_page(request: HttpRequest, application: Application, problem: str = "", status: int = 200) -> HttpResponse:
    at, paper = clock.now(), actions.arrival_of(application)
    unmet = unmet_of(application)
    context = pages.context(request, application, at=at, step="check") | {
        "sections": said_sections(application),
        "unmet": unmet,
        "key": _key(application),
        "problem": problem,
        "is_open": is_open(application.call, at=paper.arrived_at if paper else at),
        "code": (request.POST.get("code") or request.GET.get("code", ""))[:40],
        "may_use_code": application.replaces_id is None
        and application.call.state == "published"
        and is_late(application.call, at=at),
        "requested": money(application.requested_cents),
    }
    return render(request, "applications/check.html", context, status=status)
