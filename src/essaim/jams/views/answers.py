"""Pages of the decision maker: every proposal gets an answer, signed, with its reason."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from essaim.jams.forms import AnswerForm
from essaim.jams.lifecycle import JAM, PROPOSAL
from essaim.jams.models import JamState, Proposal, ProposalState
from essaim.jams.queries import PUBLIC_PROPOSALS, theme_titles
from essaim.jams.views.device import around, fetch_jam, posted
from essaim.kernel import access, clock
from essaim.kernel.workflow import Refused

TEAM = ("decision_maker", "facilitator", "officer")


@never_cache
@require_GET
def answers(request: HttpRequest, slug: str) -> HttpResponse:
    """All proposals, those that wait first; and the closing, or what prevents it."""
    jam, at = fetch_jam(request, slug, *TEAM), clock.now()
    states = [*PUBLIC_PROPOSALS, ProposalState.DRAFT]
    shown = access.visible_to(request.user, Proposal).filter(jam=jam, state__in=states)
    rows = list(shown.select_related("group__round", "answer__author").with_dots().order_by("number"))
    titles = theme_titles(jam)
    for row in rows:
        row.jam = jam
        row.theme_title = titles.get(row.theme, row.theme)
    waiting = [row for row in rows if row.state == ProposalState.SUBMITTED]
    context = around(request, jam, at, cell="propositions") | {
        "waiting": sorted(waiting, key=lambda row: (-row.dot_count, row.number)),
        "answered": [row for row in rows if row.state not in {ProposalState.SUBMITTED, ProposalState.DRAFT}],
        "drafts": [row for row in rows if row.state == ProposalState.DRAFT],
        "total": sum(row.state != ProposalState.DRAFT for row in rows),
        "why_not_close": JAM.why_not(jam, "close_answers", by=request.user, at=at),
        "answering": jam.state == JamState.ANSWERING,
        "decides": "decision_maker" in access.roles(request.user, jam),
    }
    return render(request, "jams/answers.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One answer: a verdict and its reason; a second send shows the first one's result."""
    jam, at = fetch_jam(request, slug, "decision_maker"), clock.now()
    proposal = access.fetch(
        request.user, access.visible_to(request.user, Proposal).select_related("group__round"), jam=jam, number=number
    )
    proposal.jam = proposal.group.round.jam = jam
    if proposal.state != ProposalState.SUBMITTED:
        messages.info(
            request,
            _("La proposition n° %(n)d est déjà dans l’état « %(state)s ».")
            % {"n": number, "state": proposal.get_state_display()},
        )
        return redirect(proposal)
    form = AnswerForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            PROPOSAL.perform(proposal, form.move(), by=request.user, at=at, reason=form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error("reason", str(refused))
        else:
            messages.success(request, _("Réponse à la proposition n° %(n)d signée et publiée.") % {"n": number})
            return redirect("jams:answers", jam.slug)
    context = around(request, jam, at, cell="propositions") | {
        "proposal": proposal,
        "form": form,
        "theme_title": theme_titles(jam).get(proposal.theme, proposal.theme),
        "cards": proposal.cards.order_by("pk"),
    }
    return render(request, "jams/answer_form.html", context, status=422 if form.errors else 200)


@never_cache
@require_POST
def close(request: HttpRequest, slug: str) -> HttpResponse:
    """Close the answers: refused while one proposal has none."""
    jam, at = fetch_jam(request, slug, *TEAM), clock.now()
    if jam.state != JamState.CLOSED:
        try:
            JAM.perform(jam, "close_answers", by=request.user, at=at)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("jams:answers", jam.slug)
    messages.success(request, _("Les réponses sont closes : chaque proposition a la sienne."))
    return redirect(jam)
