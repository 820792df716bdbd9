"""Requests for completion: only what is asked is reopened, the legal clock tells its dates; messages."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from essaim.applications import actions
from essaim.applications.models import Application, CompletionRequest, Exchange
from essaim.applications.queries import legal_clock, open_request
from essaim.applications.tasks import follow_completions
from essaim.kernel import clock
from essaim.kernel.models import Event, Message
from essaim.kernel.workflow import Refused
from essaim.reviews import actions as reviews
from tests.factories.applications import SUMMER
from tests.page import check_page

pytestmark = pytest.mark.django_db
ASKED = datetime(2013, 9, 16, 8, 0, tzinfo=UTC)
DUE = date(2013, 9, 30)


@pytest.fixture
def filed(draft, owner):
    actions.file_application(draft, by=owner, at=SUMMER, key="k1", acknowledged=True)
    return Application.objects.whole().get(pk=draft.pk)


@pytest.fixture
def asked(filed, officer):
    return ask(filed, officer)


def ask(
    application, officer, parts=("companies", "document:statutes"), why="Les statuts ne sont pas signés.", at=ASKED
):
    return actions.ask_completion(application, parts=parts, why=why, due_on=DUE, by=officer, at=at)


def fresh(application):
    return Application.objects.whole().get(pk=application.pk)


def refile(copy, owner, at, key="k2"):
    return actions.file_application(copy, by=owner, at=at, key=key, acknowledged=True)


def test_only_what_is_asked_is_reopened_then_filed_again(filed, asked, owner):
    copy = fresh(filed).open_revision
    later = ASKED + timedelta(days=2)
    saved = actions.save_answers(
        copy, {"companies": "Trois entreprises. " * 10, "outreach": "Autre chose. " * 20},
        version=copy.version, by=owner, at=later,
    )  # fmt: skip
    assert list(saved.refused) == ["outreach"]
    filing = refile(fresh(copy), owner, later)
    asked.refresh_from_db()
    now = fresh(filed)
    assert (asked.state, asked.answer, asked.closed_at) == ("answered", filing, later)
    assert (now.state, now.number, filing.number) == ("filed", 1, 2)
    assert now.answers["companies"].startswith("Trois entreprises.")
    assert now.answers["outreach"] == filed.answers["outreach"]


def test_the_applicant_is_told_what_why_and_until_when(filed, asked, owner):
    letter = Message.objects.get(template="completion_asked", person=owner)
    assert letter.subject == f"Dossier {filed.reference}\xa0: un complément vous est demandé"
    assert "Les statuts ne sont pas signés." in letter.text
    assert "- Statuts à jour" in letter.text
    assert "article L. 231-4, 3°" in letter.text  # silence had already spoken: nothing is left to suspend
    assert Event.objects.filter(verb="applications.application.ask_completion").count() == 1


def test_a_request_after_the_silence_suspends_nothing(filed, asked):
    told = legal_clock(fresh(filed), at=ASKED + timedelta(hours=1))
    assert (told.started, told.silence, told.suspensions) == (date(2013, 7, 10), date(2013, 9, 10), ())
    assert told.passed


def test_the_clock_counts_the_days_of_each_suspension(filed, officer, owner):
    early = SUMMER + timedelta(days=10)  # 20 July
    request = actions.ask_completion(
        filed, parts=["companies"], why="Précisez.", due_on=date(2013, 8, 4), by=officer, at=early
    )
    running = legal_clock(fresh(filed), at=early + timedelta(hours=1))
    assert running.suspended
    assert (running.first, running.silence) == (date(2013, 9, 10), date(2013, 9, 25))
    assert running.suspensions[0].sentence == (
        "Suspendu depuis le 20\xa0juillet 2013, au plus tard jusqu’au 4\xa0août 2013\xa0: il reprend dès la réponse."
    )
    filing = refile(fresh(filed).open_revision, owner, early + timedelta(days=5))
    done = legal_clock(fresh(filed), at=early + timedelta(days=6))
    assert not done.suspended
    assert (done.silence, done.suspensions[0].days) == (date(2013, 9, 15), 5)
    assert '"date":"2013-09-15"' in filing.receipt
    request.refresh_from_db()
    assert request.state == "answered"


def test_a_lapsed_or_withdrawn_request_suspends_until_its_end_only(filed, officer):
    early = SUMMER + timedelta(days=10)
    first = actions.ask_completion(
        filed, parts=["budget"], why="Un devis.", due_on=date(2013, 7, 27), by=officer, at=early
    )
    assert actions.lapse_completions(at=datetime(2013, 7, 28, 6, 0, tzinfo=UTC)) == 1
    first.refresh_from_db()
    assert first.state == "lapsed"
    assert legal_clock(fresh(filed), at=early + timedelta(days=9)).silence == date(2013, 9, 17)
    second = actions.ask_completion(
        fresh(filed),
        parts=["budget"],
        why="Encore.",
        due_on=date(2013, 8, 10),
        by=officer,
        at=early + timedelta(days=10),
    )
    actions.withdraw_completion(second, reason="Trouvé.", by=officer, at=early + timedelta(days=12))
    assert second.number == 2
    assert legal_clock(fresh(filed), at=early + timedelta(days=13)).silence == date(2013, 9, 19)
    assert Message.objects.filter(template="completion_lapsed").count() == 1
    assert Message.objects.filter(template="completion_withdrawn").count() == 1
    assert fresh(filed).open_revision is None


def test_after_the_term_the_answer_is_refused_and_the_filed_version_stays(filed, asked, owner):
    copy = fresh(filed).open_revision
    with pytest.raises(Refused) as refusal:
        refile(copy, owner, datetime(2013, 10, 2, 8, 0, tzinfo=UTC))
    assert str(refusal.value).startswith("Le délai pour compléter s’est terminé le lundi 30\xa0septembre 2013")
    assert fresh(filed).filings.count() == 1


def test_reminders_come_once_each_and_the_term_closes_the_request(filed, asked, owner):
    for at in (
        datetime(2013, 9, 24, tzinfo=UTC),
        datetime(2013, 9, 24, 5, tzinfo=UTC),
        datetime(2013, 9, 28, tzinfo=UTC),
    ):
        follow_completions(at=at)
    assert Message.objects.filter(template="completion_due", person=owner).count() == 2
    follow_completions(at=datetime(2013, 10, 1, tzinfo=UTC))
    asked.refresh_from_db()
    assert asked.state == "lapsed"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"parts": []}, "Cochez ce que le porteur doit compléter\xa0: au moins une question, une pièce ou le budget."),
        (
            {"parts": ["inconnu"]},
            "Cochez ce que le porteur doit compléter\xa0: au moins une question, une pièce ou le budget.",
        ),
        ({"why": "  "}, "Dites au porteur pourquoi\xa0: il doit comprendre ce qui manque."),
        (
            {"at": datetime(2013, 10, 1, tzinfo=UTC)},
            "Laissez au moins un jour pour répondre\xa0: choisissez une date à venir.",
        ),
    ],
)
def test_a_request_that_cannot_be_answered_is_refused(filed, officer, change, sentence):
    with pytest.raises(Refused) as refusal:
        ask(filed, officer, **change)
    assert str(refusal.value) == sentence
    assert not CompletionRequest.objects.exists()


def test_one_request_at_a_time_and_no_decision_while_it_waits(filed, asked, officer):
    with pytest.raises(Refused) as refusal:
        ask(fresh(filed), officer)
    assert str(refusal.value).startswith("Une demande de complément attend déjà une réponse")
    with pytest.raises(Refused) as refusal:
        reviews.decide(fresh(filed), "admit", by=officer, at=ASKED + timedelta(days=1))
    assert "attendez-la, ou retirez-la avant de décider" in str(refusal.value)
    assert actions.withdraw(fresh(filed), by=filed.created_by, at=ASKED + timedelta(days=1))
    assert open_request(fresh(filed)) is None


def test_only_officers_ask_and_withdraw(filed, asked, owner, stranger):
    for person in (owner, stranger):
        with pytest.raises(Refused):
            ask(filed, person)
        with pytest.raises(Refused):
            actions.withdraw_completion(asked, reason="Non", by=person, at=ASKED)


def test_the_applicants_pages_say_the_request_the_clock_and_the_one_button(client, filed, asked, owner):
    client.force_login(owner)
    with clock.telling(ASKED + timedelta(days=1)):
        page = check_page(client.get(filed.get_absolute_url(), headers={"accept-language": "fr"}))
        assert "Le service vous demande de compléter votre dossier" in page.text
        assert page.links["Voir la demande et y répondre"] == reverse("applications:completion", args=[filed.public_id])
        page = check_page(client.get(page.links["Voir la demande et y répondre"], headers={"accept-language": "fr"}))
        assert page.h1 == "Compléter le dossier"
        assert str(fresh(filed).open_revision.public_id) in page.links["Compléter maintenant"]
        check_page(client.get(page.links["Compléter maintenant"], headers={"accept-language": "fr"}))
        check_page(
            client.get(reverse("applications:exchanges", args=[filed.public_id]), headers={"accept-language": "fr"})
        )


def test_messages_are_written_once_told_without_their_text_and_marked_read(filed, officer, owner, stranger):
    for _click in range(2):
        sent = actions.write_to_applicant(filed, text="Quel est le secret ?", key="a", by=officer, at=ASKED)
    assert Exchange.objects.get() == sent
    letter = Message.objects.get(template="exchange_waits")
    assert letter.person == owner
    assert "secret" not in letter.text
    assert actions.mark_read(filed, by=stranger, at=ASKED) == 0
    assert actions.mark_read(filed, by=owner, at=ASKED) == 1
    assert actions.mark_read(filed, by=owner, at=ASKED) == 0
    actions.write_to_service(filed, text="Le voici.", key="b", by=owner, at=ASKED)
    for person in (stranger, officer):
        with pytest.raises(Refused):
            actions.write_to_service(filed, text="Non", key="c", by=person, at=ASKED)
    with pytest.raises(Refused):
        actions.write_to_applicant(filed, text="Non", key="d", by=owner, at=ASKED)
    assert actions.mark_read(filed, by=officer, at=ASKED) == 1


def test_messages_wait_for_a_filing(draft, owner):
    with pytest.raises(Refused) as refusal:
        actions.write_to_service(draft, text="Bonjour", key="a", by=owner, at=SUMMER)
    assert str(refusal.value) == (
        "Les messages s’échangent sur un dossier déposé\xa0: avant, écrivez au service de l’appel."
    )
