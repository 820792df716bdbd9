"""The people of a Jam, one per role, and a room at work."""

from types import SimpleNamespace

import pytest

# Factories are imported where they are used: this file is read before Django is set up.


@pytest.fixture
def programme(db):
    from tests.factories.jams import ProgrammeFactory

    return ProgrammeFactory()


@pytest.fixture
def facilitator(programme):
    from tests.factories.jams import TeamMemberFactory

    return TeamMemberFactory(programme=programme, facilitator=True).person


@pytest.fixture
def decision_maker(programme):
    from tests.factories.jams import TeamMemberFactory

    return TeamMemberFactory(programme=programme, decision_maker=True).person


@pytest.fixture
def officer(programme):
    from tests.factories.jams import TeamMemberFactory

    return TeamMemberFactory(programme=programme, officer=True).person


@pytest.fixture
def stranger(db):
    from tests.factories.jams import PersonFactory

    return PersonFactory()


@pytest.fixture
def room(programme, at):
    """A Jam at work: round 1 under way, two tables, two people at each, seated in both rounds."""
    from essaim.jams.models import Group
    from tests.factories.jams import JamFactory, ParticipantFactory, SeatFactory

    jam = JamFactory(programme=programme, running=True)
    first, second = jam.rounds.all()
    for round_ in (first, second):
        round_.seated_at = at
        round_.save()
    first.started_at = at
    first.save()
    people = ParticipantFactory.create_batch(4, jam=jam)
    for number, person in enumerate(people):
        for round_ in (first, second):
            SeatFactory(participant=person, group=Group.objects.get(round=round_, number=number // 2 + 1))
    table = first.groups.first()
    return SimpleNamespace(
        jam=jam, first=first, second=second, people=people, member=people[0], other=people[2], table=table
    )
