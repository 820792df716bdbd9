"""Each role's desk: what waits, since when, until when, oldest first; then what is followed."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation

from essaim.awards.models import Letter, Payment, Report
from essaim.calls.models import Call, Subscription
from essaim.desks.queries.desk import desk_of
from essaim.jams.models import Jam, Proposal
from essaim.kernel.models import Message, StoredFile
from essaim.reviews.models import Assignment, Expert
from essaim.selections.models import Scenario, Selection
from tests.factories.jams import JamFactory, PersonFactory
from tests.page import check_page

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def titles(person, now):
    """What waits for someone, in French."""
    with translation.override("fr"):
        return [item.title for item in desk_of(person, at=now).waiting]


def states(person, now):
    """What someone follows, with its state, in French."""
    with translation.override("fr"):
        return [(item.title, item.state) for item in desk_of(person, at=now).followed]


def writer(application):
    """Who began an application."""
    return application.created_by


def test_desk_of_anonymous_goes_to_sign_in(client):
    response = client.get("/bureau/")
    assert (response.status_code, response["Location"]) == (302, "/compte/connexion/?next=/bureau/")


def test_desk_of_newcomer_says_what_comes_next(now):
    client = Client(headers={"accept-language": "fr"})
    client.force_login(PersonFactory())
    page = check_page(client.get("/bureau/"))
    assert "Rien ne vous attend aujourd’hui." in page.text
    assert "avec leur échéance." in page.text


def test_desk_speaks_english(team):
    client = Client(headers={"accept-language": "en"})
    client.force_login(team("accountant"))
    page = check_page(client.get("/bureau/"))
    assert page.h1 == "My desk"
    assert "each payment asked for will show here." in page.text


def test_officer_prepares_a_draft_call(call, team, now):
    Call.objects.filter(pk=call.pk).update(state="draft")
    assert titles(team("officer"), now) == [f"Préparer l’appel «\u00a0{call.title['fr']}\u00a0»"]


def test_officer_examines_files(filed, team, now):
    filed()
    assert titles(team("officer"), now) == ["Examiner la recevabilité de 1 dossier"]


def test_officer_finds_experts_for_admissible_files(filed, team, now):
    filed("admissible")
    assert titles(team("officer"), now) == ["Donner des experts à 1 dossier recevable"]


def assigned(application, now, *, state="assigned", number=1):
    """As many experts given the application."""
    given = []
    for _ in range(number):
        expert = Expert.objects.create(call=application.call, person=PersonFactory())
        due = now.date() + timedelta(days=7)
        given.append(Assignment.objects.create(expert=expert, application=application, due_on=due, state=state))
    return given


def test_officer_proposes_a_scenario_once_reviews_are_in(closed, filed, team, now):
    assigned(filed("admissible"), now, state="done", number=closed.reviews_each)
    officer = team("officer")
    assert titles(officer, now) == ["Proposer un scénario à la décision"]
    Assignment.objects.filter(pk=Assignment.objects.first().pk).update(state="assigned")
    assert titles(officer, now) == []


def test_officer_publishes_ratified_results(closed, filed, team, now):
    assigned(filed("admissible"), now, state="done", number=closed.reviews_each)
    Selection.objects.create(call=closed, opened_at=now, ratified_at=now, state="ratified")
    assert titles(team("officer"), now) == ["Publier les résultats"]


def test_officer_sees_undelivered_letters(decided, team, now):
    file = StoredFile.objects.create(sha256="0" * 64, size=1, content_type="application/pdf", created_at=now)
    message = Message.objects.create(
        key="k", address="x@example.org", template="t", language="fr", subject="s", text="t", html="h",
        state="bounced", failure="Boîte pleine.", created_at=now,
    )  # fmt: skip
    Letter.objects.create(decision=decided, pdf=file, message=message, made_at=now)
    reference = decided.application.reference
    with translation.override("fr"):
        [item] = desk_of(team("officer"), at=now).waiting
    assert item.title == f"Joindre autrement le porteur du dossier {reference}"
    assert item.detail == "Sa lettre n’a pas été remise\u00a0: Boîte pleine."


def test_officer_reads_submitted_reports(agreement, team, now):
    agreement("signed")
    Report.objects.update(state="submitted", submitted_at=now)
    assert titles(team("officer"), now) == ["Lire le compte rendu de la convention FABLABS-2013-01"]


def test_officer_reminds_of_a_report_whose_day_has_passed(agreement, team, now):
    agreement("signed")
    Payment.objects.update(kind="balance", due_on=now.date() - timedelta(days=9))
    Report.objects.update(due_on=now.date() - timedelta(days=2))
    assert titles(team("officer"), now) == [
        "Relancer le bénéficiaire\u00a0: compte rendu de la convention FABLABS-2013-01 attendu"
    ]


def test_decision_maker_answers_proposals_and_may_be_late(call, team, now):
    jam = JamFactory(programme=call.programme, rounds=1, state="answering")
    Jam.objects.filter(pk=jam.pk).update(answers_due_on=now.date() - timedelta(days=2))
    group = jam.rounds.first().groups.first()
    for number in (1, 2):
        Proposal.objects.create(
            jam=jam, group=group, number=number, title="T", problem="P", lever="L",
            state="submitted", submitted_at=now - timedelta(days=30),
        )  # fmt: skip
    person = team("decision_maker")
    assert titles(person, now) == ["Répondre à 2 propositions"]
    client = Client(headers={"accept-language": "fr"})
    client.force_login(person)
    page = check_page(client.get("/bureau/"))
    assert "En retard\u00a0: c’était pour le " in page.text
    assert "1 en retard" in page.text


def test_decision_maker_ratifies_what_another_proposed(closed, team, now):
    person = team("decision_maker")
    selection = Selection.objects.create(call=closed, opened_at=now)
    fields = {"selection": selection, "budget_cents": 100, "created_at": now, "computed_at": now, "state": "proposed"}
    Scenario.objects.create(**fields, number=1, title="Un par région", proposed_by=team("officer"))
    Scenario.objects.create(**fields, number=2, title="Le mien", proposed_by=person)
    assert titles(person, now) == ["Ratifier ou écarter le scénario «\u00a0Un par région\u00a0»"]


def test_decision_maker_signs_accepted_agreements(agreement, team, now):
    agreement("accepted")
    assert titles(team("decision_maker"), now) == ["Signer la convention FABLABS-2013-01"]


@pytest.mark.parametrize(
    ("state", "title"),
    [
        ("draft", "Ouvrir les inscriptions de la Jam «\u00a0Bercy Jam\u00a0»"),
        ("open", "Arrêter le placement de la Jam «\u00a0Bercy Jam\u00a0»"),
        ("running", "Conduire la Jam «\u00a0Bercy Jam\u00a0»"),
    ],
)
def test_facilitator_runs_jams(call, team, now, state, title):
    JamFactory(programme=call.programme, rounds=1, state=state)
    assert titles(team("facilitator"), now) == [title]


def test_accountant_records_claimed_payments(agreement, team, now):
    agreement("signed")
    accountant = team("accountant")
    assert titles(accountant, now) == []
    Payment.objects.update(state="claimed", claimed_at=now)
    assert titles(accountant, now) == ["Inscrire le versement de 48\u202f000\u00a0€ (avance)"]


def test_expert_hands_in_reviews(filed, now):
    [assignment] = assigned(filed("admissible"), now)
    with translation.override("fr"):
        [item] = desk_of(assignment.expert.person, at=now).waiting
    assert (item.title, item.until.date()) == ("Rendre 1 expertise", assignment.due_on)


def test_applicant_has_a_draft_to_file_before_the_closing(application, now):
    with translation.override("fr"):
        [item] = desk_of(writer(application), at=now).waiting
    assert item.title == f"Finir et déposer «\u00a0{application.title}\u00a0»"
    assert item.until == application.call.closes_at


def test_applicant_follows_a_filed_file(filed, now):
    application = filed()
    assert titles(writer(application), now) == []
    assert states(writer(application), now) == [(f"{application.title} ({application.reference})", "Déposé")]


def test_applicant_keeps_a_draft_that_missed_the_closing(application, closed, now):
    assert states(writer(application), now) == [
        (application.title, "Non déposé\u00a0: l’appel est clos, le brouillon est gardé")
    ]


def test_applicant_reads_a_published_decision(decided, now):
    application = decided.application
    assert titles(writer(application), now) == [f"Lire la décision sur «\u00a0{application.title}\u00a0»"]


def test_applicant_never_sees_a_prepared_decision(decided, now):
    type(decided).objects.update(state="prepared")
    assert titles(writer(decided.application), now) == []


def test_applicant_signs_then_claims_and_reports(agreement, decided, now):
    made = agreement()
    person = writer(decided.application)
    assert "Signer la convention FABLABS-2013-01" in titles(person, now)
    type(made).objects.update(state="signed", signed_at=now - timedelta(hours=3))
    assert titles(person, now)[1:] == [
        "Demander le versement de 48\u202f000\u00a0€ (avance)",
        "Remettre le compte rendu de la convention FABLABS-2013-01",
    ]


def test_desk_is_sorted_oldest_first(agreement, decided, application, now):
    agreement("signed")
    since = [item.since for item in desk_of(writer(application), at=now).waiting if item.since]
    assert since == sorted(since)


def test_participant_and_citizen_follow(call, now):
    from tests.factories.jams import ParticipantFactory

    person = PersonFactory()
    jam = JamFactory(programme=call.programme, rounds=1, state="closed")
    ParticipantFactory(jam=jam, person=person)
    Subscription.objects.create(email=person.email, token_sha256="0" * 64, created_at=now, state="confirmed")
    assert states(person, now) == [
        ("Bercy Jam", "Réponses publiées"),
        ("Prévenu quand un appel ouvre", "partout en France"),
    ]


def test_desk_shows_nothing_of_others(application, team, now):
    assert titles(PersonFactory(), now) == []
    assert titles(team("officer"), now) == []  # a draft is sealed


@pytest.mark.parametrize("role", ["officer", "decision_maker", "facilitator", "accountant", "juror"])
def test_desk_asks_at_most_25_questions(role, agreement, team, client, django_assert_max_num_queries):
    agreement("signed")
    client.force_login(team(role))
    with django_assert_max_num_queries(25):
        check_page(client.get("/bureau/"))


def test_desk_of_every_role_at_once_stays_in_budget(agreement, call, client, django_assert_max_num_queries):
    from tests.factories.jams import TeamMemberFactory

    agreement("signed")
    person = PersonFactory()
    for role in ("officer", "decision_maker", "facilitator", "accountant", "juror"):
        TeamMemberFactory(programme=call.programme, person=person, role=role)
    client.force_login(person)
    with django_assert_max_num_queries(28):  # T18: thirty for any page
        client.get("/bureau/")
