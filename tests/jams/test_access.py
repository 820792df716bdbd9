"""What each role sees of a Jam, and that "what am I to it" never contradicts "may I see it"."""

import pytest
from django.contrib.auth.models import AnonymousUser

from essaim.jams.models import Answer, Card, Dots, Group, Jam, Participant, Proposal, Round, Seat
from essaim.kernel import access
from tests.factories.jams import CardFactory, JamFactory, ParticipantFactory, PersonFactory, ProposalFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def seen(user, model):
    return set(access.visible_to(user, model))


def test_a_jam_in_preparation_is_its_teams_alone(programme, facilitator, decision_maker, officer, stranger):
    draft, known = JamFactory(programme=programme, draft=True), JamFactory(programme=programme)
    for team in (facilitator, decision_maker, officer):
        assert seen(team, Jam) == {draft, known}
        assert seen(team, Round) == {*draft.rounds.all(), *known.rounds.all()}
    for other in (stranger, AnonymousUser(), None, ParticipantFactory(jam=known)):
        assert seen(other, Jam) == {known}
        assert seen(other, Group) == set(Group.objects.filter(round__jam=known))


def test_a_draft_proposal_is_its_groups_and_the_teams(room, facilitator, stranger):
    draft = ProposalFactory(jam=room.jam)
    public = ProposalFactory(jam=room.jam, submitted=True)
    abandoned = ProposalFactory(jam=room.jam, state="abandoned")
    assert seen(room.member, Proposal) == {draft, public, abandoned}
    assert seen(facilitator, Proposal) == {draft, public, abandoned}
    for user in (room.other, stranger, AnonymousUser()):
        assert seen(user, Proposal) == {public}


def test_cards_are_the_rooms_then_everybodys(room, stranger, facilitator):
    card = CardFactory(group=room.table, author=room.member)
    assert [seen(user, Card) for user in (room.other, facilitator, stranger)] == [{card}, {card}, set()]
    room.jam.state = "answering"
    room.jam.save()
    assert seen(AnonymousUser(), Card) == {card}


def test_people_of_the_room_are_seen_by_the_team_and_by_themselves(room, facilitator, stranger):
    assert seen(facilitator, Participant) == set(room.people)
    assert seen(room.member, Participant) == {room.member}
    assert seen(stranger, Participant) == set()


def test_someone_with_an_account_is_the_participant_too(room):
    person = PersonFactory()
    room.member.person = person
    room.member.save()
    draft = ProposalFactory(jam=room.jam)
    assert access.roles(person, draft) == {"anyone", "participant", "group_member"}
    assert seen(person, Proposal) == {draft}
    assert seen(person, Participant) == {room.member}
    assert seen(person, Seat) == set(room.member.seats.all())


def test_roles_and_visibility_agree(room, facilitator, decision_maker, officer, stranger):
    """Whoever has a role beyond "anyone" on an object sees it; who sees a private one has such a role."""
    ProposalFactory(jam=room.jam)
    CardFactory(group=room.table, author=room.member)
    users = [facilitator, decision_maker, officer, stranger, AnonymousUser(), room.member, room.other]
    for user in users:
        for model in (Jam, Round, Group, Proposal, Participant, Card):
            visible = seen(user, model)
            for obj in model.objects.all():
                roles = access.roles(user, obj) - {"anyone"}
                private = model in {Participant, Card} or (model is Proposal and obj.state == "draft")
                if private:
                    expected = bool(roles - {"participant"}) or (model is Card and "participant" in roles)
                    assert (obj in visible) == expected, (user, obj, roles)
                else:
                    assert obj in visible


def test_dots_and_answers_are_hidden_or_public_as_they_should(room, stranger, facilitator):
    proposal = ProposalFactory(jam=room.jam, retained=True)
    answer = Answer.objects.create(
        proposal=proposal, verdict="retained", reason="Oui.", author=stranger, answered_at=room.jam.starts_at
    )
    dots = Dots.objects.create(proposal=proposal, participant=room.member, count=2)
    assert seen(AnonymousUser(), Answer) == {answer}
    assert [seen(user, Dots) for user in (room.member, room.other, facilitator)] == [{dots}, set(), set()]
