"""Every file that a command reads, with every fault a file can have: exit code 2 and one sentence that says where.

A new file to read is one line of INPUTS: its faults follow from its columns.
"""

from dataclasses import dataclass

import pytest

PEOPLE = "id,role\nA,x\nB,y\nC,x\nD,y\n"
AFFINITY = "application,expert,score\nd1,e1,3\nd1,e2,2\nd2,e1,1\nd2,e2,4\n"
APPLICATIONS = "id,grant,value,latitude,longitude,region,commune\nA,100,14,47,2,N,c1\nB,200,12,46,2,S,c2\n"
COMMUNES = "code,population,latitude,longitude\n1,4000,47,2\n2,3000,46,2\n"
SELECT = ("select", "--applications", "applications.csv", "--communes", "communes.csv", "--budget", "200")
VOTES = "voter,statement,vote\n" + "".join(
    f"v{k},s{j},{1 if k % 2 == j % 2 else -1}\n" for k in range(104) for j in range(8)
)
GROUP = ("group", "people.csv", "--tables", "2", "--rounds", "1", "--attributes", "role")
ASSIGN = ("assign", "--affinity", "affinity.csv", "--reviews", "1", "--load", "0:2")
VALID = {
    "people.csv": PEOPLE,
    "affinity.csv": AFFINITY,
    "applications.csv": APPLICATIONS,
    "communes.csv": COMMUNES,
}


@dataclass(frozen=True)
class Input:
    """A file of a command. columns: those it must have; numbers: those finite; positive: those zero or more; keys:
    those that say a line once."""

    command: tuple[str, ...]
    name: str
    content: str
    columns: str
    numbers: str = ""
    positive: str = ""
    keys: str = ""


INPUTS = [
    Input(GROUP, "people.csv", PEOPLE, "id role", keys="id"),
    Input((*GROUP, "--together", "t.csv"), "t.csv", "person,group\nA,g\nB,g\n", "person group"),
    Input((*GROUP, "--never", "n.csv"), "n.csv", "a,b\nA,B\n", "a b"),
    Input((*GROUP, "--pins", "k.csv"), "k.csv", "person,table,round\nA,1,1\n", "person table"),
    Input((*GROUP, "--arrived", "l.csv"), "l.csv", "id,role\nE,x\n", "id role", keys="id"),
    Input(("rank-ideas", "votes.csv"), "votes.csv", "winner,loser\nA,B\nB,C\n", "winner loser"),
    Input(("similar", "texts.csv"), "texts.csv", "id,text\nA,un four\nB,un four à bois\n", "id", keys="id"),
    Input(ASSIGN, "affinity.csv", AFFINITY, "application expert score", numbers="score", keys="application expert"),
    Input((*ASSIGN, "--conflicts", "c.csv"), "c.csv", "application,expert\nd1,e1\n", "application expert"),
    Input((*ASSIGN, "--kinds", "k.csv"), "k.csv", "expert,kind\ne1,juriste\n", "expert kind", keys="expert"),
    Input(("rank", "s.csv"), "s.csv", AFFINITY, "application expert score", "score", keys="application expert"),
    Input(
        SELECT, "applications.csv", APPLICATIONS, "id grant value latitude longitude",
        numbers="grant value latitude longitude", positive="grant value", keys="id",
    ),
    Input(
        SELECT, "communes.csv", COMMUNES, "code population latitude longitude",
        numbers="population latitude longitude", positive="population", keys="code",
    ),
    Input(
        (*SELECT, "--places", "p.csv"), "p.csv", "latitude,longitude\n47,2\n", "latitude longitude",
        numbers="latitude longitude",
    ),
    Input(
        (*SELECT, "--quotas", "q.csv"), "q.csv", "region,low,high\nN,0,1\n", "region low high",
        numbers="low high", positive="low high", keys="region",
    ),
    Input(
        ("draw", "announce", "--round", "9", "--secret", "secret", "--file", "d.csv"), "d.csv", "id\nA\nB\n", "id",
        keys="id",
    ),
    Input(
        ("opinion-groups", "v.csv"), "v.csv", VOTES, "voter statement vote",
        numbers="vote", keys="voter statement",
    ),
]  # fmt: skip


def with_cell(content, column, value):
    """The same file, another value in the first line."""
    header, first, *rest = content.splitlines()
    cells = first.split(",")
    cells[header.split(",").index(column)] = value
    return "\n".join([header, ",".join(cells), *rest]) + "\n"


def without_column(content, column):
    at = content.splitlines()[0].split(",").index(column)
    rows = (line.split(",") for line in content.splitlines())
    return "\n".join(",".join([*row[:at], *row[at + 1 :]]) or "x" for row in rows) + "\n"


def faults(given):
    """(fault, content, the sentence's words) of one file."""
    name, content, columns = given.name, given.content, given.content.splitlines()[0].split(",")
    yield "missing file", None, "n’existe pas."
    yield "empty", "", f"Le fichier « {name} » est vide."
    yield "header alone", content.splitlines()[0] + "\n", f"Le fichier « {name} » n’a aucune ligne après son en-tête."
    yield "UTF-16", content.encode("utf-16"), f"Le fichier « {name} » n’est ni en UTF-8 ni en Windows-1252"
    yield "short line", content + "x\n" * (len(columns) > 1) + "x;y\n" * (len(columns) == 1), f"{name}, ligne "
    for column in given.columns.split():
        yield f"no {column}", without_column(content, column), f"{name}, ligne 1 : la colonne « {column} » manque"
        blank = with_cell(content, column, " ") if len(columns) > 1 else None
        if blank and (given.name, column) != ("q.csv", "high"):  # no most: no limit
            yield f"blank {column}", blank, f"{name}, ligne 2, colonne « {column} » : la valeur manque."
    for column in given.numbers.split():
        for value, said in [("NaN", "fini."), ("abc", "n’est pas un nombre.")]:
            yield (
                f"{column} {value}",
                with_cell(content, column, value),
                (f"{name}, ligne 2, colonne « {column} »", said),
            )
    for column in given.positive.split():
        where = f"{name}, ligne 2, colonne « {column} » : « -3 » est négatif."
        yield f"negative {column}", with_cell(content, column, "-3"), where
    if given.keys:
        twice = content + content.splitlines()[1] + "\n"
        yield (
            "twice",
            twice,
            (f"{name}, ligne {len(twice.splitlines())}", "deux" if name == "q.csv" else "figure déjà à"),
        )


CASES = [
    pytest.param(given, content, said, id=" ".join([*given.command[:1], given.name, fault]))
    for given in INPUTS
    for fault, content, said in faults(given)
]


def plain(sentence):
    """No-break spaces as spaces, to be read here."""
    return sentence.replace("\u00a0", " ")


@pytest.fixture
def folder(file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, content in VALID.items():
        file(name, content)
    return file


@pytest.mark.parametrize(("given", "content", "said"), CASES)
def test_faulty_file_is_refused_in_one_sentence(folder, refusal, tmp_path, given, content, said):
    if content is None:
        (tmp_path / given.name).unlink(missing_ok=True)
    else:
        folder(given.name, content)
    sentence = plain(refusal(*given.command))
    assert "\n" not in sentence
    for words in (said,) if isinstance(said, str) else said:
        assert words in sentence


@pytest.mark.parametrize("given", INPUTS, ids=lambda given: f"{given.command[0]} {given.name}")
def test_the_file_without_a_fault_is_taken(folder, essaim, given):
    """Else the refusals above would prove nothing."""
    folder(given.name, given.content)
    result = essaim(*given.command)
    assert (result.exit_code, result.exception) == (0, None), result.stderr


OTHERS = [
    (("vote", "nowhere.pb", "--rule", "greedy"), "Le fichier « nowhere.pb » n’existe pas."),
    (("verify", "nowhere.json"), "Le fichier « nowhere.json » n’existe pas."),
    (("verify", "receipt", "nowhere.json"), "Le fichier « nowhere.json » n’existe pas."),
    (("verify", "receipt", "people.csv"), "Le fichier « people.csv » n’est pas un objet JSON."),
    (("verify", "people.csv"), "Le fichier « people.csv » n’est ni du JSON ni un registre exporté."),
    (("draw", "reveal", "nowhere.json", "--secret", "s", "--randomness", "ab" * 32), "« nowhere.json » n’existe pas."),
    ((*GROUP, "--previous", "nowhere.json"), "Le fichier « nowhere.json » n’existe pas."),
    ((*GROUP, "--previous", "people.csv"), "Le fichier « people.csv » n’est pas un objet JSON."),
    ((*GROUP, "--absent", "Z"), "--absent : la personne « Z » est inconnue."),
    ((*GROUP, "--out", "no/where.json"), "« no/where.json » ne peut pas être écrit."),
    ((*ASSIGN, "--previous", "nowhere.json"), "Le fichier « nowhere.json » n’existe pas."),
    ((*ASSIGN, "--floor", "haut"), "--floor : « haut » n’est pas un nombre"),
    ((*ASSIGN, "--floor", "nan"), "--floor : « nan » n’est pas un nombre"),
    ((*SELECT, "--quota", "Z:0:1"), "--quota : aucun dossier n’est de la région « Z »."),
    ((*SELECT, "--quotas", "z.csv"), "z.csv, ligne 2, colonne « region » : aucun dossier n’est de la région « Z »."),
    ((*SELECT, "--explain", "A,Z"), "--explain : le dossier « Z » est inconnu."),
    (
        (*SELECT, "--quota", "N:2:"),
        "La région N doit avoir au moins 2 dossiers retenus, mais n’a que 1 dossier possible.",
    ),
    ((*SELECT, "--quota", "N:2:1"), "Le quota de la région « N » demande au moins 2 et au plus 1."),
    (
        (*SELECT, "--quota", "N:1:", "--quota", "S:1:"),
        "Les dossiers imposés et les minimums par région coûtent au moins 300 €, plus que l’enveloppe de 200 €.",
    ),
    ((*ASSIGN, "--conflicts", "all.csv"), "La demande « d1 » n’a que 0 expert possible pour 1 avis : levez un conflit"),
    (
        (*GROUP, "--pins", "both.csv"),
        "(2 tables de 2 places au plus) : A à la table 1 ; A à la table 2. Retirez l’un d’eux.",
    ),
    (
        ("vote", "x.pb", "--rule", "borda"),
        "--rule : « borda » est inconnu ; écrivez equal-shares, greedy ou max-welfare.",
    ),
    (("vote", "x.pb", "--rule", "greedy", "--satisfaction", "joy"), "--satisfaction : « joy » est inconnu"),
    ((*SELECT, "--draws", "nowhere.npz"), "Le fichier « nowhere.npz » n’existe pas."),
    ((*SELECT, "--radius", "inf"), "--radius : « inf » n’est pas un nombre"),
    ((*SELECT, "--envelopes", "1:2"), "--envelopes : « 1:2 » n’est pas de:à:pas"),
    (("rank", "affinity.csv", "--posterior", "no/where.npz"), "« no/where.npz » ne peut pas être écrit."),
]


@pytest.mark.parametrize(
    ("command", "said"), OTHERS, ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_bad_option_is_refused_in_one_sentence(folder, refusal, command, said):
    folder("z.csv", "region,low,high\nZ,0,1\n")
    folder("all.csv", "application,expert\nd1,e1\nd1,e2\n")
    folder("both.csv", "person,table\nA,1\nA,2\nB,1\n")
    sentence = plain(refusal(*command))
    assert "\n" not in sentence
    assert said in sentence
