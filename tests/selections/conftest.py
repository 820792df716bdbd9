"""The choice of a closed call, at each of its stages."""

import pytest

# Factories are imported where they are used: this file is read before Django is set up.


@pytest.fixture
def choice(db):
    from tests.factories.selections import choice

    return choice()


@pytest.fixture
def selection(choice):
    """Open, with its ranking."""
    from essaim.selections import actions
    from tests.factories.selections import AFTER

    selection = actions.open_selection(choice.call, by=choice.officer, at=AFTER)
    actions.rank(selection, by=choice.officer, at=AFTER)
    return selection


@pytest.fixture
def computed(choice, selection):
    """A computed scenario that pays for two files of four."""
    from essaim.selections import actions
    from tests.factories.selections import AFTER

    scenario = actions.create_scenario(
        selection, title="Le territoire d’abord", budget_cents=20_000_000, by=choice.officer, at=AFTER
    )
    actions.compute_scenario(scenario, by=choice.officer, at=AFTER)
    return scenario


@pytest.fixture
def ratified(choice, computed):
    """Proposed by the officer, ratified by the decision maker: decisions are prepared."""
    from essaim.selections import actions
    from tests.factories.selections import AFTER

    actions.propose(computed, reason="Le plus d’habitants.", by=choice.officer, at=AFTER)
    actions.ratify(computed, reason="Je suis l’avis du service.", by=choice.decision_maker, at=AFTER)
    return computed


@pytest.fixture
def published(choice, ratified, real_queue):
    """Results are out; letters wait for a worker."""
    from essaim.selections import actions
    from tests.factories.selections import LATER

    selection = ratified.selection
    actions.publish_results(selection, by=choice.officer, at=LATER)
    selection.refresh_from_db()
    return selection
