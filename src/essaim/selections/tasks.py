"""Long computations, outside the request that asks for them; they say how far they are and can be stopped."""

from django.utils import translation

from essaim.accounts.models import Person
from essaim.kernel import clock, tasks
from essaim.kernel.tasks import GiveUp, job
from essaim.kernel.workflow import Refused
from essaim.selections import actions
from essaim.selections.models import Scenario, Selection


@job(attempts=2)
def compute(*, scenario: int, language: str = "fr") -> None:
    """Compute one scenario with its explanations; a refusal is final, no further attempt can cure it."""
    with translation.override(language):
        try:
            found = Scenario.objects.get(pk=scenario)
            actions.compute_scenario(found, by=None, at=clock.now(), progress=tasks.followed())
        except Refused as refusal:
            raise GiveUp(str(refusal)) from None


@job(attempts=2)
def rank(*, selection: int, by: int, language: str = "fr") -> None:
    """Compute the ranking of a selection; a refusal is kept as the job's sentence, and not tried again."""
    with translation.override(language):
        try:
            found, person = Selection.objects.get(pk=selection), Person.objects.get(pk=by)
            actions.rank(found, by=person, at=clock.now(), progress=tasks.followed())
        except Refused as refusal:
            raise GiveUp(str(refusal)) from None
