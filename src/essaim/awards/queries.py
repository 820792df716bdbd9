"""What is asked of awards: ceilings, what was paid, who waits for what."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from essaim.applications.queries import findings_of
from essaim.kernel import mail

ADVANCE_PERCENT = 30  # décret 2018-514, art. 12: an advance is at most 30 % of the grant
INSTALMENTS_PERCENT = 80  # advance and instalments together: at most 80 %


class AgreementQuerySet(models.QuerySet[Any]):
    """Agreements as the list shows them."""

    def with_story(self) -> AgreementQuerySet:
        """With all that a line or a page names, in one query."""
        return self.select_related(
            "decision__application__organisation",
            "decision__application__commune__department",
            "decision__application__call",
            "decision__selection__call__programme",
            "report",
            "pdf",
        )

    def with_paid(self) -> AgreementQuerySet:
        """With `paid`, the cents paid so far."""
        return self.annotate(paid=Coalesce(Sum("payments__amount_cents", filter=Q(payments__state="paid")), 0))

    def search(self, text: str) -> AgreementQuerySet:
        """Those whose number, beneficiary, project or commune holds the text."""
        application = "decision__application__"
        return self.filter(
            Q(number__icontains=text)
            | Q(**{f"{application}title__icontains": text})
            | Q(**{f"{application}organisation__name__icontains": text})
            | Q(**{f"{application}commune__name__icontains": text})
        )


def undelivered_letters(programmes: Any) -> Any:
    """The letters of these programmes (a queryset of ids) whose mail did not arrive (promise G2: shown, not
    swallowed)."""
    letters = apps.get_model("awards", "Letter").objects.filter(
        decision__selection__call__programme__in=programmes, message__in=mail.undeliverable()
    )
    return letters.select_related("message", "decision__application__call").order_by("decision__application__number")


def history(agreement: Any) -> Any:
    """The acts on an agreement, its payments and its report, oldest first."""
    payments = [str(pk) for pk in agreement.payments.values_list("pk", flat=True)]
    found = Q(subject_type="awards.agreement", subject_id=str(agreement.pk))
    found |= Q(subject_type="awards.payment", subject_id__in=payments)
    if hasattr(agreement, "report"):
        found |= Q(subject_type="awards.report", subject_id=str(agreement.report.pk))
    return apps.get_model("kernel", "Event").objects.filter(found, log=agreement.journal_log).order_by("seq")


def due_cents(agreement: Any) -> int:
    """What is owed in the end: the amount, less in proportion when less was spent than planned (article 3)."""
    report = getattr(agreement, "report", None)
    if report is None or report.state != "accepted" or report.spent_cents is None:
        return int(agreement.amount_cents)
    if report.spent_cents >= agreement.cost_cents or not agreement.cost_cents:
        return int(agreement.amount_cents)
    return int(agreement.amount_cents * report.spent_cents // agreement.cost_cents)


def paid_cents(agreement: Any, *, without: Any = None) -> int:
    """What was paid so far, another payment left out."""
    payments = agreement.payments.filter(state="paid")
    payments = payments if without is None else payments.exclude(pk=without.pk)
    return int(payments.aggregate(total=Sum("amount_cents"))["total"] or 0)


def planned_cents(agreement: Any, *kinds: str) -> int:
    """What is planned, claimed or paid, by payments of these kinds (of all kinds when none is given)."""
    payments = agreement.payments.filter(kind__in=kinds) if kinds else agreement.payments.all()
    return int(payments.aggregate(total=Sum("amount_cents"))["total"] or 0)


def ceiling_cents(agreement: Any, kind: str) -> int:
    """The most that may have been paid in all once a payment of this kind is made, in cents."""
    percent = {"advance": ADVANCE_PERCENT, "instalment": INSTALMENTS_PERCENT}.get(kind)
    return due_cents(agreement) if percent is None else int(agreement.amount_cents * percent // 100)


def award_findings(decision: Any) -> list[Any]:
    """What the rules say of a decision: the application as filed, and what is granted."""
    granted = decision.granted_cents if decision.outcome == "funded" else None
    return findings_of(decision.application, phase="award", grant_cents=granted)


def payment_findings(agreement: Any) -> list[Any]:
    """What the rules say when one pays: the application as filed, what is owed, and what was spent once reported."""
    report = getattr(agreement, "report", None)
    spent = report.spent_cents if report is not None and report.state == "accepted" else None
    return findings_of(
        agreement.decision.application, phase="payment", grant_cents=due_cents(agreement), spent_cents=spent
    )
