"""What waits for the team of a programme, its officer apart: decision maker, facilitator, accountant."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.awards.models import Agreement, AgreementState, Payment, PaymentState
from essaim.desks.queries.shapes import Waiting, address, end_of, first_address
from essaim.jams.models import Jam, JamState, ProposalState
from essaim.selections.models import Scenario, ScenarioState
from essaim.ui.formats import money


def for_decision_maker(programmes: Collection[int], user: Any) -> list[Waiting]:
    """Proposals to answer, scenarios to ratify, agreements to sign."""
    return [*_answers(programmes), *_ratifications(programmes, user), *_signatures(programmes)]


def _answers(programmes: Collection[int]) -> list[Waiting]:
    left = Count("proposals", filter=Q(proposals__state=ProposalState.SUBMITTED))
    since = Min("proposals__submitted_at", filter=Q(proposals__state=ProposalState.SUBMITTED))
    found = []
    for jam in Jam.objects.filter(programme__in=programmes, state=JamState.ANSWERING).annotate(left=left, since=since):
        title = ngettext("Répondre à %(n)d proposition", "Répondre à %(n)d propositions", jam.left) % {"n": jam.left}
        found.append(
            Waiting(
                title=title if jam.left else _("Clore les réponses : toutes sont données"),
                detail=str(jam.title),
                url=address("jams:answers", jam.slug),
                since=jam.since or jam.ends_at,
                until=end_of(jam.answers_due_on),
                kind="proposal",
            )
        )
    return found


def _ratifications(programmes: Collection[int], user: Any) -> list[Waiting]:
    proposed = Scenario.objects.filter(selection__call__programme__in=programmes, state=ScenarioState.PROPOSED)
    return [
        Waiting(
            title=_("Ratifier ou écarter le scénario « %(title)s »") % {"title": scenario.title},
            detail=_("%(call)s : %(granted)s sur %(budget)s")
            % {
                "call": scenario.selection.call.title,
                "granted": money(scenario.granted_cents),
                "budget": money(scenario.budget_cents),
            },
            url=first_address(
                ("selections:scenario", scenario.selection.call.slug, scenario.number),
                ("calls:call", scenario.selection.call.slug),
            ),
            since=scenario.computed_at,
            kind="choice",
        )
        # Four eyes: who proposed does not ratify.
        for scenario in proposed.exclude(proposed_by=user).select_related("selection__call")
    ]


def _signatures(programmes: Collection[int]) -> list[Waiting]:
    accepted = Agreement.objects.filter(
        decision__selection__call__programme__in=programmes, state=AgreementState.ACCEPTED
    )
    return [
        Waiting(
            title=_("Signer la convention %(number)s") % {"number": agreement.number},
            detail=f"{agreement.decision.application.title}, {money(agreement.amount_cents)}",
            url=address("awards:agreement", agreement.public_id),
            since=agreement.accepted_at,
            kind="agreement",
            invented=agreement.decision.application.invented,
        )
        for agreement in accepted.select_related("decision__application")
    ]


def for_facilitator(programmes: Collection[int]) -> list[Waiting]:
    """Jams to open, to seat and to run."""
    states = (JamState.DRAFT, JamState.OPEN, JamState.RUNNING)
    found = []
    for jam in Jam.objects.filter(programme__in=programmes, state__in=states).annotate(
        unseated=Count("rounds", filter=Q(rounds__seated_at__isnull=True))
    ):
        if jam.state == JamState.DRAFT:
            title, page = _("Ouvrir les inscriptions de la Jam « %(jam)s »"), "jams:conduct"
        elif jam.state == JamState.RUNNING:
            title, page = _("Conduire la Jam « %(jam)s »"), "jams:conduct"
        elif jam.unseated:
            title, page = _("Arrêter le placement de la Jam « %(jam)s »"), "jams:seating"
        else:
            title, page = _("Commencer la Jam « %(jam)s »"), "jams:conduct"
        found.append(
            Waiting(
                title=title % {"jam": jam.title},
                detail=str(jam.place),
                url=address(page, jam.slug),
                until=jam.ends_at if jam.state == JamState.RUNNING else jam.starts_at,
                kind="jam",
            )
        )
    return found


def for_accountant(programmes: Collection[int]) -> list[Waiting]:
    """Payments claimed, to record once ordered."""
    claimed = Payment.objects.filter(
        agreement__decision__selection__call__programme__in=programmes, state=PaymentState.CLAIMED
    )
    return [
        Waiting(
            title=_("Inscrire le versement de %(amount)s (%(kind)s)")
            % {"amount": money(payment.amount_cents), "kind": payment.get_kind_display().lower()},
            detail=_("Convention %(number)s, %(project)s")
            % {"number": payment.agreement.number, "project": payment.agreement.decision.application.title},
            url=address("awards:agreement", payment.agreement.public_id),
            since=payment.claimed_at,
            until=end_of(payment.due_on),
            kind="payment",
            invented=payment.agreement.decision.application.invented,
        )
        for payment in claimed.select_related("agreement__decision__application")
    ]
