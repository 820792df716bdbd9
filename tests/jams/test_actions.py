"""People, seats, clock, cards, proposals and dots: what is written, what is refused, what is never doubled."""

import uuid
from datetime import timedelta

import pytest

from essaim.jams import actions
from essaim.jams.models import Card, Dots, JamState, Participant, Proposal, Seat
from essaim.jams.tasks import forget_old_attributes
from essaim.kernel.models import Event
from essaim.kernel.workflow import Refused
from tests.factories.jams import JamFactory, ParticipantFactory, PersonFactory, ProposalFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]

TOML = """
slug = "bercy-jam"
title = { fr = "Bercy Jam", en = "Bercy Jam" }
place = { fr = "Bercy, Paris", en = "Bercy, Paris" }
hosts = ["Le ministère", "OuiShare"]
groups_per_round = 6
join_code = "BERCY6"
dots_each = 5
summary.fr = "Résumé"
summary.en = "Summary"
[promise]
answers_due_on = 2013-07-25
fr = "Promesse"
en = "Promise"
[hours]
starts_at = 2013-06-25T09:00:00+02:00
ends_at = 2013-06-25T13:00:00
round_minutes = 75
[[round]]
number = 1
question.fr = "Comment ?"
question.en = "How?"
[[round]]
number = 2
question.fr = "Quels leviers ?"
question.en = "Which levers?"
[[theme]]
code = "education"
title = { fr = "Éducation", en = "Education" }
"""


def sentence(action, **arguments):
    with pytest.raises(Refused) as caught:
        action(**arguments)
    return str(caught.value)


def verbs():
    return list(Event.objects.order_by("seq").values_list("verb", flat=True))


# --- Loading ----------------------------------------------------------------------------------------------------------
def test_load_jam_creates_rounds_and_tables_once(tmp_path, programme, at):
    (tmp_path / "jam.toml").write_text(TOML, encoding="utf-8")
    jam = actions.load_jam(tmp_path, programme=programme, by=None, at=at)
    assert (jam.state, jam.organisers, jam.starts_at.hour, jam.ends_at.hour) == (
        "draft",
        "Le ministère, OuiShare",
        7,
        11,
    )
    assert [(r.number, str(r.question), r.minutes, r.groups.count()) for r in jam.rounds.all()] == [
        (1, "Comment ?", 75, 6),
        (2, "Quels leviers ?", 75, 6),
    ]
    assert actions.load_jam(tmp_path, programme=programme, by=None, at=at) == jam
    assert verbs() == ["jams.jam.load"]


def test_the_jam_of_the_fablabs_programme_loads(programme, at, settings):
    jam = actions.load_jam(settings.PROGRAMMES_DIR / "fablabs-2013", programme=programme, by=None, at=at)
    assert (jam.slug, jam.join_code, jam.rounds.count(), jam.themes[0]["code"]) == (
        "bercy-jam",
        "BERCY6",
        2,
        "education",
    )


def test_load_jam_names_the_missing_field(tmp_path, programme, at):
    (tmp_path / "jam.toml").write_text(TOML.replace("join_code", "code"), encoding="utf-8")
    with pytest.raises(Refused) as caught:
        actions.load_jam(tmp_path, programme=programme, by=None, at=at)
    assert str(caught.value) == "Il manque « join_code » dans jam.toml."


def test_load_jam_is_refused_to_a_stranger(tmp_path, programme, at, stranger):
    with pytest.raises(Refused) as caught:
        actions.load_jam(tmp_path, programme=programme, by=stranger, at=at)
    assert str(caught.value) == "Une Jam est annoncée par un animateur ou un chargé de programme."


# --- People -----------------------------------------------------------------------------------------------------------
def test_register_gives_a_token_and_a_code_that_are_not_kept(programme, at):
    jam = JamFactory(programme=programme)
    entry = actions.register(jam=jam, name="  Ada   Lovelace ", attributes={"role": "fondateur"}, at=at)
    participant, token = entry
    row = Participant.objects.get(pk=participant.pk)
    assert (row.name, row.role, len(entry.personal_code)) == ("Ada Lovelace", "fondateur", 6)
    assert token not in str(row.__dict__)
    assert entry.personal_code not in str(row.return_digest)
    event = Event.objects.get(verb="jams.participant.register")
    assert (event.actor, "Ada" in str(event.payload)) == (f"participant:{participant.pk}", False)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("draft", "Les inscriptions à cette Jam ne sont pas encore ouvertes."),
        ("answering", "Cette Jam est terminée : lisez ses propositions et les réponses données."),
        ("closed", "Cette Jam est terminée : lisez ses propositions et les réponses données."),
    ],
)
def test_register_in_a_jam_that_takes_nobody_says_why(programme, at, state, expected):
    jam = JamFactory(programme=programme, state=state)
    assert sentence(actions.register, jam=jam, name="Ada", attributes={}, at=at) == expected


def test_register_without_a_name_is_refused(programme, at):
    jam = JamFactory(programme=programme)
    assert sentence(actions.register, jam=jam, name="  ", attributes={}, at=at) == (
        "Écrivez votre prénom et votre nom : votre table les verra."
    )


def test_register_twice_with_an_account_is_the_same_participant(programme, at):
    jam, person = JamFactory(programme=programme), PersonFactory()
    first, token = actions.register(jam=jam, name="Ada", attributes={}, person=person, at=at)
    again, other = actions.register(jam=jam, name="Ada", attributes={}, person=person, at=at)
    assert (first.pk == again.pk, token == other, jam.participants.count()) == (True, False, 1)


def test_come_back_from_another_device_takes_the_place_over(programme, at):
    jam = JamFactory(programme=programme)
    entry = actions.register(jam=jam, name="Ada Lovelace", attributes={}, at=at)
    before = entry.participant.device_sha256
    back, token = actions.come_back(jam=jam, name="ada lovelace", code=entry.personal_code, at=at)
    back.refresh_from_db()
    assert (back.pk, back.device_sha256 == before) == (entry.participant.pk, False)
    assert token != entry.device_token


def test_come_back_with_wrong_codes_is_refused_then_locked(programme, at):
    jam = JamFactory(programme=programme)
    entry = actions.register(jam=jam, name="Ada", attributes={}, at=at)
    wrong = "000000" if entry.personal_code != "000000" else "111111"
    for _attempt in range(10):
        assert sentence(actions.come_back, jam=jam, name="Ada", code=wrong, at=at) == (
            "Ce nom et ce code personnel ne vont pas ensemble. Vérifiez-les, ou demandez à l’animateur."
        )
    assert sentence(actions.come_back, jam=jam, name="Ada", code=entry.personal_code, at=at) == (
        "Trop d’essais avec ce nom : demandez à l’animateur de vous rendre votre place."
    )


def test_a_closed_jam_forgets_devices_and_attributes_but_the_role(programme, at):
    jam = JamFactory(programme=programme)
    entry = actions.register(jam=jam, name="Ada", attributes={"role": "elu", "region": "Bretagne"}, at=at)
    invented = ParticipantFactory(jam=jam, invented=True, attributes={"role": "elu", "gender": "F"})
    later = jam.ends_at + timedelta(days=91)
    forget_old_attributes(at=later)
    assert Participant.objects.get(pk=entry.participant.pk).attributes == {"role": "elu", "region": "Bretagne"}
    jam.state = JamState.CLOSED
    jam.save()
    forget_old_attributes(at=later)
    forget_old_attributes(at=later)
    ada = Participant.objects.get(pk=entry.participant.pk)
    assert (ada.attributes, ada.device_sha256, ada.return_digest) == ({"role": "elu"}, "", "")
    invented.refresh_from_db()
    assert invented.attributes == {"role": "elu", "gender": "F"}
    assert [event.payload for event in Event.objects.filter(verb="jams.jam.forget")] == [{"people": 1}]


# --- Seating ----------------------------------------------------------------------------------------------------------
def test_seat_rounds_keeps_the_numbers_and_their_bounds(programme, facilitator, at):
    jam = JamFactory(programme=programme)
    ParticipantFactory.create_batch(8, jam=jam, attributes={"role": "fondateur"}, organisation="")
    rounds = actions.seat_rounds(jam=jam, by=facilitator, at=at, seed=7)
    assert [(r.seating["sizes"], r.seating["off_quota"], r.seating["repeated_pairs"]) for r in rounds] == [
        ([4, 4], 0, 0),
        ([4, 4], 0, 4),
    ]
    assert [(r.seating["bound"], r.seating["proven"], r.seating["seed"]) for r in rounds] == [
        (0, True, 7),
        (4, True, 7),
    ]
    assert rounds[0].seating["mix"] == [{"role": {"fondateur": 4}}, {"role": {"fondateur": 4}}]
    assert Seat.objects.count() == 16
    assert Event.objects.get(verb="jams.jam.seat").payload == {
        "people": 8, "tables": 2, "rounds": 2, "seed": 7,
        "off_quota": 0, "repeated_pairs": 4, "bound": 4, "proven": True,
    }  # fmt: skip


def test_seat_rounds_same_seed_gives_the_same_seats(programme, facilitator, at):
    jam = JamFactory(programme=programme)
    ParticipantFactory.create_batch(9, jam=jam)
    seats = []
    for _again in range(2):
        actions.seat_rounds(jam=jam, by=facilitator, at=at, seed=3)
        seats.append(sorted(Seat.objects.values_list("round_id", "participant_id", "group_id")))
    assert seats[0] == seats[1]


def test_seat_rounds_refusals(programme, facilitator, stranger, room, at):
    empty = JamFactory(programme=programme)
    assert sentence(actions.seat_rounds, jam=empty, by=facilitator, at=at, seed=1) == (
        "0 personnes ne remplissent pas 2 tables : réduisez le nombre de tables."
    )
    assert sentence(actions.seat_rounds, jam=empty, by=stranger, at=at, seed=1) == (
        "Seul un animateur de la Jam peut le faire."
    )
    assert sentence(actions.seat_rounds, jam=room.jam, by=facilitator, at=at, seed=1) == (
        "La session 1 a commencé : le placement ne change plus."
    )
    empty.rounds.filter(number=2).update(tables=3)
    assert sentence(actions.seat_rounds, jam=empty, by=facilitator, at=at, seed=1) == (
        "Donnez le même nombre de groupes à toutes les sessions : elles sont placées ensemble."
    )


def test_freeze_seating_needs_a_computed_one_and_is_done_once(programme, facilitator, at):
    jam = JamFactory(programme=programme)
    ParticipantFactory.create_batch(4, jam=jam)
    assert sentence(actions.freeze_seating, jam=jam, by=facilitator, at=at) == "Calculez d’abord le placement."
    actions.seat_rounds(jam=jam, by=facilitator, at=at, seed=1)
    actions.freeze_seating(jam=jam, by=facilitator, at=at)
    actions.freeze_seating(jam=jam, by=facilitator, at=at)
    assert set(jam.rounds.values_list("seated_at", flat=True)) == {at}
    assert verbs().count("jams.jam.freeze_seating") == 1


def test_a_latecomer_gets_the_smallest_table_of_each_round_left(programme, facilitator, at):
    jam = JamFactory(programme=programme)
    ParticipantFactory.create_batch(5, jam=jam)
    actions.seat_rounds(jam=jam, by=facilitator, at=at, seed=1)
    actions.freeze_seating(jam=jam, by=facilitator, at=at)
    late, _token = actions.register(jam=jam, name="Retardataire", attributes={"role": "elu"}, at=at)
    assert late.seats.count() == 2
    assert [sorted(r.seating["sizes"]) for r in jam.rounds.all()] == [[3, 3], [3, 3]]


def test_move_seat_gives_the_price_of_the_move(programme, facilitator, at):
    jam = JamFactory(programme=programme)
    ParticipantFactory.create_batch(4, jam=jam, attributes={"role": "elu"}, organisation="")
    actions.seat_rounds(jam=jam, by=facilitator, at=at, seed=1)
    seat = Seat.objects.filter(round__number=2, round__jam=jam).first()
    elsewhere = seat.round.groups.exclude(pk=seat.group_id).get()
    price = actions.move_seat(participant=seat.participant, group=elsewhere, by=facilitator, at=at)
    assert price == {"off_quota": 0, "repeated_pairs": 1}
    assert sorted(jam.rounds.get(number=2).seating["sizes"]) == [1, 3]


# --- Clock ------------------------------------------------------------------------------------------------------------
def test_rounds_start_in_order_and_only_once(programme, facilitator, room, at):
    assert (
        sentence(actions.start_round, round_=room.second, by=facilitator, at=at) == "La session 1 n’est pas terminée."
    )
    actions.end_round(round_=room.first, by=facilitator, at=at)
    actions.start_round(round_=room.second, by=facilitator, at=at)
    actions.start_round(round_=room.second, by=facilitator, at=at)
    room.jam.refresh_from_db()
    assert (room.jam.current_round, verbs()) == (2, ["jams.round.end", "jams.round.start"])


def test_start_round_before_the_jam_or_its_seating_is_refused(programme, facilitator, at):
    jam = JamFactory(programme=programme)
    first = jam.rounds.first()
    assert sentence(actions.start_round, round_=first, by=facilitator, at=at) == "Commencez d’abord la Jam."
    jam.state = JamState.RUNNING
    jam.save()
    assert sentence(actions.start_round, round_=first, by=facilitator, at=at) == (
        "Arrêtez d’abord le placement de la session 1."
    )
    assert sentence(actions.end_round, round_=first, by=facilitator, at=at) == "La session 1 n’a pas commencé."


def test_a_table_calls_for_help_and_is_answered(facilitator, room, at):
    actions.ask_help(group=room.table, by=room.member, at=at)
    actions.ask_help(group=room.table, by=room.member, at=at)
    assert sentence(actions.ask_help, group=room.table, by=room.other, at=at) == (
        "Vous n’êtes pas à cette table : appelez depuis la vôtre."
    )
    actions.answer_help(group=room.table, by=facilitator, at=at)
    room.table.refresh_from_db()
    assert (room.table.help_asked_at, verbs()) == (None, ["jams.group.ask_help", "jams.group.answer_help"])


# --- Cards ------------------------------------------------------------------------------------------------------------
def test_write_card_twice_with_the_same_key_writes_one(room, at):
    key = uuid.uuid4()
    first = actions.write_card(group=room.table, text=" Une idée ", theme="Fab Labs", key=key, by=room.member, at=at)
    again = actions.write_card(group=room.table, text="Une idée", theme="Fab Labs", key=key, by=room.member, at=at)
    assert (first.pk, first.text, first.theme) == (again.pk, "Une idée", "fablabs")
    assert verbs() == ["jams.card.write"]


def test_write_card_refusals_are_sentences(room, at):
    def refused(**changes):
        return sentence(
            actions.write_card, **{"group": room.table, "text": "Idée", "by": room.member, "at": at} | changes
        )

    assert refused(text=" ") == "Écrivez votre idée avant de l’envoyer."
    assert refused(text="a" * 512) == ("Une carte tient en 500 caractères : retirez-en 12, ou écrivez deux cartes.")
    assert refused(by=room.other) == "Vous n’êtes pas à cette table pour cette session : écrivez à la vôtre."
    assert refused(theme="sport") == "Ce thème n’est pas de ceux de la Jam : choisissez-en un dans la liste."
    assert refused(group=room.second.groups.first()) == (
        "La session 2 n’est pas en cours : gardez votre idée pour la proposition de votre groupe."
    )
    room.jam.state = JamState.CLOSED
    room.jam.save()
    room.table.round.jam.refresh_from_db()
    assert refused() == ("Cette Jam ne recueille pas de cartes aujourd’hui. Votre texte n’est pas perdu : copiez-le.")
    assert Card.objects.count() == 0


# --- Proposals --------------------------------------------------------------------------------------------------------
def test_draft_proposal_takes_the_next_number_and_its_cards(room, at):
    card = actions.write_card(group=room.table, text="Idée", by=room.member, at=at)
    key = uuid.uuid4()
    words = {"title": "Un atelier par bassin de vie", "problem": "Loin", "lever": "Aider"}
    first = actions.draft_proposal(group=room.table, **words, cards=[card], key=key, by=room.member, at=at)
    again = actions.draft_proposal(group=room.table, **words, key=key, by=room.member, at=at)
    other = actions.draft_proposal(group=room.table, title="Autre", by=room.people[1], at=at)
    assert (first.number, again.pk, other.number) == (1, first.pk, 2)
    assert list(first.cards.all()) == [card]


def test_draft_proposal_refusals(room, stranger, at):
    assert sentence(actions.draft_proposal, group=room.table, title=" ", by=room.member, at=at) == (
        "Donnez un titre à la proposition."
    )
    assert sentence(actions.draft_proposal, group=room.table, title="a" * 150, by=room.member, at=at) == (
        "« titre » dépasse 140 caractères : retirez-en 10."
    )
    for by in (room.other, stranger):
        assert sentence(actions.draft_proposal, group=room.table, title="Titre", by=by, at=at) == (
            "Seules les personnes de cette table et l’animateur écrivent sa proposition."
        )
    assert sentence(actions.draft_proposal, group=room.second.groups.first(), title="Titre", by=room.member, at=at) == (
        "Les propositions s’écrivent pendant la Jam, une fois la session commencée."
    )


def test_amend_proposal_never_overwrites_unseen_words(room, at):
    proposal = actions.draft_proposal(group=room.table, title="Titre", problem="P", by=room.member, at=at)
    stale = Proposal.objects.get(pk=proposal.pk)
    actions.amend_proposal(proposal=proposal, revision=1, lever="Levier", by=room.people[1], at=at)
    assert (proposal.revision, proposal.title, proposal.problem, proposal.lever) == (2, "Titre", "P", "Levier")
    assert sentence(actions.amend_proposal, proposal=stale, revision=1, lever="Autre", by=room.member, at=at) == (
        "Quelqu’un de votre groupe vient de modifier cette proposition : relisez sa version, puis la vôtre."
    )
    proposal.refresh_from_db()
    assert proposal.lever == "Levier"


def test_amend_proposal_once_presented_is_refused(room, at):
    proposal = ProposalFactory(jam=room.jam, submitted=True)
    assert sentence(actions.amend_proposal, proposal=proposal, revision=1, title="X", by=room.member, at=at) == (
        "Cette proposition a été présentée : son texte ne change plus."
    )


# --- Dots -------------------------------------------------------------------------------------------------------------
def test_give_dots_replaces_all_and_repeats_harmlessly(room, at):
    one, two = ProposalFactory.create_batch(2, jam=room.jam, submitted=True)
    assert actions.give_dots(dots={one: 3, two: 2}, by=room.member, at=at) == 0
    assert actions.give_dots(dots={one: 3, two: 2}, by=room.member, at=at) == 0
    assert actions.give_dots(dots={two: 4, one: 0}, by=room.member, at=at) == 1
    assert list(Dots.objects.values_list("proposal", "count")) == [(two.pk, 4)]
    events = Event.objects.filter(verb="jams.dots.give").order_by("seq")
    assert [event.payload for event in events] == [{"total": 5}, {"total": 4}]


def test_give_dots_refusals(room, at):
    one, draft = ProposalFactory(jam=room.jam, submitted=True), ProposalFactory(jam=room.jam)
    assert sentence(actions.give_dots, dots={one: 7}, by=room.member, at=at) == (
        "Vous avez donné 7 points sur 5 : retirez-en 2."
    )
    assert sentence(actions.give_dots, dots={one: -1}, by=room.member, at=at) == (
        "Un nombre de points ne peut pas être négatif."
    )
    assert sentence(actions.give_dots, dots={draft: 1}, by=room.member, at=at) == (
        "Les points vont aux propositions présentées de cette Jam."
    )
    room.jam.state = JamState.CLOSED
    room.jam.save()
    assert sentence(actions.give_dots, dots={one: 1}, by=room.member, at=at) == (
        "Les priorités se donnent pendant la Jam, jusqu’à la clôture des réponses."
    )
