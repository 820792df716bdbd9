"""An officer makes a call from nothing on screen, and publishes it; what two people write at once is kept."""

import pytest

from essaim.calls.models import Call, Edition
from essaim.calls.queries.content import content_of
from tests.page import Page, check_page
from tests.screens import browser, fill, typed, url

pytestmark = pytest.mark.django_db


ROOMS = ["texts", "dates", "frame", "form", "rules", "grid", "documents", "letters", "check"]


@pytest.mark.parametrize("room", ["prepare", *(f"edit-{room}" for room in ROOMS)])
def test_every_room_of_a_published_call_is_a_sound_page(call, officer, room, django_assert_max_num_queries):
    client = browser(officer)
    check_page(client.get(url(call, room)))
    with django_assert_max_num_queries(12):
        client.get(url(call, room))


def test_every_item_is_a_sound_page_and_saving_it_as_it_is_changes_nothing(call, officer):
    client = browser(officer)
    before = None
    pages = [url(call, "edit-texts"), url(call, "edit-dates"), url(call, "edit-frame"), url(call, "edit-grid")]
    content = call.rule_set
    pages += [url(call, "edit-section", row["code"]) for row in content.form["section"]]
    pages += [url(call, "edit-question", row["code"]) for part in content.form["section"] for row in part["question"]]
    pages += [url(call, "edit-rule", row["id"]) for row in content.rules["rule"]]
    pages += [url(call, "edit-criterion", row["code"]) for row in content.grid["criterion"]]
    pages += [url(call, "edit-document", row["code"]) for row in content.documents["document"]]
    pages += [url(call, "edit-letter", name) for name in content.letters]
    for address in pages:
        answer = fill(client, address)
        assert answer.status_code == 302, (address, Page(answer.content.decode()).text[:600])
        edition = Edition.objects.get()
        before = before or edition.content
        assert edition.content == before, address
    assert before == content_of(call)


def test_two_people_on_the_same_page_see_each_other_and_lose_nothing(call, officer):
    first, second = browser(officer), browser(officer)
    address = url(call, "edit-texts")
    shown = typed(check_page(second.get(address)))
    assert fill(first, address, title__fr="Le titre du premier").status_code == 302
    answer = second.post(address, {**shown, "title__fr": "Le titre du second"})
    page = check_page(answer, 409)
    assert "Quelqu’un d’autre vient d’enregistrer cette page." in page.text
    assert "Le titre du premier" in page.text
    assert typed(page)["title__fr"] == "Le titre du second"
    assert second.post(address, typed(page)).status_code == 302
    assert Edition.objects.get().content["call"]["title"]["fr"] == "Le titre du second"


def test_two_people_on_two_pages_do_not_disturb_each_other(call, officer):
    first, second = browser(officer), browser(officer)
    shown = typed(check_page(second.get(url(call, "edit-dates"))))
    assert fill(first, url(call, "edit-texts"), title__fr="Autre titre").status_code == 302
    assert second.post(url(call, "edit-dates"), {**shown, "period__timezone": "Europe/Brussels"}).status_code == 302
    content = Edition.objects.get().content["call"]
    assert (content["title"]["fr"], content["period"]["timezone"]) == ("Autre titre", "Europe/Brussels")


def test_questions_move_copy_and_go_by_buttons_alone(call, officer):
    client = browser(officer)
    change = url(call, "edit-change-question", "project")

    def codes():
        sections = Edition.objects.get().content["form"]["section"]
        return [question["code"] for question in next(s for s in sections if s["code"] == "project")["question"]]

    client.post(change, {"act": "up"})
    assert codes()[:3] == ["project", "title", "companies"]
    client.post(change, {"act": "down"})
    client.post(change, {"act": "copy"})
    assert codes()[:3] == ["title", "project", "project_2"]
    page = check_page(client.get(url(call, "edit-delete", "question", "project_2")))
    assert page.h1.startswith("Supprimer «")
    for _again in range(2):
        client.post(url(call, "edit-change-question", "project_2"), {"act": "delete"})
    assert codes()[:3] == ["title", "project", "companies"]
    assert client.get(url(call, "edit-question", "project_2")).status_code == 404


def test_a_condition_is_written_in_rows(call, officer):
    client = browser(officer)
    rows = {"tests-0-question": "existing", "tests-0-op": "equals", "tests-0-value": "non", "join": "any"}
    more = {"tests-1-question": "applicant_kind", "tests-1-op": "one_of", "tests-1-value": "company, university"}
    assert fill(client, url(call, "edit-question", "access"), **rows, **more).status_code == 302
    form = Edition.objects.get().content["form"]
    found = next(q for s in form["section"] for q in s["question"] if q["code"] == "access")
    assert found["shown_if"] == {
        "any": [
            {"question": "existing", "equals": False},
            {"question": "applicant_kind", "one_of": ["company", "university"]},
        ]
    }
    page = check_page(client.get(url(call, "edit-question", "access")))
    assert typed(page)["tests-0-value"] == "non"


def test_a_rule_says_its_sentence_and_is_tried_at_once(call, officer):
    client = browser(officer)
    address = url(call, "edit-rule", "taux-aide")
    page = check_page(client.get(address))
    assert "L’aide demandée ne dépasse pas 70 % du coût total du projet." in page.text.replace("\u00a0", " ")
    tried = check_page(client.get(address, {"essai": "1", "request": "80 000", "cost": "100 000"}))
    assert "baissez la demande de 10 000 €" in tried.text.replace("\u00a0", " ").replace("\u202f", " ")
    check = url(call, "edit-check-one", "taux-aide", "racine")
    assert fill(client, check, max="80 %").status_code == 302
    tried = check_page(client.get(address, {"essai": "1", "request": "80 000", "cost": "100 000"}))
    assert "Respectée" in tried.text


def test_a_rule_is_built_condition_by_condition(call, officer):
    client = browser(officer)
    made = client.post(url(call, "edit-add-rule"), {"title": "Fonds propres", "op": "ge"})
    assert made["Location"] == url(call, "edit-rule", "fonds-propres")
    assert (
        fill(client, url(call, "edit-check-one", "fonds-propres", "racine"), fact="cost", value="10 000 €").status_code
        == 302
    )
    client.post(url(call, "edit-change-check", "fonds-propres", "racine"), {"act": "replace", "op": "any"})
    added = client.post(url(call, "edit-change-check", "fonds-propres", "1"), {"act": "add", "op": "eq"})
    assert added["Location"] == url(call, "edit-check-one", "fonds-propres", "1")
    assert fill(client, added["Location"], fact="commitment.existing", value="oui").status_code == 302
    rule = Edition.objects.get().content["rules"]["rule"][-1]
    assert rule["check"] == {
        "op": "any",
        "checks": [
            {"op": "ge", "fact": "cost", "value": "10000.00"},
            {"op": "eq", "fact": "commitment.existing", "value": True},
        ],
    }
    client.post(url(call, "edit-change-check", "fonds-propres", "1"), {"act": "delete"})
    assert len(Edition.objects.get().content["rules"]["rule"][-1]["check"]["checks"]) == 1


def test_a_published_call_changes_by_a_version_with_a_public_reason(call, officer):
    client = browser(officer)
    assert "Rien n’est en cours d’écriture" in check_page(client.get(url(call, "edit-check"))).text
    fill(client, url(call, "edit-question", "access"), label__fr="Qui viendra ?")
    refused = client.post(url(call, "publish"), {"reason_fr": "Plus court.", "reason_en": ""})
    page = check_page(refused, 422)
    assert "Donnez la raison du changement, en français et en anglais" in page.text
    assert page.select("textarea", id="reason_fr")[0].text.strip() == "Plus court."
    client.post(url(call, "publish"), {"reason_fr": "Plus court.", "reason_en": "Shorter."})
    call = Call.objects.get()
    assert call.rule_set.number == 2
    assert Edition.objects.get().state == "published"


def test_a_call_opened_by_a_proposal_starts_from_the_usual_texts(draft, officer):
    Call.objects.update(rule_set=None, late={})
    client = browser(officer)
    assert "Partir des textes usuels" in check_page(client.get(url(draft, "prepare"))).text
    for _again in range(2):
        client.post(url(draft, "edit-fill"))
    content = Edition.objects.get().content
    assert content["call"]["title"] == dict(draft.title)
    assert content["call"]["late"]["text"]["fr"].startswith("Après la clôture, aucun dépôt n’est reçu")
    assert [section["code"] for section in content["form"]["section"]] == ["applicant", "project"]
    assert "Partir des textes usuels" not in check_page(client.get(url(draft, "prepare"))).text


def test_pages_of_the_editor_are_in_english_too(call, officer):
    client = browser(officer)
    for name in ["prepare", *(f"edit-{room}" for room in ROOMS)]:
        check_page(client.get(url(call, name), headers={"accept-language": "en"}))
