"""Pages of who runs the room: six tables at a glance, the projector, the seating."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from essaim.jams import actions, tasks
from essaim.jams.forms import MoveSeatForm, SeedForm
from essaim.jams.lifecycle import JAM
from essaim.jams.models import Card, Group, Jam, JamState, Participant, ParticipantRole, Round, Seat
from essaim.jams.queries import current_round, next_round, tables_at_a_glance, theme_titles
from essaim.jams.views.device import around, asked, fetch_jam, posted
from essaim.kernel import access, clock
from essaim.kernel import tasks as jobs
from essaim.kernel.workflow import Refused
from essaim.ui.shapes import Bar

PAGE = 50
# People seated within the request, summed over the rounds, in under a second; beyond, it is a job.
AT_ONCE = 400
ROLES = dict(ParticipantRole.choices)


# --- The conductor ----------------------------------------------------------------------------------------------------
def next_step(jam: Jam) -> dict[str, Any]:
    """The one thing to do now: a step to post (`step`, `round`) or a page to open (`url`), with its words."""
    if jam.state == JamState.DRAFT:
        return {"step": "open", "label": JAM.table["open"].label}
    if jam.state == JamState.OPEN:
        if jam.rounds.filter(seated_at__isnull=True).exists():
            return {"url": reverse("jams:seating", args=[jam.slug]), "label": _("Placer les participants")}
        return {"step": "start", "label": JAM.table["start"].label}
    if jam.state == JamState.RUNNING:
        if here := current_round(jam):
            return {"step": "end_round", "round": here.number, "label": _("Terminer la session %d") % here.number}
        if following := next_round(jam):
            label = _("Commencer la session %d") % following.number
            return {"step": "start_round", "round": following.number, "label": label}
        return {"step": "finish", "label": JAM.table["finish"].label}
    return {"url": reverse("jams:answers", args=[jam.slug]), "label": _("Voir les réponses")}


def _facts(jam: Jam) -> dict[str, Any]:
    here = current_round(jam) or next_round(jam) or jam.rounds.order_by("-number").first()
    groups = tables_at_a_glance(here) if here else []
    return {
        "round": here,
        "groups": groups,
        "calls": [group for group in groups if group.help_asked_at],
        "participant_count": jam.participants.count(),
        "proposals": list(jam.proposals.select_related("group").order_by("number")),
        "next": next_step(jam),
    }


@never_cache
@require_GET
def conduct(request: HttpRequest, slug: str) -> HttpResponse:
    """Six tables at a glance, one clock, the next step."""
    jam, at = fetch_jam(request, slug, "facilitator"), clock.now()
    return render(request, "jams/conduct.html", around(request, jam, at) | _facts(jam) | {"rounds": jam.rounds.all()})


@never_cache
@require_GET
def conduct_state(request: HttpRequest, slug: str) -> HttpResponse:
    """The part of the conductor's page that moves by itself."""
    jam, at = fetch_jam(request, slug, "facilitator"), clock.now()
    return render(request, "jams/_conduct_state.html", {"jam": jam, "now": at} | _facts(jam))


@never_cache
@require_POST
def step(request: HttpRequest, slug: str) -> HttpResponse:
    """Make the next step; a second click finds it made."""
    jam, at = fetch_jam(request, slug, "facilitator"), clock.now()
    name = request.POST.get("step", "")
    try:
        _make_step(request, jam, name, at)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("jams:conduct", jam.slug)


def _make_step(request: HttpRequest, jam: Jam, name: str, at: datetime) -> None:
    if name in {"start_round", "end_round"}:
        number = request.POST.get("round", "")
        round_ = access.fetch(request.user, Round, jam=jam, number=number)
        round_.jam = jam
        act = actions.start_round if name == "start_round" else actions.end_round
        act(round_=round_, by=request.user, at=at)
    elif name in {"open", "start", "finish"} and jam.state != JAM.table[name].target:
        JAM.perform(jam, name, by=request.user, at=at)


@never_cache
@require_POST
def answer_help(request: HttpRequest, slug: str, group: int) -> HttpResponse:
    """I have gone to this table."""
    jam, at = fetch_jam(request, slug, "facilitator"), clock.now()
    table = access.fetch(request.user, Group, pk=group, round__jam=jam)
    actions.answer_help(group=table, by=request.user, at=at)
    return redirect("jams:conduct", jam.slug)


# --- The people -------------------------------------------------------------------------------------------------------
@never_cache
@require_GET
def participants(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is in the room and at which tables; the door for someone who lost their place."""
    jam, at = fetch_jam(request, slug, "facilitator"), clock.now()
    query = asked(request, "q")
    found = access.visible_to(request.user, Participant).filter(jam=jam).order_by("name", "pk")
    if query:
        found = found.filter(Q(name__icontains=query) | Q(organisation__icontains=query))
    seats = Seat.objects.select_related("group", "round").order_by("round__number")
    page = Paginator(found.prefetch_related(Prefetch("seats", seats)), PAGE).get_page(request.GET.get("page"))
    for person in page.object_list:
        person.role_name = ROLES.get(person.role) or person.role
    context = around(request, jam, at) | {"page": page, "query": query}
    return render(request, "jams/participants.html", context)


@never_cache
@require_POST
def renew_code(request: HttpRequest, slug: str, public_id: UUID) -> HttpResponse:
    """A new personal code, said aloud to the person it belongs to."""
    jam, at = fetch_jam(request, slug, "facilitator"), clock.now()
    person = access.fetch(request.user, Participant, jam=jam, public_id=public_id)
    code = actions.renew_code(participant=person, by=request.user, at=at)
    sentence = _("Nouveau code personnel de %(name)s : %(code)s. Dites-le à cette personne seulement.")
    messages.success(request, sentence % {"name": person.name, "code": f"{code[:3]}\u00a0{code[3:]}"})
    return redirect("jams:participants", jam.slug)


# --- The projector ----------------------------------------------------------------------------------------------------
def _screen_facts(jam: Jam) -> dict[str, Any]:
    """What the room needs to see now: the code, then the question and the clock, then cards, then the plenary order."""
    here = current_round(jam)
    last = jam.rounds.filter(ended_at__isnull=False).order_by("-number").first()
    cards = []
    if here is None and last and jam.state == JamState.RUNNING:
        titles = theme_titles(jam)
        cards = list(Card.objects.filter(group__round=last).select_related("group").order_by("-pk")[:24])
        for card in cards:
            card.theme_title = titles.get(card.theme, card.theme)
    return {
        "round": here,
        "last_round": last,
        "groups": tables_at_a_glance(here) if here else [],
        "cards": cards,
        "proposals": list(jam.proposals.public().select_related("group__round").order_by("number")),
        "participant_count": jam.participants.count(),
    }


@never_cache
@login_not_required
@require_GET
def screen(request: HttpRequest, slug: str) -> HttpResponse:
    """The projector of the room."""
    jam, at = fetch_jam(request, slug), clock.now()
    return render(request, "jams/screen.html", around(request, jam, at) | _screen_facts(jam))


@never_cache
@login_not_required
@require_GET
def screen_state(request: HttpRequest, slug: str) -> HttpResponse:
    """What changes on the projector."""
    jam, at = fetch_jam(request, slug), clock.now()
    return render(request, "jams/_screen_state.html", {"jam": jam, "now": at} | _screen_facts(jam))


# --- The seating ------------------------------------------------------------------------------------------------------
@never_cache
@require_http_methods(["GET", "POST"])
def seating(request: HttpRequest, slug: str) -> HttpResponse:
    """The seating's numbers against their bounds, each table's mix; GET shows, POST computes."""
    jam, at = fetch_jam(request, slug, "facilitator"), clock.now()
    if request.POST.get("action") == "stop":
        jobs.stop(jobs.latest(tasks.seat, jam=jam.pk))
        return redirect("jams:seating", jam.slug)
    form = SeedForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            _seat(request, jam, form.cleaned_data["seed"], at)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("jams:seating", jam.slug)
    rounds = list(jam.rounds.order_by("number"))
    job = jobs.latest(tasks.seat, jam=jam.pk)
    context = around(request, jam, at) | {
        "form": form,
        "rounds": [_mix(round_) for round_ in rounds],
        "computed": bool(rounds) and all(round_.seating for round_ in rounds),
        "frozen": bool(rounds) and all(round_.seated_at for round_ in rounds),
        "started": any(round_.started_at for round_ in rounds),
        "people": jam.participants.filter(present=True).count(),
        "move_form": _move_form(jam),
        "moved": _moved(jam, rounds),
        "computing": job is not None and not job.finished,
        **jobs.shown(job, polled="HX-Request" in request.headers, may_stop=True),
    }
    return render(request, "jams/seating.html", context, status=422 if form.errors else 200)


def _seat(request: HttpRequest, jam: Jam, seed: int, at: datetime) -> None:
    """Compute the seating, here when it is short, by a job when it is long."""
    if jam.participants.filter(present=True).count() * jam.rounds.count() <= AT_ONCE:
        actions.seat_rounds(jam=jam, by=request.user, at=at, seed=seed)
        messages.success(request, _("Placement calculé : relisez ses chiffres, puis arrêtez-le."))
        return
    jobs.ask(tasks.seat, about={"jam": jam.pk}, by=request.user.pk, seed=seed, language=get_language() or "fr")


def _moved(jam: Jam, rounds: list[Round]) -> list[tuple[int, str]]:
    """The rounds where people were moved by hand since the computation, and who."""
    by_hand = {round_.number: (round_.seating or {}).get("moved", []) for round_ in rounds}
    if not any(by_hand.values()):
        return []
    names = dict(jam.participants.filter(pk__in=set().union(*by_hand.values())).values_list("pk", "name"))
    return [
        (number, ", ".join(sorted(names[pk] for pk in found if pk in names)))
        for number, found in by_hand.items()
        if found
    ]


def _move_form(jam: Jam, data: Any = None) -> MoveSeatForm:
    groups = Group.objects.filter(round__jam=jam, round__started_at__isnull=True, round__seats__isnull=False)
    groups = groups.select_related("round").distinct().order_by("round__number", "number")
    return MoveSeatForm(data, participants=jam.participants.order_by("name"), groups=groups)


def _mix(round_: Round) -> Round:
    """The round, with the bars of each of its tables: how many people of each role, and from each region."""
    figures = round_.seating or {}
    counts = (count for mix in figures.get("mix", []) for values in mix.values() for count in values.values())
    most = max(counts, default=1)
    mixed = {"role": _("Rôle"), "region": _("Région")}
    round_.tables_shown = [
        {
            "number": number,
            "size": size,
            "most": most,
            "mixes": [(title, _bars(mix[name])) for name, title in mixed.items() if name in mix],
        }
        for number, (size, mix) in enumerate(
            zip(figures.get("sizes", []), figures.get("mix", []), strict=True), start=1
        )
    ]
    return round_


def _bars(values: dict[str, int]) -> list[Bar]:
    """The most numerous first; a role goes by its name."""
    return [
        Bar(label=str(ROLES.get(value) or value or _("Non précisé")), value=count, text=str(count))
        for value, count in Counter(values).most_common()
    ]


@never_cache
@require_POST
def freeze(request: HttpRequest, slug: str) -> HttpResponse:
    """Make the seating final."""
    jam, at = fetch_jam(request, slug, "facilitator"), clock.now()
    try:
        actions.freeze_seating(jam=jam, by=request.user, at=at)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("jams:seating", jam.slug)
    messages.success(request, _("Placement arrêté : chacun voit sa table sur son téléphone."))
    return redirect("jams:conduct", jam.slug)


@never_cache
@require_POST
def move_seat(request: HttpRequest, slug: str) -> HttpResponse:
    """Move one person, and say what it costs."""
    jam, at = fetch_jam(request, slug, "facilitator"), clock.now()
    form = _move_form(jam, request.POST)
    if not form.is_valid():
        messages.error(request, _("Choisissez une personne et une table d’une session qui n’a pas commencé."))
        return redirect("jams:seating", jam.slug)
    asked_only = request.POST.get("action") == "price"
    try:
        if asked_only:
            price = actions.price_of_move(by=request.user, **form.cleaned_data)
        else:
            price = actions.move_seat(by=request.user, at=at, **form.cleaned_data)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        sentence = (
            _("Si %(name)s change de table : %(off)+d hors quota, %(pairs)+d paires déjà réunies. Rien n’a bougé.")
            if asked_only
            else _("%(name)s change de table : %(off)+d hors quota, %(pairs)+d paires déjà réunies.")
        )
        name = form.cleaned_data["participant"].name
        words = {"name": name, "off": price["off_quota"], "pairs": price["repeated_pairs"]}
        messages.success(request, sentence % words)
    return redirect("jams:seating", jam.slug)
