"""`essaim replay` as a stranger runs it, and what `essaim verify journal` says of the story it tells."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from essaim.cli.story.projects import named
from tests.told import APPLICATIONS, SEED

ROOT = Path(__file__).resolve().parents[2]
KEYS = {
    "jam": {"participants", "rounds", "cards", "proposals", "answered", "retained"},
    "call": {"slug", "opens_at", "closes_at", "rules_sha256"},
    "applications": {"drafts", "filed", "refused_late", "inadmissible", "ineligible", "regions"},
    "reviews": {"experts", "assigned", "done", "conflicts"},
    "selection": {"budget_cents", "granted_cents", "funded", "value", "bound", "gap", "newly_covered_population"},
    "decisions": {"notified", "with_reasons"},
    "awards": {"agreements", "paid_cents"},
    "opendata": {"files"},
    "journal": {"events", "head"},
}


def essaim(*arguments, **environment):
    """Run the command in a process of its own, without this one's settings."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("ESSAIM_", "DJANGO_", "DATABASE"))}
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "essaim", *arguments],
        cwd=ROOT,
        env={**env, "PYTHONPATH": str(ROOT / "src"), **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )


def replayed(path, *, seed, applications):
    """The account written by `essaim replay`."""
    said = essaim("replay", "--applications", str(applications), "--seed", str(seed), "--json", str(path))
    assert said.returncode == 0, said.stdout + said.stderr
    return json.loads(path.read_text()), said.stdout


def test_account_has_every_key(account):
    assert {part: set(found) for part, found in account.items()} == KEYS
    assert all(
        set(one) == {"question", "tables", "sizes", "repeated_pairs", "repeated_pairs_bound", "off_quota"}
        for one in account["jam"]["rounds"]
    )


def test_account_holds_together(account):
    jam, files, reviews = account["jam"], account["applications"], account["reviews"]
    chosen, decisions, awards = account["selection"], account["decisions"], account["awards"]
    assert jam["participants"] == 100
    assert [(one["tables"], sum(one["sizes"])) for one in jam["rounds"]] == [(6, 100), (6, 100)]
    assert [max(one["sizes"]) - min(one["sizes"]) for one in jam["rounds"]] == [1, 1]
    assert jam["proposals"] == jam["answered"]
    assert 1 <= jam["retained"] < jam["proposals"]
    assert account["call"]["opens_at"] < account["call"]["closes_at"]
    assert files["drafts"] == APPLICATIONS
    assert files["filed"] + files["refused_late"] == files["drafts"]
    assert files["refused_late"] >= 1
    assert files["ineligible"] >= 1
    assert files["regions"] >= 6
    assert reviews["done"] == reviews["assigned"] > 0
    assert reviews["conflicts"] >= 1
    assert chosen["granted_cents"] <= chosen["budget_cents"]
    assert chosen["value"] <= chosen["bound"]
    assert 0 <= chosen["gap"] <= 0.01
    assert chosen["newly_covered_population"] > 0
    assert decisions["notified"] == decisions["with_reasons"] == files["filed"]
    assert awards["agreements"] == chosen["funded"] > 0
    assert 0 < awards["paid_cents"] <= chosen["granted_cents"]
    assert len({file["name"] for file in account["opendata"]["files"]}) == len(account["opendata"]["files"]) >= 3
    assert len(account["journal"]["head"]) == 64


def test_same_seed_tells_the_same_story_and_says_so_in_a_table(account, tmp_path):
    found, said = replayed(tmp_path / "out.json", seed=SEED, applications=APPLICATIONS)
    assert found == account
    assert "Fablabs 2013, rejoué" in said


def test_other_seed_tells_another_story(account, tmp_path):
    found, _said = replayed(tmp_path / "out.json", seed=SEED + 1, applications=8)
    assert found["journal"]["head"] != account["journal"]["head"]
    assert found["applications"]["drafts"] == 8


@pytest.mark.parametrize("at", ["hier", "2013-06-20", "2013-13-45T00:00:00+00:00"])
def test_instant_that_is_none_is_refused_in_a_sentence(at):
    said = essaim("replay", "--at", at)
    assert said.returncode == 2
    assert said.stderr.strip() == f"« {at} » n’est pas un instant : écrivez par exemple 2013-06-20T08:00:00+00:00."


def test_unknown_programme_is_refused_in_a_sentence():
    said = essaim("replay", "essaim-1999")
    assert said.returncode == 2
    assert "Il n’y a pas de programme « essaim-1999 »" in said.stderr


def verify(folder):
    """What `essaim verify journal` says of the story's database."""
    said = essaim(
        "verify", "journal", ESSAIM_DATA_DIR=str(folder), DATABASE_URL=f"sqlite:///{folder / 'story.sqlite3'}"
    )
    return said.returncode, said.stdout


def test_journal_of_the_story_is_whole(story_folder):
    code, said = verify(story_folder)
    assert code == 0, said
    assert "Le registre est intact" in said


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("UPDATE kernel_event SET payload = '{}' WHERE seq = 30", "L’acte de rang 30 a été modifié après coup"),
        ("DELETE FROM kernel_event WHERE seq = 40", "L’acte de rang 40 manque"),
        ("DELETE FROM kernel_event WHERE seq > 50", "Le registre est tronqué"),
    ],
)
def test_tampered_journal_is_said_to_be(story_folder, tmp_path, fault, sentence):
    shutil.copy(story_folder / "story.sqlite3", tmp_path)
    with sqlite3.connect(tmp_path / "story.sqlite3") as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        assert database.execute(fault).rowcount > 0
    database.close()
    code, said = verify(tmp_path)
    assert code == 1, said
    assert sentence in said


@pytest.mark.parametrize(
    ("commune", "said"),
    [
        ("Metz", "La fabrique mobile de Metz, de l’idée à Metz"),
        ("Orgères", "La fabrique mobile d’Orgères, de l’idée à Orgères"),
        ("Le Mans", "La fabrique mobile du Mans, de l’idée au Mans"),
        ("Les Ulis", "La fabrique mobile des Ulis, de l’idée aux Ulis"),
        ("La Rochelle", "La fabrique mobile de La Rochelle, de l’idée à La Rochelle"),
    ],
)
def test_an_invented_title_names_its_commune_as_french_does(commune, said):
    assert named("La fabrique mobile de {c}, de l’idée à {c}", commune) == said
