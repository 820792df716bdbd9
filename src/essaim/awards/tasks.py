"""Letters and agreements are made outside the request that publishes the results."""

from essaim.awards import actions
from essaim.kernel import clock
from essaim.kernel.tasks import job
from essaim.selections.models import Decision


@job(attempts=8)
def send_letter(*, decision: int) -> None:
    """Make and send the letter of one decision."""
    actions.send_letter(Decision.objects.get(pk=decision), at=clock.now())


@job(attempts=8)
def draw_agreement(*, decision: int) -> None:
    """Draw the agreement of one grant."""
    actions.draw_agreement(Decision.objects.get(pk=decision), at=clock.now())
