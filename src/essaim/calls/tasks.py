"""Telling people that a call opens, outside the request that publishes it."""

from datetime import datetime, timedelta

from essaim.calls.actions import tell_everyone
from essaim.calls.models import Call
from essaim.kernel import clock
from essaim.kernel.tasks import job, periodic


@job(attempts=8)
def tell(*, call: int) -> None:
    """Tell those in scope of one call."""
    tell_everyone(Call.objects.get(pk=call), at=clock.now())


@periodic(every=timedelta(hours=1))
def tell_of_opened_calls(*, at: datetime) -> None:
    """Ask for the telling of every open call: whoever subscribed since is told too, nobody twice."""
    for call in Call.objects.open(at):
        tell.enqueue(key=f"{call.pk}:{at:%Y%m%d%H}", call=call.pk)
