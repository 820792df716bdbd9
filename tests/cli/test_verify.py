"""`essaim verify` and `essaim draw`: what is true is OK, one character changed is not, and says where."""

import json
import subprocess
import sys

import pytest

from essaim.cli.proofs import canonical
from essaim.kernel import merkle

APPLICATIONS = (
    "id,grant,value,latitude,longitude\nA,40000,14,47,2\nB,60000,16,47,2.5\nC,30000,9,47.5,2\nD,50000,12,46,2\n"
)
COMMUNES = "code,population,latitude,longitude\n1,40000,47.05,2\n2,30000,46.05,2\n"
ROUND = "ab" * 32


@pytest.fixture
def certificate(essaim, file, tmp_path):
    """The path of a certificate."""
    result = essaim(
        "select", "--applications", file("a.csv", APPLICATIONS), "--communes", file("c.csv", COMMUNES),
        "--budget", 100_000, "--out", tmp_path / "out.json", "--certificate", tmp_path / "certificate.json",
    )  # fmt: skip
    assert result.exit_code == 0
    return tmp_path / "certificate.json"


@pytest.fixture
def draw(essaim, tmp_path):
    """The path of a revealed draw."""
    announcement, secret = tmp_path / "announcement.json", tmp_path / "secret"
    secret.write_bytes(b"sixteen bytes at least")
    essaim("draw", "announce", "--ids", "A,B,C", "--round", 100, "--secret", secret, "--out", announcement)
    essaim("draw", "reveal", announcement, "--secret", secret, "--randomness", ROUND, "--out", tmp_path / "draw.json")
    return tmp_path / "draw.json"


def verdict(essaim, path):
    result = essaim("verify", path)
    return result.exit_code, result.stdout.strip()


def changed(path, change):
    """Another file, the same but for a change."""
    document = json.loads(path.read_text())
    change(document)
    other = path.with_name("changed.json")
    other.write_text(json.dumps(document))
    return other


def test_verify_recomputes_a_certificate(essaim, certificate):
    code, said = verdict(essaim, certificate)
    assert (code, said[:4]) == (0, "OK  ")
    assert "aucun choix ne vaut plus. Recalculés en entiers" in said
    assert verdict(essaim, certificate.with_name("out.json")) == (code, said)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.update(value=d["value"] + 1), "la valeur annoncée n’est pas celle des dossiers retenus."),
        (
            lambda d: d["instance"].update(budget_cents=1),
            "l’empreinte de ses données a changé ; les dossiers retenus coûtent plus que l’enveloppe.",
        ),
        (lambda d: d["multipliers"][0].update(budget=-1), "un prix sort de ses bornes."),
        (lambda d: d.pop("tree"), "il est incomplet ou mal formé."),
    ],
)
def test_verify_says_where_a_certificate_breaks(essaim, certificate, change, said):
    assert verdict(essaim, changed(certificate, change)) == (1, f"FAUX  Certificat de sélection : {said}")


def test_standalone_verifier_needs_python_alone(essaim, certificate, tmp_path):
    script = tmp_path / "verifier.py"
    script.write_text(essaim("verify", "--standalone").stdout)
    assert len(script.read_text().splitlines()) <= 60
    with certificate.open() as given:
        alone = subprocess.run(
            [sys.executable, "-I", "-S", script], stdin=given, capture_output=True, text=True, check=True
        )
    assert alone.stdout == f"no portfolio is worth more than {json.loads(certificate.read_text())['bound']} units\n"
    with changed(certificate, lambda d: d["funded"].append("D")).open() as given:
        alone = subprocess.run([sys.executable, "-I", "-S", script], stdin=given, capture_output=True, check=False)
    assert alone.returncode == 1


def test_draw_is_announced_revealed_and_verified(essaim, draw):
    document = json.loads(draw.read_text())
    assert sorted(document["order"]) == ["A", "B", "C"]
    code, said = verdict(essaim, draw)
    assert code == 0
    assert said.startswith(f"OK    Tirage au sort : 3 dossiers, premier : {document['order'][0]}.")
    code, said = verdict(essaim, draw.with_name("announcement.json"))
    assert (code, said[:47]) == (0, "OK    Annonce de tirage : 3 dossiers, tour drand"[:47])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["order"].reverse(), "L’ordre publié n’est pas celui que donnent le secret et l’aléa."),
        (lambda d: d.update(secret="00" * 20), "Le secret révélé n’est pas celui qui avait été engagé."),
        (
            lambda d: d["announcement"].update(drand_round=101),
            "L’annonce n’est pas celle qui a été publiée : son empreinte diffère.",
        ),
        (lambda d: d.pop("keys"), "il est incomplet ou mal formé."),
    ],
)
def test_verify_says_where_a_draw_breaks(essaim, draw, change, said):
    assert verdict(essaim, changed(draw, change)) == (1, f"FAUX  Tirage au sort : {said}")


def test_draw_invents_a_secret_once_and_keeps_it_private(essaim, tmp_path):
    secret = tmp_path / "new"
    first, second = (
        json.loads(essaim("draw", "announce", "--ids", "A,B", "--round", 5, "--secret", secret).stdout) for _ in "12"
    )
    assert first == second
    assert (len(secret.read_bytes()), secret.stat().st_mode & 0o777) == (32, 0o600)


def test_draw_refuses(refusal, file, draw, tmp_path):
    secret = file("s", "sixteen bytes at least")
    announce = ("draw", "announce", "--round", 5, "--secret", secret)
    assert refusal(*announce) == "Dites qui est départagé : --ids A,B,C ou --file FICHIER, l’un des deux."
    assert refusal(*announce, "--ids", "A") == "Un tirage au sort départage au moins deux dossiers."
    assert refusal(*announce, "--ids", "A,B,A") == "Le dossier « A » figure deux fois."
    short = file("short", "x")
    assert refusal("draw", "announce", "--round", 5, "--secret", short, "--ids", "A,B") == (
        "Le secret doit avoir au moins 16 octets : un plus court pourrait être deviné."
    )
    reveal = ("draw", "reveal", tmp_path / "announcement.json", "--secret", secret, "--randomness")
    assert refusal(*reveal, "12") == "--randomness : l’aléa d’un tour drand s’écrit en 64 chiffres hexadécimaux."
    assert refusal(*reveal, ROUND, "--digest", "00") == (
        "L’annonce n’est pas celle qui a été publiée : son empreinte diffère."
    )
    other = file("other", "another secret of sixteen bytes")
    assert refusal("draw", "reveal", tmp_path / "announcement.json", "--secret", other, "--randomness", ROUND) == (
        "Le secret révélé n’est pas celui qui avait été engagé."
    )


def acts(count):
    """Lines of an exported journal, whole."""
    lines = []
    for seq in range(count):
        act = {
            "log": "p", "seq": seq, "at": "2013-06-20T08:00:00.000000+00:00", "actor": "person:1", "role": "agent",
            "verb": "x.y", "subject": "app.model:1", "payload": {"n": seq},
        }  # fmt: skip
        lines.append(act | {"leaf": merkle.leaf_hash(canonical(act)).hex()})
    return lines


def test_verify_reads_an_exported_journal(essaim, file):
    lines = acts(3)
    root = merkle.root([bytes.fromhex(line["leaf"]) for line in lines]).hex()
    path = file("journal.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    assert verdict(essaim, path) == (
        0,
        f"OK    Registre exporté : 3 actes dans l’ordre, dont 3 recalculés en entier. Racine recalculée : {root}.",
    )
    path = file("cut.jsonl", "".join(json.dumps(line) + "\n" for line in lines[1:]))
    assert verdict(essaim, path)[1] == (
        "OK    Registre exporté : 2 actes dans l’ordre, dont 2 recalculés en entier. "
        "1 actes non publics n’y sont pas : la racine n’est pas recalculée."
    )


def test_verify_says_which_act_was_changed_or_moved(essaim, file):
    lines = acts(3)
    lines[1]["payload"] = {"n": 7}
    path = file("journal.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    assert verdict(essaim, path) == (1, "FAUX  Registre exporté : l’acte de rang 1, ligne 2, a été modifié.")
    path = file("moved.jsonl", "".join(json.dumps(line) + "\n" for line in reversed(acts(2))))
    assert verdict(essaim, path) == (1, "FAUX  Registre exporté : l’acte de rang 0, ligne 2, est en double ou déplacé.")


def test_verify_tells_a_receipt(essaim, file):
    path = file("r.json", '{"receipt": {}, "content": {}}')
    assert verdict(essaim, path) == (
        1,
        "FAUX  Récépissé de dépôt : Ce fichier n’est pas un récépissé d’Essaim : "
        "choisissez le fichier JSON téléchargé.",
    )


def test_verify_refuses_what_is_no_proof(refusal, file):
    assert refusal("verify", file("x.json", "{}")) == (
        "« x.json » n’est ni un certificat, ni un tirage, ni un registre, ni un récépissé d’Essaim."
    )
    assert refusal("verify", file("y.json", "hello")) == (
        "Le fichier « y.json » n’est ni du JSON ni un registre exporté."
    )
    assert refusal("verify", file("z.json", "")) == "Le fichier « z.json » est vide."


@pytest.mark.django_db
def test_verify_journal_still_reads_the_database(essaim):
    assert essaim("verify", "journal").exit_code == 0
