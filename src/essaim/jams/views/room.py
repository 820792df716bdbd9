"""The room, on a participant's phone: my table, the clock, my cards, one big field; then proposals and dots."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from essaim.jams import actions
from essaim.jams.forms import CardForm, DotsForm, ProposalForm, ReturnForm
from essaim.jams.lifecycle import PROPOSAL
from essaim.jams.models import Card, Group, Jam, JamState, Participant, Proposal, ProposalState, Seat
from essaim.jams.queries import theme_titles
from essaim.jams.views.device import actor, around, fetch_jam, participant_of, posted
from essaim.kernel import access, clock
from essaim.kernel.workflow import Refused


def _lost(request: HttpRequest, jam: Jam, at: datetime, text: str = "") -> HttpResponse:
    """This device has no place here (or has no longer): what was typed is shown, to be copied."""
    context = around(request, jam, at) | {"text": text, "return_form": ReturnForm(prefix="retour")}
    return render(request, "jams/no_place.html", context, status=403 if text else 200)


def _table_facts(jam: Jam, participant: Participant) -> dict[str, Any]:
    """My table now (the round under way, else the next one), who sits there, my cards, my group's proposals."""
    seats = access.visible_to(participant, Seat).select_related("group__round").order_by("round__number")
    seats = [seat for seat in seats.filter(participant=participant) if seat.round_id]
    here = next((seat for seat in seats if seat.group.round.under_way), None)
    here = here or next((seat for seat in seats if seat.group.round.started_at is None), seats[-1] if seats else None)
    group = here.group if here else None
    if group:
        group.round.jam = jam
    neighbours = Participant.objects.filter(seats__group=group).exclude(pk=participant.pk) if group else []
    titles = theme_titles(jam)
    mine = list(Card.objects.filter(author=participant).select_related("group__round").order_by("-pk"))
    for card in mine:
        card.theme_title = titles.get(card.theme, card.theme)
    return {
        "group": group,
        "round": group.round if group else None,
        "neighbours": neighbours,
        "cards": mine,
        "seats": seats,
        "drafts": Proposal.objects.filter(group__in=[seat.group_id for seat in seats]).order_by("number"),
    }


@never_cache
@login_not_required
@require_GET
def room(request: HttpRequest, slug: str) -> HttpResponse:
    """My table now, the clock, my cards, one big field."""
    jam, at = fetch_jam(request, slug), clock.now()
    participant = participant_of(request, jam)
    if participant is None:
        return _lost(request, jam, at)
    return _room(request, jam, participant, at)


def _room(
    request: HttpRequest, jam: Jam, participant: Participant, at: datetime, form: CardForm | None = None
) -> HttpResponse:
    form = form or CardForm(jam=jam)
    writing = jam.state in {JamState.OPEN, JamState.RUNNING} or bool(form.errors)
    facts = _table_facts(jam, participant) | {"participant": participant, "form": form, "writing": writing}
    context = around(request, jam, at) | facts
    return render(request, "jams/room.html", context, status=422 if form.errors else 200)


@never_cache
@login_not_required
@require_GET
def room_state(request: HttpRequest, slug: str) -> HttpResponse:
    """The part of the page that moves by itself; no field one types in, so nothing typed is ever overwritten."""
    jam, at = fetch_jam(request, slug), clock.now()
    participant = participant_of(request, jam)
    if participant is None:
        return HttpResponse(status=204)
    writing = jam.state in {JamState.OPEN, JamState.RUNNING}
    context = {"jam": jam, "now": at, "participant": participant, "writing": writing} | _table_facts(jam, participant)
    return render(request, "jams/_room_state.html", context)


@never_cache
@login_not_required
@require_POST
def write_card(request: HttpRequest, slug: str) -> HttpResponse:
    """One idea on the table; refused, it comes back as it was typed."""
    jam, at = fetch_jam(request, slug), clock.now()
    participant = participant_of(request, jam)
    if participant is None:
        return _lost(request, jam, at, request.POST.get("text", ""))
    form = CardForm(request.POST, jam=jam)
    if form.is_valid():
        group = Group.objects.select_related("round__jam").filter(pk=form.cleaned_data["group"], round__jam=jam).first()
        try:
            if group is None:
                raise Refused(_("Votre table n’est pas encore connue : gardez votre texte, il reste ici."))
            words = {name: form.cleaned_data[name] for name in ("text", "theme", "key")}
            actions.write_card(group=group, by=participant, at=at, **words)
        except Refused as refused:
            form.add_error("text", str(refused))
        else:
            messages.success(request, _("Carte posée sur la table."))
            return redirect("jams:room", jam.slug)
    return _room(request, jam, participant, at, form)


@never_cache
@login_not_required
@require_POST
def ask_help(request: HttpRequest, slug: str) -> HttpResponse:
    """Call the facilitator to my table."""
    jam, at = fetch_jam(request, slug), clock.now()
    participant = participant_of(request, jam)
    if participant is None:
        return _lost(request, jam, at)
    group = _table_facts(jam, participant)["group"]
    if group:
        actions.ask_help(group=group, by=participant, at=at)
        messages.success(request, _("L’animateur est prévenu : il vient à votre table."))
    return redirect("jams:room", jam.slug)


# --- Proposals --------------------------------------------------------------------------------------------------------
@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, slug: str, group: int) -> HttpResponse:
    """A table begins a proposal."""
    jam, at = fetch_jam(request, slug), clock.now()
    by = actor(request, jam)
    table = access.fetch(request.user, Group, pk=group, round__jam=jam)
    table.round.jam = jam
    if not access.roles(by, table) & {"group_member", "facilitator"}:
        return _lost(request, jam, at, request.POST.get("problem", ""))
    cards = table.cards.all()
    form = ProposalForm(posted(request), cards=cards, themes=theme_titles(jam))
    if request.method == "POST" and form.is_valid():
        try:
            proposal = actions.draft_proposal(
                group=table,
                cards=form.cleaned_data.get("cards", ()),
                key=form.cleaned_data["key"],
                by=by,
                at=at,
                **form.words(),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Brouillon enregistré : pas encore présenté."))
            return redirect(proposal)
    return _proposal_page(request, jam, at, form, table)


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def amend(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A table amends its draft; when someone else just did, both versions are shown."""
    jam, at = fetch_jam(request, slug), clock.now()
    by = actor(request, jam)
    proposal = access.fetch(by, Proposal, jam=jam, number=number)
    proposal.jam = proposal.group.round.jam = jam
    if proposal.state != ProposalState.DRAFT or not access.roles(by, proposal) & {"group_member", "facilitator"}:
        messages.info(request, _("Le texte de cette proposition ne change plus."))
        return redirect(proposal)
    cards = proposal.group.cards.all()
    form = ProposalForm(posted(request), instance=proposal, cards=cards, themes=theme_titles(jam))
    theirs = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.amend_proposal(
                proposal=proposal,
                revision=form.cleaned_data["revision"],
                cards=form.cleaned_data.get("cards", ()),
                by=by,
                at=at,
                **form.words(),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
            theirs = Proposal.objects.get(pk=proposal.pk)
            form.data = form.data.copy()
            form.data["revision"] = theirs.revision
        else:
            messages.success(request, _("Brouillon enregistré : pas encore présenté."))
            return redirect(proposal)
    return _proposal_page(request, jam, at, form, proposal.group, proposal=proposal, theirs=theirs)


def _proposal_page(
    request: HttpRequest, jam: Jam, at: datetime, form: ProposalForm, table: Group, **rest: Any
) -> HttpResponse:
    context = around(request, jam, at, cell="propositions") | {"form": form, "group": table, **rest}
    return render(request, "jams/proposal_form.html", context, status=422 if form.errors else 200)


@never_cache
@login_not_required
@require_POST
def submit(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Present a proposal."""
    return _move(request, slug, number, "submit", _("Proposition présentée : elle recevra une réponse."))


@never_cache
@login_not_required
@require_POST
def abandon(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Give a draft up."""
    return _move(request, slug, number, "abandon", _("Proposition abandonnée."))


def _move(request: HttpRequest, slug: str, number: int, move: str, done: str) -> HttpResponse:
    """Make the move; a second click shows the first one's result."""
    jam, at = fetch_jam(request, slug), clock.now()
    by = actor(request, jam)
    proposal = access.fetch(by, Proposal, jam=jam, number=number)
    if proposal.state != PROPOSAL.table[move].target:
        try:
            PROPOSAL.perform(proposal, move, by=by, at=at)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect(proposal)
    messages.success(request, done)
    return redirect(proposal)


# --- Dots -------------------------------------------------------------------------------------------------------------
@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def dots(request: HttpRequest, slug: str) -> HttpResponse:
    """Spread my dots on the proposals that matter most to me."""
    jam, at = fetch_jam(request, slug), clock.now()
    participant = participant_of(request, jam)
    if participant is None:
        return _lost(request, jam, at)
    form = DotsForm(posted(request), proposals=jam.proposals.public().order_by("number"), participant=participant)
    if request.method == "POST" and form.is_valid():
        try:
            left = actions.give_dots(dots=form.dots(), by=participant, at=at)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            message = _("Vos priorités sont enregistrées. Il vous reste %(left)d points.") % {"left": left}
            messages.success(request, message if left else _("Vos priorités sont enregistrées."))
            return redirect("jams:dots", jam.slug)
    open_now = jam.state in {JamState.RUNNING, JamState.ANSWERING}
    context = around(request, jam, at, cell="propositions") | {"form": form, "open_now": open_now}
    return render(request, "jams/dots.html", context, status=422 if form.errors else 200)
