"""Pabulib files: amounts in cents, every fault told with its line."""

import pytest

from essaim.engine import pabulib
from essaim.engine.pabulib import Ballot, Project
from essaim.engine.refusal import Refusal

FILE = """META
key;value
budget;1000,50
vote_type;ordinal
PROJECTS
project_id;cost;name
1;600;Jardin ; partagé
2;400.25;"Four; à pain"
VOTES
voter_id;age;vote
a;30;2,1
b;41;
"""


def test_parse_reads_amounts_in_cents_and_ranks_as_points() -> None:
    election = pabulib.parse(FILE)
    assert election.budget == 100050
    assert election.projects == (Project("1", 60000, "Jardin"), Project("2", 40025, "Four; à pain"))
    assert election.ballots == (Ballot("a", {"2": 2, "1": 1}), Ballot("b", {}))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("2,1\n", "2,7\n", "Ligne 11 : le projet « 7 » n’existe pas."),
        ("1;600", "1;six", "Ligne 7 : « six » n’est pas un montant positif à deux décimales au plus."),
        ("1;600", "2;600", "Ligne 8 : le projet « 2 » figure deux fois."),
        ("VOTES\n", "", "Ce fichier n’est pas au format Pabulib : il lui manque la section VOTES."),
        ("budget;1000,50\n", "", "La section META ne donne pas de « budget »."),
    ],
)
def test_parse_refuses_with_the_line(old: str, new: str, sentence: str) -> None:
    with pytest.raises(Refusal) as refused:
        pabulib.parse(FILE.replace(old, new))
    assert str(refused.value) == sentence
