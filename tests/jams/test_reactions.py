"""What the thread says of a Jam and of its proposals."""

import pytest

from essaim.jams.reactions import jam_cell, proposals_cell
from tests.factories.jams import CardFactory, JamFactory, ParticipantFactory, ProposalFactory

pytestmark = pytest.mark.django_db


def test_cells_are_empty_before_the_jam_is_public(programme, at):
    JamFactory(programme=programme, draft=True)
    assert (jam_cell(programme, at), proposals_cell(programme, at)) == (None, None)


def test_cells_follow_the_state_of_the_jam(programme, at):
    jam = JamFactory(programme=programme, answering=True)
    table = jam.rounds.first().groups.first()
    CardFactory.create_batch(3, group=table, author=ParticipantFactory(jam=jam))
    ProposalFactory(jam=jam, submitted=True)
    ProposalFactory(jam=jam, retained=True)
    cell, proposals = jam_cell(programme, at), proposals_cell(programme, at)
    assert (cell.status, cell.sentence, cell.figures) == (
        "done", "3 cartes écrites.", (("participants", "1"), ("cartes", "3")),
    )  # fmt: skip
    assert (proposals.status, proposals.sentence, proposals.url) == (
        "current", "1 proposition attend une réponse.", f"{jam.get_absolute_url()}#propositions",
    )  # fmt: skip
    assert proposals.figures == (("propositions", "2"), ("réponses", "1"), ("retenues", "1"))


def test_cells_of_an_open_jam_and_of_a_closed_one(programme, at):
    jam = JamFactory(programme=programme)
    assert (jam_cell(programme, at).sentence, proposals_cell(programme, at)) == (
        "Les inscriptions sont ouvertes.", None,
    )  # fmt: skip
    ProposalFactory(jam=jam, retained=True)
    jam.state = "closed"
    jam.save()
    assert proposals_cell(programme, at).sentence == "Chaque proposition a reçu une réponse."
