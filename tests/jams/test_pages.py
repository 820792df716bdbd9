"""The pages through HTTP: what each shows, what each refuses, what is never lost or doubled."""

import re

import pytest
from django.urls import reverse

from essaim.jams import actions, tasks
from essaim.jams.models import Answer, Card, Dots, Jam, Participant, Proposal, ProposalState, Seat
from essaim.jams.views import conductor
from essaim.jams.views.device import cookie_name
from essaim.kernel import tasks as jobs
from essaim.kernel.worker import run_worker
from tests.factories.calls import make_call
from tests.factories.jams import AnswerFactory, CardFactory, JamFactory, ParticipantFactory, ProposalFactory
from tests.page import check_page
from tests.stopping import stopping_at

pytestmark = [pytest.mark.django_db]


def url(name, jam, *args):
    return reverse(f"jams:{name}", args=[jam.slug, *args])


@pytest.fixture
def enter(client, at):
    """Give the client a participant's device: `enter(participant)`."""
    from django.core import signing

    from essaim.jams.actions.people import device_digest
    from essaim.jams.views.device import SALT

    def as_participant(participant, token="jeton"):
        participant.device_sha256 = device_digest(f"{token}{participant.pk}")
        participant.save()
        client.cookies[cookie_name(participant.jam)] = signing.dumps(f"{token}{participant.pk}", salt=SALT)
        return client

    return as_participant


def answered_jam(programme, **state):
    jam = JamFactory(programme=programme, **(state or {"closed": True}))
    ParticipantFactory(jam=jam)
    proposal = ProposalFactory(jam=jam, retained=True, title="Des ateliers partout", theme="fablabs")
    AnswerFactory(proposal=proposal, reason="Un appel est ouvert.")
    ProposalFactory(jam=jam, submitted=True, title="Un label", theme="education")
    return jam, proposal


# --- For everybody ----------------------------------------------------------------------------------------------------
def test_jam_list_shows_public_jams_in_both_languages(client, programme, never_writes):
    JamFactory(programme=programme)
    JamFactory(programme=programme, draft=True, title={"fr": "Secrète", "en": "Secret"})
    with never_writes():
        page = check_page(client.get("/jams/"))
    assert (page.h1, "Bercy Jam" in page.text, "Secrète" in page.text) == ("Jams", True, False)
    english = check_page(client.get("/jams/", headers={"accept-language": "en"}))
    assert "Bercy Jam (English)" in english.text


def test_jam_list_search_finds_and_says_when_it_does_not(client, programme):
    JamFactory(programme=programme)
    assert "Bercy Jam" in check_page(client.get("/jams/?q=BERCY")).text
    assert "Aucune Jam ne correspond" in check_page(client.get("/jams/?q=zzz")).text


def test_jam_list_empty_says_what_will_be_there(client, db):
    assert "Aucune Jam n’est encore annoncée" in check_page(client.get("/jams/")).text


@pytest.mark.parametrize(
    "name", ["jams:jams", "jams:jam", "jams:cards", "jams:answers", "jams:conduct", "jams:participants"]
)
def test_lists_ask_the_same_number_of_queries_for_one_row_and_for_three(
    client, programme, facilitator, django_assert_max_num_queries, django_assert_num_queries, name
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    jam, _proposal = answered_jam(programme, answering=True)
    CardFactory(group=jam.rounds.first().groups.first(), author=jam.participants.first())
    client.force_login(facilitator)
    address = reverse(name, args=[] if name == "jams:jams" else [jam.slug])
    client.get(address)  # fills what is kept between requests (the thread)
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(address)
    for _again in range(2):
        if name == "jams:jams":
            answered_jam(programme)
        proposal = ProposalFactory(jam=jam, retained=True)
        AnswerFactory(proposal=proposal)
        ProposalFactory(jam=jam, submitted=True)
        CardFactory(group=jam.rounds.last().groups.first(), author=ParticipantFactory(jam=jam))
    with django_assert_num_queries(len(one)):
        client.get(address)
    assert len(one) <= 12, [query["sql"][:90] for query in one]


def test_jam_page_shows_promise_questions_proposals_and_answers(client, programme, never_writes):
    jam, proposal = answered_jam(programme)
    with never_writes():
        page = check_page(client.get(jam.get_absolute_url()))
    assert page.h1 == "Bercy Jam"
    for words in ("Chaque proposition recevra une réponse.", "Question 1 ?", "Des ateliers partout", "Retenue"):
        assert words in page.text
    assert "« Un appel est ouvert. »" in page.text
    assert page.select("a", href=proposal.get_absolute_url())


def test_jam_page_filters_proposals(client, programme):
    jam, _proposal = answered_jam(programme)
    found = check_page(client.get(jam.get_absolute_url() + "?theme=education")).text
    assert ("Un label" in found, "Des ateliers partout" in found) == (True, False)
    found = check_page(client.get(jam.get_absolute_url() + "?etat=retained&q=ATELIERS")).text
    assert ("Un label" in found, "Des ateliers partout" in found) == (False, True)
    assert "Aucune proposition ne correspond" in check_page(client.get(jam.get_absolute_url() + "?q=zzz")).text


def test_a_jam_in_preparation_does_not_exist_for_others(client, programme, facilitator):
    jam = JamFactory(programme=programme, draft=True)
    assert client.get(jam.get_absolute_url()).status_code == 404
    client.force_login(facilitator)
    assert check_page(client.get(jam.get_absolute_url())).h1 == "Bercy Jam"


def test_priorities_by_role_are_shown_once_the_session_is_over(client, programme, at):
    jam, proposal = answered_jam(programme, answering=True)
    for person in ParticipantFactory.create_batch(5, jam=jam, attributes={"role": "elu"}):
        actions.give_dots(dots={proposal: 2}, by=person, at=at)
    page = check_page(client.get(jam.get_absolute_url() + "?role=elu"))
    assert "Les priorités de la salle" in page.text
    assert "Élue ou élu" in page.text
    assert "10" in page.text


def test_proposal_page_says_where_it_comes_from_and_what_was_answered(client, programme, never_writes):
    _jam, proposal = answered_jam(programme)
    CardFactory(group=proposal.group, author=None, proposal=proposal, text="Ouvrir le soir")
    with never_writes():
        page = check_page(client.get(proposal.get_absolute_url()))
    assert page.h1 == "Des ateliers partout"
    for words in ("Réponse : Retenue", "Un appel est ouvert.", "Ministre déléguée", "« Ouvrir le soir »", "table 1"):
        assert words in page.text
    english = check_page(client.get(proposal.get_absolute_url(), headers={"accept-language": "en"}))
    assert "Answer: Retained" in english.text


def test_proposal_page_leads_to_the_call_it_became(client, programme, decision_maker, at):
    _jam, proposal = answered_jam(programme)
    call = make_call(programme=programme, origin=proposal)
    page = check_page(client.get(proposal.get_absolute_url()))
    assert page.links[f"Appel à projets : {call.title}"] == call.get_absolute_url()


def test_a_draft_proposal_is_hidden_from_others(client, room, enter):
    proposal = ProposalFactory(jam=room.jam)
    assert client.get(proposal.get_absolute_url()).status_code == 404
    assert "Présenter la proposition" in check_page(enter(room.member).get(proposal.get_absolute_url())).text


def test_downloads_hold_reasons_and_no_name(client, programme):
    jam, proposal = answered_jam(programme)
    author = ParticipantFactory(jam=jam, name="Nom Secret", invented=True, attributes={"role": "elu"})
    CardFactory(group=proposal.group, author=author, proposal=proposal, text="=1+1")
    proposals = client.get(url("proposals", jam) + "?format=csv").content.decode("utf-8-sig")
    assert "Un appel est ouvert." in proposals
    cards = client.get(url("cards", jam) + "?format=csv").content.decode("utf-8-sig")
    assert ("'=1+1" in cards, "inventé pour la démonstration" in cards, "Nom Secret" in cards) == (True, True, False)
    assert "Élue ou élu" in cards


def test_cards_are_not_read_by_everybody_during_the_session(client, room):
    CardFactory(group=room.table, author=room.member, text="Idée secrète")
    page = check_page(client.get(url("cards", room.jam)))
    assert ("Idée secrète" in page.text, "Aucune carte à lire ici" in page.text) == (False, True)


@pytest.mark.both
@pytest.mark.parametrize("words", ["%00", "%27%22%3Cscript%3E", "%F0%9F%90%9D", "a" * 3000])
def test_hostile_searches_find_nothing_and_break_nothing(client, programme, facilitator, words):
    jam, _proposal = answered_jam(programme)
    client.force_login(facilitator)
    for name in ("cards", "jam", "participants"):
        address = f"{url(name, jam)}?q={words}&theme={words}&etat={words}&role={words}&page={words}"
        assert client.get(address).status_code == 200
    assert client.get(f"/jams/?q={words}").status_code == 200
    assert client.get(f"/jams/rejoindre/?code={words}").status_code == 422


@pytest.mark.both
def test_hostile_posts_are_refused_in_sentences(room, enter):
    client = enter(room.member)
    hidden = card_form(check_page(client.get(url("room", room.jam))))
    assert client.post(url("card", room.jam), {"text": "nul\x00", **hidden}).status_code == 422
    check_page(client.post(url("card", room.jam), {"text": "Idée", "key": "faux", "group": "9" * 30}), 422)
    lost = check_page(client.post(url("card", room.jam), {"text": "Idée", **hidden, "group": ""}), 422)
    assert "Votre table n’est pas encore connue : gardez votre texte, il reste ici." in lost.text
    ProposalFactory(jam=room.jam, submitted=True)
    for count in ("1e9", "-1", "9" * 40):
        check_page(client.post(url("dots", room.jam), {"p1": count}), 422)
    assert client.get(url("proposal", room.jam, 10**25)).status_code == 404
    assert (Card.objects.count(), Dots.objects.count()) == (0, 0)


# --- The door ---------------------------------------------------------------------------------------------------------
def test_join_with_a_wrong_code_says_where_to_read_it(client, db):
    page = check_page(client.get("/jams/rejoindre/?code=NOPE"), 422)
    assert "Aucune Jam n’a ce code : vérifiez-le sur l’écran de la salle." in page.text
    assert page.select("input", name="code")[0].get("value") == "NOPE"


def test_join_gives_a_device_and_shows_the_personal_code_once(client, programme):
    jam = JamFactory(programme=programme, join_code="BERCY6")
    page = check_page(client.get("/jams/rejoindre/?code=bercy%206"))
    assert "Prendre ma place" in page.html
    answer = client.post("/jams/rejoindre/", {"code": "BERCY6", "name": "Ada", "role": "elu"}, follow=True)
    page = check_page(answer)
    code = re.search(r"Votre code personnel est (\d{3}\u00a0\d{3})", page.text).group(1)
    cookie = client.cookies[cookie_name(jam)]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/jams/")
    assert code not in check_page(client.get(url("room", jam))).text
    assert (jam.participants.get().name, jam.participants.get().attributes) == ("Ada", {"role": "elu"})
    client.post("/jams/rejoindre/", {"code": "BERCY6", "name": "Ada", "role": "elu"})
    assert jam.participants.count() == 1


def test_join_without_a_name_keeps_what_was_typed(client, programme):
    JamFactory(programme=programme, join_code="BERCY6")
    page = check_page(
        client.post("/jams/rejoindre/", {"code": "BERCY6", "name": "", "organisation": "La Ruche", "role": "elu"}), 422
    )
    assert "Écrivez votre prénom et votre nom : votre table les verra." in page.text
    assert page.select("input", name="organisation")[0].get("value") == "La Ruche"


def test_join_a_closed_jam_says_what_to_read_instead(client, programme):
    JamFactory(programme=programme, join_code="BERCY6", closed=True)
    page = check_page(client.post("/jams/rejoindre/", {"code": "BERCY6", "name": "Ada", "role": "elu"}), 422)
    assert "Cette Jam est terminée : lisez ses propositions et les réponses données." in page.text


def test_return_from_another_device(client, programme, at):
    jam = JamFactory(programme=programme)
    entry = actions.register(jam=jam, name="Ada", attributes={}, at=at)
    wrong = {"retour-name": "Ada", "retour-code": "12"}
    assert (
        "Ce nom et ce code personnel ne vont pas ensemble."
        in check_page(client.post(url("return", jam), wrong), 422).text
    )
    answer = client.post(url("return", jam), {"retour-name": "Ada", "retour-code": entry.personal_code}, follow=True)
    assert check_page(answer).h1 == "Ma table, Bercy Jam"


# --- The room ---------------------------------------------------------------------------------------------------------
def test_room_shows_my_table_my_neighbours_and_my_cards(room, enter, never_writes):
    CardFactory(group=room.table, author=room.member, text="Mon idée")
    client = enter(room.member)
    with never_writes():
        page = check_page(client.get(url("room", room.jam)))
    for words in ("Table 1", "Question 1 ?", room.people[1].name, "Mon idée", "Poser la carte sur la table"):
        assert words in page.text
    assert room.other.name not in page.text


def test_room_before_the_seating_says_what_comes(programme, enter):
    participant = ParticipantFactory(jam=JamFactory(programme=programme))
    page = check_page(enter(participant).get(url("room", participant.jam)))
    assert "Votre table s’affichera ici" in page.text


def test_room_without_a_place_offers_the_door(client, room):
    page = check_page(client.get(url("room", room.jam)))
    assert "Cet appareil n’a pas (ou n’a plus) de place dans cette Jam." in page.text


def test_room_state_holds_no_field(room, enter):
    answer = enter(room.member).get(url("room_state", room.jam))
    body = answer.content.decode()
    assert ("Table 1" in body, "<textarea" in body, "<html" in body) == (True, False, False)


def card_form(page):
    return {name: page.select("input", name=name)[0].get("value") for name in ("key", "group")}


def test_a_card_is_written_once_however_often_it_is_sent(room, enter):
    client = enter(room.member)
    hidden = card_form(check_page(client.get(url("room", room.jam))))
    for _click in range(2):
        answer = client.post(url("card", room.jam), {"text": "Une idée", "theme": "fablabs", **hidden})
        assert answer.status_code == 302
    client.post(url("card", room.jam), {"text": "Autre idée", **hidden})
    assert sorted(Card.objects.values_list("text", flat=True)) == ["Autre idée", "Une idée"]


def test_a_refused_card_comes_back_as_typed(room, enter):
    client = enter(room.member)
    hidden = card_form(check_page(client.get(url("room", room.jam))))
    room.first.ended_at = room.first.started_at
    room.first.save()
    page = check_page(client.post(url("card", room.jam), {"text": "Trop tard", **hidden}), 422)
    assert "La session 1 n’est pas en cours : gardez votre idée pour la proposition de votre groupe." in page.text
    assert page.select("textarea", name="text")[0].text.strip() == "Trop tard"
    second = Seat.objects.get(participant=room.member, round=room.second).group_id
    assert page.select("input", name="group")[0].get("value") == str(second)


def test_a_card_from_a_device_without_a_place_is_given_back(client, room):
    page = check_page(client.post(url("card", room.jam), {"text": "Mon texte"}), 403)
    assert "Votre texte n’est pas perdu" in page.text
    assert page.select("textarea", id="lost")[0].text == "Mon texte"


def test_a_tampered_cookie_is_nobody(client, room):
    client.cookies[cookie_name(room.jam)] = "faux"
    assert "Je viens d’arriver" in check_page(client.get(url("room", room.jam))).text


def test_someone_with_an_account_is_at_their_table(client, room, stranger):
    room.member.person = stranger
    room.member.save()
    client.force_login(stranger)
    assert "Table 1" in check_page(client.get(url("room", room.jam))).text


def test_help_is_asked_and_answered(client, room, enter, facilitator):
    enter(room.member).post(url("ask_help", room.jam))
    client.force_login(facilitator)
    page = check_page(client.get(url("conduct", room.jam)))
    assert "J’y suis allé (table 1)" in page.text
    client.post(url("answer_help", room.jam, room.table.pk))
    assert "J’y suis allé" not in check_page(client.get(url("conduct", room.jam))).text


# --- Proposals --------------------------------------------------------------------------------------------------------
def test_a_group_drafts_amends_and_presents_a_proposal(room, enter):
    card = CardFactory(group=room.table, author=room.member)
    client = enter(room.member)
    page = check_page(client.get(url("draft", room.jam, room.table.pk)))
    key = page.select("input", name="key")[0].get("value")
    words = {"title": "Titre", "problem": "P", "lever": "", "cards": [card.pk], "key": key, "revision": 0}
    for _click in range(2):
        assert client.post(url("draft", room.jam, room.table.pk), words).status_code == 302
    proposal = Proposal.objects.get()
    assert list(proposal.cards.all()) == [card]
    refused = client.post(url("submit", room.jam, 1), follow=True)
    assert "Écrivez encore le levier proposé avant de présenter." in check_page(refused).text
    check_page(client.get(url("amend", room.jam, 1)))
    client.post(url("amend", room.jam, 1), words | {"lever": "Aider", "revision": 1, "cards": []})
    for _click in range(2):
        done = check_page(client.post(url("submit", room.jam, 1), follow=True))
        assert "Proposition présentée : elle recevra une réponse." in done.text
    proposal.refresh_from_db()
    assert (proposal.state, proposal.lever, proposal.cards.count()) == ("submitted", "Aider", 0)


def test_two_tabs_amending_keep_both_texts(room, enter, at):
    client = enter(room.member)
    proposal = actions.draft_proposal(group=room.table, title="Titre", lever="A", by=room.people[1], at=at)
    actions.amend_proposal(proposal=proposal, revision=1, lever="Leur levier", by=room.people[1], at=at)
    mine = {"title": "Titre", "problem": "", "lever": "Mon levier", "key": proposal.key, "revision": 1}
    page = check_page(client.post(url("amend", room.jam, 1), mine), 422)
    assert "Quelqu’un de votre groupe vient de modifier cette proposition" in page.text
    assert "Leur levier" in page.text
    assert page.select("textarea", name="lever")[0].text.strip() == "Mon levier"
    assert page.select("input", name="revision")[0].get("value") == "2"


def test_another_table_cannot_draft_here(room, enter):
    page = check_page(enter(room.other).get(url("draft", room.jam, room.table.pk)))
    assert page.h1 == "Votre place dans la salle"


# --- Dots -------------------------------------------------------------------------------------------------------------
def test_dots_are_given_and_too_many_are_refused_as_typed(room, enter):
    ProposalFactory.create_batch(2, jam=room.jam, submitted=True)
    client = enter(room.member)
    check_page(client.get(url("dots", room.jam)))
    page = check_page(client.post(url("dots", room.jam), {"p1": 5, "p2": 2}), 422)
    assert "Vous avez donné 7 points sur 5 : retirez-en 2." in page.text
    assert page.select("input", name="p2")[0].get("value") == "2"
    done = check_page(client.post(url("dots", room.jam), {"p1": 3, "p2": ""}, follow=True))
    assert "Il vous reste 2 points." in done.text
    assert list(Dots.objects.values_list("proposal__number", "count")) == [(1, 3)]


# --- The conductor ----------------------------------------------------------------------------------------------------
def test_the_conductor_walks_the_whole_morning(client, programme, facilitator):
    jam = JamFactory(programme=programme, draft=True)
    client.force_login(facilitator)

    def press(**data):
        return check_page(client.post(url("step", jam), data, follow=True))

    assert "Ouvrir les inscriptions" in check_page(client.get(url("conduct", jam))).text
    assert "Placer les participants" in press(step="open").text
    ParticipantFactory.create_batch(4, jam=jam)
    assert "Arrêtez d’abord le placement" in press(step="start").text
    page = check_page(client.post(url("seating", jam), {"seed": 3}, follow=True))
    assert "Placement calculé : relisez ses chiffres, puis arrêtez-le." in page.text
    assert "Commencer la Jam" in check_page(client.post(url("freeze", jam), follow=True)).text
    assert "Commencer la session 1" in press(step="start").text
    assert "Terminer la session 1" in press(step="start_round", round="1").text
    assert "Terminer la session 1" in press(step="start_round", round="1").text
    assert "Commencer la session 2" in press(step="end_round", round="1").text
    press(step="start_round", round="2")
    assert "Lever la séance" in press(step="end_round", round="2").text
    assert "Voir les réponses" in press(step="finish").text
    assert "Voir les réponses" in press(step="finish").text
    assert Jam.objects.get().state == "answering"


def test_seating_shows_numbers_and_refuses_a_bad_seed(client, programme, facilitator, stranger):
    jam = JamFactory(programme=programme)
    ParticipantFactory.create_batch(6, jam=jam)
    client.force_login(stranger)
    assert client.get(url("seating", jam)).status_code == 404
    client.force_login(facilitator)
    assert "Pas encore de placement" in check_page(client.get(url("seating", jam))).text
    check_page(client.post(url("seating", jam), {"seed": "-1"}), 422)
    page = check_page(client.post(url("seating", jam), {"seed": "1"}, follow=True))
    for words in ("Hors quota (idéal : 0)", "Paires déjà réunies", "Au mieux", "3, 3", "Table 1, 3 personnes"):
        assert words in page.text
    seat = Seat.objects.filter(round__number=2).first()
    other = seat.round.groups.exclude(pk=seat.group_id).get()
    page = check_page(
        client.post(url("move_seat", jam), {"participant": seat.participant_id, "group": other.pk}, follow=True)
    )
    assert f"{seat.participant.name} change de table" in page.text
    assert "Choisissez une personne" in check_page(client.post(url("move_seat", jam), {}, follow=True)).text


def test_a_lost_place_is_given_back_by_the_facilitator(client, room, facilitator, at):
    entry = actions.register(jam=room.jam, name="Zoé Perdue", attributes={"role": "elu"}, at=at)
    Participant.objects.filter(pk=entry.participant.pk).update(return_failures=10)
    client.force_login(facilitator)
    page = check_page(client.get(url("participants", room.jam) + "?q=perdue"))
    assert ("Zoé Perdue" in page.text, room.member.name in page.text) == (True, False)
    address = url("renew_code", room.jam, entry.participant.public_id)
    done = check_page(client.post(address, follow=True))
    code = re.search(r"Nouveau code personnel de Zoé Perdue : (\d{3} \d{3})", done.text).group(1)
    back, _token = actions.come_back(jam=room.jam, name="Zoé Perdue", code=code, at=at)
    assert (back.pk, back.return_failures) == (entry.participant.pk, 0)


def test_screen_follows_the_morning(client, room):
    page = check_page(client.get(url("screen", room.jam)))
    assert ("Question 1 ?" in page.text, room.jam.join_code in page.text) == (True, True)
    room.jam.rounds.update(started_at=room.first.started_at, ended_at=room.first.started_at)
    CardFactory(group=room.second.groups.first(), author=room.member, text="Idée de la fin")
    assert "Idée de la fin" in check_page(client.get(url("screen", room.jam))).text
    ProposalFactory(jam=room.jam, submitted=True, title="La proposition")
    body = client.get(url("screen_state", room.jam)).content.decode()
    assert ("Ordre de la plénière" in body, "La proposition" in body) == (True, True)


# --- The answers ------------------------------------------------------------------------------------------------------
def test_the_decision_maker_answers_then_closes(client, programme, decision_maker):
    jam = JamFactory(programme=programme, answering=True)
    ProposalFactory.create_batch(2, jam=jam, submitted=True)
    client.force_login(decision_maker)
    page = check_page(client.get(url("answers", jam)))
    assert "2 propositions attendent encore une réponse : n° 1 et 2." in page.text
    refused = check_page(client.post(url("answer", jam, 1), {"verdict": "declined", "reason": " "}), 422)
    assert "Donnez une raison : elle accompagnera la décision." in refused.text
    assert refused.select("input", name="verdict", value="declined")[0].get("checked") is not None
    assert "Choisissez : retenue, à l’étude ou écartée." in check_page(client.post(url("answer", jam, 1), {}), 422).text
    client.post(url("answer", jam, 1), {"verdict": "declined", "reason": "Parce que."})
    again = check_page(client.post(url("answer", jam, 1), {"verdict": "retained", "reason": "Non."}, follow=True))
    assert "La proposition n° 1 est déjà dans l’état « Écartée »." in again.text
    assert Answer.objects.get().reason == "Parce que."
    still = check_page(client.post(url("close_answers", jam), follow=True))
    assert "1 proposition attend encore une réponse : n° 2." in still.text
    client.post(url("answer", jam, 2), {"verdict": "studied", "reason": "À voir."})
    for _click in range(2):
        closed = check_page(client.post(url("close_answers", jam), follow=True))
        assert "Les réponses sont closes : chaque proposition a la sienne." in closed.text
    assert Jam.objects.get().state == "closed"
    assert set(Proposal.objects.values_list("state", flat=True)) == {ProposalState.DECLINED, ProposalState.STUDIED}


def test_answers_are_the_teams_and_only_the_decision_maker_signs(client, programme, facilitator, stranger):
    jam, _proposal = answered_jam(programme, answering=True)
    client.force_login(stranger)
    assert client.get(url("answers", jam)).status_code == 404
    client.force_login(facilitator)
    assert "attendue" in check_page(client.get(url("answers", jam))).text
    assert client.get(url("answer", jam, 2)).status_code == 404
    refused = check_page(client.post(url("close_answers", jam), follow=True))
    assert "Cette action est réservée à : décideur." in refused.text


def test_pages_of_the_team_ask_to_sign_in(client, room):
    for name in ("conduct", "seating", "answers"):
        assert client.get(url(name, room.jam)).status_code == 302


def test_invented_rows_are_marked(client, programme, enter):
    programme.demonstration = True
    programme.save()
    jam, proposal = answered_jam(programme)
    assert "Exemple inventé" in check_page(client.get(proposal.get_absolute_url())).text
    assert "Exemple inventé" in check_page(client.get(jam.get_absolute_url())).text
    someone = Participant.objects.filter(jam=jam).first()
    someone.invented = True
    someone.save()
    assert "Exemple inventé" in check_page(enter(someone).get(url("room", jam))).text


# --- A long seating, the price of a move ------------------------------------------------------------------------------
@pytest.mark.parametrize("moment", [1, 2])
def test_a_long_seating_is_stopped_from_the_page_and_the_former_one_stays(
    client, programme, facilitator, real_queue, monkeypatch, moment
):
    jam = JamFactory(programme=programme)
    ParticipantFactory.create_batch(12, jam=jam)
    client.force_login(facilitator)
    client.post(url("seating", jam), {"seed": "1"})
    before = sorted(Seat.objects.values_list("round_id", "participant_id", "group_id"))
    monkeypatch.setattr(conductor, "AT_ONCE", 3)
    monkeypatch.setattr(jobs, "LOOK_EVERY", 0)
    page = check_page(client.post(url("seating", jam), {"seed": "2"}, follow=True))
    assert ("Calcul en cours" in page.text, "Arrêter le calcul" in page.text) == (True, True)
    with stopping_at(moment):
        run_worker(once=True)
    assert sorted(Seat.objects.values_list("round_id", "participant_id", "group_id")) == before
    assert "Le calcul a été arrêté" in check_page(client.get(url("seating", jam))).text
    client.post(url("seating", jam), {"seed": "3"})
    check_page(client.post(url("seating", jam), {"action": "stop"}, follow=True))
    assert jobs.latest(tasks.seat, jam=jam.pk).state == "cancelled"
    client.post(url("seating", jam), {"seed": "3"})
    run_worker(once=True)
    check_page(client.get(url("seating", jam)))
    assert {round_.seating["seed"] for round_ in jam.rounds.all()} == {3}


def test_the_price_of_a_move_is_told_before_and_who_was_moved_after(client, programme, facilitator):
    jam = JamFactory(programme=programme)
    ParticipantFactory.create_batch(4, jam=jam, attributes={"role": "elu", "region": "Bretagne"}, organisation="")
    client.force_login(facilitator)
    client.post(url("seating", jam), {"seed": "1"})
    seat = Seat.objects.filter(round__number=2).first()
    other = seat.round.groups.exclude(pk=seat.group_id).get()
    move = {"participant": seat.participant_id, "group": other.pk}
    page = check_page(client.post(url("move_seat", jam), move | {"action": "price"}, follow=True))
    assert f"Si {seat.participant.name} change de table : +0 hors quota, +1 paires déjà réunies." in page.text
    seat.refresh_from_db()
    assert seat.group_id != other.pk
    assert "Région, table 1" in page.text
    page = check_page(client.post(url("move_seat", jam), move | {"action": "move"}, follow=True))
    assert f"session 2 : {seat.participant.name}" in page.text
    assert jam.rounds.get(number=2).seating["moved"] == [seat.participant_id]
    client.post(url("seating", jam), {"seed": "1"})
    assert jam.rounds.get(number=2).seating["moved"] == []
