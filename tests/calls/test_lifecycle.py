"""What a call needs to be published, who may move it, and the second it opens and closes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from essaim.calls.actions import subscribe
from essaim.calls.lifecycle import CALL, SUBSCRIPTION, missing_of
from essaim.calls.models import Call, CallState
from essaim.calls.queries import is_open, today
from essaim.kernel.bilingual import Bilingual
from essaim.kernel.models import Event
from essaim.kernel.workflow import Refused
from tests.factories.calls import make_call

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
NAMES = {
    "title": "le titre",
    "purpose": "l’objet",
    "who": "qui peut candidater",
    "how_much": "les montants",
    "opens_at": "la date d’ouverture",
    "closes_at": "la date de clôture",
    "rule_set": "le règlement",
    "silence": "la règle en cas de silence",
    "appeal": "les voies de recours",
    "late": "la règle en cas de retard",
    "service_name": "le nom du service",
    "service_email": "l’adresse électronique du service",
    "service_address": "l’adresse postale du service",
    "service_phone": "le téléphone du service",
}


@pytest.mark.parametrize("field", NAMES)
def test_publishing_is_refused_while_one_field_is_missing(draft, officer, story, field):
    empty = None if field in {"opens_at", "closes_at", "rule_set"} else ""
    setattr(draft, field, Bilingual() if isinstance(getattr(draft, field), Bilingual) else empty)
    draft.save()
    with pytest.raises(Refused) as refusal:
        CALL.perform(draft, "publish", by=officer, at=story)
    assert str(refusal.value) == f"Avant de publier, complétez\u00a0: {NAMES[field]}."
    assert Call.objects.get().state == CallState.DRAFT


def test_every_needed_field_is_named():
    assert dict(missing_of(Call())) == NAMES


def test_publishing_is_refused_when_closing_is_past(draft, officer, story):
    draft.opens_at, draft.closes_at = story - timedelta(days=9), story - SECOND
    assert CALL.why_not(draft, "publish", by=officer, at=story) == (
        "La clôture doit être à venir, et après l’ouverture\u00a0: corrigez les dates."
    )


def test_publishing_stamps_and_journals_the_digest_of_the_rules(draft, officer, story):
    event = CALL.perform(draft, "publish", by=officer, at=story)
    assert (draft.state, draft.published_at) == ("published", story)
    assert event.payload["rules_sha256"] == draft.rule_set.rules_sha256
    assert Event.objects.filter(verb="calls.call.publish").count() == 1


MATRIX = {
    ("draft", "officer"): {"publish"},
    ("draft", "decision_maker"): set(),
    ("published", "officer"): {"revise", "settle", "withdraw"},
    ("published", "decision_maker"): {"settle"},
    ("settled", "officer"): set(),
    ("withdrawn", "officer"): set(),
    ("draft", "accountant"): set(),
    ("published", "accountant"): set(),
    ("published", None): set(),
}


@pytest.mark.parametrize(("state", "role"), MATRIX)
def test_moves_by_state_and_role(draft, person, story, state, role):
    from essaim.programmes.actions import join_team

    if role:
        join_team(draft.programme, person=person, role=role, by=None, at=story)
    Call.objects.filter(pk=draft.pk).update(state=state)
    draft.refresh_from_db()
    assert {move.name for move in CALL.available(draft, by=person, at=story)} == MATRIX[state, role]


def test_withdrawing_wants_a_reason(call, officer, story):
    with pytest.raises(Refused, match=r"^Donnez une raison"):
        CALL.perform(call, "withdraw", by=officer, at=story, reason=" ")


ZONES = ["Europe/Paris", "Indian/Reunion", "America/Cayenne", "Pacific/Noumea", "America/Miquelon"]


@pytest.mark.parametrize("zone", ZONES)
def test_a_call_opens_and_closes_at_the_second_in_its_zone(db, zone):
    opens = datetime(2013, 6, 25, tzinfo=ZoneInfo(zone))
    closes = datetime(2013, 9, 13, 23, 59, 59, tzinfo=ZoneInfo(zone))
    call = make_call(slug="zone", zone=zone, opens_at=opens, closes_at=closes)
    call.refresh_from_db()
    instants = [opens - SECOND, opens, opens + SECOND, closes - SECOND, closes, closes + SECOND]
    expected = [False, True, True, True, True, False]
    at_utc = [instant.astimezone(UTC) for instant in instants]
    assert [is_open(call, at=at) for at in at_utc] == expected
    assert [Call.objects.open(at).exists() for at in at_utc] == expected
    assert [Call.objects.upcoming(at).exists() for at in at_utc] == [True, False, False, False, False, False]
    assert [Call.objects.past(at).exists() for at in at_utc] == [False] * 5 + [True]
    assert [today(call, at=at).key for at in at_utc] == ["upcoming", *["open"] * 4, "closed"]


def test_hundredths_after_closing_are_late(call):
    assert is_open(call, at=call.closes_at)
    assert not is_open(call, at=call.closes_at + timedelta(milliseconds=100))


def test_a_subscription_once_ended_stays_ended(db, story):
    subscription, _token = subscribe(email="a@example.org", at=story)
    SUBSCRIPTION.perform(subscription, "end", by=None, at=story)
    assert SUBSCRIPTION.available(subscription, by=None, at=story) == []
