"""The officer's page of versions, the folder out and in, what a version changes, in words, and trying the call."""

import io
import shutil
import zipfile
from copy import deepcopy

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from typer.testing import CliRunner

from essaim.applications.models import Application
from essaim.applications.queries import specimen
from essaim.calls import actions
from essaim.calls.actions.check_form import TYPES
from essaim.calls.models import Call, Edition
from essaim.calls.queries.content import PARTS, content_of, texts_of_content
from essaim.calls.queries.diff import diff, words
from essaim.calls.queries.form import TYPES as ASKED
from essaim.cli.call import app
from essaim.kernel.models import Event
from essaim.programmes.models import RuleSet
from tests.factories.calls import FOLDER
from tests.page import check_page

URL = "/appels/ateliers-de-fabrication-numerique/"


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def given(files):
    """The files of a call as the browser sends them."""
    return SimpleUploadedFile("appel.zip", actions.zip_of(files, name="appel"), content_type="application/zip")


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(FOLDER, tmp_path / "appel")


@pytest.mark.django_db
def test_export_then_import_then_export_is_the_same_bytes(call, officer, story, tmp_path):
    first = actions.export_files(call)
    assert first == actions.files_of(FOLDER)
    edition = actions.import_into(call, first, by=officer, at=story)
    assert actions.export_files(call, edition) == first
    part = deepcopy(edition.content["documents"])
    part["document"][0]["title"]["fr"] = "RIB"
    actions.save_edition(edition, "documents", part, version=edition.version, by=officer, at=story)
    second = actions.export_files(call, edition)
    assert {name for name in second if second[name] != first[name]} == {"documents.toml"}
    again = actions.import_into(call, second, by=officer, at=story)
    assert actions.export_files(call, again) == second
    actions.write_folder(second, tmp_path / "sorti")
    assert actions.files_of(tmp_path / "sorti") == second
    assert actions.check_folder(tmp_path / "sorti") == []


@pytest.mark.django_db
def test_every_part_written_in_the_canonical_layout_reads_back_the_same(call):
    whole = content_of(call)
    texts = texts_of_content(whole, {})
    assert actions.read_files({name: text.encode() for name, text in texts.items()}) == whole
    assert actions.check_files({name: text.encode() for name, text in texts.items()}) == []


@pytest.mark.django_db
def test_the_same_call_gives_the_same_zip(client, call, officer):
    client.force_login(officer)
    first, second = (client.get(f"{URL}versions/dossier.zip") for _again in range(2))
    assert first.content == second.content
    assert first["Content-Disposition"] == 'attachment; filename="ateliers-de-fabrication-numerique.zip"'
    assert actions.files_of_zip(first.content) == actions.files_of(FOLDER)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_folder_given_is_read_compared_and_published(client, call, officer, language, folder):
    client.force_login(officer)
    headers = {"accept-language": language}
    check_page(client.get(f"{URL}versions/", headers=headers))
    files = dict(actions.files_of(folder))
    files["rules.toml"] = files["rules.toml"].replace(b'max = "70 %"', b'max = "80 %"')
    client.post(f"{URL}versions/importer/", {"folder": given(files)})
    page = check_page(client.get(f"{URL}versions/", headers=headers))
    assert [plain(" ".join(mark.text.split())) for mark in page.select("ins")] == (
        ["80"] if language == "fr" else ["80%"]
    )
    assert RuleSet.objects.count() == 1
    page = check_page(client.post(f"{URL}versions/publier/", {"reason_fr": "Taux relevé."}, headers=headers), 422)
    assert "Taux relevé." in [(area.text or "").strip() for area in page.select("textarea")]
    reasons = {"reason_fr": "Taux relevé.", "reason_en": "Rate raised."}
    assert client.post(f"{URL}versions/publier/", reasons)["Location"] == f"{URL}reglement/"
    page = check_page(client.get(f"{URL}reglement/", headers=headers))
    assert ("Taux relevé." if language == "fr" else "Rate raised.") in page.text
    assert Call.objects.get().rule_set.number == 2
    assert client.post(f"{URL}versions/publier/", reasons)["Location"] == URL


@pytest.mark.django_db
def test_the_errors_of_a_folder_given_are_listed_and_change_nothing(client, call, officer):
    client.force_login(officer)
    files = dict(actions.files_of(FOLDER))
    files["grid.toml"] = files["grid.toml"].replace(b"weight = 30", b"weight = 31")
    page = check_page(client.post(f"{URL}versions/importer/", {"folder": given(files)}), 422)
    assert "grid.toml:" in page.text
    assert "font 101 au lieu de 100" in page.text
    assert Edition.objects.count() == 0


def bomb():
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("call.toml", b"\0" * 6_000_000)
    return body.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"PK\x03\x04 pas un zip", "Ce fichier n’est pas un ZIP lisible"),
        (actions.zip_of({"autre.toml": b""}, name="x"), "Ce ZIP ne contient pas de call.toml"),
        (bomb(), "Ce ZIP est trop gros pour un appel"),
    ],
)
def test_what_is_not_a_folder_is_refused_in_a_sentence(client, call, officer, body, sentence):
    client.force_login(officer)
    sent = SimpleUploadedFile("appel.zip", body)
    page = check_page(client.post(f"{URL}versions/importer/", {"folder": sent}), 422)
    assert sentence in page.text


def test_a_zip_keeps_only_the_files_of_a_call():
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name in (
            "a/call.toml",
            "a/../../etc/x.toml",
            "a/letters/funded.fr.txt",
            "a/letters/x.sh",
            "a/jam.toml",
            "b.exe",
        ):
            archive.writestr(name, b"x = 1")
    assert sorted(actions.files_of_zip(body.getvalue())) == ["call.toml", "letters/funded.fr.txt"]


@pytest.mark.django_db
def test_abandoning_leaves_the_call_as_it_is(client, call, officer, story):
    actions.edition_of(call, by=officer, at=story)
    client.force_login(officer)
    for _again in range(2):
        assert client.post(f"{URL}versions/abandonner/").status_code == 302
    assert Event.objects.filter(verb="calls.edition.abandon").count() == 1


def test_two_texts_are_compared_word_by_word():
    pieces = words("Le taux est de 70 % au plus.", "Le taux est de 80 % au plus.")
    assert [(piece.op, piece.text) for piece in pieces] == [
        ("same", "Le taux est de "),
        ("removed", "70 "),
        ("added", "80 "),
        ("same", "% au plus."),
    ]


def test_a_diff_says_each_part_in_words(in_french):
    before = actions.read_folder(FOLDER)
    after = deepcopy(before)
    after["call"]["summary"]["fr"] = "Une aide nouvelle."
    after["call"]["calendar"][0]["date"] = "2013-10-20"
    after["form"]["section"][1]["question"][0]["max_length"] = 100
    after["form"]["section"][1]["question"].pop()
    after["documents"]["document"][3]["required_for"] = ["*"]
    after["grid"]["criterion"][0]["weight"] = 25
    after["letters"]["funded.fr.txt"] += "\nPS"
    found = [(change.part, change.kind, change.key) for change in diff(before, after)]
    assert found == [
        ("texts", "changed", "summary"),
        ("dates", "changed", "calendar"),
        ("questions", "changed", "title"),
        ("questions", "removed", "end"),
        ("documents", "changed", "accounts"),
        ("grid", "changed", "companies"),
        ("letters", "changed", "funded.fr.txt"),
    ]
    said = {change.key: plain(change.sentence) for change in diff(before, after)}
    assert said["end"] == "Retrait : Fin du projet"
    documents = next(change for change in diff(before, after) if change.key == "accounts")
    assert [aspect.plain for aspect in documents.aspects] == ["{+tous+}"]
    assert diff(before, deepcopy(before)) == []


def test_a_text_changed_in_english_only_is_said(in_french):
    before = actions.read_folder(FOLDER)
    after = deepcopy(before)
    after["call"]["title"]["en"] = "Another title"
    (change,) = diff(before, after)
    assert change.aspects[0].label == "(en anglais)"


def test_the_command_tells_the_difference(folder):
    path = folder / "rules.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('max = "70 %"', 'max = "80 %"'), encoding="utf-8")
    result = CliRunner().invoke(app, ["diff", str(FOLDER), str(folder)])
    assert (result.exit_code, "Règles" in result.output, "1 changement." in result.output) == (1, True, True)
    assert CliRunner().invoke(app, ["diff", str(FOLDER), str(FOLDER)]).output.strip() == "Aucun changement."


def test_the_examples_of_2013_give_what_they_expect(in_french):
    sources = {name: body.decode() for name, body in actions.files_of(FOLDER).items()}
    tried = specimen.try_examples(actions.read_folder(FOLDER), sources)
    assert len(tried) >= 13
    assert {one.name: one.differences for one in tried if one.differences} == {}


def test_an_example_that_differs_says_how(folder):
    path = folder / "examples" / "taux-trop-haut.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("178 500 €", "175 000 €"), encoding="utf-8")
    result = CliRunner().invoke(app, ["test", str(folder)])
    assert result.exit_code == 1
    assert "Règle « taux-aide » : attendue non respectée, trouvée respectée." in plain(result.output)
    assert CliRunner().invoke(app, ["test", str(FOLDER)]).exit_code == 0


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["essai/", "essai/exemples/", "versions/apercu/", "versions/", "versions/dossier.zip"])
def test_only_an_officer_tries_and_takes(client, call, person, officer, path):
    client.force_login(person)
    assert client.get(URL + path).status_code == 404
    client.force_login(officer)
    assert client.get(URL + path).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_officer_files_for_trial_and_nothing_is_kept(client, call, officer, story, language, territory):
    edition = actions.edition_of(call, by=officer, at=story)
    summary = {"fr": "Nouveau résumé.", "en": "New summary."}
    content = {**edition.content["call"], "summary": summary}
    actions.save_edition(edition, "call", content, version=0, by=officer, at=story)
    client.force_login(officer)
    headers = {"accept-language": language}
    check_page(client.get(f"{URL}essai/exemples/", headers=headers))
    assert summary[language] in check_page(client.get(f"{URL}versions/apercu/", headers=headers)).text
    check_page(client.get(f"{URL}essai/", headers=headers))
    events = Event.objects.count()
    answer = client.post(f"{URL}essai/", {"file": "1", "title": "Essai"}, headers=headers)
    assert "ESSAI-0000" not in check_page(answer).text
    example = specimen.toml.loads((FOLDER / "examples" / "equilibre.toml").read_text(encoding="utf-8"))
    typed = {name: {True: "true", False: "false"}.get(value, value) for name, value in example["answers"].items()}
    budget = {"cost-machines": "250 000", "funding-demande": "160 000", "funding-public": "90 000"}
    data = {**typed, **budget, "commune": "29019", "documents": ["bank_details", "statutes"], "file": "1"}
    page = check_page(client.post(f"{URL}essai/", data, headers=headers))
    assert "ESSAI-0000" in page.text
    assert (Application.objects.count(), Event.objects.count()) == (0, events)


def test_the_checks_know_the_types_of_questions_that_applications_ask():
    assert set(TYPES) == set(ASKED)
    assert set(PARTS) == {"call", "rules", "form", "grid", "documents", "letters"}
