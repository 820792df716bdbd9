"""The life of an agreement, of a payment and of a report."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.awards.models import (
    Agreement,
    AgreementState,
    Payment,
    PaymentState,
    Report,
    ReportState,
)
from essaim.awards.queries import ceiling_cents, paid_cents
from essaim.kernel.access import SYSTEM
from essaim.kernel.workflow import Lifecycle, move
from essaim.ui.formats import money


def has_its_document(agreement: Agreement, *, by: Any, at: datetime) -> str | None:
    """Le texte de la convention est établi."""
    return None if agreement.pdf_id else _("Le texte de la convention est en cours d’établissement : revenez bientôt.")


def everything_paid_and_reported(agreement: Agreement, *, by: Any, at: datetime) -> str | None:
    """Le compte rendu est accepté et aucun versement n’est en attente."""
    report = Report.objects.filter(agreement=agreement).first()
    if report is None or report.state != ReportState.ACCEPTED:
        return _("Le compte rendu final n’est pas encore accepté.")
    if agreement.payments.exclude(state=PaymentState.PAID).exists():
        return _("Un versement est encore en attente.")
    return None


def agreement_signed(payment: Payment, *, by: Any, at: datetime) -> str | None:
    """La convention est signée par les deux parties."""
    if payment.agreement.state != AgreementState.SIGNED:
        return _("Aucun versement avant la signature de la convention par les deux parties.")
    return None


def within_ceilings(payment: Payment, *, by: Any, at: datetime) -> str | None:
    """Le plafond de l’avance (30 %) et des acomptes (80 %) est respecté, le total aussi (décret 2018-514, art. 12)."""
    agreement = payment.agreement
    ceiling = ceiling_cents(agreement, payment.kind)
    # The move has already set the state when this is asked again: the payment itself is counted once, here.
    total = paid_cents(agreement, without=payment) + payment.amount_cents
    if total > ceiling:
        return _("Ce versement porterait le total à %(total)s ; le plafond à cette étape est de %(ceiling)s.") % {
            "total": money(total),
            "ceiling": money(ceiling),
        }
    return None


def balance_needs_the_report(payment: Payment, *, by: Any, at: datetime) -> str | None:
    """Le solde vient après l’acceptation du compte rendu."""
    if payment.kind != Payment.Kind.BALANCE:
        return None
    report = Report.objects.filter(agreement=payment.agreement).first()
    if report is None or report.state != ReportState.ACCEPTED:
        return _("Le solde est versé après l’acceptation du compte rendu final.")
    return None


def its_agreement_is_signed(report: Report, *, by: Any, at: datetime) -> str | None:
    """La convention est signée par les deux parties."""
    if report.agreement.state != AgreementState.SIGNED:
        return _("Le compte rendu se remet une fois la convention signée par les deux parties.")
    return None


def report_is_whole(report: Report, *, by: Any, at: datetime) -> str | None:
    """Le compte rendu dit ce qui a été fait et ce qui a été dépensé."""
    if len(report.text.strip()) < 100:
        return _("Dites en 100 caractères au moins ce qui a été fait.")
    if report.spent_cents is None:
        return _("Indiquez ce qui a été dépensé.")
    return None


def stamp(field: str) -> Any:
    """An effect that keeps the instant of a move in `field`."""

    def effect(obj: Any, *, by: Any, at: datetime, **data: Any) -> None:
        type(obj).objects.filter(pk=obj.pk).update(**{field: at})

    return effect


def keep_reference(payment: Payment, *, by: Any, at: datetime, reference: str = "", **data: Any) -> None:
    """The reference of the order to pay."""
    Payment.objects.filter(pk=payment.pk).update(paid_at=at, reference=reference[:60])


def keep_request(report: Report, *, by: Any, at: datetime, reason: str = "", **data: Any) -> None:
    """What is asked of the beneficiary, which they read on the agreement's page."""
    Report.objects.filter(pk=report.pk).update(return_reason=reason.strip()[:2000])


def amount(obj: Agreement | Payment, data: dict[str, Any]) -> dict[str, Any]:
    """The amount, which is public."""
    return {"amount_cents": obj.amount_cents}


AGREEMENT = Lifecycle(
    Agreement,
    AgreementState,
    (
        move(
            "accept",
            AgreementState.DRAFT,
            AgreementState.ACCEPTED,
            by="beneficiary",
            label=gettext_lazy("Signer la convention"),
            needs=[has_its_document],
            then=[stamp("accepted_at")],
            record=amount,
            public=("from", "to", "amount_cents"),
        ),
        move(
            "sign",
            AgreementState.ACCEPTED,
            AgreementState.SIGNED,
            by="decision_maker",
            label=gettext_lazy("Signer pour l’administration"),
            then=[stamp("signed_at")],
            record=amount,
            public=("from", "to", "amount_cents"),
        ),
        move(
            "close",
            AgreementState.SIGNED,
            AgreementState.CLOSED,
            by={"officer", SYSTEM},
            label=gettext_lazy("Clore la convention"),
            needs=[everything_paid_and_reported],
            record=amount,
            public=("from", "to", "amount_cents"),
        ),
    ),
)

PAYMENT = Lifecycle(
    Payment,
    PaymentState,
    (
        move(
            "claim",
            PaymentState.PLANNED,
            PaymentState.CLAIMED,
            by="beneficiary",
            label=gettext_lazy("Demander le versement"),
            needs=[agreement_signed, balance_needs_the_report],
            then=[stamp("claimed_at")],
            record=amount,
            public=("from", "to", "amount_cents"),
        ),
        move(
            "pay",
            PaymentState.CLAIMED,
            PaymentState.PAID,
            by="accountant",
            label=gettext_lazy("Inscrire le versement"),
            needs=[agreement_signed, within_ceilings, balance_needs_the_report],
            then=[keep_reference],
            record=amount,
            public=("from", "to", "amount_cents"),
        ),
    ),
)

REPORT = Lifecycle(
    Report,
    ReportState,
    (
        move(
            "submit",
            ReportState.DUE,
            ReportState.SUBMITTED,
            by="beneficiary",
            label=gettext_lazy("Remettre le compte rendu"),
            needs=[its_agreement_is_signed, report_is_whole],
            then=[stamp("submitted_at")],
            public=("from", "to"),
        ),
        move(
            "return",
            ReportState.SUBMITTED,
            ReportState.DUE,
            by="officer",
            label=gettext_lazy("Demander un complément"),
            reason=True,
            then=[keep_request],
            public=("from", "to"),
        ),
        move(
            "accept",
            ReportState.SUBMITTED,
            ReportState.ACCEPTED,
            by="officer",
            label=gettext_lazy("Accepter le compte rendu"),
            then=[stamp("accepted_at")],
            public=("from", "to"),
        ),
    ),
)
