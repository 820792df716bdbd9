"""The officers' list of filed applications: filters, columns, saved views, and the same list as a file."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, F, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from essaim.applications.models import Application, ApplicationState
from essaim.applications.queries import tells_regions_of_2013
from essaim.calls.models import Call
from essaim.kernel import access, clock, tables
from essaim.kernel.workflow import Refused
from essaim.reviews import actions
from essaim.reviews.forms import PAGE_SIZES, Choices, ViewForm, read_choices
from essaim.reviews.models import BulkAct, DefaultView, SavedView
from essaim.reviews.queries import columns, listing
from essaim.reviews.views.reading import team_call, thread_context


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The filed applications of a call: what the rules say of each, where it stands, what to open next."""
    call = team_call(request, slug)
    views = _readable(request, call)
    if not request.GET and (first := next((view for view in views if view.first), None)):
        return redirect(f"{request.path}?{_address_of(first)}")
    at, of_2013 = clock.now(), tells_regions_of_2013(call)
    questions = listing.choice_questions(call.rule_set)
    chosen = read_choices(request.GET, questions=questions)
    filed = filed_of(request, call)
    keys = list(files_of(request, call, chosen))
    if format := tables.wanted_format(request):
        rows = listing.rows_of(call, keys, of_2013=of_2013)
        headers, lines = columns.table_of(rows, chosen.columns, at=at)
        return tables.download(f"instruction-{call.slug}", format, headers, lines)
    shown = Paginator(keys, chosen.size).get_page(request.GET.get("page"))
    rows = listing.rows_of(call, list(shown.object_list), of_2013=of_2013)
    context = {
        "call": call,
        "page": shown,
        "columns": chosen.columns,
        "rows": [(file, [(column, column.cell(file, at)) for column in chosen.columns]) for file in rows],
        "chosen": chosen,
        "views": _views(views, request),
        "query": _query(request),
        "view_form": ViewForm(auto_id="id_vue_%s"),
        "is_officer": "officer" in access.roles(request.user, call),
        **_figures(filed, of_2013=of_2013),
        **_menus(call, chosen, questions),
        **thread_context(call.programme, at=at),
    }
    return render(request, "reviews/instruction.html", context)


def filed_of(request: HttpRequest, call: Call) -> Any:
    """The filed applications of a call one may read."""
    return access.visible_to(request.user, Application).filter(call=call, filed_at__isnull=False)


def files_of(request: HttpRequest, call: Call, chosen: Choices) -> Any:
    """The ids of the files that match the filters, in the order asked."""
    of_2013 = tells_regions_of_2013(call)
    files = filed_of(request, call)
    if chosen.order == "region":
        field = listing.region_field(of_2013=of_2013)
        files = files.annotate(region_name=F(f"{field}__name_2013") if of_2013 else F(f"{field}__name"))
    found = listing.chosen_files(files, chosen.filters, user=request.user, at=clock.now(), of_2013=of_2013)
    return found.order_by(*columns.ORDERS[chosen.order]).values_list("pk", flat=True)


def _figures(filed: Any, *, of_2013: bool) -> dict[str, Any]:
    """The counts above the list, and the regions one can choose."""
    counts, regions = listing.state_and_region_counts(filed, of_2013=of_2013)
    total = sum(counts.values())
    running = total - counts.get("withdrawn", 0)
    return {
        "regions": regions,
        "total": total,
        "waiting": counts.get("filed", 0),
        "running": running,
        "examined": running - counts.get("filed", 0),
        "admissible": counts.get("admissible", 0),
        "states": [(value, label, counts[value]) for value, label in ApplicationState.choices if value in counts],
    }


def _menus(call: Call, chosen: Choices, questions: list[Any]) -> dict[str, Any]:
    """What each menu of the filters offers."""
    filters = chosen.filters
    people, words = listing.menus_of(call)
    menus = [
        ("constats", _("Règles et pièces"), listing.FINDINGS.items()),
        ("complement", _("Complément"), listing.REQUESTS.items()),
        ("messages", _("Messages"), listing.MESSAGES.items()),
        ("silence", _("Date du silence"), listing.SILENCES.items()),
        ("arrivee", _("Arrivée"), listing.ARRIVALS.items()),
        ("etiquette", _("Étiquette"), [(word, word) for word in words]),
    ]
    return {
        "handlers": [*listing.HANDLERS.items(), *people],
        "menus": [(name, label, list(options), filters[name]) for name, label, options in menus]
        + [
            (f"r_{question.code}", str(question.label), list(question.choices), filters["reponses"].get(question.code))
            for question in questions
        ],
        "orders": [
            ("numero", _("numéro")),
            *((key, str(column.label).lower()) for key, column in columns.COLUMNS.items() if column.order),
        ],
        "all_columns": [(key, column.label, column in chosen.columns) for key, column in columns.COLUMNS.items()],
        "sizes": PAGE_SIZES,
        "kinds": BulkAct.Kind.choices,
    }


# ---------------------------------------------------------------- saved views


def _readable(request: HttpRequest, call: Call) -> list[Any]:
    """One's own views of the list and those shared with the team; `first` on the one this person opens first."""
    defaults = access.visible_to(request.user, DefaultView).filter(view=OuterRef("pk"))
    views = access.visible_to(request.user, SavedView).filter(call=call)
    return list(views.select_related("owner").annotate(first=Exists(defaults)))


def _address_of(view: SavedView) -> str:
    return f"{view.query}&vue={view.pk}" if view.query else f"vue={view.pk}"


def _views(views: list[SavedView], request: HttpRequest) -> list[dict[str, Any]]:
    """One's own views and those of the team, each with its address."""
    current = request.GET.get("vue", "")
    return [
        {"view": view, "url": f"?{_address_of(view)}", "current": str(view.pk) == current}
        | {"mine": view.owner_id == request.user.pk}
        for view in views
    ]


def _query(request: HttpRequest) -> str:
    """The filters, columns and order in use, as an address keeps them."""
    return urlencode([(key, value) for key, values in request.GET.lists() for value in values if key != "page"])


@require_POST
def save_view(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep the list as one sees it under a name."""
    call, form = team_call(request, slug), ViewForm(request.POST)
    query = request.POST.get("query", "")[:4000]
    if form.is_valid():
        try:
            view = actions.save_view(call, query=query, by=request.user, at=clock.now(), **form.cleaned_data)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("La vue « %(name)s » est enregistrée.") % {"name": view.name})
            return redirect(f"{_list(slug)}?{_address_of(view)}")
    else:
        messages.error(request, _("Donnez un nom à cette vue."))
    return redirect(f"{_list(slug)}?{query or 'vue='}")


@require_POST
def change_view(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Open a view first from now on (`do=first`), or take it away (`do=forget`)."""
    call = team_call(request, slug)
    views = access.visible_to(request.user, SavedView).filter(call=call).select_related("call", "owner")
    view = access.fetch(request.user, views, pk=pk)
    try:
        if request.POST.get("do") == "first":
            actions.open_first(view, by=request.user)
            messages.success(request, _("La vue « %(name)s » s’ouvrira d’abord.") % {"name": view.name})
            return redirect(f"{_list(slug)}?{_address_of(view)}")
        actions.forget_view(view, by=request.user)
        messages.success(request, _("La vue « %(name)s » est retirée.") % {"name": view.name})
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{_list(slug)}?vue=")


def _list(slug: str) -> str:
    return reverse("reviews:instruction", args=[slug])


# ---------------------------------------------------------------- going from one file to the next


@require_safe
def following(request: HttpRequest, slug: str) -> HttpResponse:
    """Go to the next file to examine, by number, after `?apres=`; back to the list when there is none."""
    call = team_call(request, slug)
    waiting = filed_of(request, call).filter(state=ApplicationState.FILED).order_by("number")
    after = request.GET.get("apres", "")
    number = int(after) if after.isascii() and after.isdigit() and len(after) < 9 else 0
    found = waiting.filter(number__gt=number).first() or waiting.first()
    if found is None:
        messages.success(request, _("Tous les dossiers de cet appel ont été examinés."))
        return redirect("reviews:instruction", slug=slug)
    return redirect("reviews:file", public_id=found.public_id)


@require_POST
def admit_complete(request: HttpRequest, slug: str) -> HttpResponse:
    """Admit at once every file to which nothing can be objected."""
    call = team_call(request, slug)
    try:
        count = actions.admit_complete(call, by=request.user, at=clock.arrival(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            ngettext(
                "%(count)d dossier déclaré recevable. Ceux qui restent demandent une lecture.",
                "%(count)d dossiers déclarés recevables. Ceux qui restent demandent une lecture.",
                count,
            )
            % {"count": count},
        )
    return redirect("reviews:instruction", slug=slug)
