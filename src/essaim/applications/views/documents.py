"""Step 4: the files, one form per document, so that a refused file loses nothing else."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from essaim.applications import actions
from essaim.applications.models import Application, Document
from essaim.applications.queries import documents_asked
from essaim.applications.views import pages
from essaim.applications.views.drafting import draft_of
from essaim.kernel import access, clock, files
from essaim.kernel.workflow import Refused


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def documents(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Step 4: the files, one form per document, so that a refused file loses nothing else."""
    application = draft_of(request, public_id)
    if application is None:
        return redirect("applications:application", public_id)
    slot, problem = request.POST.get("slot", ""), ""
    if request.method == "POST":
        problem = _receive(request, application, slot)
        if not problem:
            messages.success(request, _("La pièce est enregistrée."))
            return redirect(request.path)
    given: dict[str, list[Document]] = {}
    for document in application.documents.all():
        given.setdefault(document.slot, []).append(document)
    context = pages.context(request, application, at=clock.now(), step="documents") | {
        "rows": [
            {
                "asked": asked,
                "given": given.get(asked.code, []),
                "problem": problem if asked.code == slot else "",
                "formats": ", ".join(asked.formats).upper(),
                "megabytes": asked.max_bytes // 10**6,
                "accept": ",".join(f".{kind}" for kind in asked.formats),
            }
            for asked in documents_asked(application)
        ],
        "problem": problem,
    }
    return render(request, "applications/documents.html", context, status=422 if problem else 200)


def _receive(request: HttpRequest, application: Application, slot: str) -> str:
    """Keep the file sent; the sentence that says why not, or ""."""
    uploaded = request.FILES.get("file")
    if uploaded is None:
        return _("Choisissez un fichier, puis déposez-le.")
    try:
        actions.add_document(
            application, slot=slot, uploaded=uploaded, name=uploaded.name or "", by=request.user, at=clock.now()
        )
    except Refused as refusal:
        return str(refusal)
    return ""


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
        except Refused as refusal:
            messages.error(request, str(refusal))
    return redirect(pages.step_url(application, "documents"))
