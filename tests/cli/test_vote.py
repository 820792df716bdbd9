"""`essaim vote`, `rank-ideas` and `similar` on small files."""

import pytest

from tests.cli.data import real

PB = """META
key;value
budget;100
vote_type;approval
currency;EUR
PROJECTS
project_id;cost
a;60
b;50
c;40
VOTES
voter_id;vote
1;a,b
2;a
3;a
4;b,c
5;c
"""


@pytest.mark.parametrize(
    ("rule", "satisfaction", "funded"),
    [
        ("greedy", "cost", ["a", "c"]),  # 3 supporters for a; b and c have 2 each, b no longer fits
        ("greedy", "cardinality", ["c", "a"]),  # supporters per euro: c 2/40, a 3/60, b 2/50
        ("max-welfare", "cost", ["a", "c"]),  # 180 + 80
        ("max-welfare", "cardinality", ["c", "a"]),
        ("equal-shares", "cardinality", ["a", "c"]),  # 20 each: a takes all of 1, 2, 3; c all of 4, 5
    ],
)
def test_vote_funds_what_a_hand_computation_funds(answer, file, rule, satisfaction, funded):
    found = answer("vote", file("x.pb", PB), "--rule", rule, "--satisfaction", satisfaction)
    assert sorted(found["funded"]) == sorted(funded)
    assert found["cost"] == 100
    assert found["budget"] == 100
    assert [line["project"] for line in found["details"]] == [*found["funded"], "b"]
    assert found["units"]["cost"] == "EUR"


def test_vote_refuses_what_is_not_pabulib(refusal, file):
    assert refusal("vote", file("x.pb", "id,x\n1,2\n"), "--rule", "greedy") == (
        "Ce fichier n’est pas au format Pabulib : il lui manque la section META."
    )
    assert refusal("vote", file("y.pb", PB + "6;z\n"), "--rule", "greedy") == (
        "Ligne 18 : le projet « z » n’existe pas."
    )
    assert refusal("vote", file("z.pb", ""), "--rule", "greedy") == "Le fichier « z.pb » est vide."


def test_vote_of_toulouse_stays_within_its_budget(answer):
    found = answer("vote", real("votes/France_Toulouse_2019.pb"), "--rule", "equal-shares")
    cost = {line["project"]: line["cost"] for line in found["details"]}
    assert len(cost) == 30
    assert found["cost"] == sum(cost[project] for project in found["funded"])
    assert found["cost"] <= found["budget"] == 1_000_000
    assert all(line["funded"] == (line["project"] in found["funded"]) for line in found["details"])


def test_rank_ideas_orders_by_wins_and_says_what_to_ask(answer, file):
    votes = "winner;loser\n" + "A;B\nB;C\nA;C\n" * 6
    found = answer("rank-ideas", file("v.csv", votes), "--top", 1)
    assert [idea["id"] for idea in found["ideas"]] == ["A", "B", "C"]
    strengths = [idea["strength"] for idea in found["ideas"]]
    assert strengths == sorted(strengths, reverse=True)
    assert sum(strengths) == pytest.approx(0, abs=1e-6)
    assert all(idea["low"] < idea["strength"] < idea["high"] for idea in found["ideas"])
    assert sum(idea["probability_top"] for idea in found["ideas"]) == pytest.approx(1)
    assert len(set(found["next_pair"])) == 2
    assert [idea["comparisons"] for idea in found["ideas"]] == [12, 12, 12]


def test_rank_ideas_refuses(refusal, file):
    assert refusal("rank-ideas", file("v.csv", "winner,loser\nA,B\nC,C\n")) == (
        "v.csv, ligne 3 : l’idée « C » est comparée à elle-même."
    )
    assert refusal("rank-ideas", file("w.csv", "winner,perdant\nA,B\n")) == (
        "w.csv, ligne 1 : la colonne « loser » manque ; lues : winner, perdant."
    )


def test_similar_shows_the_closest_pair_first_and_its_words(answer, file):
    texts = (
        "id,text,theme\n"
        "1,Ouvrir un fablab dans chaque lycée,lieux\n"
        "2,Former les médiateurs numériques,métiers\n"
        "3,Ouvrir un fablab dans les lycées,lieux\n"
    )
    found = answer("similar", file("t.csv", texts))
    assert found["texts"] == 3
    best = found["pairs"][0]
    assert (best["a"], best["b"]) == ("1", "3")
    assert best["score"] > 0.8
    assert sorted(best["shared"]) == ["fablab", "lycee", "ouvrir"]


def test_similar_refuses_an_identifier_given_twice(refusal, file):
    assert refusal("similar", file("t.csv", "id,text\n1,a\n1,b\n")) == (
        "t.csv, ligne 3, colonne « id » : « 1 » figure déjà à la ligne 2."
    )
