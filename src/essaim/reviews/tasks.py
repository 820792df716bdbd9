"""Computing an assignment in the background, and the reminders to experts who have reviews to hand in."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from essaim.accounts.models import Person
from essaim.calls.models import Call
from essaim.kernel import clock, mail, tasks
from essaim.kernel.tasks import GiveUp, job, periodic
from essaim.kernel.workflow import Refused
from essaim.reviews.actions import compute_assignment
from essaim.reviews.models import Expert
from essaim.reviews.queries import to_remind

REMINDERS = (timedelta(days=2), timedelta(days=7))


@job(attempts=2)
def compute(*, call: int, due_on: str, by: int, language: str = "fr") -> None:
    """Compute who reads what; a refusal is kept as the job's sentence, and not tried again."""
    found, person = Call.objects.get(pk=call), Person.objects.get(pk=by)
    with translation.override(language):
        try:
            day = date.fromisoformat(due_on)
            compute_assignment(found, due_on=day, by=person, at=clock.now(), progress=tasks.followed())
        except Refused as refusal:
            raise GiveUp(str(refusal)) from refusal


@periodic(every=timedelta(hours=6))
def remind_experts(*, at: datetime) -> None:
    """Write to the experts who have reviews to hand in, seven days then two days before they are due, once each."""
    today = at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    for expert, due_on, left in to_remind(today, max(REMINDERS)):
        within = next(before for before in REMINDERS if due_on - today <= before)
        _remind(Expert.objects.select_related("person", "call").get(pk=expert), due_on, left, within, at=at)


def _remind(expert: Expert, due_on: date, left: int, within: timedelta, *, at: datetime) -> None:
    mail.send(
        to=expert.person,
        template="reviews/reminder",
        context={
            "call": expert.call,
            "count": left,
            "due_on": due_on,
            "link": settings.SITE_URL + reverse("reviews:mine"),
        },
        at=at,
        key=f"reviews-due:{expert.pk}:{due_on.isoformat()}:{within.days}",
        subject_of=expert,
    )
