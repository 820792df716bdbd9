"""The public pages of calls, and the simulator of three numbers, through HTTP."""

from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from essaim.calls.lifecycle import CALL
from essaim.kernel import clock
from tests.factories.calls import make_call
from tests.page import check_page

pytestmark = pytest.mark.django_db
SLUG = "ateliers-de-fabrication-numerique"
URL = f"/appels/{SLUG}/"
TRIED = f"{URL}?cout=250000&demande=180000&autres=70000"


def plain(text):
    """The text with ordinary spaces, as it is easier to compare."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def simulated(client, cout, demande, autres):
    page = check_page(client.get(URL + "?" + urlencode({"cout": cout, "demande": demande, "autres": autres})))
    return plain(page.text)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("path", ["/appels/", URL, TRIED, f"{URL}reglement/", "/alertes/"])
def test_public_pages_open_in_both_languages_and_write_nothing(client, call, path, language, never_writes):
    client.get(path)
    with never_writes():
        page = check_page(client.get(path, headers={"accept-language": language}))
    assert page.select("html")[0].get("lang") == language


def test_call_page_says_state_deadline_rules_and_service(client, call):
    text = plain(check_page(client.get(URL)).text)
    for said in (
        "On peut y répondre jusqu’au vendredi 13 septembre 2013 à 23 h 59 (heure de Paris).",
        "dans 3 jours",
        "De 50 000 € à 200 000 €",
        "Appel de 2013, taux maximal de l’aide",
        "Relevé d’identité bancaire (RIB)",
        "Obligatoire pour : une association, une entreprise",
        "DGCIS, appel à projets Fablabs, 1 rue de l’Exemple, 75000 Paris",
        "celle-ci est réputée rejetée",
        "recours gracieux",
        "vers le 15 octobre 2013",
    ):
        assert said in text, said


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        (
            ("250 000", "180 000", "70 000"),
            "72 % pour un maximum de 70 % : baissez la demande de 5 000 €, ou portez le coût à 257 142,86 €.",
        ),
        (("100 000", "48 000", "52 000"), "48 000 € pour un minimum de 50 000 € : augmentez la demande de 2 000 €."),
        (("400 000", "210 000", "190 000"), "210 000 € pour un maximum de 200 000 € : baissez la demande de 10 000 €."),
        (
            ("250 000", "160 000", "86 000"),
            "Il manque 4 000 € de ressources : ajoutez une ressource, ou baissez une dépense, d’autant.",
        ),
    ],
)
def test_simulator_says_the_margin_in_a_sentence(client, call, numbers, sentence):
    text = simulated(client, *numbers)
    assert sentence in text
    assert "1 règle n’est pas respectée : voici ce qui la fait passer." in text


def test_simulator_accepts_a_good_plan_and_sets_apart_what_it_cannot_answer(client, call):
    text = simulated(client, "250 000 €", "160000", "90 000,00")
    assert "Ces trois nombres respectent les règles de l’appel." in text
    assert "Il vous reste 15 000 € de marge." in text
    assert "Non respectée" not in text
    later = text.split("À voir dans le dossier")[1]
    assert "Qui peut demander l’aide" in later
    assert "Participation d’autres financeurs" in later
    assert "Pièces du dossier" in later


def test_simulator_knows_that_nobody_else_funds(client, call):
    text = simulated(client, "200 000", "140 000", "0")
    assert "Laissée à l’appréciation du service" in text
    assert "Aucun autre financeur, public ou privé, ne participe." in text


@pytest.mark.parametrize(
    ("typed", "words"),
    [("1e9", "1e9"), ("-5", "-5"), ("12 000,50 EUR", None), ("", "Indiquez un montant, par exemple 12 000 €.")],
)
def test_bad_amounts_get_a_sentence_and_lose_nothing(client, call, typed, words):
    answer = client.get(URL, {"cout": "250 000", "demande": typed, "autres": "70 000"})
    page = check_page(answer, 200 if words is None else 422)
    typed_back = {field.get("name"): field.get("value") for field in page.select("input")}
    assert (typed_back["cout"], typed_back["demande"] or "", typed_back["autres"]) == ("250 000", typed, "70 000")
    errors = [plain("".join(element.itertext())) for element in page.select("p", class_="es-error")]
    if words is None:
        assert errors == []
    else:
        assert len(errors) == 1
        assert words in errors[0]


def test_a_project_that_costs_nothing_is_said(client, call):
    page = check_page(client.get(URL, {"cout": "0", "demande": "1", "autres": "0"}), 422)
    assert "Indiquez un coût supérieur à 0 €." in plain(page.text)


def test_call_page_stays_within_six_queries_once_warm(client, call, django_assert_max_num_queries):
    client.get(TRIED)
    with django_assert_max_num_queries(6):
        client.get(TRIED)


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_whatever_its_length(client, call, count, django_assert_num_queries):
    for number in range(count - 1):
        make_call(programme=call.programme, slug=f"autre-{number}")
    client.get("/appels/")
    with django_assert_num_queries(4):
        page = check_page(client.get("/appels/"))
    assert len(page.select("article")) == count


def test_list_separates_open_upcoming_and_past_and_filters(client, call):
    make_call(
        programme=call.programme,
        slug="demain",
        opens_at=datetime(2013, 10, 1, tzinfo=UTC),
        closes_at=datetime(2013, 11, 1, tzinfo=UTC),
    )
    make_call(
        programme=call.programme,
        slug="hier",
        closes_at=datetime(2013, 7, 1, tzinfo=UTC),
        territory=["53"],
        themes=["x"],
    )
    page = check_page(client.get("/appels/"))
    headings = [heading.text for heading in page.select("h2")]
    assert headings[:4] == ["Ouverts aujourd’hui", "À venir", "Passés", "Être prévenu"]
    assert len(check_page(client.get("/appels/?region=11")).select("article")) == 2
    assert len(check_page(client.get("/appels/?theme=fablabs")).select("article")) == 2
    assert len(check_page(client.get("/appels/?q=NUMÉRIQUE")).select("article")) == 3
    nothing = check_page(client.get("/appels/?q=introuvable"))
    assert (len(nothing.select("article")), "Aucun appel n’est ouvert" in nothing.text) == (0, True)


def test_list_downloads(client, call):
    answer = client.get("/appels/?format=csv").content.decode("utf-8-sig").splitlines()
    assert answer[0] == "Appel,Adresse,État,Ouverture,Clôture,Fuseau,Thèmes,Régions"
    assert answer[1].startswith("Aide au développement des ateliers de fabrication numérique,http")


@pytest.mark.parametrize("path", ["", "reglement/", "reglement.json", "calendrier.ics", "preparer/", "portee/"])
def test_a_draft_does_not_exist_for_the_public_nor_for_strangers(client, draft, person, path):
    client.force_login(person)
    assert client.get(URL + path).status_code == 404
    if path not in ("preparer/", "portee/"):
        client.logout()
        assert client.get(URL + path).status_code == 404


def test_a_closed_call_offers_no_start_and_says_since_when(client, call):
    with clock.telling(datetime(2013, 10, 1, tzinfo=UTC)):
        page = check_page(client.get(TRIED))
    assert "L’appel est clos depuis le vendredi 13 septembre 2013" in plain(page.text)
    assert not [text for text in page.links if text.startswith("Commencer un dossier")]


@pytest.mark.parametrize(
    ("move", "sentence"),
    [
        ("settle", "Les résultats sont publiés, avec leurs raisons."),
        ("withdraw", "Cet appel a été retiré : on ne peut pas y répondre."),
    ],
)
def test_call_page_says_how_it_ended(client, call, officer, story, move, sentence):
    CALL.perform(call, move, by=officer, at=story, reason="Une raison")
    assert sentence in plain(check_page(client.get(URL)).text)


def test_rules_page_shows_version_article_and_digest(client, call):
    page = check_page(client.get(f"{URL}reglement/"))
    assert "Première version." in page.text
    assert call.rule_set.rules_sha256 in page.text.replace(" ", "")
    assert "Appel de 2013, demandeurs" in page.text
