"""`essaim select`: the best of all portfolios by enumeration, from the files alone; every rule; bad files."""

import itertools
import math

import numpy as np
import pytest

APPLICATIONS = [
    # id, grant, value, latitude, longitude, region, commune
    ("A", 40_000, 14.25, 47.0, 2.00, "N", "c1"),
    ("B", 60_000, 16.5, 47.0, 2.05, "N", "c1"),
    ("C", 30_000, 9.0, 47.5, 2.00, "N", "c2"),
    ("D", 55_000.5, 12.0, 46.5, 2.00, "S", "c3"),
    ("E", 25_000, 7.125, 46.5, 2.05, "S", "c4"),
    ("F", 45_000, 11.0, 46.0, 2.00, "S", "c5"),
]
COMMUNES = [
    ("1", 40_000, 47.05, 2.0), ("2", 25_000, 47.45, 2.0), ("3", 90_000, 46.55, 2.0), ("4", 10_000, 46.05, 2.05),
    ("5", 99_000, 44.0, 0.0),
]  # fmt: skip
HEADER = "id,grant,value,latitude,longitude,region,commune"


def csv(header, rows):
    return header + "\n" + "".join(",".join(map(str, row)) + "\n" for row in rows)


@pytest.fixture
def command(file):
    """The command line of a selection on the small territory; `extra` options follow."""
    applications = file("apps.csv", csv(HEADER, APPLICATIONS))
    communes = file("communes.csv", csv("code,population,latitude,longitude", COMMUNES))
    return ("select", "--applications", applications, "--communes", communes, "--radius", 20, "--weight", 10_000)


def kilometres(a, b):
    (phi, lam), (psi, mu) = ((math.radians(x), math.radians(y)) for x, y in (a, b))
    half = math.sin((psi - phi) / 2) ** 2 + math.cos(phi) * math.cos(psi) * math.sin((mu - lam) / 2) ** 2
    return 2 * 6371 * math.asin(math.sqrt(half))


def people(chosen, places=()):
    """Inhabitants newly covered by the applications chosen."""
    return sum(
        population
        for _, population, *at in COMMUNES
        if any(kilometres(at, row[3:5]) <= 20 for row in chosen) and not any(kilometres(at, p) <= 20 for p in places)
    )


def best(budget, *, rule=lambda chosen: True, places=(), share=1.0):
    """The greatest value, by trying every portfolio."""
    return max(
        sum(row[2] for row in chosen) + people(chosen, places) / 10_000
        for size in range(7)
        for chosen in itertools.combinations(APPLICATIONS, size)
        if sum(row[1] * share for row in chosen) <= budget and rule(chosen)
    )


def check(found, budget, **rules):
    """Value, cost and inhabitants recounted from the rows, and the value is the best there is."""
    ids = {grant["id"] for grant in found["funded"]}
    chosen = [row for row in APPLICATIONS if row[0] in ids]
    assert found["quality"] == sum(row[2] for row in chosen)
    assert found["newly_covered_population"] == people(chosen, rules.get("places", ()))
    assert found["value"] == pytest.approx(found["quality"] + found["newly_covered_population"] / 10_000)
    assert found["spent"] == sum(grant["granted"] for grant in found["funded"]) <= budget
    assert found["value"] == pytest.approx(best(budget, **rules))
    assert (found["gap"], found["bound"]) == (0, found["value"])
    return chosen


@pytest.mark.parametrize("budget", [0, 50_000, 95_000, 130_000.5, 200_000, 10**6])
def test_select_finds_the_best_portfolio(answer, command, budget):
    chosen = check(answer(*command, "--budget", budget), budget)
    assert sum(row[1] for row in chosen) <= budget


def test_select_holds_quotas_and_one_per_commune(answer, command, file):
    def rule(chosen):
        regions = [row[5] for row in chosen]
        communes = [row[6] for row in chosen]
        return regions.count("S") <= 1 and regions.count("N") >= 2 and len(set(communes)) == len(communes)

    options = ("--budget", 160_000, "--one-per-commune", "--quota", "S:0:1")
    check(answer(*command, *options, "--quota", "N:2:"), 160_000, rule=rule)
    quotas = file("q.csv", "region;low;high\nN;2;\n")
    check(answer(*command, *options, "--quotas", quotas), 160_000, rule=rule)


def test_select_leaves_out_who_is_already_covered(answer, command, file):
    places = file("p.csv", "latitude,longitude\n46.55,2.0\n")
    check(answer(*command, "--budget", 90_000, "--places", places), 90_000, places=[(46.55, 2.0)])


def test_select_grants_in_part_and_shares_what_is_left(answer, command):
    found = answer(*command, "--budget", 150_000, "--partial", 0.6)
    asked = {row[0]: row[1] for row in APPLICATIONS}
    assert found["value"] == pytest.approx(best(150_000, share=0.6))
    assert all(0.6 * asked[one["id"]] <= one["granted"] <= asked[one["id"]] for one in found["funded"])
    assert round(sum(one["granted"] for one in found["funded"]), 2) == found["spent"] == 150_000


def test_select_respects_what_is_decided_beforehand(answer, command, file):
    rows = [(*row, "oui" if row[0] == "F" else "", "oui" if row[0] == "B" else "") for row in APPLICATIONS]
    command = (*command[:2], file("d.csv", csv(HEADER + ",mandatory,excluded", rows)), *command[3:])
    found = answer(*command, "--budget", 130_000)
    ids = {grant["id"] for grant in found["funded"]}
    assert "F" in ids
    assert "B" not in ids


def test_select_explains_and_the_explanations_are_true(answer, command, file):
    found = answer(*command, "--budget", 100_000, "--explain", "all", "--top-mark", 20)
    funded = {grant["id"] for grant in found["funded"]}
    assert sorted(found["explanations"]) == [row[0] for row in APPLICATIONS]
    for row in APPLICATIONS:
        told = found["explanations"][row[0]]
        assert told["funded"] == (row[0] in funded)
        assert told["sentence_fr"].startswith(("Ce dossier", "Il aurait fallu", "Même avec"))
        missing = told["missing_points"]
        if missing:
            raised = [(*r[:2], r[2] + missing + 0.001, *r[3:]) if r[0] == row[0] else r for r in APPLICATIONS]
            again = answer(*command[:2], file("r.csv", csv(HEADER, raised)), *command[3:], "--budget", 100_000)
            assert row[0] in {grant["id"] for grant in again["funded"]}
        if told["cut_of_request"]:
            cut = [(r[0], r[1] - told["cut_of_request"], *r[2:]) if r[0] == row[0] else r for r in APPLICATIONS]
            again = answer(*command[:2], file("r.csv", csv(HEADER, cut)), *command[3:], "--budget", 100_000)
            assert row[0] in {grant["id"] for grant in again["funded"]}


def test_select_draws_the_curve_of_envelopes(answer, command):
    found = answer(*command, "--budget", 100_000, "--envelopes", "50000:150000:50000")
    assert [one["budget"] for one in found["envelopes"]] == [50_000, 100_000, 150_000]
    assert [one["value"] for one in found["envelopes"]] == pytest.approx([best(50_000), best(100_000), best(150_000)])
    for before, after in itertools.pairwise(found["envelopes"]):
        assert set(after["entering"]) == set(after["funded"]) - set(before["funded"])
        assert set(after["leaving"]) == set(before["funded"]) - set(after["funded"])


def test_select_gives_the_probability_of_being_funded(answer, command, tmp_path):
    marks = np.tile([row[2] for row in APPLICATIONS], (20, 1))
    marks[10:, 0] = 500.0
    np.savez(tmp_path / "p.npz", applications=np.array([row[0] for row in APPLICATIONS]), quality=marks)
    found = answer(*command, "--budget", 60_000, "--draws", tmp_path / "p.npz")
    without = "A" in {grant["id"] for grant in found["funded"]}
    assert found["robustness"]["draws"] == 20
    assert found["robustness"]["probability_funded"]["A"] == (1.0 if without else 0.5)


def test_select_reads_the_communes_of_france_without_a_database(answer, file):
    rows = [("Rennes", 50_000, 12, 48.11, -1.68), ("Brest", 50_000, 12, 48.39, -4.49)]
    applications = file("a.csv", csv("id,grant,value,latitude,longitude", rows))
    found = answer("select", "--applications", applications, "--budget", 50_000)
    assert [grant["id"] for grant in found["funded"]] == ["Rennes"]
    assert found["newly_covered_population"] > 400_000


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--budget", "beaucoup"], "--budget : « beaucoup » n’est pas un nombre d’au moins 0."),
        (["--budget", "nan"], "--budget : « nan » n’est pas un nombre d’au moins 0."),
        (["--budget", "-1"], "--budget : « -1 » n’est pas un nombre d’au moins 0."),
        (["--budget", 1, "--partial", 1.5], "--partial : « 1.5 » n’est pas un nombre d’au moins 0.001 et d’au plus 1."),
        (["--budget", 1, "--quota", "N"], "--quota : « N » n’est pas un quota ; écrivez RÉGION:au moins:au plus."),
        (["--budget", 1, "--quota", "Z:0:1"], "--quota : aucun dossier n’est de la région « Z »."),
        (["--budget", 1, "--quota", "N:3:1"], "Le quota de la région « N » demande au moins 3 et au plus 1."),
        (["--budget", 1, "--explain", "A,Q"], "--explain : le dossier « Q » est inconnu."),
        (
            ["--budget", 1, "--envelopes", "5:1"],
            "--envelopes : « 5:1 » n’est pas de:à:pas, en euros, en moins de 1000 enveloppes.",
        ),
        (
            ["--budget", 10**6, "--quota", "N:4:"],
            "La région N doit avoir au moins 4 dossiers retenus, mais n’a que 3 dossiers possibles.",
        ),
        (
            ["--budget", 60_000, "--quota", "N:2:"],
            "Les dossiers imposés et les minimums par région coûtent au moins 70\u202f000 €, "
            "plus que l’enveloppe de 60\u202f000 €.",
        ),
    ],
)
def test_select_refuses(refusal, command, options, sentence):
    assert refusal(*command, *options) == sentence


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("A,-5,1,47,2", "a.csv, ligne 2, colonne « grant » : « -5 » est négatif."),
        ("A,0,1,47,2", "a.csv, ligne 2, colonne « grant » : le montant doit être supérieur à zéro."),
        ("A,5,nan,47,2", "a.csv, ligne 2, colonne « value » : « nan » n’est pas un nombre fini."),
        ("A,5,1,97,2", "a.csv, ligne 2, colonne « latitude » : « 97 » n’est pas entre -90 et 90 degrés."),
        ("A,5,1,47", "a.csv, ligne 2 : 4 valeurs pour 5 colonnes."),
        ("A,5,1,47,2\nA,5,1,47,2", "a.csv, ligne 3, colonne « id » : « A » figure déjà à la ligne 2."),
    ],
)
def test_select_refuses_a_bad_application(refusal, file, row, sentence):
    applications = file("a.csv", f"id,grant,value,latitude,longitude\n{row}\n")
    assert refusal("select", "--applications", applications, "--budget", 10) == sentence


def test_select_refuses_a_negative_population_and_a_missing_column(refusal, command, file):
    communes = file("c.csv", "code,population,latitude,longitude\n1,-3,47,2\n")
    assert refusal(*command[:4], communes, "--budget", 10) == (
        "c.csv, ligne 2, colonne « population » : « -3 » est négatif."
    )
    bare = file("a.csv", "id,grant,value,latitude,longitude\nA,5,1,47,2\n")
    assert refusal("select", "--applications", bare, "--budget", 1, "--quota", "N:0:1") == (
        "a.csv, ligne 1 : la colonne « region » manque ; lues : id, grant, value, latitude, longitude."
    )
