"""What anyone reads of calls: the list, a call with its simulator, its rules and their versions."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from essaim.calls import queries
from essaim.calls.access import programmes_written_by
from essaim.calls.exports import call_rows
from essaim.calls.forms import AlertForm, SimulatorForm
from essaim.calls.models import Call
from essaim.calls.queries.diff import by_part, versions_diff
from essaim.calls.views.alerts import region_choices, theme_choices
from essaim.kernel import access, clock, tables
from essaim.places.models import Region
from essaim.programmes.models import RuleSet
from essaim.programmes.queries import envelope_cents
from essaim.programmes.thread import thread_of


@login_not_required
@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """Open calls with the days left, then those to come, then the past; by words, region and theme."""
    at = clock.now()
    public = Call.objects.public().select_related("rule_set")
    found = [call for call in public if _wanted(call, request.GET)]
    if format := tables.wanted_format(request):
        return tables.download("appels", format, *call_rows(found, at=at))
    stages: dict[str, list[dict[str, Any]]] = {"open": [], "upcoming": [], "past": []}
    for call in sorted(found, key=lambda call: call.closes_at):
        today = queries.today(call, at=at)
        stages[today.key if today.key in stages else "past"].append({"call": call, "today": today})
    regions, themes = region_choices(at), theme_choices()
    context = {
        "open": stages["open"],
        "upcoming": stages["upcoming"],
        "past": Paginator(stages["past"][::-1], 20).get_page(request.GET.get("page")),
        "any": bool(found),
        "at": at,
        "regions": regions,
        "themes": themes,
        "chosen": {name: request.GET.get(name, "") for name in ("q", "region", "theme")},
        "alert_form": AlertForm(regions=regions, themes=themes),
        "programmes": programmes_written_by(request.user),
    }
    return render(request, "calls/calls.html", context)


def _wanted(call: Call, asked: Any) -> bool:
    """Whether a call answers the words, the region and the theme asked."""
    words = asked.get("q", "").casefold().split()
    read = f"{call.title} {call.summary} {call.purpose}".casefold()
    regions, themes = ([asked[name]] if asked.get(name) else [] for name in ("region", "theme"))
    return all(word in read for word in words) and queries.in_scope(call, regions=regions, themes=themes)


@login_not_required
@require_safe
def call(request: HttpRequest, slug: str) -> HttpResponse:
    """A call: purpose, who, how much, rules, calendar, envelope, simulator, documents, service, silence and appeal."""
    found = access.fetch(request.user, access.visible_to(request.user, Call).whole(), slug=slug)
    at = clock.now()
    context = call_page(found, at) | simulator_of(request, found)
    roles = access.roles(request.user, found)
    context["is_officer"] = "officer" in roles
    refused = context["simulator"].is_bound and context["simulator"].errors
    return render(request, "calls/call.html", context, status=422 if refused else 200)


def call_page(found: Call, at: datetime) -> dict[str, Any]:
    """What the page of a call reads, at an instant."""
    rule_set = found.rule_set
    return {
        "call": found,
        "at": at,
        "today": queries.today(found, at=at),
        "is_open": queries.is_open(found, at=at),
        "thread": thread_of(found.programme, at=at),
        "moments": queries.moments(found, at=at),
        "rules": queries.sentences(rule_set) if rule_set else [],
        "documents": queries.documents_of(rule_set) if rule_set else [],
        "envelope_cents": envelope_cents(found.programme, on=at.astimezone(ZoneInfo(found.zone)).date()),
        "regions": region_names(found),
    }


def region_names(found: Call) -> list[str]:
    """The regions a call is for, by name, on the day it opens; empty for all of France."""
    if not found.territory:
        return []
    regions = Region.objects.filter(pk__in=found.territory)
    day = found.opens_at.date() if found.opens_at else None
    return [region.name_on(day) if day else region.name for region in regions]


def simulator_of(request: HttpRequest, found: Call) -> dict[str, Any]:
    """The three numbers and what the rules say of them; the numbers stay in the address, and go to the draft."""
    asked = any(name in request.GET for name in SimulatorForm.base_fields)
    form = SimulatorForm(request.GET if asked else None)
    numbers = {name: request.GET[name] for name in SimulatorForm.base_fields if request.GET.get(name)}
    simulation = None
    if asked and found.rule_set and form.is_valid():
        simulation = queries.simulate(found.rule_set, **form.numbers())
    return {"simulator": form, "simulation": simulation, "numbers": urlencode(numbers)}


@login_not_required
@require_safe
def rules(request: HttpRequest, slug: str) -> HttpResponse:
    """Each rule with its article and severity; each version with its digest, its reason and what it changed."""
    found = access.fetch(request.user, access.visible_to(request.user, Call).whole(), slug=slug)
    if found.rule_set is None:
        raise Http404
    versions = list(RuleSet.objects.filter(call_slug=found.slug, number__lte=found.rule_set.number).order_by("number"))
    if found.published_at is not None:  # what was frozen while the call was being prepared is nobody else's
        early = [version for version in versions if version.frozen_at < found.published_at]
        versions = versions[len(early) - 1 :] if early else versions
    history = [
        {
            "version": version,
            "first": before is None,
            "changes": by_part(versions_diff(before, version)) if before else [],
        }
        for before, version in zip([None, *versions], versions, strict=False)
    ]
    context = {
        "call": found,
        "rules": queries.sentences(found.rule_set),
        "history": history[::-1],
        "thread": thread_of(found.programme, at=clock.now()),
    }
    return render(request, "calls/rules.html", context)
