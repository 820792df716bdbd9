"""A programme's public pages, from the folder of Fablabs 2013."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings

from essaim.accounts.models import Person
from essaim.kernel.bilingual import Bilingual
from essaim.kernel.workflow import Refused
from essaim.programmes import actions
from essaim.programmes.models import EnvelopeChange

pytestmark = pytest.mark.django_db
AT = datetime(2013, 6, 25, 7, tzinfo=UTC)
FOLDER = Path(settings.PROGRAMMES_DIR) / "fablabs-2013"


@pytest.fixture
def programme():
    return actions.load_programme(FOLDER, by=None, at=AT)


@pytest.fixture
def officer(programme):
    person = Person.objects.create_user("officier@demo.example", name="Ada Morvan")
    actions.join_team(programme, person=person, role="officer", by=None, at=AT)
    return person


def test_load_twice_is_the_same_programme(programme):
    assert actions.load_programme(FOLDER, by=None, at=AT) == programme


def test_envelope_history_has_the_two_real_amounts(programme, client):
    actions.load_envelope(FOLDER, programme=programme, by=None, at=AT)
    amounts = list(programme.envelope_changes.values_list("decided_on", "amount_cents"))
    assert amounts == [(date(2013, 6, 25), 100_000_000), (date(2013, 12, 13), 220_000_000)]
    page = client.get("/programmes/fablabs-2013/enveloppe/").content.decode()
    assert "1\u00a0000\u00a0000\u00a0€" in page.replace("\u202f", "\u00a0")
    assert "2\u00a0200\u00a0000\u00a0€" in page.replace("\u202f", "\u00a0")


def test_envelope_refuses_a_change_without_reason(programme, officer):
    with pytest.raises(Refused, match=r"^Donnez la raison du changement"):
        actions.change_envelope(
            programme,
            amount_cents=1,
            decided_on=date(2013, 7, 1),
            author="X",
            reason=Bilingual(fr=" "),
            by=officer,
            at=AT,
        )
    assert EnvelopeChange.objects.count() == 0


def test_envelope_refuses_a_stranger(programme):
    stranger = Person.objects.create_user("x@demo.example")
    with pytest.raises(Refused, match=r"^Seul un chargé de programme"):
        actions.change_envelope(
            programme,
            amount_cents=1,
            decided_on=date(2013, 7, 1),
            author="X",
            reason=Bilingual(fr="Parce que"),
            by=stranger,
            at=AT,
        )


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("1e9", "1e9"), ("-5", "-5"), ("", "Indiquez un montant, par exemple 12 000 €.")],
)
def test_envelope_form_says_what_is_wrong_and_keeps_what_was_typed(client, officer, programme, typed, sentence):
    client.force_login(officer)
    answer = client.post(
        "/programmes/fablabs-2013/enveloppe/",
        {"amount": typed, "decided_on": "2013-07-01", "author": "La ministre", "reason": "Un bon mot"},
    )
    page = answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")
    assert answer.status_code == 422
    assert sentence in page
    assert "Un bon mot" in page
    assert EnvelopeChange.objects.count() == 0


def test_envelope_change_is_journalled_with_its_amounts(client, officer, programme):
    client.force_login(officer)
    data = {"amount": "2 200 000 €", "decided_on": "2013-12-13", "author": "La ministre", "reason": "Qualité"}
    assert client.post("/programmes/fablabs-2013/enveloppe/", data).status_code == 302
    page = client.get("/programmes/fablabs-2013/journal/").content.decode()
    assert "Changer l’enveloppe" in page


@pytest.mark.parametrize("path", ["/programmes/", "/programmes/fablabs-2013/", "/programmes/fablabs-2013/journal/"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_pages_open_in_both_languages(client, programme, path, language):
    answer = client.get(path, headers={"accept-language": language})
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.content.decode()


def test_journal_downloads_as_csv(client, programme):
    answer = client.get("/programmes/fablabs-2013/journal/?format=csv")
    assert answer.content.decode("utf-8-sig").splitlines()[0] == "seq,at,role,verb,subject,payload,leaf"


def test_programme_page_stays_within_its_queries(client, programme, django_assert_max_num_queries):
    client.get("/programmes/fablabs-2013/")
    with django_assert_max_num_queries(6):
        client.get("/programmes/fablabs-2013/")


def test_rules_from_the_second_version_on_need_a_reason(programme):
    content = {"rules": {}, "form": {}, "grid": {}, "documents": {}}
    first = actions.freeze_rules(programme, call_slug="a", **content, by=None, at=AT)
    assert first.number == 1
    with pytest.raises(Refused, match=r"^Donnez la raison du changement de règlement"):
        actions.freeze_rules(programme, call_slug="a", **content, by=None, at=AT)
