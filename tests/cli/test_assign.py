"""`essaim assign`: the greatest total, found again by enumeration; loads, conflicts and bad files."""

import itertools
import json

import numpy as np
import pytest

SCORES = {("A", "x"): 9, ("A", "y"): 8, ("A", "z"): 1, ("B", "x"): 9, ("B", "y"): 2, ("C", "z"): 5, ("C", "x"): 4}
CSV = "application,expert,score\n" + "".join(f"{a},{e},{s}\n" for (a, e), s in SCORES.items())


def best_total(reviews, low, high, forbidden=()):
    """The greatest total by trying everything."""
    experts = "xyz"
    choices = [
        [
            team
            for team in itertools.combinations(experts, reviews)
            if not any((application, expert) in forbidden for expert in team)
        ]
        for application in "ABC"
    ]
    best = None
    for teams in itertools.product(*choices):
        loads = [sum(expert in team for team in teams) for expert in experts]
        if all(low <= load <= high for load in loads):
            total = sum(SCORES.get((a, e), 0) for a, team in zip("ABC", teams, strict=True) for e in team)
            best = total if best is None else max(best, total)
    return best


def test_assign_reaches_the_greatest_total(answer, file):
    found = answer("assign", "--affinity", file("a.csv", CSV), "--reviews", 1, "--load", "1:1")
    assert found["total"] == found["bound"] == best_total(1, 1, 1) == 22
    assert found["proven_optimal"] is True
    assert found["loads"] == {"x": 1, "y": 1, "z": 1}
    assert [(pair["application"], pair["expert"], pair["score"]) for pair in found["pairs"]] == [
        ("A", "y", 8), ("B", "x", 9), ("C", "z", 5),
    ]  # fmt: skip
    assert found["pairs"][0]["why"] == (
        "y a la 2e meilleure affinité (8,00) parmi 3 experts possibles ; "
        "1 mieux placé est plus utile à d’autres demandes."
    )
    assert found["worst_application"] == {"id": "C", "total": 5}


def test_assign_respects_conflicts_and_counts_what_changed(answer, essaim, file, tmp_path):
    affinity, before = file("a.csv", CSV), tmp_path / "before.json"
    essaim("assign", "--affinity", affinity, "--reviews", 1, "--load", "1:1", "--out", before)
    found = answer(
        "assign", "--affinity", affinity, "--reviews", 1, "--load", "1:1", "--previous", before,
        "--conflicts", file("c.csv", "application,expert\nB,x\n"),
    )  # fmt: skip
    assert found["total"] == best_total(1, 1, 1, {("B", "x")})
    assert ("B", "x") not in {(pair["application"], pair["expert"]) for pair in found["pairs"]}
    old = {(pair["application"], pair["expert"]) for pair in json.loads(before.read_text())["pairs"]}
    assert found["changed"] == sum((p["application"], p["expert"]) not in old for p in found["pairs"])


def test_assign_reads_arrays(answer, tmp_path):
    rng = np.random.default_rng(3)
    similarity, mask = rng.random((6, 4)), rng.random((6, 4)) < 0.9
    np.savez(tmp_path / "a.npz", similarity=similarity, mask=mask)
    found = answer("assign", "--affinity", tmp_path / "a.npz", "--reviews", 2, "--load", "2:4")
    pairs = [(int(pair["application"]), int(pair["expert"])) for pair in found["pairs"]]
    assert all(mask[pair] for pair in pairs)
    assert found["total"] == pytest.approx(sum(similarity[pair] for pair in pairs), abs=1e-9)
    assert sorted(i for i, _ in pairs) == sorted([*range(6), *range(6)])
    assert all(2 <= load <= 4 for load in found["loads"].values())


def test_assign_asks_one_expert_of_each_kind(answer, file):
    kinds = file("k.csv", "expert,kind\nx,tech\ny,tech\nz,terrain\n")
    found = answer("assign", "--affinity", file("a.csv", CSV), "--reviews", 2, "--load", "0:3", "--kinds", kinds)
    for application in "ABC":
        assert "z" in {pair["expert"] for pair in found["pairs"] if pair["application"] == application}


def test_assign_finds_the_highest_floor(answer, file):
    found = answer("assign", "--affinity", file("a.csv", CSV), "--reviews", 1, "--load", "0:2", "--floor", "auto")
    assert found["floor"] == min(pair["score"] for pair in found["pairs"]) == 5


@pytest.mark.parametrize(
    ("content", "options", "sentence"),
    [
        (CSV, ["--load", "3"], "--load : « 3 » n’est pas une charge ; écrivez au moins:au plus, par exemple 8:15."),
        (
            CSV.replace("8", "nan"),
            ["--load", "1:1"],
            "a.csv, ligne 3, colonne « score » : « nan » n’est pas un nombre fini.",
        ),
        (CSV + "A,x,1\n", ["--load", "1:1"], "a.csv, ligne 9 : « A, x » figure déjà à la ligne 2."),
        (
            CSV,
            ["--load", "0:0"],
            "Il faut 3 avis mais les experts ne peuvent en donner que 0 : "
            "relevez la charge maximale ou ajoutez des experts.",
        ),
        (
            CSV,
            ["--load", "1:1", "--floor", "haut"],
            "--floor : « haut » n’est pas un nombre d’au moins -1000000 et d’au plus 1000000.",
        ),
    ],
)
def test_assign_refuses(refusal, file, content, options, sentence):
    assert refusal("assign", "--affinity", file("a.csv", content), "--reviews", 1, *options) == sentence


def test_assign_refuses_unknown_names_and_impossible_conflicts(refusal, file):
    affinity = file("a.csv", CSV)
    command = ("assign", "--affinity", affinity, "--reviews", 1, "--load", "0:3", "--conflicts")
    assert (
        refusal(*command, file("c.csv", "application,expert\nZ,x\n"))
        == "c.csv, ligne 2 : la demande « Z » est inconnue."
    )
    assert (
        refusal(*command, file("d.csv", "application,expert\nA,w\n")) == "d.csv, ligne 2 : l’expert « w » est inconnu."
    )
    assert refusal(*command, file("e.csv", "application,expert\nB,x\nB,y\nB,z\n")) == (
        "La demande « B » n’a que 0 expert possible pour 1 avis : levez un conflit ou ajoutez un expert."
    )


def test_assign_refuses_a_file_of_arrays_that_is_not_one(refusal, file):
    assert refusal("assign", "--affinity", file("a.npz", b"nothing"), "--reviews", 1, "--load", "0:3") == (
        "Le fichier « a.npz » n’est pas un .npz de tableaux de nombres."
    )
