"""A story that stops where a test needs it: a programme's team, a call, files, a choice, an agreement."""

from datetime import timedelta

import pytest

# Factories are imported where they are used: this file is read before Django is set up.


@pytest.fixture
def now():
    """Today: desks tell the time that is."""
    from essaim.kernel import clock

    return clock.now()


@pytest.fixture
def call(db, now):
    """The call of 2013, open for ten more days."""
    from essaim.calls.models import Call
    from tests.factories.calls import make_call

    found = make_call()
    Call.objects.filter(pk=found.pk).update(opens_at=now - timedelta(days=20), closes_at=now + timedelta(days=10))
    found.refresh_from_db()
    return found


@pytest.fixture
def closed(call, now):
    """The same call, closed yesterday."""
    from essaim.calls.models import Call

    Call.objects.filter(pk=call.pk).update(closes_at=now - timedelta(days=1))
    call.refresh_from_db()
    return call


@pytest.fixture
def team(call):
    """Gives someone a role in the programme: `team("officer")`."""
    from tests.factories.jams import TeamMemberFactory

    return lambda role: TeamMemberFactory(programme=call.programme, role=role).person


@pytest.fixture
def application(call, now):
    """A draft, saved three days ago, and who writes it."""
    from tests.factories.applications import draft

    return draft(call, at=now - timedelta(days=3))


@pytest.fixture
def filed(application, now):
    """Puts the application in a state: `filed("admissible")`."""
    from essaim.applications.models import Application

    def put(state="filed"):
        Application.objects.filter(pk=application.pk).update(state=state, filed_at=now - timedelta(days=2), number=1)
        application.refresh_from_db()
        return application

    return put


@pytest.fixture
def decided(filed, now):
    """A published grant of 160 000 €, not read yet."""
    from essaim.selections.models import Decision, Selection
    from tests.factories.jams import PersonFactory

    application = filed("funded")
    selection = Selection.objects.create(
        call=application.call, opened_at=now, published_at=now - timedelta(hours=5), state="published"
    )
    return Decision.objects.create(
        selection=selection,
        application=application,
        outcome="funded",
        granted_cents=16_000_000,
        reasons=[{"fr": "Le projet est bon.", "en": "The project is good."}],
        decided_by=PersonFactory(),
        decided_at=now - timedelta(hours=6),
        notified_at=now - timedelta(hours=5),
        state="published",
    )


@pytest.fixture
def agreement(decided, now):
    """Makes the agreement of the grant: `agreement("signed")`, with an advance due today and a report due."""
    from essaim.awards.models import Agreement, Payment, Report

    def make(state="draft"):
        made = Agreement.objects.create(
            decision=decided,
            number="FABLABS-2013-01",
            amount_cents=16_000_000,
            cost_cents=24_000_000,
            starts_on=now.date(),
            ends_on=now.date() + timedelta(days=700),
            created_at=now,
            accepted_at=now - timedelta(days=1) if state != "draft" else None,
            signed_at=now - timedelta(hours=3) if state == "signed" else None,
            state=state,
        )
        Payment.objects.create(agreement=made, kind="advance", amount_cents=4_800_000, due_on=now.date())
        Report.objects.create(agreement=made, due_on=now.date() + timedelta(days=30))
        return made

    return make
