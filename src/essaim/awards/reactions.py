"""A published decision is notified by letter; a grant gets its agreement; the thread is told."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.awards import actions, tasks
from essaim.awards.models import Agreement, Payment, Report
from essaim.kernel.workflow import on
from essaim.programmes.models import Programme
from essaim.programmes.thread import CELLS, Cell, provides
from essaim.selections.models import Decision
from essaim.ui.formats import money


@on("selections.decision.publish")
def notify(decision: Decision, *, by: Any, at: datetime, event: Any) -> None:
    """The letter leaves with the publication; a grant's agreement is drawn at the same time."""
    tasks.send_letter.enqueue(key=f"decision:{decision.pk}", decision=decision.pk)
    if decision.outcome == Decision.Outcome.FUNDED:
        tasks.draw_agreement.enqueue(key=f"decision:{decision.pk}", decision=decision.pk)


@on("awards.report.accept")
def owe_what_was_spent(report: Report, *, by: Any, at: datetime, event: Any) -> None:
    """The balance follows what was really spent."""
    actions.fit_balance(report.agreement, at=at)


@provides("conventions")
def agreements_cell(programme: Programme, at: datetime) -> Cell | None:
    """How many agreements, how much was paid."""
    agreements = Agreement.objects.filter(decision__selection__call__programme=programme)
    counts = agreements.aggregate(
        count=Count("pk"), signed=Count("pk", filter=Q(state__in=["signed", "closed"])), total=Sum("amount_cents")
    )
    if not counts["count"]:
        return None
    payments = Payment.objects.filter(agreement__in=agreements, state="paid")
    paid = payments.aggregate(total=Sum("amount_cents"))["total"] or 0
    sentence = ngettext("%(n)d convention, %(paid)s versés.", "%(n)d conventions, %(paid)s versés.", counts["count"])
    return Cell(
        key="conventions",
        name=str(CELLS["conventions"]),
        status="done" if counts["signed"] == counts["count"] else "current",
        sentence=sentence % {"n": counts["count"], "paid": money(paid)},
        figures=((_("signées"), str(counts["signed"])), (_("accordé"), money(counts["total"]))),
    )
