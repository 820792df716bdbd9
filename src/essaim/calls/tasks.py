"""Telling people that a call opens, outside the request that publishes it."""

from datetime import datetime, timedelta

from essaim.calls.actions import forget, tell_everyone
from essaim.calls.models import Call, CallState
from essaim.kernel import clock
from essaim.kernel.tasks import job, periodic


@job(attempts=8)
def tell(*, call: int) -> None:
    """Tell those in scope of one call, unless it was withdrawn meanwhile."""
    found = Call.objects.filter(pk=call, state=CallState.PUBLISHED).first()
    if found is not None:
        tell_everyone(found, at=clock.now())


@periodic(every=timedelta(hours=1))
def tell_of_opened_calls(*, at: datetime) -> None:
    """Ask for the telling of every open call: whoever subscribed since is told too, nobody twice."""
    for call in Call.objects.open(at):
        tell.enqueue(key=f"{call.pk}:{at:%Y%m%d%H}", call=call.pk)


@periodic(every=timedelta(days=1))
def forget_addresses(*, at: datetime) -> None:
    """Erase the addresses that were never confirmed, or that stopped."""
    forget(at=at)
