"""Long computations, outside the request that asks for them."""

from essaim.kernel import clock
from essaim.kernel.tasks import GiveUp, current_job, job, progress
from essaim.kernel.workflow import Refused
from essaim.selections.actions import compute_scenario
from essaim.selections.models import Scenario


@job(attempts=2)
def compute(*, scenario: int) -> None:
    """Compute one scenario with its explanations; a refusal is final, no further attempt can cure it."""
    progress(current_job(), 0, 1, "Recherche de l’ensemble optimal et de ses explications…")
    try:
        compute_scenario(Scenario.objects.get(pk=scenario), by=None, at=clock.now())
    except Refused as refusal:
        raise GiveUp(str(refusal)) from None
    progress(current_job(), 1, 1)
