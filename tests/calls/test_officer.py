"""The officer's pages: prepare, publish, see who was told."""

import pytest

from essaim.calls import actions
from essaim.calls.models import Call, CallState
from essaim.kernel.models import Event
from essaim.kernel.workflow import Refused
from essaim.places.models import KnownPlace
from tests.page import check_page

pytestmark = pytest.mark.django_db
URL = "/appels/ateliers-de-fabrication-numerique/"


def typed(page, **changes):
    """What the form of a page would send, with some fields changed."""
    fields = {field.get("name"): field.get("value", "") for field in page.select("input") if field.get("name")}
    fields |= {area.get("name"): area.text or "" for area in page.select("textarea")}
    return {name: value for name, value in fields.items() if name not in {"csrfmiddlewaretoken", "next"}} | changes


@pytest.mark.parametrize("language", ["fr", "en"])
def test_prepare_shows_dates_in_the_zone_of_the_call_and_a_way_to_publish(client, draft, officer, language):
    client.force_login(officer)
    headers = {"accept-language": language}
    assert check_page(client.get(f"{URL}preparer/", headers=headers)).select("a", href=f"{URL}preparer/verifier/")
    page = check_page(client.get(f"{URL}preparer/dates/", headers=headers))
    assert typed(page)["period__opens_at"] == "2013-09-20T02:00:00"
    page = check_page(client.get(f"{URL}preparer/verifier/", headers=headers))
    assert page.select("form", action=f"{URL}preparer/publier/")
    assert check_page(client.get(URL)).h1 == str(draft.title)


def test_prepare_says_what_is_missing_and_where_it_is_mended(client, draft, officer):
    Call.objects.update(service_phone="", closes_at=None)
    client.force_login(officer)
    assert "Il reste 2 points à compléter avant de publier." in check_page(client.get(f"{URL}preparer/")).text
    page = check_page(client.get(f"{URL}preparer/verifier/"))
    assert set(page.links.values()) >= {f"{URL}preparer/dates/", f"{URL}preparer/cadre/"}
    assert not page.select("form", action=f"{URL}preparer/publier/")
    page = check_page(client.post(f"{URL}preparer/publier/"), 422)
    assert "Avant de publier, corrigez" in page.text
    assert Call.objects.get().state == CallState.DRAFT


def test_dates_read_hours_in_the_zone_given_with_them(client, draft, officer):
    client.force_login(officer)
    page = check_page(client.get(f"{URL}preparer/dates/"))
    data = typed(page, period__timezone="Indian/Reunion", period__closes_at="2013-12-01T23:59:59")
    client.post(f"{URL}preparer/dates/", data)
    client.post(f"{URL}preparer/publier/")
    call = Call.objects.get()
    assert (call.closes_at.isoformat(), call.zone) == ("2013-12-01T19:59:59+00:00", "Indian/Reunion")
    event = Event.objects.get(verb="calls.edition.save")
    assert event.payload == {"part": "call", "version": 1}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"period__closes_at": "2013-09-01T00:00"}, "La clôture doit être après l’ouverture : corrigez les dates."),
        (
            {"period__closes_at": "demain"},
            "Écrivez un jour et une heure qui existent, par exemple 2013-09-13T23:59:59.",
        ),
        ({"period__timezone": "Europe/Atlantide"}, "Ce fuseau est inconnu : écrivez par exemple Europe/Paris."),
        ({"calendar-0-date": "lundi"}, "« lundi » n’est pas une date : écrivez par exemple 01/12/2013."),
    ],
)
def test_dates_refuse_in_a_sentence_and_keep_what_was_typed(client, draft, officer, changes, sentence):
    client.force_login(officer)
    data = typed(check_page(client.get(f"{URL}preparer/dates/")), **{"calendar-0-title__fr": "Mon titre", **changes})
    page = check_page(client.post(f"{URL}preparer/dates/", data), 422)
    assert typed(page)["calendar-0-title__fr"] == "Mon titre"
    assert sentence in page.text.replace("\u00a0", " ")
    assert Event.objects.filter(verb="calls.edition.save").count() == 0


def test_publish_twice_publishes_once_and_shows_the_call(client, draft, officer):
    client.force_login(officer)
    for _again in range(2):
        answer = client.post(f"{URL}preparer/publier/")
        assert (answer.status_code, answer["Location"]) == (302, URL)
    assert Event.objects.filter(verb="calls.call.publish").count() == 1
    assert "L’appel est publié." in check_page(client.get(f"{URL}preparer/")).text


def test_a_published_call_is_not_corrected(call, officer, story):
    with pytest.raises(Refused, match=r"^Cet appel est déjà publié"):
        actions.prepare_call(call, changes={"zone": "UTC"}, by=officer, at=story)


def test_a_stranger_prepares_nothing(draft, person, story):
    with pytest.raises(Refused, match=r"^Seul un chargé de programme prépare un appel"):
        actions.prepare_call(draft, changes={"zone": "UTC"}, by=person, at=story)


def test_withdrawing_keeps_the_page_and_wants_a_reason(client, call, officer):
    client.force_login(officer)
    assert "Donnez une raison" in check_page(client.post(f"{URL}retirer/", {"reason": " "}, follow=True)).text
    for _again in range(2):
        page = check_page(client.post(f"{URL}retirer/", {"reason": "Crédits supprimés"}, follow=True))
        assert "Cet appel a été retiré" in page.text
    assert Event.objects.filter(verb="calls.call.withdraw").count() == 1


@pytest.mark.parametrize("path", ["preparer/", "preparer/textes/", "portee/", "preparer/publier/", "retirer/"])
def test_officer_pages_do_not_exist_for_others(client, call, person, path):
    assert client.get(URL + path).status_code in {302, 405}
    client.force_login(person)
    method = client.post if path.endswith(("publier/", "retirer/")) else client.get
    assert method(URL + path).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_reach_page_shows_regions_without_any_address(
    client, call, officer, story, territory, count, django_assert_max_num_queries
):
    for number in range(count):
        KnownPlace.objects.create(
            name=f"Lieu {number}",
            commune_id="29019",
            email=f"lieu{number}@exemple.example",
            latitude=48,
            longitude=2,
            source="x",
            source_id=str(number),
            imported_at=story,
            invented=True,
        )
    actions.tell_everyone(call, at=story)
    client.force_login(officer)
    client.get(f"{URL}portee/")
    with django_assert_max_num_queries(12):
        answer = client.get(f"{URL}portee/")
    page = check_page(answer)
    assert "Bretagne" in page.text
    assert "@exemple.example" not in answer.content.decode()
    rows = client.get(f"{URL}portee/?format=csv").content.decode("utf-8-sig").splitlines()
    assert rows == [
        "Région,Lieux connus,Lieux prévenus,Abonnés prévenus,Dont lieux inventés,Sans adresse connue",
        f"Bretagne,{count},{count},0,{count},0",
    ]
    check_page(client.get(f"{URL}portee/", headers={"accept-language": "en"}))


def test_reach_page_of_nobody_says_what_comes_next(client, call, officer):
    client.force_login(officer)
    assert "Importez les lieux connus" in check_page(client.get(f"{URL}portee/")).text
