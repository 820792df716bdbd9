"""Acts on many files: choose, read what will happen, confirm; then what became of each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from essaim.applications.models import Application
from essaim.applications.queries import parts_of, tells_regions_of_2013
from essaim.calls.models import Call
from essaim.kernel import access, clock, files, tables
from essaim.kernel.workflow import Refused
from essaim.reviews import actions
from essaim.reviews.forms import BulkForm, read_choices
from essaim.reviews.models import BulkAct
from essaim.reviews.queries import listing
from essaim.reviews.views.instruction.listing import filed_of, files_of
from essaim.reviews.views.reading import team_application, team_call, thread_context

MOST_TOLD = 200


@require_POST
def confirm(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what would happen to each chosen file, ask what the act needs; nothing is written."""
    call, kind = _call_and_kind(request, slug)
    keys = _chosen(request, call)
    query = request.POST.get("query", "")[:4000]
    if not keys:
        messages.error(request, _("Cochez au moins un dossier, ou choisissez tous ceux de la liste."))
        return redirect(f"{reverse('reviews:instruction', args=[slug])}?{query or 'vue='}")
    return _page(request, call, kind, keys, _form(request, call, kind, None))


@require_POST
def order(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the act that was confirmed."""
    call, kind = _call_and_kind(request, slug)
    keys = _chosen(request, call)
    form = _form(request, call, kind, request.POST)
    if not form.is_valid():
        return _page(request, call, kind, keys, form, status=422)
    try:
        act = actions.order(
            call, kind, chosen=keys, arguments=form.arguments(), by=request.user, at=clock.arrival(request)
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, call, kind, keys, form, status=422)
    return redirect(act)


def _call_and_kind(request: HttpRequest, slug: str) -> tuple[Call, str]:
    call, kind = team_call(request, slug), request.POST.get("acte", "")
    if "officer" not in access.roles(request.user, call) or kind not in BulkAct.Kind.values:
        raise Http404
    return call, kind


def _chosen(request: HttpRequest, call: Call) -> list[int]:
    """The ids ticked, or all those of the list as it was filtered; only files one may read."""
    if request.POST.get("portee") == "tous":
        chosen = read_choices(
            QueryDict(request.POST.get("query", "")), questions=listing.choice_questions(call.rule_set)
        )
        return list(files_of(request, call, chosen))
    ticked = [int(value) for value in request.POST.getlist("d") if value.isascii() and value.isdigit()]
    return list(filed_of(request, call).filter(pk__in=ticked[:5000]).order_by("number").values_list("pk", flat=True))


def _form(request: HttpRequest, call: Call, kind: str, data: Any) -> BulkForm:
    people = [("", _("à personne")), *((str(person.pk), person.name) for person in listing.team_of(call))]
    parts: list[tuple[str, str]] = []
    if kind == BulkAct.Kind.REQUEST:
        first = Application.objects.whole().filter(call=call, filed_at__isnull=False).first()
        parts = [(part.code, part.label) for part in parts_of(first)] if first else []
    form = BulkForm(data, kind=kind, people=people, parts=parts)
    if "person" in form.fields:
        form.fields["person"].required = False
    return form


def _page(
    request: HttpRequest, call: Call, kind: str, keys: list[int], form: BulkForm, status: int = 200
) -> HttpResponse:
    at = clock.now()
    rows = listing.rows_of(call, keys, of_2013=tells_regions_of_2013(call))
    foreseen = actions.foresee(kind, rows, by=request.user, at=at)
    context = {
        "call": call,
        "kind": kind,
        "act_name": BulkAct.Kind(kind).label,
        "form": form,
        "keys": keys,
        "done": [file for file, refusal in foreseen if not refusal],
        "refused": [(file, refusal) for file, refusal in foreseen if refusal],
        "most": MOST_TOLD,
        "query": request.POST.get("query", "")[:4000],
        **thread_context(call.programme, at=at),
    }
    return render(request, "reviews/bulk.html", context, status=status)


@require_safe
def result(request: HttpRequest, slug: str, public_id: UUID) -> HttpResponse:
    """What became of an act, file by file; how far it is while it runs."""
    call = team_call(request, slug)
    acts = access.visible_to(request.user, BulkAct).select_related("job", "made_by", "archive").filter(call=call)
    act = access.fetch(request.user, acts, public_id=public_id)
    known = {file.pk: file for file in filed_of(request, call).filter(pk__in=act.chosen).defer("answers", "touched")}
    for file in known.values():
        file.call = call
    lines = [(known[key], sentence) for key, sentence in act.results if key in known]
    if format := tables.wanted_format(request):
        headers = [_("Numéro"), _("Projet"), _("Fait"), _("Refus")]
        rows = [[file.reference, file.title, not sentence, sentence] for file, sentence in lines]
        return tables.download(f"acte-{call.slug}", format, headers, rows)
    context = {
        "call": call,
        "act": act,
        "done": [file for file, sentence in lines if not sentence],
        "refused": [(file, sentence) for file, sentence in lines if sentence],
        **thread_context(call.programme, at=clock.now()),
    }
    return render(request, "reviews/bulk_act.html", context)


@require_safe
def archive(request: HttpRequest, slug: str, public_id: UUID) -> HttpResponseBase:
    """The archive of PDF an act made."""
    call = team_call(request, slug)
    acts = access.visible_to(request.user, BulkAct).select_related("archive").filter(call=call, archive__isnull=False)
    return files.serve(access.fetch(request.user, acts, public_id=public_id).archive, request)


@require_safe
def pdf(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A whole application as a document to print or keep."""
    application = team_application(request, public_id)
    response = HttpResponse(actions.pdf_of(application, at=clock.now()), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{application.reference}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
