"""Public pages of the territory: the map beside its table, a territory's card, a place and its way back, the places."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_POST, require_safe

from essaim.kernel import access, clock, tables
from essaim.kernel.workflow import Refused
from essaim.places.models import Department, KnownPlace, PlaceKind, Region
from essaim.places.queries import department_paths
from essaim.programmes.models import Programme
from essaim.programmes.thread import thread_of
from essaim.territory import exports, queries
from essaim.territory.lifecycle import PLACE
from essaim.territory.models import FundedPlace, PlaceState
from essaim.territory.queries import Facts, FundedPlaceStory

PAGE = 50
INDICATORS = (
    ("people", gettext_lazy("Personnes accueillies")),
    ("hours", gettext_lazy("Heures d’ouverture par semaine")),
    ("companies", gettext_lazy("Entreprises servies")),
)


def _around(request: HttpRequest) -> dict[str, Any]:
    """The thread of the featured programme: the map is where it ends."""
    programme = access.visible_to(request.user, Programme).first()
    return {"thread": thread_of(programme, at=clock.now())} if programme else {}


def _funded() -> Any:
    related = ("commune__department", "agreement__decision__application__organisation")
    return FundedPlace.objects.select_related(*related).order_by("name")


@login_not_required
@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    """The map, the share of the population within reach by department, and the same figures in a table."""
    facts = queries.territory_facts()
    if format := tables.wanted_format(request):
        return tables.download("departements", format, *exports.territories(facts.departments))
    picture = department_paths()
    by_code = {row.code: row for row in facts.departments}
    shapes = [{"d": d, "facts": by_code[code]} for code, d in picture.paths.items() if code in by_code]
    context = _around(request) | {
        "facts": facts,
        "whole": facts.whole,
        "radius": queries.RADIUS_KM,
        "shapes": shapes,
        "picture": picture,
        "legend": _legend(),
        "funded": list(_funded()[:200]),
        "known_count": KnownPlace.objects.count(),
    }
    return render(request, "territory/map.html", context)


def _legend() -> list[tuple[int, str]]:
    edges = [0, *(round(step * 100) for step in queries.STEPS), 100]
    return [
        (rank, _("de %(low)d à %(high)d %%") % {"low": low, "high": high})
        for rank, (low, high) in enumerate(pairwise(edges))
    ]


@login_not_required
@require_safe
@cache_control(public=True, max_age=86_400)
@condition(etag_func=lambda request: f'"{len(queries.outlines())}"')
def outlines(request: HttpRequest) -> HttpResponse:
    """The outlines of the departments: the background of the map, from this site."""
    return HttpResponse(queries.outlines(), content_type="application/geo+json")


@login_not_required
@require_safe
def points(request: HttpRequest) -> HttpResponse:
    """Known and funded places as the map draws them, of one department or of all."""
    code = request.GET.get("departement", "")
    funded = _funded().filter(commune__department=code) if code else _funded()
    found = queries.points(queries.known_places(department=code), funded, dict(PlaceKind.choices))
    return JsonResponse({"points": found}, json_dumps_params={"ensure_ascii": False})


@login_not_required
@require_safe
def territories(request: HttpRequest) -> HttpResponse:
    """Regions (of today or of 2013) and departments, searchable, and as a file."""
    facts, year = queries.territory_facts(), request.GET.get("annee", "")
    regions = _regions(facts.departments, in_2013=year == "2013")
    query = queries.fold(request.GET.get("q", ""))
    departments = [row for row in facts.departments if query in queries.fold(f"{row.name} {row.code}")]
    regions = [row for row in regions if query in queries.fold(row.name)]
    if format := tables.wanted_format(request):
        return tables.download("territoires", format, *exports.territories([*regions, *departments]))
    context = _around(request) | {
        "regions": regions,
        "departments": departments,
        "in_2013": year == "2013",
        "query": request.GET.get("q", "").strip(),
    }
    return render(request, "territory/territories.html", context)


def _regions(departments: tuple[Facts, ...], *, in_2013: bool) -> list[Facts]:
    field = "region_2013_id" if in_2013 else "region_id"
    region_of = dict(Department.objects.values_list("code", field))
    regions = Region.objects.of_2013() if in_2013 else Region.objects.in_force()
    grouped: dict[str, list[Facts]] = {}
    for row in departments:
        grouped.setdefault(region_of[row.code], []).append(row)
    return [
        queries.together(f"region-{region.code}", (region.name_2013 or region.name) if in_2013 else region.name, rows)
        for region in regions.order_by("name")
        if (rows := grouped.get(region.code))
    ]


@login_not_required
@require_safe
def territory(request: HttpRequest, code: str) -> HttpResponse:
    """The card of one department (`35`, `2a`) or region (`region-53`): figures, and its places."""
    facts = queries.territory_facts()
    if code.startswith("region-"):
        region = Region.objects.filter(code=code.removeprefix("region-")).first()
        if region is None:
            raise Http404
        own = region.departments if region.in_force else region.departments_2013
        codes = set(own.values_list("code", flat=True))
        rows = [row for row in facts.departments if row.code in codes]
        found = queries.together(code, region.name, rows)
    else:
        codes, rows = {code.upper()}, []
        found = next((row for row in facts.departments if row.code == code.upper()), None)
        if found is None:
            raise Http404
    known_here = KnownPlace.objects.filter(commune__department__in=codes).select_related("commune")
    context = _around(request) | {
        "facts": found,
        "departments": rows,
        "code": code,
        "radius": queries.RADIUS_KM,
        "funded": _funded().filter(commune__department__in=codes),
        "known": known_here.order_by("kind", "name")[:PAGE],
        "known_count": known_here.count(),
        "is_department": not rows,
    }
    return render(request, "territory/territory.html", context)


@login_not_required
@require_safe
def known(request: HttpRequest) -> HttpResponse:
    """Every known place: search, kind, department, and as a file."""
    given = {key: request.GET.get(key, "").strip() for key in ("q", "nature", "departement")}
    found = queries.known_places(given["q"], given["nature"], given["departement"])
    if format := tables.wanted_format(request):
        return tables.download("lieux", format, *exports.known_places(found))
    kept = request.GET.copy()
    kept.pop("page", None)
    context = _around(request) | {
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "given": given,
        "filtered": any(given.values()),
        "kinds": PlaceKind.choices,
        "departments": Department.objects.order_by("code"),
        "download": f"{kept.urlencode()}&" if kept else "",
    }
    return render(request, "territory/known.html", context)


def _fetch(request: HttpRequest, slug: str) -> FundedPlace:
    places = access.visible_to(request.user, FundedPlace).select_related(
        "commune__department__region",
        "agreement__report",
        "agreement__decision__selection__call__programme",
        "agreement__decision__application__organisation",
        "agreement__decision__application__call__origin__group__round__jam",
        "agreement__decision__application__call__origin__jam",
        "agreement__decision__application__call__origin__answer",
        "agreement__decision__application__call__programme",
    )
    return access.fetch(request.user, places.prefetch_related("agreement__payments"), slug=slug)


@login_not_required
@require_safe
def place(request: HttpRequest, slug: str) -> HttpResponse:
    """A funded place: what was granted and paid, what it does, and its thread back to the card that began it (G7)."""
    found, at = _fetch(request, slug), clock.now()
    story = FundedPlaceStory(found)
    report = story.report()
    dots = queries.points(KnownPlace.objects.none(), [found], {})
    context = {
        "place": found,
        "story": story,
        "steps": story.steps(),
        "money": story.money(),
        "report": report,
        "indicators": [(label, report.indicators[key]) for key, label in INDICATORS if key in report.indicators]
        if report
        else [],
        "department_url": reverse("territory:territory", args=[found.commune.department_id.lower()]),
        "thread": thread_of(story.call.programme, at=at),
        "can_open": found.state == PlaceState.ANNOUNCED
        and PLACE.why_not(found, "open", by=request.user, at=at) is None,
        "reads_agreement": bool(access.roles(request.user, found) - {access.ANYONE}),
        "dots": {"points": dots},
    }
    return render(request, "territory/place.html", context)


@require_POST
def open_place(request: HttpRequest, slug: str) -> HttpResponse:
    """Announce that a place is open; a second send shows the first's result."""
    found = _fetch(request, slug)
    if found.state == PlaceState.OPEN:
        messages.info(request, _("C’est déjà fait."))
        return redirect(found)
    try:
        PLACE.perform(found, "open", by=request.user, at=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Le lieu est ouvert : sa page et la carte le disent."))
    return redirect(found)
