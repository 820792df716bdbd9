"""`essaim group`: seated as asked, numbers recounted here from the files alone."""

from collections import Counter
from itertools import combinations, permutations

import pytest

from tests.cli.data import real

PEOPLE = "id,role,org\n" + "".join(f"p{k:02d},{'abc'[k % 3]},o{k // 2 % 4}\n" for k in range(12))


def met(plan):
    """Pairs -> how many times they share a table."""
    pairs = Counter()
    for row in plan["rounds"]:
        for table in set(row):
            pairs.update(combinations([i for i, at in enumerate(row) if at == table], 2))
    return pairs


def test_group_gives_a_plan_whose_numbers_are_recounted(answer, file):
    plan = answer(
        "group", file("p.csv", PEOPLE), "--tables", 3, "--rounds", 2, "--attributes", "role", "--apart", "org"
    )
    assert plan["people"] == [f"p{k:02d}" for k in range(12)]
    assert [Counter(row) for row in plan["rounds"]] == [{0: 4, 1: 4, 2: 4}] * 2
    assert plan["sizes"] == [[4, 4, 4], [4, 4, 4]]
    assert plan["repeated_pairs"] == sum(times - 1 for times in met(plan).values())
    # Each table of 4 comes from the 3 tables of the first round: at best, two of its people have already met.
    assert plan["repeated_pairs_bound"] == 3
    for row, tables in zip(plan["rounds"], plan["tables"], strict=True):
        for table, mix in enumerate(tables):
            assert mix == {"role": dict(sorted(Counter("abc"[i % 3] for i in range(12) if row[i] == table).items()))}
    assert (plan["off_quota"], plan["seed"], plan["moved"]) == (0, 1, 0)


def test_group_is_the_same_plan_for_the_same_seed(answer, file):
    command = ("group", file("p.csv", PEOPLE), "--tables", 3, "--rounds", 2, "--attributes", "role", "--seed", 7)
    first, second = answer(*command), answer(*command)
    assert first | {"seconds": 0} == second | {"seconds": 0}


def test_group_holds_wishes(answer, file):
    plan = answer(
        "group", file("p.csv", PEOPLE), "--tables", 3, "--rounds", 2,
        "--together", file("t.csv", "person,group\np00,amis\np05,amis\n"),
        "--never", file("n.csv", "a,b\np01,p02\n"),
        "--pins", file("k.csv", "person,table,round\np03,2,\np04,1|3,2\n"),
    )  # fmt: skip
    first, second = plan["rounds"]
    assert (first[0], second[0]) == (first[5], second[5])
    assert first[1] != first[2]
    assert second[1] != second[2]
    assert (first[3], second[3]) == (1, 1)
    assert second[4] in (0, 2)


def test_group_repairs_a_plan_moving_only_who_must(answer, essaim, file, tmp_path):
    people, plan = file("p.csv", PEOPLE), tmp_path / "plan.json"
    before = answer("group", people, "--tables", 3, "--rounds", 2, "--attributes", "role")
    essaim("group", people, "--tables", 3, "--rounds", 2, "--attributes", "role", "--out", plan)
    late = file("late.csv", "id,role,org\nq1,a,o9\n")
    after = answer("group", people, "--attributes", "role", "--previous", plan, "--absent", "p03", "--arrived", late)
    assert after["people"] == [name for name in before["people"] if name != "p03"] + ["q1"]
    old = [dict(zip(before["people"], row, strict=True)) for row in before["rounds"]]
    new = [dict(zip(after["people"], row, strict=True)) for row in after["rounds"]]
    assert [{k: v for k, v in row.items() if k != "q1"} for row in new] == [
        {k: v for k, v in row.items() if k != "p03"} for row in old
    ]
    assert after["moved"] == 0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--tables", 3], "Dites combien de tables et de tours : --tables 6 --rounds 2."),
        (
            ["--tables", 20, "--rounds", 1],
            "12 personnes ne remplissent pas 20 tables : réduisez le nombre de tables.",
        ),
        (
            ["--tables", 3, "--rounds", 1, "--attributes", "region"],
            "p.csv, ligne 1 : la colonne « region » manque ; lues : id, role, org.",
        ),
        (["--tables", 3, "--rounds", 1, "--absent", "zoe"], "--absent : la personne « zoe » est inconnue."),
    ],
)
def test_group_refuses(refusal, file, options, sentence):
    assert refusal("group", file("p.csv", PEOPLE), *options) == sentence


def test_group_refuses_wishes_that_conflict_and_names_the_smallest_set(refusal, file):
    pins = file("k.csv", "person,table\np00,1\np01,2\np05,3\n")
    together = file("t.csv", "person,group\np00,g\np01,g\np07,h\np08,h\n")
    said = refusal("group", file("p.csv", PEOPLE), "--tables", 3, "--rounds", 1, "--pins", pins, "--together", together)
    assert said == (
        "Ces souhaits ne peuvent pas être tenus ensemble au tour 1 (3 tables de 4 places au plus) : "
        "p00, p01 ensemble ; p00 à la table 1 ; p01 à la table 2. Retirez l’un d’eux."
    )


def test_group_refuses_bad_files(refusal, file):
    people = file("p.csv", PEOPLE)
    twice = file("d.csv", "id,role\nA,x\nA,y\n")
    assert refusal("group", twice, "--tables", 1, "--rounds", 1) == (
        "d.csv, ligne 3, colonne « id » : « A » figure déjà à la ligne 2."
    )
    pins = file("k.csv", "person,table\nzoe,1\n")
    assert refusal("group", people, "--tables", 3, "--rounds", 1, "--pins", pins) == (
        "k.csv, ligne 2 : la personne « zoe » est inconnue."
    )
    pins = file("l.csv", "person,table\np00,gauche\n")
    assert refusal("group", people, "--tables", 3, "--rounds", 1, "--pins", pins) == (
        "l.csv, ligne 2, colonne « table » : « gauche » n’est pas un numéro de table."
    )
    plan = file("plan.json", '{"rounds": [[0]], "people": [], "sizes": [[1]], "seed": 1}')
    assert refusal("group", people, "--previous", plan) == (
        "Le fichier « plan.json » n’est pas un plan écrit par essaim group."
    )


def test_group_reaches_the_bounds_for_a_real_room(answer):
    attributes = "role,region,genre,experience,secteur"
    plan = answer(
        "group", real("groups/people_120.csv"), "--tables", 6, "--rounds", 2, "--attributes", attributes,
        "--apart", "org",
    )  # fmt: skip
    assert (plan["off_quota"], plan["repeated_pairs"], plan["apart_pairs"], plan["proven_optimal"]) == (0, 144, 2, True)
    assert sum(times - 1 for times in met(plan).values()) == 144


def test_group_names_the_tables_by_the_topics_wished_for_and_changes_nothing_else(answer, refusal, file):
    """The best of all ways to name the tables, by trying each; who sits with whom is the plan without topics."""
    lines = [line + f",{['soin', 'pain', 'bois'][k * 5 % 3]}" for k, line in enumerate(PEOPLE.splitlines()[1:])]
    people = file("w.csv", "id,role,org,wishes\n" + "\n".join(lines) + "\n")
    command = ("group", people, "--tables", 3, "--rounds", 2, "--attributes", "role", "--apart", "org")
    plain, plan = answer(*command), answer(*command, "--topics", "soin,pain,bois")
    same = ("sizes", "off_quota", "repeated_pairs", "apart_pairs", "proven_optimal")
    assert {key: plan[key] for key in same} == {key: plain[key] for key in same}
    assert met(plan) == met(plain)
    wished = [["soin", "pain", "bois"].index(line.rsplit(",", 1)[1]) for line in lines]
    best = sum(
        max(sum(names[at] == topic for at, topic in zip(row, wished, strict=True)) for names in permutations(range(3)))
        for row in plain["rounds"]
    )
    recounted = sum(at == topic for row in plan["rounds"] for at, topic in zip(row, wished, strict=True))
    assert (plan["wishes_met"], plan["wishes"]) == (best, 24) == (recounted, 24)
    assert refusal(*command, "--topics", "soin,pain,fer") == (
        f"w.csv, ligne {2 + wished.index(2)}, colonne «\u00a0wishes\u00a0»\u00a0: "
        "«\u00a0bois\u00a0» n’est le sujet d’aucune table."
    )
