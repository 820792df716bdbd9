"""The map, the territories, the places: what everybody reads, what each may do."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories.awards import paid, reported
from tests.factories.territory import KnownPlaceFactory, funded_place
from tests.page import check_page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.fixture
def client(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    return client


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_map_tells_places_and_reach_without_javascript(client, place, never_writes):
    KnownPlaceFactory(kind="epn", invented=True)
    with never_writes():
        page = check_page(client.get("/carte/"))
    assert page.h1 == "La carte"
    assert "Les lieux financés mettent un fab lab à la portée de 220 000 personnes qui n’en avaient pas." in plain(
        page.text
    )
    assert place.name in page.text
    assert "Ille-et-Vilaine" in page.text
    assert "100 %" in plain(page.text)
    shapes = [path for path in page.select("path") if "ter-4" in path.get("class", "")]
    assert len(shapes) == 1
    english = check_page(client.get("/carte/", headers={"accept-language": "en"}))
    assert english.h1 == "The map"


def test_map_without_any_place_says_what_will_be_there(client, db):
    page = check_page(client.get("/carte/"))
    assert "Un lieu apparaît ici dès que sa convention est signée par les deux parties." in page.text


def test_points_and_outlines_are_served_by_this_site(client, place, never_writes):
    known = KnownPlaceFactory(invented=True, name="</script><b>")
    with never_writes():
        points = client.get("/carte/lieux.json").json()["points"]
    assert [(p["kind"], p["title"]) for p in points] == [("known", known.name), ("funded", place.name)]
    assert points[0]["text"].endswith("(inventé pour la démonstration)")
    assert points[1]["url"] == place.get_absolute_url()
    outlines = client.get("/carte/departements.geojson")
    assert outlines["Content-Type"] == "application/geo+json"
    assert len(outlines.json()["features"]) >= 96
    again = client.get("/carte/departements.geojson", headers={"if-none-match": outlines["ETag"]})
    assert again.status_code == 304
    assert client.get("/carte/lieux.json?departement=75").json() == {"points": []}


@pytest.mark.parametrize(
    "address", ["/carte/", "/lieux/", "/territoires/", "/territoires/35/", "/territoires/region-53/"]
)
def test_pages_ask_as_many_queries_for_one_place_as_for_three(client, place, address):
    KnownPlaceFactory()
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _again in range(2):
        KnownPlaceFactory()
        funded_place()
    client.get(address)  # the number of places changed: figures are computed once
    with CaptureQueriesContext(connection) as three:
        client.get(address)
    assert len(one) == len(three) <= 12, [query["sql"][:90] for query in three]


def test_territories_of_today_and_of_2013_are_found_by_name(client, place):
    page = check_page(client.get("/territoires/"))
    assert "Bretagne" in page.text
    assert "Ille-et-Vilaine" in page.text
    assert check_page(client.get("/territoires/?annee=2013")).select("a", href="/territoires/region-53/")
    assert "Aucun territoire ne correspond" in check_page(client.get("/territoires/?q=zzz")).text
    lines = client.get("/territoires/?format=csv").content.decode("utf-8-sig").splitlines()
    assert lines[1:] == ["region-53,Bretagne,0,1,220000,220000,1.0", "35,Ille-et-Vilaine,0,1,220000,220000,1.0"]


def test_a_territory_shows_its_figures_and_places(client, place):
    KnownPlaceFactory(name="L’Atelier connu")
    department = check_page(client.get("/territoires/35/"))
    assert (department.h1, "L’Atelier connu" in department.text) == ("Ille-et-Vilaine", True)
    region = check_page(client.get("/territoires/region-53/"))
    assert (region.h1, place.name in region.text) == ("Bretagne", True)
    assert client.get("/territoires/999/").status_code == 404
    assert client.get("/territoires/region-99/").status_code == 404


def test_known_places_are_searched_filtered_and_downloaded(client, place):
    KnownPlaceFactory(name="=Un lieu", kind="epn", invented=True)
    KnownPlaceFactory(name="Autre chose")
    page = check_page(client.get("/lieux/?q=rennes&nature=epn&departement=35"))
    assert ("=Un lieu" in page.text, "Autre chose" in page.text, "inventé" in page.text.casefold()) == (
        True,
        False,
        True,
    )
    assert "Aucun lieu ne correspond" in check_page(client.get("/lieux/?q=zzz")).text
    assert "Aucun lieu ne correspond" in check_page(client.get("/lieux/?q=%25_")).text
    lines = client.get("/lieux/?format=csv&nature=epn").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("'=Un lieu,Espace public numérique,")
    assert lines[1].endswith(",oui")


def test_a_place_goes_back_to_the_card_that_began_it(client, place, never_writes):
    paid(place.agreement.payments.get(kind="advance"))
    reported(place.agreement)
    with never_writes():
        page = check_page(client.get(place.get_absolute_url()))
    text = plain(page.text)
    application = place.agreement.decision.application
    for words in (
        "Bercy Jam",
        "session 2, table 1",
        "« Un atelier ouvert dans chaque ville »",
        "Des ateliers partout",
        "Un appel est ouvert.",
        "Aide au développement des ateliers de fabrication numérique",
        application.reference,
        place.agreement.number,
        "33 000 €",
        "420",
        "Tout a été fait comme prévu.",
    ):
        assert words in text, words
    assert page.select("a", href="/jams/bercy/propositions/1/")
    assert "inventé" in text.casefold()
    check_page(client.get(place.get_absolute_url(), headers={"accept-language": "en"}))


def test_a_report_being_written_is_not_public(client, place):
    report = place.agreement.report
    report.text, report.indicators = "Brouillon secret", {"people": 987_654}
    report.save()
    text = plain(check_page(client.get(place.get_absolute_url())).text)
    assert ("Brouillon secret" in text, "987 654" in text) == (False, False)


def test_a_place_of_no_name_is_not_found(client, db):
    assert client.get("/lieux/nulle-part/").status_code == 404


def test_only_the_officer_and_the_beneficiary_announce_the_opening(client, place, officer, stranger):
    address = reverse("territory:open", args=[place.slug])
    assert client.post(address).status_code == 302
    client.force_login(stranger)
    assert "Annoncer l’ouverture" not in check_page(client.get(place.get_absolute_url())).text
    assert plain(said(client.post(address, follow=True))[-1]).startswith("Cette action est réservée à :")
    client.force_login(officer)
    assert "Annoncer l’ouverture" in check_page(client.get(place.get_absolute_url())).text
    assert plain(said(client.post(address, follow=True))[-1]) == ("Le lieu est ouvert : sa page et la carte le disent.")
    assert said(client.post(address, follow=True))[-1] == "C’est déjà fait."
    place.refresh_from_db()
    assert place.state == "open"
