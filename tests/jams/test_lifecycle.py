"""Who may make which move of a Jam and of a proposal, in which state, and the sentences that refuse."""

import pytest

from essaim.jams.lifecycle import JAM, PROPOSAL
from essaim.jams.models import JamState, ProposalState
from essaim.kernel import journal
from essaim.kernel.models import Event
from essaim.kernel.workflow import Refused
from tests.factories.jams import JamFactory, ParticipantFactory, ProposalFactory, SeatFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]

JAM_MOVES = {
    "open": ("draft", "facilitator"),
    "start": ("open", "facilitator"),
    "finish": ("running", "facilitator"),
    "close_answers": ("answering", "decision_maker"),
}
ROLES = ("facilitator", "decision_maker", "officer", "stranger")


@pytest.mark.parametrize("state", JamState.values)
@pytest.mark.parametrize("role", ROLES)
def test_jam_matrix_only_the_declared_moves_are_available(request, at, programme, state, role):
    by = request.getfixturevalue(role)
    jam = JamFactory(programme=programme, state=state)
    jam.rounds.update(seated_at=at)
    expected = [name for name, (source, who) in JAM_MOVES.items() if source == state and who == role]
    assert [move.name for move in JAM.available(jam, by=by, at=at)] == expected


PROPOSAL_MOVES = {
    "submit": ("draft", {"member", "facilitator"}, "running"),
    "abandon": ("draft", {"member", "facilitator"}, "running"),
    "retain": ("submitted", {"decision_maker"}, "answering"),
    "study": ("submitted", {"decision_maker"}, "answering"),
    "decline": ("submitted", {"decision_maker"}, "answering"),
}


@pytest.mark.parametrize("state", ProposalState.values)
@pytest.mark.parametrize("jam_state", ["running", "answering"])
@pytest.mark.parametrize("role", [*ROLES, "member", "other"])
def test_proposal_matrix_only_the_declared_moves_are_available(request, at, room, state, jam_state, role):
    by = getattr(room, role) if role in {"member", "other"} else request.getfixturevalue(role)
    room.jam.state = jam_state
    room.jam.save()
    proposal = ProposalFactory(jam=room.jam, state=state)
    expected = [
        name
        for name, (source, who, needed) in PROPOSAL_MOVES.items()
        if source == state and role in who and (needed == jam_state or name in {"submit", "abandon"})
    ]
    assert [move.name for move in PROPOSAL.available(proposal, by=by, at=at)] == expected


def refusal(lifecycle, obj, name, **data):
    with pytest.raises(Refused) as caught:
        lifecycle.perform(obj, name, **data)
    return str(caught.value)


def test_opening_without_a_round_is_refused(at, programme, facilitator):
    jam = JamFactory(programme=programme, draft=True, rounds=0)
    assert refusal(JAM, jam, "open", by=facilitator, at=at) == (
        "Ajoutez au moins une session avec sa question avant d’ouvrir."
    )


def test_starting_before_the_seating_is_frozen_names_the_rounds(at, programme, facilitator):
    jam = JamFactory(programme=programme)
    assert refusal(JAM, jam, "start", by=facilitator, at=at) == (
        "Arrêtez d’abord le placement : il manque pour les sessions 1 et 2."
    )
    jam.rounds.filter(number=1).update(seated_at=at)
    assert refusal(JAM, jam, "start", by=facilitator, at=at) == (
        "Arrêtez d’abord le placement : il manque pour la session 2."
    )


def test_finishing_during_a_round_is_refused(at, room, facilitator):
    assert refusal(JAM, room.jam, "finish", by=facilitator, at=at) == (
        "La session 1 est encore en cours : terminez-la d’abord."
    )


def test_closing_answers_names_the_proposals_that_wait(at, programme, decision_maker):
    jam = JamFactory(programme=programme, answering=True)
    for number in range(1, 10):
        ProposalFactory(jam=jam, number=number, state="submitted" if number in {2, 5, 9} else "declined")
    assert refusal(JAM, jam, "close_answers", by=decision_maker, at=at) == (
        "3 propositions attendent encore une réponse : n° 2, 5 et 9."
    )


def test_closing_answers_names_the_only_proposal_that_waits(at, programme, decision_maker):
    jam = JamFactory(programme=programme, answering=True)
    ProposalFactory(jam=jam, submitted=True)
    assert refusal(JAM, jam, "close_answers", by=decision_maker, at=at) == (
        "1 proposition attend encore une réponse : n° 1."
    )


def test_closing_answers_is_refused_while_a_draft_is_left(at, programme, decision_maker, facilitator):
    jam = JamFactory(programme=programme, answering=True)
    draft = ProposalFactory(jam=jam)
    assert refusal(JAM, jam, "close_answers", by=decision_maker, at=at) == (
        "1 proposition est encore en cours d’écriture : n° 1. Présentez-la ou abandonnez-la."
    )
    PROPOSAL.perform(draft, "abandon", by=facilitator, at=at)
    JAM.perform(jam, "close_answers", by=decision_maker, at=at)
    assert jam.state == JamState.CLOSED


def test_submitting_from_a_device_is_journalled_as_the_participant(at, room):
    proposal = ProposalFactory(jam=room.jam)
    event = PROPOSAL.perform(proposal, "submit", by=room.member, at=at)
    assert (proposal.state, proposal.submitted_at) == (ProposalState.SUBMITTED, at)
    assert (event.actor, event.role) == (f"participant:{room.member.pk}", "group_member")
    assert journal.public_record(event)["payload"] == {"from": "draft", "to": "submitted", "number": 1}


def test_submitting_an_unfinished_proposal_says_what_to_write(at, room):
    proposal = ProposalFactory(jam=room.jam, problem="", lever=" ")
    assert refusal(PROPOSAL, proposal, "submit", by=room.member, at=at) == (
        "Écrivez encore le problème et le levier proposé avant de présenter."
    )


def test_submitting_another_tables_proposal_is_refused(at, room):
    proposal = ProposalFactory(jam=room.jam)
    assert refusal(PROPOSAL, proposal, "submit", by=room.other, at=at) == (
        "Cette action est réservée à : animateur, membre du groupe."
    )


def test_answering_without_a_reason_is_refused(at, programme, decision_maker):
    proposal = ProposalFactory(jam=JamFactory(programme=programme, answering=True), submitted=True)
    assert refusal(PROPOSAL, proposal, "retain", by=decision_maker, at=at, reason="  ") == (
        "Donnez une raison : elle accompagnera la décision."
    )
    assert proposal.state == ProposalState.SUBMITTED


def test_answering_during_the_session_is_refused(at, room, decision_maker):
    proposal = ProposalFactory(jam=room.jam, submitted=True)
    assert refusal(PROPOSAL, proposal, "decline", by=decision_maker, at=at, reason="Non.") == (
        "Les réponses se donnent une fois la séance levée, et avant leur clôture."
    )


@pytest.mark.parametrize(("name", "verdict"), [("retain", "retained"), ("study", "studied"), ("decline", "declined")])
def test_answering_writes_a_signed_answer_in_the_same_act(at, programme, decision_maker, name, verdict):
    proposal = ProposalFactory(jam=JamFactory(programme=programme, answering=True), submitted=True)
    event = PROPOSAL.perform(proposal, name, by=decision_maker, at=at, reason=" Parce que. ")
    answer = proposal.answer
    assert (answer.verdict, answer.reason, answer.author, answer.author_title, answer.answered_at) == (
        verdict,
        "Parce que.",
        decision_maker,
        "Ministre déléguée",
        at,
    )
    assert event.payload["reason_sha256"] == journal.digest("Parce que.")
    assert "Parce que" not in str(event.payload)


def test_a_jams_moves_leave_public_lines_in_its_programmes_log(at, programme, facilitator):
    jam = JamFactory(programme=programme, draft=True)
    JAM.perform(jam, "open", by=facilitator, at=at)
    jam.rounds.update(seated_at=at)
    SeatFactory(participant=ParticipantFactory(jam=jam), group=jam.rounds.first().groups.first())
    JAM.perform(jam, "start", by=facilitator, at=at)
    JAM.perform(jam, "finish", by=facilitator, at=at)
    lines = [
        (event.log, event.verb, journal.public_record(event)["payload"]) for event in Event.objects.order_by("seq")
    ]
    assert lines == [
        ("fablabs-2013", "jams.jam.open", {"from": "draft", "to": "open"}),
        ("fablabs-2013", "jams.jam.start", {"from": "open", "to": "running", "participants": 1}),
        ("fablabs-2013", "jams.jam.finish", {"from": "running", "to": "answering", "participants": 1, "proposals": 0}),
    ]
