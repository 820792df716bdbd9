"""The pages of the choice through HTTP: what each shows to whom, in both languages, within its queries."""

import json
import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from essaim.engine.certificate import verify_certificate
from essaim.kernel import clock
from essaim.kernel import tasks as jobs
from essaim.kernel.worker import run_worker
from essaim.selections import actions, tasks
from essaim.selections.models import Decision, Scenario
from essaim.selections.views import team
from essaim.ui.formats import number
from tests.factories.jams import PersonFactory
from tests.factories.selections import AFTER, LATER, SUMMER, ApplicationFactory, reviewed
from tests.page import check_page
from tests.stopping import stopping_at

pytestmark = pytest.mark.django_db
TEAM_PAGES = ("ranking", "scenarios", "publish")


@pytest.fixture(autouse=True)
def at_the_time():
    """Pages read the clock: it is a month after the closing."""
    with clock.telling(AFTER):
        yield


def url(name, choice, *args):
    return reverse(f"selections:{name}", args=[choice.call.slug, *args])


def signed_in(person, language="fr"):
    client = Client(headers={"accept-language": language})
    client.force_login(person)
    return client


def plain(text):
    return re.sub(r"\s+", " ", text)


def applicant_of(application):
    from tests.factories.applications import member

    return member(application.organisation)


# --- The team's workshop ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", TEAM_PAGES)
def test_team_pages_do_not_exist_for_others(choice, selection, name):
    assert signed_in(PersonFactory()).get(url(name, choice)).status_code == 404
    assert signed_in(applicant_of(choice.admissible[0])).get(url(name, choice)).status_code == 404
    assert signed_in(choice.officer).get(url(name, choice)).status_code == 200
    assert Client().get(url(name, choice)).status_code == (404 if name == "scenarios" else 302)


@pytest.mark.parametrize("name", TEAM_PAGES)
def test_team_pages_before_anything_say_what_comes_next(choice, name, never_writes):
    client = signed_in(choice.officer)
    with never_writes():
        check_page(client.get(url(name, choice)))


def test_ranking_is_computed_with_one_button(choice):
    client = signed_in(choice.officer)
    page = check_page(client.get(url("ranking", choice)))
    assert "Calculer le classement" in page.text
    page = check_page(client.post(url("ranking", choice), follow=True))
    assert "Le classement est calculé." in plain(page.html)
    assert len(page.select("svg", class_="sel-interval")) == 4
    assert choice.admissible[0].reference in page.text


def test_ranking_before_the_closing_is_refused_in_a_sentence(choice):
    with clock.telling(SUMMER):
        page = check_page(signed_in(choice.officer).post(url("ranking", choice), follow=True))
    assert "La sélection commence après la clôture de l’appel." in plain(page.html)


def test_ranking_is_searched_filtered_and_downloaded(choice, selection):
    client = signed_in(choice.officer)
    page = check_page(client.get(url("ranking", choice), {"q": choice.admissible[1].reference}))
    assert (choice.admissible[1].reference in page.text, choice.admissible[0].reference in page.text) == (True, False)
    nothing = check_page(client.get(url("ranking", choice), {"q": "introuvable"}))
    assert "Aucun dossier ne répond à ce filtre." in nothing.text
    for format, start in (("csv", b"\xef\xbb\xbfPosition"), ("xlsx", b"PK"), ("ods", b"PK")):
        assert client.get(url("ranking", choice), {"format": format}).content.startswith(start)


def test_ranking_in_english(choice, selection):
    page = check_page(signed_in(choice.officer, "en").get(url("ranking", choice)))
    assert page.h1 == "Ranking of the applications"


def form_of(**changes):
    return {"title": "Bretagne d’abord", "budget": "200 000 €", "radius_km": "20", "weight": "50000",
            "partial": "100", **changes}  # fmt: skip


def test_a_scenario_is_made_and_computed_from_the_form(choice, selection):
    client = signed_in(choice.officer)
    check_page(client.get(url("scenarios", choice)))
    answer = client.post(url("scenarios", choice), form_of(low_53="1", high_53="2"))
    scenario = Scenario.objects.get()
    assert answer.url == url("scenario", choice, 1)
    assert (scenario.state, scenario.parameters["quotas"]) == ("computed", {"53": [1, 2]})
    page = check_page(client.get(answer.url))
    assert "Prouvé optimal" in page.text
    assert "Région Bretagne : entre 1 et 2 projets retenus." in plain(page.text)
    assert "n° 1 · Bretagne d’abord" in plain(check_page(client.get(url("scenarios", choice))).text)


def test_a_senseless_form_keeps_what_was_typed(choice, selection):
    answer = signed_in(choice.officer).post(url("scenarios", choice), form_of(budget="1e9", low_53="3", high_53="1"))
    page = check_page(answer, status=422)
    assert "Le maximum est au moins égal au minimum." in page.text
    assert page.select("input", name="budget")[0].get("value") == "1e9"
    assert Scenario.objects.count() == 0


def test_impossible_rules_are_told_on_the_scenario_page(choice, selection):
    client = signed_in(choice.officer)
    answer = client.post(url("scenarios", choice), form_of(low_53="4"))
    page = check_page(client.get(answer.url))
    assert "Aucun ensemble de projets ne respecte ces règles" in page.text


def test_scenario_page_goes_from_proposal_to_ratification(choice, computed):
    officer, decider = signed_in(choice.officer), signed_in(choice.decision_maker)
    address = url("scenario", choice, 1)
    page = check_page(officer.post(address, {"action": "propose", "reason": " "}), status=422)
    assert "Donnez une raison : elle accompagnera la décision." in plain(page.text)
    check_page(officer.post(address, {"action": "propose", "reason": "Le plus d’habitants."}, follow=True))
    page = check_page(officer.get(address))
    assert "Cette action est réservée à : décideur." in plain(page.text)
    page = check_page(decider.post(address, {"action": "ratify", "reason": "Oui."}, follow=True))
    assert "La sélection est arrêtée ; les décisions motivées sont préparées." in plain(page.html)
    page = check_page(officer.post(address, {"action": "ratify", "reason": "Encore."}), status=422)
    assert Decision.objects.count() == 6


def test_a_scenario_is_put_aside(choice, computed):
    page = check_page(signed_in(choice.officer).post(url("scenario", choice, 1), {"action": "discard"}, follow=True))
    assert "Écarté" in page.text


def test_map_and_certificate_of_a_scenario(choice, computed):
    client = signed_in(choice.officer)
    points = client.get(url("points", choice, 1)).json()["points"]
    assert sorted(point["kind"] for point in points) == ["asked", "asked", "funded", "funded"]
    document = json.loads(client.get(url("certificate", choice, 1)).content)
    assert verify_certificate(document) == computed.result["value"]
    assert sorted(document["files"].values()) == sorted(a.reference for a in choice.admissible)


def test_nothing_of_a_scenario_is_public_before_the_results(choice, computed):
    for name in ("scenario", "points", "certificate"):
        assert Client().get(url(name, choice, 1)).status_code == 404


def test_publication_page_tells_what_it_will_do_then_does_it(choice, ratified, real_queue):
    client = signed_in(choice.officer)
    page = check_page(client.get(url("publish", choice)))
    assert "200 000 € sur 200 000 €" in plain(page.text)
    page = check_page(client.post(url("publish", choice), {"action": "publish"}, follow=True))
    assert page.h1.startswith("Résultats")
    assert "Les résultats sont publiés" in page.html


def test_publication_page_says_what_is_missing(choice, ratified):
    late = ApplicationFactory(call=choice.call)
    page = check_page(signed_in(choice.officer).get(url("publish", choice)))
    assert f"1 dossier n’a pas encore de décision motivée ({late.reference})" in plain(page.text)
    late.state = "inadmissible"
    late.save()
    decider = signed_in(choice.decision_maker)
    assert "Préparer 1 décision manquante" in plain(check_page(decider.get(url("publish", choice))).text)
    page = check_page(decider.post(url("publish", choice), {"action": "prepare"}, follow=True))
    assert "1 décision est préparée." in plain(page.html)


# --- For everybody ----------------------------------------------------------------------------------------------------
def test_results_to_come_show_the_calendar(choice, selection, client, never_writes):
    with never_writes():
        page = check_page(client.get(url("results", choice)))
    assert page.h1 == "Résultats à venir"
    assert "vers le 15 octobre 2013" in plain(page.text)
    english = check_page(client.get(url("results", choice), headers={"accept-language": "en"}))
    assert english.h1 == "Results to come"


def test_results_tell_who_and_why_and_never_name_the_refused(choice, published, client, never_writes):
    with never_writes():
        page = check_page(client.get(url("results", choice)))
    decisions = Decision.objects.select_related("application__organisation", "application__call")
    for decision in decisions:
        told = decision.outcome == "funded"
        assert (decision.application.title in page.text, str(decision.application.organisation) in page.text) == (
            told,
            told,
        )
        assert decision.application.reference in page.text
    assert "Le plus d’habitants." in page.text
    assert "Je suis l’avis du service." in page.text
    assert "L312-1-3" in page.text


def test_results_in_english(choice, published):
    page = check_page(Client(headers={"accept-language": "en"}).get(url("results", choice)))
    assert page.h1.startswith("Results")


def test_my_file_is_found_by_its_number(choice, published, client):
    for typed in (choice.inadmissible.reference, str(choice.inadmissible.number)):
        page = check_page(client.get(url("results", choice), {"numero": typed}))
        callout = page.text[page.text.index("Trouver mon dossier") : page.text.index("Les projets retenus")]
        assert (choice.inadmissible.reference in callout, "Irrecevable." in callout) == (True, True)
    page = check_page(client.get(url("results", choice), {"numero": "9999"}))
    assert "Aucun dossier examiné ne porte le numéro « 9999 »" in plain(page.text)


def test_scenarios_are_public_with_the_results_without_the_names_of_the_refused(choice, published, client):
    page = check_page(client.get(url("scenario", choice, 1)))
    refused = Decision.objects.filter(outcome="declined").select_related("application__organisation")
    for decision in refused:
        assert decision.application.title not in page.html
        assert str(decision.application.organisation) not in page.html
    assert {point["kind"] for point in client.get(url("points", choice, 1)).json()["points"]} == {"funded"}
    downloaded = client.get(url("scenario", choice, 1), {"format": "csv"}).content.decode()
    assert not any(decision.application.title in downloaded for decision in refused)
    downloaded = client.get(url("results", choice), {"format": "csv"}).content.decode()
    assert not any(decision.application.title in downloaded for decision in refused)


def test_scenarios_are_compared_by_everyone_once_results_are_out(choice, published, client):
    page = check_page(client.get(url("scenarios", choice)))
    assert "n° 1 · Le territoire d’abord" in plain(page.text)
    assert not page.select("form", action=url("scenarios", choice))


def test_index_lists_published_results(choice, ratified, client):
    assert "Aucun résultat n’est encore publié" in check_page(client.get("/resultats/")).text
    actions.publish_results(ratified.selection, by=choice.officer, at=LATER)
    assert "2 projets retenus sur 6 dossiers" in plain(check_page(client.get("/resultats/")).text)
    english = check_page(client.get("/resultats/", headers={"accept-language": "en"}))
    assert english.h1 == "Results"


# --- The decision -----------------------------------------------------------------------------------------------------
def decision_of(application):
    return Decision.objects.get(application=application)


def test_a_decision_is_its_applicants_once_published(choice, ratified, real_queue):
    decision = decision_of(choice.admissible[0])
    applicant = signed_in(applicant_of(choice.admissible[0]))
    other = signed_in(applicant_of(choice.admissible[1]))
    address = decision.get_absolute_url()
    assert applicant.get(address).status_code == 404
    assert "Préparée, pas encore publiée" in check_page(signed_in(choice.officer).get(address)).text
    actions.publish_results(ratified.selection, by=choice.officer, at=LATER)
    for stranger in (other, signed_in(PersonFactory()), signed_in(choice.experts[0].person)):
        assert stranger.get(address).status_code == 404
    assert Client().get(address).status_code == 302
    page = check_page(applicant.get(address))
    assert page.h1.startswith(("Oui", "Non"))
    assert "R311-3-1-1" in page.text
    results = check_page(applicant.get(url("results", choice)))
    assert "Lire ma décision et ses raisons" in results.links


@pytest.mark.parametrize("outcome", ["funded", "declined", "inadmissible", "ineligible"])
def test_each_decision_says_yes_or_no_first_in_both_languages(choice, published, outcome):
    decision = Decision.objects.filter(outcome=outcome).select_related("application__organisation").first()
    person = applicant_of(decision.application)
    french = check_page(signed_in(person).get(decision.get_absolute_url()))
    english = check_page(signed_in(person, "en").get(decision.get_absolute_url()))
    assert french.h1.startswith("Oui" if outcome == "funded" else "Non")
    assert english.h1.startswith("Yes" if outcome == "funded" else "No")
    for heading in ("1. Degré", "2. Données", "3. Paramètres", "4. Opérations"):
        assert heading in french.text
    for reason in decision.reasons:
        assert plain(reason["fr"]) in plain(french.text)
        assert plain(reason["en"]) in plain(english.text)
    assert plain(choice.call.appeal["fr"]) in plain(french.text)


# --- Queries ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["ranking", "scenarios", "publish", "scenario", "results"])
def test_pages_ask_as_many_queries_for_more_files(
    choice, selection, name, real_queue, django_assert_max_num_queries, django_assert_num_queries
):
    def play():
        scenario = actions.create_scenario(selection, title="", budget_cents=20_000_000, by=choice.officer, at=AFTER)
        actions.compute_scenario(scenario, by=None, at=AFTER)
        return scenario

    def more():
        application = ApplicationFactory(call=choice.call, admissible=True)
        reviewed(application, choice.experts, (14_000, 13_000, 15_000))

    client = signed_in(choice.officer)
    scenario = play()
    if name == "results":
        more()
        actions.rank(selection, by=choice.officer, at=AFTER)
        scenario = play()
        actions.propose(scenario, reason="Oui.", by=choice.officer, at=AFTER)
        actions.ratify(scenario, reason="Oui.", by=choice.decision_maker, at=AFTER)
        selection.refresh_from_db()
        actions.publish_results(selection, by=choice.officer, at=AFTER)
        client = Client(headers={"accept-language": "fr"})
    address = url(name, choice, scenario.number) if name == "scenario" else url(name, choice)
    cache.clear()
    client.get(address)
    with django_assert_max_num_queries(12) as asked:
        client.get(address)
    count = len(asked)
    if name == "results":
        return
    for _ in range(2):
        more()
    actions.rank(selection, by=choice.officer, at=AFTER)
    scenario = play()
    address = url(name, choice, scenario.number) if name == "scenario" else url(name, choice)
    client.get(address)
    with django_assert_num_queries(count):
        client.get(address)


# --- Another decision, another envelope, a computation that is stopped ------------------------------------------------
def test_scenario_page_tells_the_price_of_each_decision_and_the_envelopes_around(choice, computed):
    page = check_page(signed_in(choice.officer).get(url("scenario", choice, 1)))
    prices = computed.result["prices"]
    assert sorted(prices) == sorted(str(a.pk) for a in choice.admissible)
    funded, refused = (list(computed.lines.filter(funded=value)) for value in (True, False))
    for line in [*funded, *refused]:
        assert number(prices[str(line.application_id)] / 1000, 3) in page.text
    assert [row["budget_cents"] for row in computed.result["envelopes"]] == [1_000_000 * k for k in range(14, 27)]
    here = next(row for row in computed.result["envelopes"] if row["budget_cents"] == computed.budget_cents)
    assert (here["points"], here["funded"]) == (computed.result["points"], computed.result["funded"])
    assert plain("200 000 € (ce scénario)") in plain(page.text)
    assert "Entrent" in page.text


def test_a_file_forced_in_makes_another_scenario_worth_its_price_less(choice, computed):
    client, refused = signed_in(choice.officer), computed.lines.filter(funded=False).order_by("pk").first()
    answer = client.post(
        url("scenario", choice, 1), {"action": "force", "application": refused.application_id, "decision": "in"}
    )
    assert answer.url == url("scenario", choice, 2)
    other = Scenario.objects.get(number=2)
    line = other.lines.get(application=refused.application)
    lost = computed.result["points"] - other.result["points"]
    assert (line.funded, str(line.explanation)) == (True, "Ce dossier est retenu d’office.")
    assert lost == pytest.approx(computed.result["prices"][str(refused.application_id)] / 1000, abs=1e-3)
    assert str(refused.application_id) not in other.result["prices"]
    page = check_page(client.get(answer.url))
    assert f"Le dossier {refused.application.reference} est retenu d’office, quel que soit son rang." in page.text
    again = client.post(answer.url, {"action": "force", "application": refused.application_id, "decision": "out"})
    third = Scenario.objects.get(number=3)
    assert again.url == url("scenario", choice, 3)
    assert (third.parameters["forced_in"], list(third.parameters["forced_out"])) == ({}, [str(refused.application_id)])


def test_forcing_asks_which_file_and_how_and_belongs_to_the_officer(choice, computed):
    page = check_page(signed_in(choice.officer).post(url("scenario", choice, 1), {"action": "force"}), status=422)
    assert "Choisissez une réponse" in page.text
    signed_in(choice.decision_maker).post(
        url("scenario", choice, 1),
        {"action": "force", "application": choice.admissible[0].pk, "decision": "in"},
    )
    assert Scenario.objects.count() == 1


@pytest.mark.parametrize("moment", [1, 4, 9])
def test_a_stopped_scenario_is_told_so_and_nothing_is_written(choice, selection, real_queue, monkeypatch, moment):
    monkeypatch.setattr(jobs, "LOOK_EVERY", 0)
    client = signed_in(choice.officer)
    client.post(url("scenarios", choice), form_of())
    address = url("scenario", choice, 1)
    page = check_page(client.get(address))
    assert ("Calcul en cours" in page.text, "Arrêter le calcul" in page.text) == (True, True)
    with stopping_at(moment):
        run_worker(once=True)
    scenario = Scenario.objects.get()
    scenario = Scenario.objects.get()
    assert (scenario.state, scenario.result, scenario.lines.count()) == ("draft", {}, 0)
    page = check_page(client.get(address))
    assert "Il n’a rien changé : rien n’a été enregistré." in page.text
    client.post(address, {"action": "compute"})
    run_worker(once=True)
    page = check_page(client.get(address))
    assert ("Le calcul a été arrêté" in page.text, "Prouvé optimal" in page.text) == (False, True)


def test_the_stop_button_of_a_scenario_stops_what_waits_and_is_the_officers(choice, selection, real_queue):
    officer = signed_in(choice.officer)
    officer.post(url("scenarios", choice), form_of())
    address = url("scenario", choice, 1)
    check_page(signed_in(choice.decision_maker).post(address, {"action": "stop"}, follow=True))
    assert jobs.latest(tasks.compute, scenario=Scenario.objects.get().pk).state == "queued"
    page = check_page(officer.post(address, {"action": "stop"}, follow=True))
    assert "Le calcul a été arrêté" in page.text
    assert jobs.latest(tasks.compute, scenario=Scenario.objects.get().pk).state == "cancelled"


def test_a_long_ranking_is_a_job_that_can_be_stopped(choice, real_queue, monkeypatch):
    monkeypatch.setattr(team, "AT_ONCE", 3)
    monkeypatch.setattr(jobs, "LOOK_EVERY", 0)
    client, address = signed_in(choice.officer), url("ranking", choice)
    page = check_page(client.post(address, follow=True))
    assert "Calcul en cours" in page.text
    check_page(client.get(address, headers={"hx-request": "true"}))
    with stopping_at(3):
        run_worker(once=True)
    assert choice.call.selection.ranking == {}
    assert "Le calcul a été arrêté" in check_page(client.get(address)).text
    client.post(address)
    run_worker(once=True)
    page = check_page(client.get(address, headers={"hx-request": "true"}))
    assert ("Le calcul est terminé" in page.text, "Le calcul a été arrêté" in page.text) == (True, False)
    client.post(address)
    check_page(client.post(address, {"action": "stop"}, follow=True))
    assert jobs.latest(tasks.rank, selection=choice.call.selection.pk).state == "cancelled"
