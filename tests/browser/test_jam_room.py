"""A participant's phone during a Jam: what is typed survives the page's own movement, and goes to the table shown."""

import pytest
from playwright.sync_api import expect

from essaim.jams import actions
from essaim.jams.models import Card, Group
from tests.factories.jams import JamFactory, ParticipantFactory, SeatFactory, TeamMemberFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def jam(at):
    """Two rounds with their tables, the first under way; one person already seated at table 2 of each."""
    jam = JamFactory(running=True, join_code="BERCY6")
    jam.rounds.update(seated_at=at, seating={"sizes": [0, 0]})
    jam.rounds.filter(number=1).update(started_at=at)
    seated = ParticipantFactory(jam=jam)
    for group in Group.objects.filter(round__jam=jam, number=2):
        SeatFactory(participant=seated, group=group)
    return jam


def test_what_is_typed_survives_a_change_of_round_and_goes_to_the_table_shown(tab, live_server, jam, at):
    facilitator = TeamMemberFactory(programme=jam.programme, facilitator=True).person
    tab.set_viewport_size({"width": 360, "height": 800})
    tab.goto(f"{live_server.url}/jams/")
    tab.get_by_label("Code de la Jam").fill("bercy 6")
    tab.get_by_role("button", name="Continuer").click()
    tab.get_by_label("Prénom et nom", exact=True).fill("Ada Exemple")
    tab.get_by_label("Vous parlez en tant que").select_option("elu")
    tab.get_by_role("button", name="Prendre ma place").click()
    expect(tab.get_by_text("Votre code personnel est")).to_be_visible()
    expect(tab.get_by_role("heading", name="Table 1 session 1")).to_be_visible()
    tab.get_by_label("Votre idée").fill("Une idée qui se tape lentement")

    first, second = jam.rounds.all()
    actions.end_round(round_=first, by=facilitator, at=at)
    actions.start_round(round_=second, by=facilitator, at=at)
    tab.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # the phone wakes up

    expect(tab.get_by_role("heading", name="Table 1 session 2")).to_be_visible()
    expect(tab.get_by_label("Votre idée")).to_have_value("Une idée qui se tape lentement")
    expect(tab.get_by_label("Votre idée")).to_be_focused()
    tab.get_by_role("button", name="Poser la carte sur la table").dblclick()
    expect(tab.get_by_text("Carte posée sur la table.")).to_be_visible()
    assert list(Card.objects.values_list("text", "group__round__number", "group__number")) == [
        ("Une idée qui se tape lentement", 2, 1)
    ]
