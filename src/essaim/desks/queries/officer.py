"""What waits for the officer of a programme, from the draft of a call to the last report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, Min, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.applications.models import (
    Application,
    ApplicationState,
    CompletionRequest,
    CompletionState,
    Exchange,
)
from essaim.awards.models import AgreementState, Letter, Payment, PaymentState, Report, ReportState
from essaim.calls.models import Call, CallState
from essaim.desks.queries.shapes import Waiting, address, end_of, first_address
from essaim.kernel.models import Message
from essaim.reviews.models import Assignment, AssignmentState
from essaim.selections.models import Scenario, ScenarioState, Selection, SelectionState
from essaim.ui.formats import money


def for_officer(programmes: Collection[int], at: datetime) -> list[Waiting]:
    """Drafts of calls, files, scenarios, results, letters, payments, reports."""
    calls = list(
        Call.objects.filter(programme__in=programmes, state__in=[CallState.DRAFT, CallState.PUBLISHED]).select_related(
            "origin__answer"
        )
    )
    drafts = [_draft(call) for call in calls if call.state == CallState.DRAFT]
    published = [call for call in calls if call.state == CallState.PUBLISHED]
    return [
        *drafts,
        *(_instruction(published, at) if published else []),
        *(_exchanges(published, at) if published else []),
        *_letters(programmes),
        *_payments(programmes, at),
        *_reports(programmes, at),
    ]


def _draft(call: Call) -> Waiting:
    answer = getattr(call.origin, "answer", None)
    return Waiting(
        title=_("Préparer l’appel « %(call)s »") % {"call": call.title},
        detail=_("Né d’une proposition retenue, il est à compléter avant publication.") if call.origin else "",
        url=first_address(("calls:prepare", call.slug), ("calls:call", call.slug)),
        since=answer.answered_at if answer else None,
        until=call.opens_at,
        kind="call",
    )


def _instruction(calls: list[Call], at: datetime) -> list[Waiting]:
    """Files to examine, files that lack reviewers, then the choice: for all calls at once."""
    states = {
        (row["call"], row["state"]): row
        for row in Application.objects.files()
        .filter(call__in=calls)
        .order_by()
        .values("call", "state")
        .annotate(n=Count("pk"), since=Min("filed_at"))
    }
    short = _short_of_reviewers(calls)
    found = []
    for call in calls:
        filed = states.get((call.pk, ApplicationState.FILED))
        if filed:
            title = ngettext(
                "Examiner la recevabilité de %(n)d dossier", "Examiner la recevabilité de %(n)d dossiers", filed["n"]
            )
            found.append(_of_call(call, title, filed["n"], "reviews:instruction", "file", since=filed["since"]))
        if short[call.pk]:
            title = ngettext(
                "Donner des experts à %(n)d dossier recevable",
                "Donner des experts à %(n)d dossiers recevables",
                short[call.pk],
            )
            found.append(_of_call(call, title, short[call.pk], "reviews:assignments", "review", since=call.closes_at))
    ready = [
        call
        for call in calls
        if call.closes_at <= at
        and (call.pk, ApplicationState.FILED) not in states
        and (call.pk, ApplicationState.ADMISSIBLE) in states
        and not short[call.pk]
    ]
    return [*found, *(_choices(ready) if ready else [])]


def _exchanges(calls: list[Call], at: datetime) -> list[Waiting]:
    """Messages of applicants nobody has read, and requests for completion left unanswered: for all calls at once."""
    unread = (
        Exchange.objects.filter(application__call__in=calls, from_service=False, read_at=None)
        .order_by()
        .values_list("application__call")
        .annotate(n=Count("application", distinct=True), since=Min("sent_at"))
    )
    # A request that lapsed waits for a decision, or for another one.
    lapsed = (
        CompletionRequest.objects.filter(
            Q(state=CompletionState.LAPSED) | Q(state=CompletionState.ASKED, due_at__lt=at),
            application__call__in=calls,
            application__state=ApplicationState.FILED,
        )
        .exclude(application__completion_requests__number__gt=F("number"))
        .order_by()
        .values_list("application__call")
        .annotate(n=Count("pk"), since=Min("due_at"))
    )
    by_key = {call.pk: call for call in calls}
    found = []
    for key, n, since in unread:
        title = ngettext(
            "Lire les messages du porteur de %(n)d dossier", "Lire les messages des porteurs de %(n)d dossiers", n
        )
        found.append(
            _of_call(by_key[key], title, n, "reviews:instruction", "letter", since=since, query="messages=nonlus")
        )
    for key, n, since in lapsed:
        title = ngettext(
            "Décider après %(n)d demande de complément restée sans réponse",
            "Décider après %(n)d demandes de complément restées sans réponse",
            n,
        )
        found.append(
            _of_call(by_key[key], title, n, "reviews:instruction", "file", since=since, query="complement=passee")
        )
    return found


def _of_call(
    call: Call, title: str, n: int, page: str, kind: str, *, since: datetime | None, query: str = ""
) -> Waiting:
    address = first_address((page, call.slug), ("calls:call", call.slug))
    return Waiting(
        title=title % {"n": n},
        detail=str(call.title),
        url=f"{address}?{query}" if query else address,
        since=since,
        kind=kind,
    )


def _short_of_reviewers(calls: list[Call]) -> Counter[int]:
    """For each closed or open call, how many admissible files have fewer readers than the call promises."""
    readers = Count("assignments", filter=~Q(assignments__state=AssignmentState.RECUSED))
    admissible = Application.objects.filter(call__in=calls, state=ApplicationState.ADMISSIBLE)
    short = admissible.annotate(readers=readers).filter(readers__lt=F("call__reviews_each"))
    return Counter(short.order_by().values_list("call_id", flat=True))


def _choices(calls: list[Call]) -> list[Waiting]:
    """Calls whose reviews are all in: a scenario to propose, or ratified results to publish."""
    reviews = {
        row["application__call"]: row
        for row in Assignment.objects.filter(application__call__in=calls)
        .order_by()
        .values("application__call")
        .annotate(
            left=Count("pk", filter=Q(state=AssignmentState.ASSIGNED)),
            done=Count("pk", filter=Q(state=AssignmentState.DONE)),
            last=Max("review__submitted_at"),
        )
    }
    selections = {selection.call_id: selection for selection in Selection.objects.filter(call__in=calls)}
    proposed = set(
        Scenario.objects.filter(selection__call__in=calls, state=ScenarioState.PROPOSED).values_list(
            "selection__call_id", flat=True
        )
    )
    found = []
    for call in calls:
        selection, marks = selections.get(call.pk), reviews.get(call.pk)
        if selection is not None and selection.state == SelectionState.RATIFIED:
            found.append(_choice(call, _("Publier les résultats"), "selections:results", selection.ratified_at))
        elif marks and not marks["left"] and marks["done"] and call.pk not in proposed and not _decided(selection):
            found.append(_choice(call, _("Proposer un scénario à la décision"), "selections:scenarios", marks["last"]))
    return found


def _decided(selection: Selection | None) -> bool:
    return selection is not None and selection.state != SelectionState.OPEN


def _choice(call: Call, title: str, page: str, since: datetime | None) -> Waiting:
    url = first_address((page, call.slug), ("selections:scenarios", call.slug), ("calls:call", call.slug))
    return Waiting(title=title, detail=str(call.title), url=url, since=since, kind="choice")


def _letters(programmes: Collection[int]) -> list[Waiting]:
    undelivered = Letter.objects.filter(
        decision__selection__call__programme__in=programmes,
        message__state__in=[Message.State.FAILED, Message.State.BOUNCED],
    )
    return [
        Waiting(
            title=_("Joindre autrement le porteur du dossier %(reference)s") % {"reference": _reference(letter)},
            detail=_("Sa lettre n’a pas été remise : %(reason)s")
            % {"reason": letter.message.failure or letter.message.get_state_display()},
            url=address("selections:decision", letter.decision.public_id),
            since=letter.made_at,
            kind="letter",
            invented=letter.decision.application.invented,
        )
        for letter in undelivered.select_related("decision__application__call", "message")
    ]


def _reference(letter: Any) -> str:
    return str(letter.decision.application.reference)


def _payments(programmes: Collection[int], at: datetime) -> list[Waiting]:
    """Payments whose day has come and that the beneficiary has not asked for."""
    due = Payment.objects.filter(
        agreement__decision__selection__call__programme__in=programmes,
        agreement__state=AgreementState.SIGNED,
        state=PaymentState.PLANNED,
        due_on__lt=at.date(),
    ).exclude(Q(kind=Payment.Kind.BALANCE) & ~Q(agreement__report__state=ReportState.ACCEPTED))
    return [
        Waiting(
            title=_("Relancer le bénéficiaire : %(kind)s de %(amount)s, à demander")
            % {"kind": payment.get_kind_display().lower(), "amount": money(payment.amount_cents)},
            detail=_("Convention %(number)s, %(project)s")
            % {"number": payment.agreement.number, "project": payment.agreement.decision.application.title},
            url=address("awards:agreement", payment.agreement.public_id),
            since=end_of(payment.due_on),
            kind="payment",
            invented=payment.agreement.decision.application.invented,
        )
        for payment in due.select_related("agreement__decision__application")
    ]


def _reports(programmes: Collection[int], at: datetime) -> list[Waiting]:
    """Reports to read, and those whose day has passed: without them no balance is paid."""
    found = Report.objects.filter(
        Q(state=ReportState.SUBMITTED) | Q(state=ReportState.DUE, due_on__lt=at.date()),
        agreement__decision__selection__call__programme__in=programmes,
        agreement__state=AgreementState.SIGNED,
    )
    return [
        Waiting(
            title=(
                _("Lire le compte rendu de la convention %(number)s")
                if report.state == ReportState.SUBMITTED
                else _("Relancer le bénéficiaire : compte rendu de la convention %(number)s attendu")
            )
            % {"number": report.agreement.number},
            detail=report.agreement.decision.application.title,
            url=address("awards:agreement", report.agreement.public_id),
            since=report.submitted_at if report.state == ReportState.SUBMITTED else end_of(report.due_on),
            kind="report",
            invented=report.agreement.decision.application.invented,
        )
        for report in found.select_related("agreement__decision__application")
    ]
