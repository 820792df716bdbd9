"""Pages for everybody: the list of Jams, a Jam, its proposals and cards, and the door."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from essaim.jams import actions, exports
from essaim.jams.forms import CodeForm, JoinForm, ReturnForm
from essaim.jams.models import Card, Dots, Jam, JamState, ParticipantRole, Proposal, ProposalState
from essaim.jams.queries import became, fold, support_by_role, theme_titles
from essaim.jams.views.device import around, asked, fetch_jam, participant_of, posted, remember
from essaim.kernel import access, clock, tables
from essaim.kernel.workflow import Refused
from essaim.ui.shapes import Bar

PAGE = 25
ROLES = dict(ParticipantRole.choices)


@login_not_required
@require_GET
def jam_list(request: HttpRequest) -> HttpResponse:
    """Every Jam one may see, latest first, and the door to the one going on."""
    found = access.visible_to(request.user, Jam).select_related("programme").with_figures().order_by("-starts_at")
    query = asked(request, "q")
    # In Python: titles are stored in two languages, and there are few Jams.
    rows = [row for row in found if fold(query) in fold(f"{row.title} {row.place} {row.organisers}")]
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "jams/jam_list.html", {"page": page, "query": query, "code_form": CodeForm()})


@login_not_required
@require_GET
def jam(request: HttpRequest, slug: str) -> HttpResponse:
    """A Jam for everybody: questions, when and where, the promise on answers, proposals with their answers."""
    found, at = fetch_jam(request, slug), clock.now()
    shown = list(_proposals(request, found).public())
    filtered = _filtered(request, found, shown)
    answered = sum(proposal.state != ProposalState.SUBMITTED for proposal in shown)
    with_dots = found.state in {JamState.ANSWERING, JamState.CLOSED}
    context = around(request, found, at) | {
        "rounds": found.rounds.all(),
        "proposals": filtered,
        "proposal_count": len(shown),
        "answered": answered,
        "retained": sum(proposal.state == ProposalState.RETAINED for proposal in shown),
        "participant_count": found.participants.count(),
        "card_count": Card.objects.filter(group__round__jam=found).count(),
        "participant": participant_of(request, found),
        "themes": theme_titles(found),
        "states": ProposalState.choices[1:5],
        **(_priorities(request, found, shown) if with_dots else {}),
    }
    return render(request, "jams/jam.html", context)


def _proposals(request: HttpRequest, jam: Jam) -> QuerySet[Proposal]:
    visible = access.visible_to(request.user, Proposal).filter(jam=jam)
    return visible.select_related("group__round", "answer__author").with_dots().order_by("number")


def _filtered(request: HttpRequest, jam: Jam, shown: list[Proposal]) -> list[Proposal]:
    """Those that match `q`, `etat` and `theme` of the address."""
    query = asked(request, "q").casefold()
    state, theme = request.GET.get("etat", ""), request.GET.get("theme", "")
    titles = theme_titles(jam)
    for proposal in shown:
        proposal.jam = jam
        proposal.theme_title = titles.get(proposal.theme, proposal.theme)
    return [
        proposal
        for proposal in shown
        if query in f"{proposal.title} {proposal.problem} {proposal.lever}".casefold()
        and state in {"", proposal.state}
        and theme in {"", proposal.theme}
    ]


def _priorities(request: HttpRequest, jam: Jam, shown: list[Proposal]) -> dict[str, Any]:
    """The room's priorities as bars: everybody's, or one role's (`?role=`), never those of fewer than five people."""
    rows = Dots.objects.filter(proposal__jam=jam).values_list(
        "proposal_id", "participant_id", "participant__attributes", "count"
    )
    support = support_by_role(rows)
    roles = sorted({role for by_role in support.values() for role in by_role})
    role = request.GET.get("role", "")
    role = role if role in roles else None
    bars = []
    for proposal in shown:
        given = support.get(proposal.pk, {})
        dots = sum(given.values()) if role is None else given.get(role, 0)
        retained = proposal.state == ProposalState.RETAINED
        label = _("n° %(n)d · %(title)s") % {"n": proposal.number, "title": proposal.title}
        bars.append(Bar(label=label, value=dots, text=str(dots), url=proposal.get_absolute_url(), emphasis=retained))
    return {
        "priority_bars": sorted(bars, key=lambda bar: -bar.value) if support else [],
        "priority_roles": [(name, ROLES.get(name) or name or _("Autres rôles")) for name in roles],
        "priority_role": role,
        "everyone": role is None,
    }


@login_not_required
@require_GET
def proposals_file(request: HttpRequest, slug: str) -> HttpResponse:
    """The Jam's public proposals as a file (`?format=csv|xlsx|ods`)."""
    found = fetch_jam(request, slug)
    headers, rows = exports.proposals(found, _proposals(request, found).public())
    return tables.download(f"{found.slug}-propositions", tables.wanted_format(request) or "csv", headers, rows)


@login_not_required
@require_GET
def card_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The cards of a Jam, searchable, and as a file."""
    found, at = fetch_jam(request, slug), clock.now()
    viewer = participant_of(request, found) or request.user
    cards = access.visible_to(viewer, Card).filter(group__round__jam=found)
    cards = cards.select_related("group__round", "author", "proposal")
    cards = cards.order_by("group__round__number", "group__number", "pk")
    query, theme = asked(request, "q"), asked(request, "theme")
    cards = cards.filter(text__icontains=query) if query else cards
    cards = cards.filter(theme=theme) if theme else cards
    wanted = tables.wanted_format(request)
    if wanted:
        return tables.download(f"{found.slug}-cartes", wanted, *exports.cards(found, cards))
    page = Paginator(cards, PAGE).get_page(request.GET.get("page"))
    titles = theme_titles(found)
    for card in page.object_list:
        card.theme_title = titles.get(card.theme, card.theme)
    context = {"page": page, "query": query, "themes": titles, "theme": theme}
    return render(request, "jams/card_list.html", around(request, found, at) | context)


@login_not_required
@require_GET
def proposal(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A proposal: what, who, disagreements, where it comes from, who supports it, its answer, what became of it."""
    found, at = fetch_jam(request, slug), clock.now()
    viewer = participant_of(request, found) or request.user
    rows = access.visible_to(viewer, Proposal).select_related("group__round", "answer__author").with_dots()
    shown = access.fetch(viewer, rows, jam=found, number=number)
    shown.jam = shown.group.round.jam = found
    context = around(request, found, at, cell="propositions") | {
        "proposal": shown,
        "answer": getattr(shown, "answer", None),
        "cards": shown.cards.select_related("group").order_by("pk"),
        "theme_title": theme_titles(found).get(shown.theme, shown.theme),
        "support_bars": _support(found, shown),
        "became": became(shown, at),
        "mine": access.roles(viewer, shown),
        **_neighbours(found, shown),
    }
    return render(request, "jams/proposal.html", context)


def _support(jam: Jam, shown: Proposal) -> list[Bar]:
    if jam.state not in {JamState.ANSWERING, JamState.CLOSED}:
        return []
    rows = Dots.objects.filter(proposal__jam=jam).values_list(
        "proposal_id", "participant_id", "participant__attributes", "count"
    )
    given = support_by_role(rows).get(shown.pk, {})
    return [
        Bar(label=str(ROLES.get(role) or role or _("Autres rôles")), value=dots, text=str(dots))
        for role, dots in given.items()
    ]


def _neighbours(jam: Jam, shown: Proposal) -> dict[str, Any]:
    public = jam.proposals.public()
    return {
        "previous": public.filter(number__lt=shown.number).order_by("-number").values("number", "title").first(),
        "following": public.filter(number__gt=shown.number).order_by("number").values("number", "title").first(),
    }


# --- The door ---------------------------------------------------------------------------------------------------------
@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """First the code, then who one is: the answer is a place in the room."""
    at = clock.now()
    asked = request.POST or request.GET
    code_form = CodeForm(asked if "code" in asked else None)
    if "code" not in asked or not code_form.is_valid():
        return render(request, "jams/join.html", {"code_form": code_form}, status=422 if code_form.errors else 200)
    found = code_form.jam
    here = participant_of(request, found)
    if here and request.method == "GET":
        return redirect("jams:room", found.slug)
    initial = {"name": request.user.name} if request.user.is_authenticated else None
    form = JoinForm(posted(request), jam=found, initial=initial)
    joinable = found.state in {JamState.OPEN, JamState.RUNNING} or request.method == "POST"
    if request.method == "POST" and form.is_valid():
        if here:
            return redirect("jams:room", found.slug)
        try:
            return _enter(request, found, form, at)
        except Refused as refused:
            form.add_error(None, str(refused))
    context = around(request, found, at) | {
        "code_form": code_form,
        "form": form,
        "return_form": ReturnForm(prefix="retour"),
        "joinable": joinable,
    }
    return render(request, "jams/join.html", context, status=422 if form.errors else 200)


def _enter(request: HttpRequest, jam: Jam, form: JoinForm, at: datetime) -> HttpResponse:
    person = request.user if request.user.is_authenticated else None
    entry = actions.register(
        jam=jam,
        name=form.cleaned_data["name"],
        organisation=form.cleaned_data["organisation"],
        attributes=form.attributes(),
        person=person,
        at=at,
    )
    if entry.personal_code:
        code = f"{entry.personal_code[:3]} {entry.personal_code[3:]}"
        messages.success(
            request,
            _("Bienvenue. Votre code personnel est %(code)s : notez-le, il rend votre place sur un autre appareil.")
            % {"code": code},
        )
    return remember(redirect("jams:room", jam.slug), entry.participant, entry.device_token)


@never_cache
@login_not_required
@require_POST
def come_back(request: HttpRequest, slug: str) -> HttpResponse:
    """One's place, from another device."""
    found, at = fetch_jam(request, slug), clock.now()
    form = ReturnForm(request.POST, prefix="retour")
    if form.is_valid():
        try:
            entry = actions.come_back(jam=found, at=at, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return remember(redirect("jams:room", found.slug), entry.participant, entry.device_token)
    context = around(request, found, at) | {
        "code_form": CodeForm(initial={"code": found.join_code}),
        "form": JoinForm(jam=found),
        "return_form": form,
        "joinable": found.state in {JamState.OPEN, JamState.RUNNING},
    }
    return render(request, "jams/join.html", context, status=422)
