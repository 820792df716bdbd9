"""What anyone may download, with what identifies it; and the page where a file is verified."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from essaim.kernel import access, clock
from essaim.opendata import exports, queries
from essaim.opendata.forms import VerifyForm
from essaim.opendata.queries import verification
from essaim.programmes.models import Programme


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The datasets of each programme: what they are, their schema, licence, size, date and fingerprint."""
    at = clock.now()
    programmes = [
        {
            "programme": programme,
            "files": [exports.file_of(programme, dataset, at=at) for dataset in exports.DATASETS.values()],
            "date": queries.last_act(programme),
        }
        for programme in access.visible_to(request.user, Programme)
    ]
    return render(request, "opendata/index.html", {"programmes": programmes, "licence": exports.LICENCE})


@login_not_required
@require_safe
def file(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """One dataset as a download; unchanged since the last time, it is not sent again."""
    programme = access.fetch(request.user, Programme, slug=slug)
    dataset = exports.DATASETS.get(name)
    if dataset is None:
        raise Http404
    written = exports.file_of(programme, dataset, at=clock.now())
    etag = f'"{written.sha256}"'
    response = HttpResponse(written.content, content_type=dataset.content_type)
    response["Content-Disposition"] = f'attachment; filename="{slug}-{name}"'
    response["ETag"] = etag
    response["Cache-Control"] = "public, no-cache"
    response["Access-Control-Allow-Origin"] = "*"
    return get_conditional_response(request, etag=etag, response=response)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Say what a file is, what was recomputed, and whether it holds. The file is not kept."""
    form = VerifyForm(request.POST, request.FILES) if request.method == "POST" else VerifyForm()
    verdict = None
    if form.is_bound and form.is_valid():
        try:
            verdict = verification.verify(form.cleaned_data["file"])
        except verification.Unreadable as sentence:
            form.add_error("file", str(sentence))
    context = {"form": form, "verdict": verdict}
    return render(request, "opendata/verify.html", context, status=422 if form.errors else 200)
