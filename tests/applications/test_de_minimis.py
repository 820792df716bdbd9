"""The list of de minimis aids an organisation keeps."""

from datetime import date

import pytest
from django.test import Client

from essaim.applications import actions
from essaim.applications.queries import facts_of, room_of
from essaim.calls.models import Call
from essaim.kernel import clock
from essaim.kernel.workflow import Refused
from tests.factories.applications import SUMMER, member
from tests.page import check_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation(draft):
    return draft.organisation


def url(organisation):
    return f"/organismes/{organisation.public_id}/aides-de-minimis/"


def client_of(person):
    client = Client(headers={"accept-language": "fr"})
    client.force_login(person)
    return client


AID = {"grantor": "Région Bretagne", "granted_on": "01/12/2012", "amount_cents": "250 000", "regime": "general"}


def test_an_aid_is_written_once_and_the_room_follows(organisation, owner):
    client = client_of(owner)
    with clock.telling(SUMMER):
        assert "n’est pas encore déclarée complète" in check_page(client.get(url(organisation))).text
        client.post(url(organisation), AID)
        client.post(url(organisation), AID)
        client.post(url(organisation), {"complete": "1"})
        page = check_page(client.get(url(organisation)))
    assert organisation.de_minimis_aids.count() == 1
    assert "250\u202f000\xa0€ sur trois ans, il reste 50\u202f000\xa0€ au 10\xa0juillet 2013." in page.text
    assert room_of(organisation, date(2015, 12, 1)).room_cents == 30_000_000
    client.post(url(organisation), {"remove": str(organisation.de_minimis_aids.get().pk)})
    assert organisation.de_minimis_aids.count() == 0


def test_a_wrong_date_is_told_and_kept(organisation, owner):
    with clock.telling(SUMMER):
        page = check_page(client_of(owner).post(url(organisation), AID | {"granted_on": "hier"}), status=422)
        assert "Cette date ne se lit pas\xa0: écrivez par exemple 01/12/2025." in page.text
        assert page.select("input", name="granted_on")[0].get("value") == "hier"
        with pytest.raises(Refused, match="Cette aide serait attribuée dans l’avenir"):
            actions.add_aid(
                organisation, regime="general", granted_on=date(2014, 1, 1), grantor="X", amount_cents=1, by=owner,
                at=SUMMER,
            )  # fmt: skip


def test_readers_read_and_strangers_do_not_know(organisation, stranger):
    reader = member(organisation, "reader")
    assert client_of(stranger).get(url(organisation)).status_code == 404
    assert client_of(reader).get(url(organisation)).status_code == 200
    with pytest.raises(Refused, match="Seul un membre qui écrit pour cet organisme"):
        actions.declare_complete(organisation, by=reader, at=SUMMER)


def test_rules_know_the_room_only_when_they_ask_and_the_list_is_complete(draft, organisation, owner):
    assert "de_minimis.room" not in facts_of(draft)
    rule_set = draft.rule_set
    check = {"op": "le", "fact": "request", "other": "de_minimis.room"}
    rule_set.rules = {**rule_set.rules, "rule": [{**rule_set.rules["rule"][0], "check": check}]}
    assert "de_minimis.room" not in facts_of(draft)
    actions.declare_complete(organisation, by=owner, at=SUMMER)
    draft.organisation.refresh_from_db()
    assert facts_of(draft)["de_minimis.room"] == 30_000_000
    assert Call.objects.count() == 1
