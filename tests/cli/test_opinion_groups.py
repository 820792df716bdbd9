"""`essaim opinion-groups`: the groups of a file of votes, or the sentence that says why not."""

import pytest

from tests.engine.test_opinion_groups import planted


def csv_of(votes):
    return "voter,statement,vote\n" + "".join(f"{v.voter},{v.statement},{v.value}\n" for v in votes)


def test_opinion_groups_writes_groups_and_units(answer, file):
    found = answer("opinion-groups", file("votes.csv", csv_of(planted((70, 50))[0])))
    assert set(found) == {"groups", "stability", "voters", "statements", "seed", "units"}
    assert [len(group["voters"]) for group in found["groups"]] == [70, 50]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("voter,statement\na,s\n", "votes.csv, ligne 1 : la colonne « vote » manque ; lues : voter, statement."),
        ("voter,statement,vote\na,s,2\n", "votes.csv, ligne 2, colonne « vote » : « 2 » n’est ni -1, ni 0, ni 1."),
        (
            "voter,statement,vote\na,s,nan\n",
            "votes.csv, ligne 2, colonne « vote » : « nan » n’est pas un nombre fini.",
        ),
        (
            "voter,statement,vote\na,s,1\na,s,1\n",
            "votes.csv, ligne 3 : « a, s » figure déjà à la ligne 2.",
        ),
        (
            "voter,statement,vote\na,s,1\n",
            "Il y a 1 votant : des groupes d’opinion ne se cherchent qu’au-dessus de 100.",
        ),
    ],
)
def test_opinion_groups_refuses(refusal, file, text, sentence):
    assert refusal("opinion-groups", file("votes.csv", text)).replace("\u00a0", " ") == sentence.replace("\u00a0", " ")
