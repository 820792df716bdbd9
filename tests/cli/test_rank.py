"""`essaim rank`: means recounted, a severe expert told, equal data equal ranks, bad files."""

import numpy as np
import pytest

CSV = "application;expert;score\n" + "".join(
    f"D{i};{expert};{8 + 2 * i - (5 if expert == 'dur' else 0)},5\n"
    for i in range(5)
    for expert in ("dur", "doux", "mou")
)


def test_rank_orders_by_quality_and_finds_the_severe_expert(answer, file):
    found = answer("rank", file("s.csv", CSV), "--fundable", 2, "--draws", 500)
    assert [application["id"] for application in found["applications"]] == ["D4", "D3", "D2", "D1", "D0"]
    assert found["applications"][0]["mean"] == pytest.approx(16.5 - 5 / 3)
    assert sum(application["expected_rank"] for application in found["applications"]) == pytest.approx(15)
    assert sum(application["probability_fundable"] for application in found["applications"]) == pytest.approx(2)
    assert [application["group"] for application in found["applications"]] == ["fund"] * 2 + ["refuse"] * 3
    severity = {expert["id"]: expert["severity"] for expert in found["experts"]}
    assert max(severity, key=severity.get) == "dur"
    assert all(value >= 0 for value in found["variance"].values())


def test_rank_gives_equal_data_equal_ranks_and_the_same_numbers_for_a_seed(answer, file):
    rows = "application,expert,score\nA,x,10\nA,y,12\nB,x,12\nB,y,10\nC,x,3\nC,y,5\n"
    first, second = (answer("rank", file("s.csv", rows), "--draws", 200, "--seed", 4) for _ in range(2))
    assert first == second
    ranks = {application["id"]: application["expected_rank"] for application in first["applications"]}
    assert ranks["A"] == ranks["B"] < ranks["C"]
    assert first["applications"][0]["group"] is None


def test_rank_writes_draws_for_select(answer, file, tmp_path):
    answer("rank", file("s.csv", CSV), "--draws", 150, "--posterior", tmp_path / "p.npz")
    with np.load(tmp_path / "p.npz") as arrays:
        assert arrays["applications"].tolist() == ["D0", "D1", "D2", "D3", "D4"]
        assert arrays["quality"].shape == (150, 5)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("application,expert,score\nA,x,10\n", "Il faut au moins trois notes pour comparer des demandes."),
        ("application,expert\nA,x\n", "s.csv, ligne 1 : la colonne « score » manque ; lues : application, expert."),
        (
            "application,expert,score\nA,x,10\nA,x,12\n",
            "s.csv, ligne 3 : « A, x » figure déjà à la ligne 2.",
        ),
        (
            "application,expert,score\nA,x,inf\n",
            "s.csv, ligne 2, colonne « score » : « inf » n’est pas un nombre fini.",
        ),
    ],
)
def test_rank_refuses(refusal, file, content, sentence):
    assert refusal("rank", file("s.csv", content)) == sentence


def test_rank_refuses_more_fundable_than_applications(refusal, file):
    assert refusal("rank", file("s.csv", CSV), "--fundable", 9) == "On ne peut pas financer 9 demandes sur 5."
