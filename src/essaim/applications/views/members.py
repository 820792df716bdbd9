"""Who writes an application: invite, change a role, take away, leave; who may file is said."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from essaim.accounts.access import FILERS as ORGANISATION_FILERS
from essaim.accounts.models import Invitation
from essaim.applications import actions
from essaim.applications.models import Application, Collaborator
from essaim.applications.views import pages
from essaim.applications.views.together import of_member
from essaim.kernel import access, clock
from essaim.kernel.workflow import Refused


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def members(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """« Qui écrit ce dossier »."""
    application = of_member(request, public_id)
    problem = ""
    if request.method == "POST":
        try:
            sentence = _done(request, application)
        except Refused as refusal:
            problem = str(refusal)
        else:
            messages.success(request, sentence)
            gone = not access.visible_to(request.user, Application).filter(pk=application.pk).exists()
            return redirect("applications:applications" if gone else request.path)
    at = clock.now()
    people = list(application.collaborators.select_related("person").order_by("pk"))
    ours = list(application.organisation.memberships.select_related("person")) if application.organisation else []
    context = pages.head(application) | {
        "people": people,
        "ours": ours,
        "filers": _filers(people, ours),
        "waiting": Invitation.objects.to("application", application.pk).waiting(at).select_related("invited_by"),
        "role_names": dict(Collaborator.Role.choices),
        "may_manage": actions.may_manage(application, by=request.user),
        "problem": problem,
        "email": request.POST.get("email", "") if problem else "",
    }
    return render(request, "applications/members.html", context, status=422 if problem else 200)


def _filers(people: list[Collaborator], ours: list[Any]) -> list[str]:
    """The names of those who may file, each once."""
    names = [str(row.person) for row in people if row.role == Collaborator.Role.OWNER]
    names += [str(row.person) for row in ours if row.role in ORGANISATION_FILERS]
    return list(dict.fromkeys(names))


def _done(request: HttpRequest, application: Application) -> str:
    """Do what the button pressed says, and tell it."""
    data, by, at = request.POST, request.user, clock.now()
    role = data.get("role", "")
    if "invite" in data:
        invitation = actions.invite_member(application, email=data.get("email", ""), role=role, by=by, at=at)
        return _("Une invitation est partie à %(email)s.") % {"email": invitation.email}
    if "uninvite" in data:
        waiting = Invitation.objects.to("application", application.pk)
        actions.withdraw_invitation(application, access.fetch(by, waiting, pk=data["uninvite"]), by=by, at=at)
        return _("L’invitation est retirée : son lien ne sert plus.")
    someone = access.fetch(by, application.collaborators.select_related("person"), pk=data.get("person", ""))
    someone.application = application
    if "remove" in data:
        actions.remove_member(someone, by=by, at=at)
        if someone.person_id == by.pk:
            return _("Vous avez quitté ce dossier. Ce que vous y avez écrit reste.")
        return _("%(name)s n’écrit plus ce dossier. Ce qui est écrit reste.") % {"name": someone.person}
    actions.change_role(someone, role=role, by=by, at=at)
    return _("Le rôle de %(name)s est changé.") % {"name": someone.person}
