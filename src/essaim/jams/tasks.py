"""Work of the Jams in the background."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import translation

from essaim.accounts.models import Person
from essaim.jams.actions.forgetting import forget_attributes
from essaim.jams.actions.seating import seat_rounds
from essaim.jams.models import Jam, JamState
from essaim.kernel import clock, tasks
from essaim.kernel.tasks import GiveUp, job, periodic
from essaim.kernel.workflow import Refused

KEPT_AFTER_THE_JAM = timedelta(days=90)


@job(attempts=2)
def seat(*, jam: int, by: int, seed: int, language: str = "fr") -> None:
    """Seat a large Jam; a refusal is kept as the job's sentence, and not tried again."""
    with translation.override(language):
        found, person = Jam.objects.get(pk=jam), Person.objects.get(pk=by)
        try:
            seat_rounds(jam=found, by=person, at=clock.now(), seed=seed, progress=tasks.followed())
        except Refused as refusal:
            raise GiveUp(str(refusal)) from None


@periodic(every=timedelta(days=1))
def forget_old_attributes(*, at: datetime) -> None:
    """Once its answers are closed and three months have passed, a Jam keeps of people only what it published."""
    for jam in Jam.objects.filter(state=JamState.CLOSED, ends_at__lt=at - KEPT_AFTER_THE_JAM):
        forget_attributes(jam=jam, by=None, at=at)
