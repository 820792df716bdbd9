"""My applications, and the page of one: where it stands and what comes next."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from essaim.accounts.access import organisations_of
from essaim.applications import actions
from essaim.applications.access import member_roles
from essaim.applications.lifecycle import APPLICATION, call_is_open
from essaim.applications.models import Application, ApplicationState
from essaim.applications.queries import act_said, acts_of, said_sections
from essaim.applications.views import exchanges, pages
from essaim.applications.views.guests import open_to_guests
from essaim.calls.models import Call
from essaim.calls.queries import moments
from essaim.kernel import access, clock, tables
from essaim.kernel.workflow import Refused


@never_cache
@require_safe
def applications(request: HttpRequest) -> HttpResponse:
    """One's own applications and those of one's organisations: search, filter by state, download."""
    everything = (
        access.visible_to(request.user, Application).files().filter(pk__in=_written_by(request.user).values("pk"))
    )
    text, state = request.GET.get("q", "").strip(), request.GET.get("etat", "")
    rows = everything.select_related("call__programme", "organisation", "revision").order_by("-saved_at", "pk")
    rows = rows.search(text) if text else rows
    rows = rows.filter(state=state) if state in ApplicationState.values else rows
    if format := tables.wanted_format(request):
        headers = [
            _("Numéro"),
            _("Projet"),
            _("Appel"),
            _("Organisme"),
            _("État"),
            _("Coût (€)"),
            _("Aide demandée (€)"),
        ]
        headers += [_("Enregistré le"), _("Déposé le"), _("Inventé")]
        lines = [_line(row) for row in rows]
        return tables.download("candidatures", format, headers, lines)
    counts = everything.state_counts()
    states = [(value, label, counts[value]) for value, label in ApplicationState.choices if value in counts]
    context = {
        "page": Paginator(rows, 25).get_page(request.GET.get("page")),
        "states": states,
        "state": state,
        "text": text,
        "total": sum(counts.values()),
        "open_calls": Call.objects.open(clock.now()),
        "levels": {str(key): value for key, value in pages.LEVELS.items()},
    }
    return render(request, "applications/applications.html", context)


def _written_by(user: Any) -> Any:
    return Application.objects.filter(collaborators__person=user) | Application.objects.filter(
        organisation__in=organisations_of(user)
    )


def _line(row: Application) -> list[Any]:
    return [
        row.reference,
        str(row),
        str(row.call.title),
        str(row.organisation or ""),
        row.get_state_display(),
        row.cost_cents / 100,
        row.requested_cents / 100,
        row.saved_at,
        row.filed_at,
        row.invented,
    ]


@open_to_guests
@never_cache
@require_safe
def application(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One application: what is missing while it is a draft; once filed, its state, its calendar and its history."""
    found = pages.application_of(request.user, public_id)
    at = clock.now()
    if found.replaces is not None:
        return redirect(found.replaces)
    context = pages.context(request, found, at=at) | {
        "filing": found.filings.order_by("-number").first(),
        "history": _history(found),
        "people": found.collaborators.select_related("person"),
        "sections": said_sections(found),
        "may_revise": found.state == ApplicationState.FILED
        and bool(pages.WRITERS & access.roles(request.user, found))
        and call_is_open(found, by=request.user, at=at) is None,
        "may_withdraw": APPLICATION.why_not(found, "withdraw", by=request.user, at=at) is None,
    }
    if found.filed_at:
        context["moments"] = _moments(found)
        context["calendar"] = moments(found.call, at=at)
        context |= exchanges.waiting(request.user, found, at=at)
        context["is_mine"] = bool(member_roles(request.user, found))
    return render(request, "applications/application.html", context)


def _history(found: Application) -> list[dict[str, Any]]:
    """What was done, by the role that did it, newest first."""
    acts = []
    for event in acts_of(found).order_by("-seq"):
        label, role = act_said(event)
        acts.append({"at": event.at, "label": label, "rank": event.seq, "role": role})
    return acts


def _moments(found: Application) -> list[dict[str, Any]]:
    """The public calendar of a filed application (promise G2): what is done, what is under way, what comes and when."""
    after = {
        ApplicationState.ADMISSIBLE: 1, ApplicationState.INADMISSIBLE: 1, ApplicationState.INELIGIBLE: 1,
        ApplicationState.FUNDED: 3, ApplicationState.DECLINED: 3, ApplicationState.FILED: 0,
    }  # fmt: skip
    passed = after.get(ApplicationState(found.state), 3)
    steps = [
        (_("Recevabilité"), _("Un chargé de programme vérifie que le dossier est complet et respecte le règlement.")),
        (_("Expertise"), _("Des experts sans lien avec le dossier le notent avec la même grille.")),
        (_("Décision"), _("Une personne nommée décide ; vous recevez les raisons, que la réponse soit oui ou non.")),
    ]
    if found.state in (ApplicationState.INADMISSIBLE, ApplicationState.INELIGIBLE):
        del steps[1]  # no expert reads a file that stopped at the admissibility check
    return [
        {"title": title, "text": text, "state": "done" if rank < passed else "current" if rank == passed else "todo"}
        for rank, (title, text) in enumerate(steps)
    ]


@require_POST
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take an application back."""
    found = pages.application_of(request.user, public_id)
    try:
        actions.withdraw(found, by=request.user, at=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Le dossier est retiré. Il reste lisible ici, et ne sera pas examiné."))
    return redirect(found)
