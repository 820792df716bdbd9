"""Long computations, outside the request that asks for them."""

from essaim.kernel import clock
from essaim.kernel.tasks import job
from essaim.selections.actions import compute_scenario
from essaim.selections.models import Scenario


@job(attempts=2)
def compute(*, scenario: int) -> None:
    """Compute one scenario with its explanations."""
    compute_scenario(Scenario.objects.get(pk=scenario), by=None, at=clock.now())
