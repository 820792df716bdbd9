"""`essaim places`: what the operator sees, and what is written."""

import pytest
from typer.testing import CliRunner

from essaim.cli.places import app
from essaim.places.models import KnownPlace

GOOD = "id,nom,latitude,longitude\n1,Fab lab du port,48.3836,-4.4762\n"
BAD = GOOD + "2,Nulle part,abc,-4.5\n"


@pytest.fixture
def run(territory, tmp_path):
    """Runs `essaim places import` on a text; gives the exit code and what is said."""

    def run(text, *options):
        path = tmp_path / "lieux.csv"
        path.write_text(text)
        result = CliRunner().invoke(app, ["import", str(path), *options])
        return result.exit_code, result.output.replace("\u00a0", " ")

    return run


def test_import_takes_the_file_in_and_again_changes_nothing(run):
    assert run(GOOD, "--kind", "fablab") == (0, "1 lieux : 1 ajoutés, 0 modifiés, 0 inchangés.\n")
    assert run(GOOD, "--kind", "fablab") == (0, "1 lieux : 0 ajoutés, 0 modifiés, 1 inchangés.\n")
    place = KnownPlace.objects.get()
    assert (place.source, place.kind, place.commune_id) == ("lieux", "fablab", "29019")


def test_import_with_one_bad_line_writes_nothing(run):
    code, said = run(BAD)
    assert code == 1
    assert said == (
        "Ligne 3 : la latitude « abc » n’est pas un nombre ; écrivez par exemple 48,8566.\n"
        "Rien n’a été importé : 1 refus ; corrigez le fichier, ou ajoutez --skip-invalid.\n"
    )
    assert KnownPlace.objects.count() == 0


def test_import_skipping_bad_lines_writes_them_beside(run, tmp_path):
    code, said = run(BAD, "--skip-invalid", "--source", "Réseau")
    assert code == 0
    assert "1 lieux : 1 ajoutés, 0 modifiés, 0 inchangés.\n" in said
    assert "Nulle part" in (tmp_path / "lieux.refus.csv").read_text(encoding="utf-8-sig")
    assert KnownPlace.objects.get().source == "Réseau"


def test_dry_run_writes_nothing(run, tmp_path):
    assert run(GOOD, "--dry-run") == (0, "1 lieux seraient importés ; rien n’a été écrit.\n")
    assert KnownPlace.objects.count() == 0
    run(BAD, "--dry-run", "--skip-invalid")
    assert not (tmp_path / "lieux.refus.csv").exists()


def test_unknown_kind_is_refused(run):
    code, said = run(GOOD, "--kind", "bar")
    assert code == 2
    assert "« bar » est inconnu" in said


def test_stats_count_places(run):
    run(GOOD)
    result = CliRunner().invoke(app, ["stats"])
    assert result.exit_code == 0
    assert "Autre lieu" in result.output
