"""`essaim call check`: every error of a folder with its file and line."""

import shutil

import pytest
from typer.testing import CliRunner

from essaim.cli.call import app
from tests.factories.calls import FOLDER


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(FOLDER, tmp_path / "appel")


def check(folder):
    result = CliRunner().invoke(app, ["check", str(folder)])
    return result.exit_code, result.output.replace("\u00a0", " ").replace(str(folder), "DIR").splitlines()


def change(folder, name, before, after):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    return text[: text.index(before)].count("\n") + 1


def test_the_folder_of_2013_is_right(folder):
    assert check(folder) == (0, ["DIR : rien à corriger, l’appel peut être chargé."])


@pytest.mark.parametrize(
    ("name", "before", "after", "sentence"),
    [
        (
            "call.toml",
            "closes_at = 2013-09-13T23:59:59+02:00",
            "closes_at = 2013-06-13T23:59:59+02:00",
            "La clôture doit être après l’ouverture : corrigez les dates.",
        ),
        (
            "call.toml",
            "closes_at = 2013-09-13T23:59:59+02:00",
            "closes_at = 2013-09-13T23:59:59+01:00",
            "Le décalage écrit dans « closes_at » n’est pas celui de Europe/Paris ce jour-là : corrigez-le.",
        ),
        (
            "call.toml",
            "opens_at = 2013-06-25T00:00:00+02:00",
            "opens_at = 2013-06-25",
            "« opens_at » est un instant avec son fuseau, par exemple 2013-09-13T23:59:59+02:00.",
        ),
        (
            "call.toml",
            'timezone = "Europe/Paris"',
            'timezone = "Europe/Lutece"',
            "Le fuseau horaire est inconnu : écrivez par exemple Europe/Paris.",
        ),
        (
            "documents.toml",
            '"association", "company"',
            '"associaton"',
            "« associaton » n’a pas de nom : ajoutez-le à la table [labels] de rules.toml.",
        ),
        (
            "rules.toml",
            'severity = "officer"',
            'severity = "grave"',
            "Règle « autres-financeurs » : Mot inconnu : « grave » ; choisissez parmi blocking, warning, officer.",
        ),
    ],
)
def test_an_error_is_said_with_its_file_and_line(folder, name, before, after, sentence):
    line = change(folder, name, before, after)
    assert check(folder) == (2, [f"{name}:{line} · {sentence}", "1 erreur à corriger dans DIR."])


def test_all_the_errors_are_said_at_once(folder):
    header = change(folder, "call.toml", "[service]", "[service]")
    change(folder, "call.toml", 'telephone = "01 99 00 13 13"\n', "")
    (folder / "grid.toml").unlink()
    end = len((folder / "form.toml").read_text(encoding="utf-8").splitlines()) + 1
    with (folder / "form.toml").open("a", encoding="utf-8") as file:
        file.write('x = "')
    code, said = check(folder)
    assert code == 2
    assert said[0].startswith(f"form.toml:{end} · Ce n’est pas du TOML correct")
    assert said[1:] == [
        "grid.toml · Le fichier manque : créez-le, ou vérifiez le nom du dossier.",
        f"call.toml:{header} · « [service] telephone » manque : la loi ou la page publique en a besoin.",
        "3 erreurs à corriger dans DIR.",
    ]
