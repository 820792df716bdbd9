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


FAULTS = """
form.toml | type = "siret" | type = "siren" | Le type de question « siren » n’existe pas (vouliez-vous dire « siret »
form.toml | code = "siret" | code = "applicant_kind" | Deux questions portent le code « applicant_kind »
form.toml | max_length = 120 | max_length = 3 | « min_length » dépasse « max_length » : aucune réponse ne conviendrait.
form.toml | max_length = 120 | max_length = "120" | « max_length » attend un nombre entier, 0 ou plus.
form.toml | max_length = 120 | max_lenght = 120 | « max_lenght » n’est pas un mot connu ici (vouliez-vous dire
form.toml | fact = "date.end" | fact = "date.start" | Le fait « date.start » est déjà donné par la question « start ».
form.toml | fact = "date.end" | fact = "text.end" | Une question de type date ne peut pas donner le fait « text.end ».
form.toml | "university", "public_body"] | "university", "university"] | La réponse « university » est écrite deux fois.
form.toml | { question = "existing" | { question = "exists" | La condition porte sur « exists », qui n’est pas
form.toml | equals = false | equals = "non" | La question « existing » se compare à true ou false.
form.toml | "SIRET", en = "SIRET" } | "SIRET" } | « label » doit être écrit en français et en anglais (fr, en).
grid.toml | weight = 30 | weight = 31 | Les poids de la grille font 101 au lieu de 100 : corrigez-les.
grid.toml | score = 5 | score = 6 | Le repère 6 sort de l’échelle.
documents.toml | "ods", "xlsx"] | "odt5"] | Le format « odt5 » n’est pas reçu (vouliez-vous dire « odt » ?).
documents.toml | code = "quotes" | code = "accounts" | Chaque pièce a un « code » à elle : donnez-en un.
letters/funded.fr.txt | {granted_amount} | {granted_amont} | La variable {granted_amont} n’existe pas (vouliez-vous
letters/funded.fr.txt | Objet | Sujet | La première ligne est l’objet : « Objet : … ».
call.toml | "Locaux", en = "Premises" } | "Locaux" } | « title » doit être écrit en français et en anglais (fr, en).
"""


@pytest.mark.parametrize("row", FAULTS.strip().splitlines())
def test_each_error_of_the_parts_is_said(folder, row):
    name, before, after, sentence = row.split(" | ")
    line = change(folder, name, before, after)
    assert any(said.startswith(f"{name}:{line} · {sentence}") for said in check(folder)[1]), check(folder)[1]


@pytest.mark.parametrize(
    ("name", "before", "after", "rule", "sentence"),
    [
        (
            "form.toml",
            'fact = "text.outreach"\n',
            "",
            "actions-decrites",
            "aucune question ne donne « text.outreach » ; ajoutez « fact » à une question.",
        ),
        (
            "documents.toml",
            'code = "bank_details"',
            'code = "rib"',
            "pieces",
            "la pièce « bank_details » n’est pas demandée dans documents.toml.",
        ),
    ],
)
def test_a_rule_that_speaks_of_what_is_not_asked_is_said(folder, name, before, after, rule, sentence):
    change(folder, name, before, after)
    line = (folder / "rules.toml").read_text(encoding="utf-8").splitlines().index(f'id = "{rule}"') + 1
    assert f"rules.toml:{line} · Règle « {rule} » : {sentence}" in check(folder)[1]


def test_a_condition_that_leads_back_to_itself_is_said(folder):
    label = 'label = { fr = "La structure existe'
    change(folder, "form.toml", label, 'shown_if = { question = "fast_start", equals = true }\n' + label)
    assert sum("revient à la question elle-même" in line for line in check(folder)[1]) == 2


def test_a_letter_in_one_language_is_said(folder):
    (folder / "letters" / "funded.en.txt").unlink()
    said = "Cette lettre manque dans l’autre langue : ajoutez letters/funded.en.txt."
    assert f"letters/funded.fr.txt · {said}" in check(folder)[1]
