"""From the ranking to the publication: what is computed, what is refused, what happens all at once."""

import re
from contextlib import contextmanager
from hashlib import sha256

import pytest
from django.db import IntegrityError, transaction

from essaim.applications.models import ApplicationState
from essaim.engine.certificate import verify_certificate
from essaim.kernel.models import Event
from essaim.kernel.workflow import Refused
from essaim.programmes.actions import canonical_json
from essaim.programmes.models import TeamMember
from essaim.selections import actions
from essaim.selections.lifecycle import SCENARIO
from essaim.selections.models import Decision, DecisionState, Scenario, ScenarioState, SelectionState
from tests.factories.jams import PersonFactory
from tests.factories.selections import AFTER, LATER, SUMMER, ApplicationFactory, reviewed
from tests.factories.selections import choice as make_choice

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@contextmanager
def refused(sentence):
    """This exact sentence, whatever kind of space is before its signs."""
    with pytest.raises(Refused) as refusal:
        yield
    assert re.sub(r"\s", " ", str(refusal.value)) == sentence


def content(scenario):
    """The lines of a scenario, without their keys."""
    fields = ("application_id", "funded", "granted_cents", "points", "rank_low", "rank_high", "explanation")
    return [tuple(getattr(line, name) for name in fields) for line in scenario.lines.order_by("application_id")]


# --- Ranking ----------------------------------------------------------------------------------------------------------
def test_selection_waits_for_the_closing(choice):
    with refused("La sélection commence après la clôture de l’appel."):
        actions.open_selection(choice.call, by=choice.officer, at=SUMMER)


def test_selection_is_opened_once(choice):
    first = actions.open_selection(choice.call, by=choice.officer, at=AFTER)
    assert actions.open_selection(choice.call, by=choice.officer, at=LATER) == first
    assert Event.objects.filter(verb="selections.selection.open").count() == 1


def test_only_an_officer_prepares_the_selection(choice):
    for someone in (choice.decision_maker, PersonFactory()):
        with refused("Seul un chargé de programme prépare la sélection."):
            actions.open_selection(choice.call, by=someone, at=AFTER)


def test_ranking_keeps_order_intervals_groups_and_its_digest(choice, selection):
    rows = selection.ranking["rows"]
    assert [row["application"] for row in rows] == [application.pk for application in choice.admissible]
    assert all(row["low"] <= row["expected_rank"] <= row["high"] for row in rows)
    assert (selection.ranking["fundable"], selection.ranking["marks"]) == (2, 12)
    event = Event.objects.get(verb="selections.selection.rank")
    assert event.payload["sha256"] == selection.ranking["sha256"] == sha256(canonical_json(rows).encode()).hexdigest()


def test_ranking_without_marks_is_refused_in_a_sentence(choice):
    selection = actions.open_selection(choice.call, by=choice.officer, at=AFTER)
    for application in choice.admissible:
        application.assignments.all().delete()
    with pytest.raises(Refused):
        actions.rank(selection, by=choice.officer, at=AFTER)
    selection.refresh_from_db()
    assert selection.ranking == {}


def test_ranking_is_frozen_once_ratified(choice, ratified):
    with refused("La sélection est arrêtée : ni le classement ni les scénarios ne changent plus."):
        actions.rank(ratified.selection, by=choice.officer, at=LATER)


# --- Scenarios --------------------------------------------------------------------------------------------------------
def test_scenario_is_optimal_proven_and_explained_line_by_line(choice, computed):
    assert (computed.state, computed.result["funded"], computed.granted_cents) == ("computed", 2, 20_000_000)
    assert computed.result["certified"] is True
    assert verify_certificate(computed.certificate) == computed.result["bound"] == computed.result["value"]
    lines = list(computed.lines.all())
    assert len(lines) == 4
    assert all(line.explanation["fr"].endswith(".") and line.explanation["en"].endswith(".") for line in lines)


def test_same_inputs_give_the_same_lines(choice, selection, computed):
    again = actions.create_scenario(selection, title="Encore", budget_cents=20_000_000, by=choice.officer, at=LATER)
    actions.compute_scenario(again, by=choice.officer, at=LATER)
    assert content(again) == content(computed)
    assert again.certificate == computed.certificate
    assert again.result == computed.result


def test_computing_again_replaces_the_lines(choice, computed):
    before = content(computed)
    actions.compute_scenario(computed, by=None, at=LATER)
    assert content(computed) == before


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"budget_cents": 0}, "L’enveloppe d’un scénario est un montant positif."),
        ({"parameters": {"radius_km": 0}}, "Le rayon est compris entre 1 et 500 km."),
        (
            {"parameters": {"weight": 0}},
            "Le nombre d’habitants qui valent un point est compris entre 1 et 100 000 000.",
        ),
        (
            {"parameters": {"partial_permille": 0}},
            "La part minimale accordée est comprise entre 0,1 % et 100 % de la demande.",
        ),
        (
            {"parameters": {"quotas": {"53": [3, 1]}}},
            "Région 53 : le maximum est au moins égal au minimum, qui est positif.",
        ),
    ],
)
def test_senseless_parameters_are_refused_in_a_sentence(choice, selection, changes, sentence):
    given = {"title": "", "budget_cents": 1, **changes}
    with pytest.raises(Refused) as refusal:
        actions.create_scenario(selection, **given, by=choice.officer, at=AFTER)
    assert str(refusal.value).replace("\u00a0", " ") == sentence
    assert Scenario.objects.count() == 0


def test_impossible_rules_keep_the_sentence_that_says_which(choice, selection):
    scenario = actions.create_scenario(
        selection,
        title="Trop",
        budget_cents=20_000_000,
        parameters={"quotas": {"53": [4, None]}},
        by=choice.officer,
        at=AFTER,
    )
    with pytest.raises(Refused) as refusal:
        actions.compute_scenario(scenario, by=choice.officer, at=AFTER)
    scenario.refresh_from_db()
    assert scenario.state == "draft"
    assert scenario.result["refusal"]["fr"] == str(refusal.value)
    assert str(refusal.value).startswith("Les dossiers imposés et les minimums par région coûtent au moins")
    with pytest.raises(Refused):
        actions.propose(scenario, reason="Parce que.", by=choice.officer, at=AFTER)


def test_quotas_partial_grants_and_one_per_commune_are_obeyed(choice, selection):
    scenario = actions.create_scenario(
        selection,
        title="",
        budget_cents=15_000_000,
        parameters={"one_per_commune": True, "partial_permille": 700, "quotas": {"53": [1, 2]}},
        by=choice.officer,
        at=AFTER,
    )
    actions.compute_scenario(scenario, by=None, at=AFTER)
    funded = scenario.lines.filter(funded=True).select_related("application")
    assert {line.application.commune_id for line in funded} == {"35238", "35999"}
    assert all(7_000_000 <= line.granted_cents <= 10_000_000 for line in funded)
    assert scenario.granted_cents <= 15_000_000


# --- Four eyes, envelope ----------------------------------------------------------------------------------------------
def test_a_choice_without_a_reason_is_refused(choice, computed):
    with refused("Donnez une raison : elle accompagnera la décision."):
        actions.propose(computed, reason=" ", by=choice.officer, at=AFTER)


def test_who_proposed_cannot_ratify(choice, computed):
    TeamMember.objects.create(programme=choice.call.programme, person=choice.officer, role="decision_maker")
    choice.officer.__dict__.pop("_team_roles", None)
    actions.propose(computed, reason="Le plus d’habitants.", by=choice.officer, at=AFTER)
    with refused("Vous avez proposé ce scénario : une autre personne doit l’arrêter."):
        actions.ratify(computed, reason="Moi aussi.", by=choice.officer, at=AFTER)


def test_the_database_refuses_two_eyes(choice, computed):
    found = Scenario.objects.filter(pk=computed.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        found.update(proposed_by=choice.officer, ratified_by=choice.officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        found.update(granted_cents=20_000_001)


def test_an_officer_cannot_ratify(choice, computed):
    actions.propose(computed, reason="Le plus d’habitants.", by=choice.officer, at=AFTER)
    with refused("Cette action est réservée à : décideur."):
        actions.ratify(computed, reason="Vite.", by=choice.officer, at=AFTER)


def test_more_than_the_envelope_is_refused(choice, selection):
    scenario = actions.create_scenario(selection, title="", budget_cents=40_000_000, by=choice.officer, at=AFTER)
    actions.compute_scenario(scenario, by=choice.officer, at=AFTER)
    actions.propose(scenario, reason="Tous.", by=choice.officer, at=AFTER)
    with pytest.raises(Refused) as refusal:
        actions.ratify(scenario, reason="Tous.", by=choice.decision_maker, at=AFTER)
    assert re.sub(r"\s", " ", str(refusal.value)) == (
        "Ce scénario accorde 400 000 €, l’enveloppe est de 200 000 € : inscrivez d’abord une enveloppe plus grande, "
        "avec sa raison, ou choisissez un autre scénario."
    )
    assert Decision.objects.count() == 0


def test_a_scenario_older_than_the_ranking_is_not_proposed(choice, computed):
    review = choice.admissible[3].assignments.first().review
    review.total = 20_000
    review.save()
    actions.rank(computed.selection, by=choice.officer, at=LATER)
    with pytest.raises(Refused, match=r"^Le classement a été recalculé depuis ce scénario"):
        actions.propose(computed, reason="Le plus d’habitants.", by=choice.officer, at=LATER)


def test_ratified_scenario_puts_the_others_aside_and_prepares_every_decision(choice, selection, computed):
    other = actions.create_scenario(selection, title="Autre", budget_cents=10_000_000, by=choice.officer, at=AFTER)
    actions.propose(computed, reason="Le plus d’habitants.", by=choice.officer, at=AFTER)
    actions.ratify(computed, reason="Je suis l’avis.", by=choice.decision_maker, at=AFTER)
    other.refresh_from_db()
    selection.refresh_from_db()
    assert (other.state, computed.state, selection.state) == ("discarded", "ratified", "ratified")
    outcomes = list(Decision.objects.order_by("application__number").values_list("outcome", flat=True))
    assert sorted(outcomes) == ["declined", "declined", "funded", "funded", "inadmissible", "ineligible"]
    for decision in Decision.objects.all():
        assert decision.reasons
        assert all(reason["fr"] and reason["en"] for reason in decision.reasons)
    with refused("Ce scénario est déjà proposé, retenu ou écarté : préparez-en un nouveau."):
        actions.compute_scenario(computed, by=choice.officer, at=LATER)


def test_reasons_come_in_order_in_both_languages(choice, ratified):
    first = Decision.objects.get(application=choice.admissible[0])
    said = [re.sub(r"\s", " ", reason["fr"]) for reason in first.reasons]
    assert said[0] == "Votre dossier est recevable et respecte les règles de l’appel."
    assert said[1] == "3 experts l’ont noté : 17,0 sur 20 en moyenne."
    assert said[2].startswith("Une fois corrigée la sévérité de chaque expert, sa qualité est de ")
    inadmissible = Decision.objects.get(application=choice.inadmissible)
    assert re.sub(r"\s", " ", inadmissible.reasons[1]["fr"]) == (
        "Motif donné par le service : Le relevé d’identité bancaire manque."
    )


# --- Publication ------------------------------------------------------------------------------------------------------
def test_publication_is_refused_while_one_applicant_has_no_decision(real_queue):
    choice = make_choice(filed=True)
    selection = actions.open_selection(choice.call, by=choice.officer, at=AFTER)
    scenario = actions.create_scenario(selection, title="", budget_cents=20_000_000, by=choice.officer, at=AFTER)
    actions.compute_scenario(scenario, by=None, at=AFTER)
    actions.propose(scenario, reason="Le meilleur.", by=choice.officer, at=AFTER)
    actions.ratify(scenario, reason="Oui.", by=choice.decision_maker, at=AFTER)
    selection.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        actions.publish_results(selection, by=choice.officer, at=LATER)
    assert str(refusal.value).replace("\u00a0", " ") == (
        f"1 dossier n’a pas encore de décision motivée ({choice.unexamined.reference}) : "
        "les résultats ne peuvent pas être publiés."
    )
    assert Decision.objects.exclude(state=DecisionState.PREPARED).count() == 0
    # Once examined, it gets its decision, the others keep theirs, and results can be published.
    choice.unexamined.state = ApplicationState.INADMISSIBLE
    choice.unexamined.save()
    assert actions.prepare_decisions(selection, scenario, by=choice.decision_maker, at=LATER) == 1
    actions.publish_results(selection, by=choice.officer, at=LATER)
    assert Decision.objects.filter(state=DecisionState.PUBLISHED).count() == 7


def test_only_a_decision_maker_signs(choice, ratified):
    with refused("Seul un décideur signe les décisions."):
        actions.prepare_decisions(ratified.selection, ratified, by=choice.officer, at=LATER)


def test_publication_moves_everything_at_once(choice, published):
    states = dict(choice.call.applications.values_list("number", "state"))
    assert sorted(states.values()) == ["declined", "declined", "funded", "funded", "inadmissible", "ineligible"]
    choice.call.refresh_from_db()
    assert (published.state, choice.call.state) == (SelectionState.PUBLISHED, "settled")
    assert set(Decision.objects.values_list("state", "notified_at")) == {("published", LATER)}


def test_a_fault_in_the_middle_publishes_nothing(choice, ratified, real_queue):
    last = Decision.objects.order_by("application__number").last()
    Decision.objects.filter(pk=last.pk).update(state=DecisionState.PUBLISHED)  # its own move will be refused
    events = Event.objects.count()
    with pytest.raises(Refused):
        actions.publish_results(ratified.selection, by=choice.officer, at=LATER)
    ratified.selection.refresh_from_db()
    choice.call.refresh_from_db()
    assert (ratified.selection.state, choice.call.state) == ("ratified", "published")
    assert Decision.objects.filter(state=DecisionState.PUBLISHED).count() == 1
    assert choice.call.applications.filter(state__in=["funded", "declined"]).count() == 0
    assert Event.objects.count() == events


def test_decisions_above_the_envelope_are_not_published(choice, ratified, real_queue):
    funded = Decision.objects.filter(outcome="funded").first()
    Decision.objects.filter(pk=funded.pk).update(granted_cents=10_000_001)
    with pytest.raises(Refused, match=r"^Les décisions accordent"):
        actions.publish_results(ratified.selection, by=choice.officer, at=LATER)


def test_a_decision_without_reasons_cannot_exist(choice, ratified):
    decision = Decision.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(reasons=[])


def test_the_record_tells_each_act_and_no_name(choice, published):
    verbs = set(Event.objects.filter(verb__startswith="selections.").values_list("verb", flat=True))
    assert verbs == {
        "selections.selection.open",
        "selections.selection.rank",
        "selections.scenario.create",
        "selections.scenario.compute",
        "selections.scenario.propose",
        "selections.scenario.ratify",
        "selections.selection.ratify",
        "selections.decision.prepare",
        "selections.selection.publish",
        "selections.decision.publish",
    }
    told = canonical_json(list(Event.objects.values_list("payload", flat=True)))
    assert choice.admissible[0].title not in told


def test_an_application_without_a_commune_is_told_so(choice, selection):
    lost = ApplicationFactory(call=choice.call, admissible=True, commune=None)
    reviewed(lost, choice.experts, (12_000, 12_000, 12_000))
    actions.rank(selection, by=choice.officer, at=AFTER)
    scenario = actions.create_scenario(selection, title="", budget_cents=20_000_000, by=choice.officer, at=AFTER)
    actions.compute_scenario(scenario, by=None, at=AFTER)
    actions.propose(scenario, reason="Le meilleur.", by=choice.officer, at=AFTER)
    actions.ratify(scenario, reason="Oui.", by=choice.decision_maker, at=AFTER)
    said = [reason["fr"] for reason in Decision.objects.get(application=lost).reasons]
    assert said[-1].replace("\u00a0", " ") == (
        "La commune du projet n’est pas connue : il n’a pas pu être comparé aux autres."
    )


# --- Lifecycle --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", ScenarioState.values)
@pytest.mark.parametrize("name", ["propose", "ratify", "discard"])
def test_each_move_starts_from_its_states_and_belongs_to_its_roles(choice, computed, state, name):
    Scenario.objects.filter(pk=computed.pk).update(state=state)
    computed.refresh_from_db()
    transition = SCENARIO.table[name]
    people = {"officer": choice.officer, "decision_maker": choice.decision_maker, "anyone": PersonFactory()}
    for role, someone in people.items():
        allowed = role in transition.by and state in transition.source
        assert (SCENARIO.why_not(computed, name, by=someone, at=AFTER) is None) == allowed, (role, state)
