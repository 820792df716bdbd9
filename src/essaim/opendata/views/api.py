"""A small JSON API: read only, without a key, described by /api/openapi.json from the same table as its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from essaim.calls.models import Call
from essaim.kernel import access, clock
from essaim.opendata import exports, queries
from essaim.programmes.models import Programme
from essaim.programmes.queries import envelope_cents
from essaim.selections.models import Selection, SelectionState


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address of the API, as people and programs read about it."""

    path: str
    name: str
    summary: Any
    array: bool = False


ENDPOINTS = (
    Endpoint("/api/programmes/", "programmes", _("Tous les programmes"), array=True),
    Endpoint("/api/programmes/{programme}/", "programme", _("Un programme, son enveloppe et ses fichiers")),
    Endpoint("/api/programmes/{programme}/fil/", "thread", _("Le fil d’un programme, de la Jam aux lieux")),
    Endpoint("/api/appels/", "calls", _("Les appels publics, au schéma « dispositif-aide »"), array=True),
    Endpoint(
        "/api/appels/{appel}/resultats/", "results", _("Les décisions publiées d’un appel et leurs raisons"), True
    ),
)


def _json(content: Any) -> HttpResponse:
    response = JsonResponse(content, safe=False, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Access-Control-Allow-Origin"] = "*"
    return response


@login_not_required
@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """The API as people read it."""
    return render(request, "opendata/api.html", {"endpoints": ENDPOINTS, "licence": exports.LICENCE})


@login_not_required
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The API as programs read it (OpenAPI 3.1)."""
    return _json(
        {
            "openapi": "3.1.0",
            "info": {"title": "Essaim", "version": "1", "license": {"name": exports.LICENCE}},
            "servers": [{"url": settings.SITE_URL}],
            "paths": {endpoint.path: {"get": _operation(endpoint)} for endpoint in ENDPOINTS},
        }
    )


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    names = [part[1:-1] for part in endpoint.path.split("/") if part.startswith("{")]
    schema = {"type": "array", "items": {"type": "object"}} if endpoint.array else {"type": "object"}
    answer = {"description": str(endpoint.summary), "content": {"application/json": {"schema": schema}}}
    responses = {"200": answer} | ({"404": {"description": "404"}} if names else {})
    parameters = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
    return {
        "operationId": endpoint.name,
        "summary": str(endpoint.summary),
        "parameters": parameters,
        "responses": responses,
    }


def _summary(found: Programme) -> dict[str, Any]:
    site = settings.SITE_URL
    return {
        "slug": found.slug,
        "title": dict(found.title),
        "administration": dict(found.administration),
        "demonstration": found.demonstration,
        "url": site + found.get_absolute_url(),
        "thread": f"{site}/api/programmes/{found.slug}/fil/",
    }


@login_not_required
@require_safe
def programmes(request: HttpRequest) -> HttpResponse:
    """Every programme."""
    return _json([_summary(found) for found in access.visible_to(request.user, Programme)])


@login_not_required
@require_safe
def programme(request: HttpRequest, slug: str) -> HttpResponse:
    """One programme, its envelope today, and the addresses of its files."""
    found = access.fetch(request.user, Programme, slug=slug)
    files = [f"{settings.SITE_URL}/donnees/{slug}/{name}" for name in exports.DATASETS]
    cents = envelope_cents(found)
    return _json(_summary(found) | {"envelope_eur": queries.euros(cents) if cents else None, "files": files})


@login_not_required
@require_safe
def thread(request: HttpRequest, slug: str) -> HttpResponse:
    """The same document as the file fil.json."""
    found = access.fetch(request.user, Programme, slug=slug)
    written = exports.file_of(found, exports.DATASETS["fil.json"], at=clock.now())
    response = HttpResponse(written.content, content_type="application/json")
    response["Access-Control-Allow-Origin"] = "*"
    return response


@login_not_required
@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """Every public call."""
    return _json(queries.calls_of(access.visible_to(request.user, Call).select_related("programme", "rule_set")))


@login_not_required
@require_safe
def results(request: HttpRequest, slug: str) -> HttpResponse:
    """The published decisions of one call, as in the file resultats.csv."""
    found = access.fetch(request.user, Call, slug=slug)
    if not Selection.objects.filter(call=found, state=SelectionState.PUBLISHED).exists():
        raise Http404
    with translation.override("fr"):
        rows = list(queries.result_rows(found.programme, call=found))
    return _json([dict(zip(queries.RESULT_HEADERS, row, strict=True)) for row in rows])
