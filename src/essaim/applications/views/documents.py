"""Step 4: the files, one form per document, so that a refused file loses nothing else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from essaim.accounts.access import WRITERS as ORGANISATION_WRITERS
from essaim.accounts.access import organisation_roles
from essaim.accounts.models import VaultVersion
from essaim.accounts.validity import validity
from essaim.applications import actions
from essaim.applications.models import Application, Document
from essaim.applications.queries import Asked, articles_asking, documents_asked
from essaim.applications.views import pages
from essaim.applications.views.drafting import draft_of
from essaim.calls.queries import documents_of
from essaim.kernel import access, clock, files
from essaim.kernel.files import uploads
from essaim.kernel.models import StoredFile
from essaim.kernel.workflow import Refused
from essaim.ui.formats import size


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def documents(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Step 4: the files, one form per document, so that a refused file loses nothing else."""
    application = draft_of(request, public_id)
    if application is None:
        return redirect("applications:application", public_id)
    slot, refused, kept = request.POST.get("slot", ""), [], 0
    if request.method == "POST":
        kept, refused = _receive(request, application, slot)
        if not refused:
            said = ngettext("La pièce est enregistrée.", "%(count)s fichiers sont enregistrés.", kept)
            messages.success(request, said % {"count": kept} if kept > 1 else said)
            return redirect(f"{request.path}#piece-{slot}")
    at = clock.now()
    context = pages.context(request, application, at=at, step="documents") | {
        "rows": _rows(request, application, at=at, slot=slot, refused=refused, kept=kept),
        "refused": refused,
        "door": actions.DOOR,
    }
    return render(request, "applications/documents.html", context, status=422 if refused else 200)


def _receive(request: HttpRequest, application: Application, slot: str) -> tuple[int, list[str]]:
    """Keep the files sent; how many were, and a sentence for each that is not."""
    sent = [row for row in request.FILES.getlist("file") if isinstance(row, UploadedFile)]
    if not sent:
        return 0, [_("Choisissez un fichier, puis déposez-le.")]
    kept, refused = 0, []
    for uploaded in sent:
        try:
            name = uploaded.name or ""
            actions.add_document(application, slot=slot, uploaded=uploaded, name=name, by=request.user, at=clock.now())
            kept += 1
        except Refused as refusal:
            refused.append(str(refusal))
    return kept, refused


def _rows(
    request: HttpRequest, application: Application, *, at: Any, slot: str, refused: list[str], kept: int
) -> list[dict[str, Any]]:
    """Each document asked, with what the card shows."""
    given: dict[str, list[Document]] = {}
    for document in application.documents.all():
        given.setdefault(document.slot, []).append(document)
    requirements = {row.code: row for row in documents_of(application.rule_set)}
    articles = articles_asking(application.rule_set)
    offers = _vault_offers(request, application, at=at)
    vault = bool(application.organisation_id) and bool(
        organisation_roles(request.user, application.organisation_id) & ORGANISATION_WRITERS
    )
    return [
        {
            "asked": asked,
            "closed": actions.not_reopened(application, f"document:{asked.code}"),
            "given": [_given(document, at=at) for document in given.get(asked.code, [])],
            "refused": refused if asked.code == slot else [],
            "kept": kept if asked.code == slot else 0,
            "requirement": requirements[asked.code].requirement,
            "depends": requirements[asked.code].required and not application.answers.get("applicant_kind"),
            "articles": articles.get(asked.code, []),
            "formats": ", ".join(asked.formats).upper(),
            "limit": size(asked.max_bytes),
            "accept": ",".join(f".{kind}" for kind in asked.formats),
            "offers": _not_given(
                asked.code, offers.get(actions.vault_place(application, asked.code), []), given.get(asked.code)
            ),
            "may_keep": vault,
            "target": actions.upload_target(application, asked.code),
            "waiting": _waiting(request, application, asked, at=at),
        }
        for asked in documents_asked(application)
    ]


def _given(document: Document, *, at: Any) -> dict[str, Any]:
    """A file given: what its dates say, and what the antivirus said of it."""
    states = {
        StoredFile.Scan.NOT_SCANNED: ("info", _("Analyse en cours")),
        StoredFile.Scan.CLEAN: ("success", _("Sain")),
        StoredFile.Scan.INFECTED: ("error", _("Infecté : remplacez-le")),
    }
    known = files.scanning() or document.file.scan != StoredFile.Scan.NOT_SCANNED
    return {
        "document": document,
        "infected": document.file.scan == StoredFile.Scan.INFECTED,
        "scan": states[StoredFile.Scan(document.file.scan)] if known else None,
        "validity": validity(None, document.valid_until, on=timezone.localdate(at)),
    }


def _vault_offers(request: HttpRequest, application: Application, *, at: Any) -> dict[Any, list[dict[str, Any]]]:
    """The latest version of each document of the organisation's vault, by nature and title; one query for all."""
    if not application.organisation_id:
        return {}
    rows = access.visible_to(request.user, VaultVersion).filter(document__organisation=application.organisation_id)
    latest: dict[int, VaultVersion] = {}
    for version in rows.select_related("document", "file").order_by("document_id", "number"):
        latest[version.document_id] = version
    found: dict[Any, list[dict[str, Any]]] = {}
    today = timezone.localdate(at)
    for version in latest.values():
        if version.file.scan != StoredFile.Scan.INFECTED:
            kind = version.document.kind
            key = (kind, version.document.title if kind == "other" else "")
            said = validity(version.valid_from, version.valid_until, on=today)
            found.setdefault(key, []).append({"version": version, "validity": said})
    return found


def _not_given(slot: str, offers: list[dict[str, Any]], given: list[Document] | None) -> list[dict[str, Any]]:
    """The offers whose bytes the application does not hold already, with what the button sends."""
    held = {document.file.sha256 for document in given or []}
    return [
        {**offer, "hidden": {"slot": slot, "version": offer["version"].pk}}
        for offer in offers
        if offer["version"].file.sha256 not in held
    ]


def _waiting(request: HttpRequest, application: Application, asked: Asked, *, at: Any) -> list[Any]:
    """What was begun to be sent for a document and stopped, from all of them read at once."""
    known = request.__dict__.get("_waiting_uploads")
    if known is None:
        known = request.__dict__["_waiting_uploads"] = list(
            uploads.unfinished(by=request.user, door=actions.DOOR, at=at)
        )
    return [upload for upload in known if upload.target == actions.upload_target(application, asked.code)]


@never_cache
@require_http_methods(["GET", "HEAD"])
def document(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Give a file back to whoever may read the application."""
    rows = access.visible_to(request.user, Document).select_related("file")
    return files.serve(access.fetch(request.user, rows, application__public_id=public_id, pk=pk).file, request)


@require_POST
def remove_document(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Take a file back; a second click changes nothing."""
    application = pages.application_of(request.user, public_id)
    found = application.documents.filter(pk=pk).first()
    if found is not None:
        try:
            actions.remove_document(found, by=request.user, at=clock.now())
            messages.success(request, _("%(name)s est retiré du dossier.") % {"name": found.name})
        except Refused as refusal:
            messages.error(request, str(refusal))
    return redirect(pages.step_url(application, "documents"))


@require_POST
def take_from_vault(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give a document of the organisation's vault, in one click."""
    application = pages.application_of(request.user, public_id)
    slot, version = request.POST.get("slot", ""), request.POST.get("version", "")
    number = int(version) if version.isascii() and version.isdigit() and len(version) < 15 else 0
    rows = access.visible_to(request.user, VaultVersion).select_related("document", "file")
    try:
        chosen = access.fetch(request.user, rows, pk=number)
        actions.take_from_vault(application, slot=slot, version=chosen, by=request.user, at=clock.now())
        messages.success(request, _("La pièce est reprise du coffre."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(pages.step_url(application, "documents"))


@require_POST
def keep_in_vault(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Keep a document of the application in the organisation's vault; a second click changes nothing."""
    application = pages.application_of(request.user, public_id)
    rows = access.visible_to(request.user, Document).select_related("file", "application__organisation")
    found = access.fetch(request.user, rows, application=application, pk=pk)
    try:
        actions.keep_in_vault(found, by=request.user, at=clock.now())
        messages.success(request, _("%(name)s est rangé dans le coffre de l’organisme.") % {"name": found.name})
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(pages.step_url(application, "documents"))
