"""A filed file opened again: its working copy, what it changes, and giving it up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from essaim.applications import actions
from essaim.applications.access import WRITERS
from essaim.applications.models import Application
from essaim.applications.queries import sections_of
from essaim.applications.queries.saying import said
from essaim.applications.views import pages
from essaim.kernel import access, clock
from essaim.kernel.workflow import Refused
from essaim.ui.formats import money


@require_POST
def revise(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Open the working copy of a filed file, or go on with it."""
    filed = pages.application_of(request.user, public_id).original
    try:
        copy = actions.revise(filed, by=request.user, at=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(filed)
    messages.info(request, _("Vous modifiez une copie de travail : la version déposée reste celle qui est lue."))
    return redirect(pages.step_url(copy, "project"))


@require_POST
def abandon(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give the changes up; twice is once."""
    found = pages.application_of(request.user, public_id)
    try:
        actions.abandon_revision(found, by=request.user, at=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Les modifications sont abandonnées : la version déposée reste celle qui est lue."))
    return redirect(found.original)


@never_cache
@require_safe
def differences(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What the working copy changes in the filed version, question by question."""
    found = pages.application_of(request.user, public_id).original
    copy = found.open_revision
    if copy is None or not (WRITERS | {"reader"}) & access.roles(request.user, found):
        raise Http404
    whole = Application.objects.whole()
    filed, copy = whole.get(pk=found.pk), whole.get(pk=copy.pk)
    context = pages.context(request, copy, at=clock.now()) | {"filed": filed, "changes": changes(filed, copy)}
    return render(request, "applications/differences.html", context)


def changes(filed: Application, copy: Application) -> list[dict[str, Any]]:
    """`label`, `before` and `after` (lists of lines) of everything that is not the same, in the form's order."""
    rows = [(_("Organisme"), [str(filed.organisation or "")], [str(copy.organisation or "")])]
    for section in sections_of(copy.rule_set):
        for question in section.questions:
            if question.is_place:
                rows.append((str(question.label), _place(filed), _place(copy)))
            else:
                texts = ([said(one, question).text] for one in (filed, copy))
                rows.append((str(question.label), *texts))
    rows += [
        (_("Dépenses"), _costs(filed), _costs(copy)),
        (_("Ressources"), _fundings(filed), _fundings(copy)),
        (_("Pièces"), _files(filed), _files(copy)),
    ]
    return [{"label": label, "before": before, "after": after} for label, before, after in rows if before != after]


def _place(one: Application) -> list[str]:
    point = [f"{one.latitude:.5f}, {one.longitude:.5f}"] if one.latitude is not None else []
    return [str(one.commune or ""), *point]


def _costs(one: Application) -> list[str]:
    return [f"{line.label} : {money(line.amount_cents)}" for line in one.cost_lines.all()]


def _fundings(one: Application) -> list[str]:
    return [
        f"{line.funder} ({line.get_kind_display()}, {line.get_status_display()}) : {money(line.amount_cents)}"
        for line in one.funding_lines.all()
    ]


def _files(one: Application) -> list[str]:
    return [f"{row.name} (SHA-256 {row.file.sha256[:12]}…)" for row in one.documents.all()]
