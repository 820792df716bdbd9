"""What waits for people who are not of the team: experts and applicants."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.applications.models import Application, CompletionRequest, CompletionState
from essaim.awards.models import Agreement, AgreementState, Payment, PaymentState, ReportState
from essaim.desks.queries.shapes import Waiting, address, end_of, first_address
from essaim.kernel.bilingual import as_bilingual
from essaim.reviews.models import Assignment, AssignmentState
from essaim.selections.access import own_applications
from essaim.selections.models import Decision, DecisionState
from essaim.ui.formats import instant, money

REPORT_SOON = timedelta(days=90)
APPEAL = timedelta(days=62)  # two months, code de justice administrative, art. R. 421-1


def for_expert(user: Any) -> list[Waiting]:
    """Reviews to hand in, one line per call and due day."""
    rows = (
        Assignment.objects.filter(expert__person=user, state=AssignmentState.ASSIGNED)
        .order_by("due_on")
        .values("due_on", "expert__call__title", "expert__call__zone")
        .annotate(n=Count("pk"), since=Min("run__computed_at"))
    )
    return [
        Waiting(
            title=ngettext("Rendre %(n)d expertise", "Rendre %(n)d expertises", row["n"]) % {"n": row["n"]},
            detail=str(as_bilingual(row["expert__call__title"])),
            url=first_address(("reviews:mine",)),
            since=row["since"],
            until=end_of(row["due_on"], row["expert__call__zone"]),
            kind="review",
        )
        for row in rows
    ]


def for_applicant(user: Any, at: datetime) -> list[Waiting]:
    """Drafts to file in time, decisions to read, agreements to sign, payments to ask for, reports due."""
    mine = own_applications(user).values("pk")
    return [
        *_drafts(mine, at),
        *_completions(mine, at),
        *_messages(mine),
        *_decisions(mine, at),
        *_agreements(mine, at),
    ]


def _drafts(mine: Any, at: datetime) -> list[Waiting]:
    drafts = Application.objects.drafts().filter(pk__in=mine, call__closes_at__gt=at)
    return [
        Waiting(
            title=_("Finir et déposer « %(project)s »") % {"project": application},
            detail=_("Brouillon enregistré le %(when)s : pas encore déposé.") % {"when": instant(application.saved_at)},
            url=application.get_absolute_url(),
            since=application.created_at,
            until=application.call.closes_at,
            kind="file",
            invented=application.invented,
        )
        for application in drafts.select_related("call")
    ]


def _completions(mine: Any, at: datetime) -> list[Waiting]:
    """What the service asked to complete, and may still be answered."""
    asked = CompletionRequest.objects.filter(application__in=mine, state=CompletionState.ASKED, due_at__gte=at)
    return [
        Waiting(
            title=_("Compléter « %(project)s »") % {"project": request.application},
            detail=_("Le service l’a demandé : sans réponse, le dossier est examiné tel qu’il est."),
            url=request.get_absolute_url(),
            since=request.asked_at,
            until=request.due_at,
            kind="file",
            invented=request.application.invented,
        )
        for request in asked.select_related("application__call")
    ]


def _messages(mine: Any) -> list[Waiting]:
    """The applications with messages of the service not read yet."""
    unread = Q(exchanges__from_service=True, exchanges__read_at=None)
    waiting = Application.objects.filter(unread, pk__in=mine).annotate(since=Min("exchanges__sent_at", filter=unread))
    return [
        Waiting(
            title=_("Lire le message du service sur « %(project)s »") % {"project": application},
            url=address("applications:exchanges", application.public_id),
            since=application.since,
            kind="letter",
            invented=application.invented,
        )
        for application in waiting.select_related("call")
    ]


def _decisions(mine: Any, at: datetime) -> list[Waiting]:
    """Published decisions while one may appeal (two months), until the letter or its message was opened."""
    unread = Q(letter__isnull=True) | Q(letter__opened_at__isnull=True, letter__message__read_at__isnull=True)
    published = Decision.objects.filter(
        unread, application__in=mine, state=DecisionState.PUBLISHED, notified_at__gt=at - APPEAL
    )
    return [
        Waiting(
            title=_("Lire la décision sur « %(project)s »") % {"project": decision.application},
            detail=_("Ses raisons, ce qui l’aurait changée et les voies de recours y sont."),
            url=first_address(("selections:decision", decision.public_id)),
            since=decision.notified_at,
            kind="decision",
            invented=decision.application.invented,
        )
        for decision in published.select_related("application")
    ]


def _agreements(mine: Any, at: datetime) -> list[Waiting]:
    agreements = Agreement.objects.filter(
        decision__application__in=mine, state__in=[AgreementState.DRAFT, AgreementState.SIGNED]
    )
    found = []
    for agreement in agreements.select_related("decision__application", "report").prefetch_related("payments"):
        if agreement.state == AgreementState.DRAFT:
            found.append(
                _of_agreement(
                    agreement,
                    "agreement",
                    _("Signer la convention %(number)s") % {"number": agreement.number},
                    since=agreement.created_at,
                )
            )
        else:
            found += [*_claims(agreement, at), *_report(agreement, at)]
    return found


def _of_agreement(agreement: Agreement, kind: str, title: str, **when: Any) -> Waiting:
    project = agreement.decision.application
    return Waiting(
        title=title,
        detail=f"{project.title}, {money(agreement.amount_cents)}",
        url=address("awards:agreement", agreement.public_id),
        kind=kind,
        invented=project.invented,
        **when,
    )


def _claims(agreement: Agreement, at: datetime) -> list[Waiting]:
    """Payments one may ask for today."""
    report = getattr(agreement, "report", None)
    accepted = report is not None and report.state == ReportState.ACCEPTED
    return [
        _of_agreement(
            agreement,
            "payment",
            _("Demander le versement de %(amount)s (%(kind)s)")
            % {"amount": money(payment.amount_cents), "kind": payment.get_kind_display().lower()},
            since=agreement.signed_at,
        )
        for payment in agreement.payments.all()
        if payment.state == PaymentState.PLANNED
        and payment.due_on <= at.date()
        and (payment.kind != Payment.Kind.BALANCE or accepted)
    ]


def _report(agreement: Agreement, at: datetime) -> list[Waiting]:
    """The report, once its day is near; before, it is only followed."""
    report = getattr(agreement, "report", None)
    if report is None or report.state != ReportState.DUE or report.due_on > (at + REPORT_SOON).date():
        return []
    title = _("Remettre le compte rendu de la convention %(number)s") % {"number": agreement.number}
    return [_of_agreement(agreement, "report", title, until=end_of(report.due_on))]
