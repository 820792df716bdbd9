"""Work of the Jams in the background."""

from __future__ import annotations

from datetime import datetime, timedelta

from essaim.jams.actions.forgetting import forget_attributes
from essaim.jams.models import Jam, JamState
from essaim.kernel.tasks import periodic

KEPT_AFTER_THE_JAM = timedelta(days=90)


@periodic(every=timedelta(days=1))
def forget_old_attributes(*, at: datetime) -> None:
    """Once its answers are closed and three months have passed, a Jam keeps of people only what it published."""
    for jam in Jam.objects.filter(state=JamState.CLOSED, ends_at__lt=at - KEPT_AFTER_THE_JAM):
        forget_attributes(jam=jam, by=None, at=at)
