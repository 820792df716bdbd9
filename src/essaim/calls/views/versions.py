"""The officer's page of versions: the folder out and in, what the version being written changes, its publication."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from essaim.calls import actions, queries
from essaim.calls.models import Call, CallState, Edition
from essaim.calls.queries.content import canonical_rules, content_of, fields_of
from essaim.calls.queries.diff import by_part, diff
from essaim.calls.views.officer import mine
from essaim.calls.views.public import call_page, simulator_of
from essaim.kernel import clock
from essaim.kernel.bilingual import Bilingual
from essaim.kernel.workflow import Refused
from essaim.programmes.models import RuleSet
from essaim.programmes.thread import thread_of


@require_safe
def versions(request: HttpRequest, slug: str) -> HttpResponse:
    """The version in force, the one being written: its errors, what it changes; the folder to take or to give."""
    call = mine(request, slug)
    return _page(request, call, actions.written_edition(call))


def _page(request: HttpRequest, call: Call, edition: Edition | None, status: int = 200, **more: Any) -> HttpResponse:
    at = clock.now()
    changes = diff(content_of(call), edition.content) if edition else []
    context = {
        "call": call,
        "today": queries.today(call, at=at),
        "edition": edition,
        "faults": actions.check_edition(edition) if edition else [],
        "changes": by_part(changes),
        "changed": bool(changes),
        "may_change": call.state in {CallState.DRAFT, CallState.PUBLISHED},
        "is_draft": call.state == CallState.DRAFT,
        "reason": {"fr": "", "en": ""},
        "thread": thread_of(call.programme, at=at),
        **more,
    }
    return render(request, "calls/versions.html", context, status=status)


@require_safe
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of the call as an applicant will read it: the version being written, or the call as it stands."""
    call, at = mine(request, slug), clock.now()
    edition = actions.written_edition(call)
    if edition is not None and not actions.check_edition(edition):
        for name, value in fields_of(edition.content["call"]).items():
            setattr(call, name, value)
        parts = {name: edition.content[name] for name in ("form", "grid", "documents")}
        rules = canonical_rules(edition.content["rules"])
        number = (edition.based_on.number if edition.based_on else 0) + 1
        call.rule_set = RuleSet(number=number, rules=rules, frozen_at=at, **parts)
    context = call_page(call, at) | simulator_of(request, call) | {"is_officer": True, "preview": True}
    return render(request, "calls/call.html", context)


@require_safe
def folder(request: HttpRequest, slug: str) -> HttpResponse:
    """The call as the ZIP of its folder; `?version=edition` for the one being written."""
    call = mine(request, slug)
    edition = actions.written_edition(call) if request.GET.get("version") == "edition" else None
    body = actions.zip_of(actions.export_files(call, edition), name=call.slug)
    response = HttpResponse(body, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{call.slug}.zip"'
    return response


@require_POST
def bring(request: HttpRequest, slug: str) -> HttpResponse:
    """Read a folder given as a ZIP into the version being written; its errors are listed, nothing is changed then."""
    call = mine(request, slug)
    given = request.FILES.get("folder")
    try:
        if given is None:
            raise actions.NotAFolder(_("Choisissez le ZIP du dossier de l’appel."))
        if given.size > actions.MOST_BYTES:
            raise actions.NotAFolder(_("Ce ZIP est trop gros pour un appel : 200 fichiers et 5 Mo au plus."))
        actions.import_into(call, actions.files_of_zip(given.read()), by=request.user, at=clock.now())
    except actions.NotAFolder as refusal:
        told = {"refusal": str(refusal), "refused": refusal.faults}
        return _page(request, call, actions.written_edition(call), 422, **told)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("Le dossier est lu : voici ce qu’il change. Rien n’est public avant la publication.")
        )
    return redirect("calls:versions", call.slug)


@require_POST
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish the version being written, with its public reason; a second click shows the call."""
    call = mine(request, slug)
    edition = actions.written_edition(call)
    if edition is None:
        return redirect(call)
    typed = {language: request.POST.get(f"reason_{language}", "").strip()[:1000] for language in ("fr", "en")}
    try:
        version = actions.publish_edition(edition, reason=Bilingual(typed), by=request.user, at=clock.now())
    except Refused as refusal:
        return _page(request, call, edition, 422, refusal=str(refusal), reason=typed)
    said = _("La version %(number)s est publiée. Chaque brouillon ouvert est prévenu de ce qui change.")
    messages.success(request, said % {"number": version.number})
    return redirect("calls:rules", call.slug)


@require_POST
def abandon(request: HttpRequest, slug: str) -> HttpResponse:
    """Give up the version being written; the call stays as it is."""
    call = mine(request, slug)
    edition = actions.written_edition(call)
    if edition is not None:
        actions.abandon_edition(edition, by=request.user, at=clock.now())
        messages.success(request, _("La version en cours d’écriture est abandonnée : l’appel reste tel qu’il est."))
    return redirect("calls:versions", call.slug)
