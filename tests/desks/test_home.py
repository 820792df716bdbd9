"""The first page: what Essaim is, today's state, what each visitor can do; nobody's private data."""

from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from essaim.desks.queries.comb import comb_map
from essaim.desks.queries.home import map_figures
from essaim.desks.queries.promises import TEXTS
from essaim.jams.models import Jam
from essaim.places.models import KnownPlace
from essaim.territory.queries import territory_facts
from tests.factories.applications import rennes
from tests.factories.jams import JamFactory
from tests.page import check_page

pytestmark = pytest.mark.django_db
AT = datetime(2013, 6, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture
def french():
    return Client(headers={"accept-language": "fr"})


def test_home_of_an_empty_site_says_what_will_be_there(french):
    page = check_page(french.get("/"))
    assert page.h1 == "De l’idée dite en atelier au lieu qui ouvre sur la carte"
    assert "Aucun programme pour l’instant" in page.text
    assert "Aucun appel n’est ouvert aujourd’hui" in page.text


def test_home_walks_the_seven_cells(french, call):
    page = check_page(french.get("/"))
    cells = page.select("li", class_="ds-cell")
    assert len(cells) == 7
    assert page.links["Voir l’appel ouvert"] == call.get_absolute_url()
    assert f"{call.programme.title['fr']}, Appel\u00a0: Ouvert jusqu’au" in page.text


def test_home_in_english(call):
    page = check_page(Client(headers={"accept-language": "en"}).get("/"))
    assert page.h1 == "From an idea spoken in a workshop to a place that opens on the map"
    assert page.links["See the open call"] == call.get_absolute_url()
    assert "Seven complaints, seven promises" in page.text


def test_home_of_a_closed_call_offers_alerts(french, closed):
    page = check_page(french.get("/"))
    assert "Aucun appel n’est ouvert aujourd’hui" in page.text
    assert page.links["Lire l’appel et ses règles"] == closed.get_absolute_url()


def test_home_keeps_each_promise_on_a_page_that_answers(french, call):
    page = check_page(french.get("/"))
    links = [item.get("href") for promise in page.select("li", class_="ds-promise") for item in promise.iter("a")]
    assert len(links) == len(TEXTS) == 7
    assert [french.get(link).status_code for link in links] == [200] * 7


def test_home_takes_the_code_of_a_jam(french, call):
    jam = JamFactory(programme=call.programme, rounds=1)
    page = check_page(french.get("/"))
    [form] = [form for form in page.select("form") if form.get("action") == "/jams/rejoindre/"]
    assert form.get("method") == "get"
    assert french.get("/jams/rejoindre/", {"code": jam.join_code}).status_code == 200


def test_home_tells_no_private_data(french, application):
    text = french.get("/").content.decode()
    assert application.title not in text
    assert application.created_by.email not in text
    assert application.created_by.name not in text


def test_home_never_gives_the_code_of_a_jam(french, call):
    JamFactory(programme=call.programme, rounds=1)
    assert Jam.objects.get().join_code not in french.get("/").content.decode()


def test_home_asks_at_most_12_questions(french, call, application, django_assert_max_num_queries):
    JamFactory(programme=call.programme, rounds=1)
    french.get("/")
    with django_assert_max_num_queries(12):
        french.get("/")


def test_home_only_reads(french, call, never_writes):
    with never_writes():
        french.get("/")


def test_comb_map_has_a_cell_where_people_live():
    commune = rennes()
    picture = comb_map(territory_facts().whole)
    assert (picture.land.count("z"), picture.known, picture.funded) == (1, "", "")
    where = {"latitude": commune.latitude, "longitude": commune.longitude, "commune": commune}
    KnownPlace.objects.create(name="Lieu", kind="fablab", source="test", source_id="1", imported_at=AT, **where)
    picture = comb_map(territory_facts().whole)
    assert (picture.land, picture.known.count("z"), picture.funded) == ("", 1, "")


def test_map_figures_count_who_is_near_a_workshop_and_who_is_not():
    commune = rennes()
    with translation.override("fr"):
        assert [figure.value for figure in map_figures(territory_facts())] == ["0", "220\u202f000"]
    where = {"latitude": commune.latitude, "longitude": commune.longitude, "commune": commune}
    KnownPlace.objects.create(name="Lieu", kind="fablab", source="test", source_id="1", imported_at=AT, **where)
    with translation.override("fr"):
        near, far = map_figures(territory_facts())
    assert (near.value, near.label) == ("220\u202f000", "habitants à 20 km au plus d’un atelier")
    assert (far.value, far.label) == ("0", "habitants n’en ont aucun")


def test_home_tells_grants_and_never_who_was_not_chosen(french, decided):
    page = check_page(french.get("/"))
    assert "Ouvrir la fabrique de Rennes aux entreprises" in page.text
    assert "160\u202f000\u00a0€" in page.text
    assert page.links["Toutes les décisions, avec leurs raisons"] == f"/appels/{decided.selection.call.slug}/resultats/"
    type(decided).objects.update(outcome="declined", granted_cents=0)
    cache.clear()
    assert "Ouvrir la fabrique de Rennes" not in french.get("/").content.decode()


def test_home_never_tells_a_prepared_decision(french, decided):
    type(decided).objects.update(state="prepared")
    assert "Ouvrir la fabrique de Rennes" not in french.get("/").content.decode()


def test_home_of_the_demonstration_lets_one_try_each_role(french, call, settings):
    from essaim.accounts.models import Person

    Person.objects.create_user("o@demo.example", name="Ada Morvan", invented=True, demo_role="Chargée de programme")
    assert "Essayez en tant que…" not in french.get("/").content.decode()
    settings.DEMO = True
    page = check_page(french.get("/"))
    assert "Chargée de programme" in page.text
