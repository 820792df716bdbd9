"""The vault of an organisation: what it keeps, until when it is valid, and its versions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from essaim.accounts import actions
from essaim.accounts.access import WRITERS, organisation_roles
from essaim.accounts.forms import VaultDatesForm, VaultForm, VaultVersionForm
from essaim.accounts.models import Organisation, VaultDocument, VaultVersion
from essaim.accounts.validity import validity
from essaim.kernel import access, clock, files
from essaim.kernel.workflow import Refused


def rows_of(organisation: Organisation) -> list[dict[str, Any]]:
    """Each document of the vault with its latest version and what its dates say today."""
    today = timezone.localdate(clock.now())
    found = []
    for document in organisation.vault.whole():
        latest = document.versions.all()[0]
        said = validity(latest.valid_from, latest.valid_until, on=today)
        found.append({"document": document, "latest": latest, "validity": said})
    return found


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def vault(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Everything the organisation keeps, and the form that adds a document."""
    organisation = access.fetch(request.user, Organisation, public_id=public_id)
    form = VaultForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        uploaded = given.pop("file")
        try:
            actions.add_to_vault(
                organisation=organisation,
                uploaded=uploaded,
                name=uploaded.name or "",
                by=request.user,
                at=clock.now(),
                **given,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Le document est dans le coffre."))
            return redirect(request.path)
    context = {
        "organisation": organisation,
        "rows": rows_of(organisation),
        "can_edit": bool(organisation_roles(request.user, organisation.pk) & WRITERS),
        "form": form,
    }
    return render(request, "accounts/vault.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def document(request: HttpRequest, public_id: UUID, document_id: UUID) -> HttpResponse:
    """One document: its versions, a newer one, its dates."""
    found = _document(request, public_id, document_id)
    versions = list(found.versions.select_related("file", "added_by"))
    latest, of_dates = versions[0], "dates" in request.POST
    sent = request.POST if request.method == "POST" else None
    new = VaultVersionForm(sent if not of_dates else None, request.FILES if sent is not None and not of_dates else None)
    dates = VaultDatesForm(
        sent if of_dates else None,
        initial={"valid_from": latest.valid_from, "valid_until": latest.valid_until},
        auto_id="id_dates_%s",
    )
    form = dates if of_dates else new
    if sent is not None and form.is_valid() and _changed(request, found, latest, form):
        return redirect(request.path)
    today = timezone.localdate(clock.now())
    context = {
        "organisation": found.organisation,
        "document": found,
        "versions": [(row, validity(row.valid_from, row.valid_until, on=today)) for row in versions],
        "can_edit": bool(organisation_roles(request.user, found.organisation_id) & WRITERS),
        "form": form,
        "new": new,
        "dates": dates,
    }
    return render(request, "accounts/vault_document.html", context, status=422 if form.errors else 200)


def _changed(request: HttpRequest, found: VaultDocument, latest: VaultVersion, form: Any) -> bool:
    """Do what the form asks; False with its sentence on the form when it is refused."""
    given = dict(form.cleaned_data)
    uploaded = given.pop("file", None)
    try:
        if uploaded is None:
            actions.date_version(version=latest, by=request.user, at=clock.now(), **given)
            messages.success(request, _("Les dates sont enregistrées."))
        else:
            name = uploaded.name or ""
            actions.add_version(document=found, uploaded=uploaded, name=name, by=request.user, at=clock.now(), **given)
            messages.success(request, _("La nouvelle version est dans le coffre."))
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _document(request: HttpRequest, public_id: UUID, document_id: UUID) -> VaultDocument:
    mine = access.visible_to(request.user, VaultDocument).select_related("organisation")
    return access.fetch(request.user, mine, public_id=document_id, organisation__public_id=public_id)


@never_cache
@require_GET
def version(request: HttpRequest, public_id: UUID, document_id: UUID, number: int) -> HttpResponse:
    """Give one version back to a member of the organisation."""
    found = _document(request, public_id, document_id)
    rows = access.visible_to(request.user, VaultVersion).select_related("file")
    return files.serve(access.fetch(request.user, rows, document=found, number=number).file, request)


@require_POST
def remove(request: HttpRequest, public_id: UUID, document_id: UUID) -> HttpResponse:
    """Take a document out of the vault; a second click changes nothing."""
    organisation = access.fetch(request.user, Organisation, public_id=public_id)
    found = organisation.vault.filter(public_id=document_id).first()
    try:
        if found is not None:
            actions.remove_from_vault(document=found, by=request.user, at=clock.now())
        messages.success(request, _("Le document est retiré du coffre. Les dossiers qui l’ont repris le gardent."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("accounts:vault", public_id)
