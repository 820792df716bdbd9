"""The pages of questions, with every type: kept, shown again, refused kindly, asked when they must be."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.page import Page, check_page, text_of

FOLDER = Path(settings.PROGRAMMES_DIR) / "fablabs-essai"
NBSP = "\u00a0"
TYPED = {
    "surface": "180,5",
    "materials": ["wood", "textile"],
    "rhythm": "some_days",
    "machines": "rows",
    "machines-0-name": "Découpeuse",
    "machines-0-year": "2012",
    "machines-0-value": "12 000",
    "machines-3-name": "Fraiseuse",
    "machines-3-year": "",
    "machines-3-value": "",
    "insured": "20 000 €",
    "second_site": "true",
    "visit-street": "3 rue du Four",
    "visit-postcode": "35000",
    "visit-town": "Rennes",
    "contact_email": "visite@essai.example",
    "true_statements": "on",
    "outreach_commitment": "on",
}


@pytest.fixture
def practice(db, media):
    """A draft of the practice call, whose form has every type of question."""
    from essaim.calls import actions
    from essaim.calls.lifecycle import CALL
    from essaim.programmes.actions import load_programme
    from tests.factories.applications import draft

    at = datetime(2013, 6, 20, 8, tzinfo=UTC)
    programme = load_programme(FOLDER, by=None, at=at)
    call = actions.load_call(FOLDER, programme=programme, by=None, at=at)
    CALL.perform(call, "publish", by=None, at=at)
    return draft(call)


@pytest.fixture
def http(practice):
    client = Client(headers={"accept-language": "fr"})
    client.force_login(practice.created_by)
    return client


def address(application, step="project"):
    return reverse(f"applications:{step}", args=[application.public_id])


def send(http, application, step="project", **changes):
    """Send the page as a browser does, with the answers of TYPED and these changes (None: not sent)."""
    given = {key: value for key, value in {**TYPED, **changes}.items() if value is not None}
    shown = Page(http.get(address(application, step)).content.decode())
    seen = shown.select("input", name="seen")[0].get("value")
    return http.post(address(application, step), {"seen": seen, **given})


def test_every_type_is_kept_shown_again_and_said(http, practice):
    send(http, practice)
    practice.refresh_from_db()
    assert practice.answers["machines"] == [
        {"name": "Découpeuse", "year": "2012", "value": "12 000"},
        {"name": "Fraiseuse", "year": "", "value": ""},
    ]
    assert practice.answers["visit"] == {"street": "3 rue du Four", "postcode": "35000", "town": "Rennes"}
    assert set(practice.answers["true_statements"]) == {"certified"}
    page = check_page(http.get(address(practice)))
    values = {field.get("name"): field.get("value") for field in page.select("input")}
    assert values["surface"] == "180,5"
    assert values["machines-1-name"] == "Fraiseuse"
    assert values["visit-town"] == "Rennes"
    assert [box.get("checked") is not None for box in page.select("input", name="true_statements")] == [True]
    read = check_page(http.get(practice.get_absolute_url())).text
    for words in ("180,5\u00a0m²", "le bois, le textile", "certains jours", "Découpeuse", f"20\u202f000{NBSP}€"):
        assert words in read
    assert "3 rue du Four, 35000 Rennes" in read
    assert "Les renseignements donnés sur l’atelier sont exacts à ma connaissance." in read


def test_the_counter_says_what_is_left_without_a_script(http, practice):
    page = check_page(http.get(address(practice)))
    told = page.select("p", id="id_title_count")[0]
    assert text_of(told) == "Il reste 76 caractères."
    assert told.get("data-over-many") == "{n} caractères de trop."
    send(http, practice, title="Rue")
    page = check_page(http.get(address(practice)))
    assert text_of(page.select("p", id="id_title_count")[0]) == "Il manque 2 caractères."


def test_a_row_is_added_and_taken_away_without_a_script(http, practice):
    more = send(http, practice, **{"add-row": "machines"})
    assert more.url == f"{address(practice)}?ligne=machines#id_machines"
    page = check_page(http.get(more.url))
    assert len(page.select("input", name="machines-2-name")) == 1
    send(http, practice, **{"remove-row": "machines:0"})
    practice.refresh_from_db()
    assert [row["name"] for row in practice.answers["machines"]] == ["Fraiseuse"]


def test_a_question_is_asked_after_the_save_that_calls_for_it(http, practice):
    page = check_page(http.get(address(practice)))
    hidden = {div.get("data-question") for div in page.select("div", class_="es-question") if "hidden" in div.keys()}  # noqa: SIM118
    assert hidden == {"second_commune"}
    answer = send(http, practice, next="1")
    assert answer.url == f"{address(practice)}#id_second_commune"
    page = check_page(http.get(answer.url))
    assert f"Votre réponse appelle 1 question de plus{NBSP}: la voici." in page.text
    assert not [div for div in page.select("div", class_="es-question") if "hidden" in div.keys()]  # noqa: SIM118
    assert send(http, practice, next="1").url == address(practice, "budget")


def test_the_questions_asked_are_told_at_once_and_nothing_is_saved(http, practice):
    before = practice.version
    answer = http.post(address(practice), {"second_site": "true"}, headers={"x-requested-with": "conditions"})
    assert "second_commune" in json.loads(answer.content)["asked"]
    practice.refresh_from_db()
    assert (practice.version, practice.answers.get("second_site")) == (before, None)


def test_a_commune_is_searched_and_chosen_without_a_script(http, practice):
    search = send(http, practice, find="second_commune").url
    assert search == f"{address(practice, 'place')}?question=second_commune"
    page = check_page(http.get(f"{search}&q=renn"))
    assert "Commune du second lieu" in page.text
    chosen = http.post(search, {"commune": "35238"})
    assert chosen.url == f"{address(practice)}#id_second_commune"
    practice.refresh_from_db()
    assert practice.answers["second_commune"]["code"] == "35238"
    assert http.get(f"{address(practice, 'place')}?question=title").status_code == 404


def test_a_file_is_kept_refused_kindly_and_taken_back(http, practice):
    from tests.factories.applications import PDF

    send(http, practice, floor_plan=SimpleUploadedFile("plan.pdf", PDF))
    kept = practice.documents.get(slot="floor_plan")
    page = check_page(http.get(address(practice)))
    assert "plan.pdf" in page.text
    refused = send(http, practice, floor_plan=SimpleUploadedFile("plan.exe", b"MZ\x90"))
    assert check_page(refused, status=422).select("p", id="id_floor_plan_error")
    assert practice.documents.filter(slot="floor_plan").count() == 1
    send(http, practice, **{"remove-file": str(kept.pk)})
    assert not practice.documents.filter(slot="floor_plan").exists()


def test_hidden_answers_are_kept_and_not_filed(http, practice):
    from essaim.applications.queries import facts_of
    from essaim.applications.queries.receipt import content_of

    send(http, practice)
    http.post(f"{address(practice, 'place')}?question=second_commune", {"commune": "35238"})
    send(http, practice, second_site="false")
    practice.refresh_from_db()
    assert practice.answers["second_commune"]["code"] == "35238"
    assert "second_commune" not in content_of(practice)["answers"]
    assert content_of(practice)["answers"]["second_site"] is False
    assert "documents" in facts_of(practice)


def test_the_page_of_questions_asks_few_queries(http, practice, django_assert_max_num_queries):
    send(http, practice)
    with django_assert_max_num_queries(12):
        http.get(address(practice))
