"""Promise G1: whoever is concerned is told once; an address is used only after its owner confirmed."""

import re
from datetime import timedelta

import pytest
from django.core import mail as outbox

from essaim.calls import actions
from essaim.calls.models import Alert, Subscription, SubscriptionState
from essaim.calls.tasks import tell, tell_of_opened_calls
from essaim.kernel import clock
from essaim.kernel.models import Event, Message
from essaim.kernel.workflow import Refused
from essaim.places.models import KnownPlace
from tests.factories.calls import make_call
from tests.page import check_page

pytestmark = pytest.mark.django_db


def confirmed(at, email="a@example.org", **choices):
    subscription, _token = actions.subscribe(email=email, at=at, **choices)
    actions.confirm(subscription, at=at)
    return subscription


def known_place(at, number=1, **fields):
    values = {
        "name": f"Lieu {number}",
        "latitude": 48.0,
        "longitude": 2.0,
        "source": "essai",
        "email": "lieu@example.org",
    }
    return KnownPlace.objects.create(**values | {"source_id": str(number), "imported_at": at} | fields)


def told():
    return sorted(Message.objects.filter(template="calls_opened").values_list("address", flat=True))


def test_nothing_is_sent_before_the_link_is_opened(client, story, call):
    answer = client.post("/alertes/", {"email": "Ada@Example.org"}, follow=True)
    assert "Un lien vient de partir à ada@example.org" in check_page(answer).text.replace("\u00a0", " ")
    actions.tell_everyone(call, at=story)
    assert [message.template for message in Message.objects.all()] == ["calls_confirm"]
    link = re.search(r"/alertes/confirmer/\S+/", Message.objects.get().text)[0]
    page = check_page(client.get(link))
    assert page.h1 == "Confirmer les alertes"
    assert Subscription.objects.get().state == SubscriptionState.PENDING
    page = check_page(client.post(link, follow=True))
    assert "Votre abonnement est confirmé" in page.text
    assert "Votre abonnement est confirmé" in check_page(client.get(link)).text
    actions.tell_everyone(call, at=story)
    assert told() == ["ada@example.org"]
    assert outbox.outbox[-1].to == ["ada@example.org"]


def test_the_form_sent_twice_is_one_subscription_and_one_message(client, story):
    for _again in range(2):
        client.post("/alertes/", {"email": "ada@example.org"})
    assert (Subscription.objects.count(), Message.objects.count()) == (1, 1)


def test_nobody_fills_the_mailbox_of_someone_else(story):
    for number in range(5):
        actions.subscribe(email="ada@example.org", themes=[str(number)], at=story)
    with pytest.raises(Refused, match=r"^Plusieurs liens ont déjà été envoyés à ada@example.org aujourd’hui"):
        actions.subscribe(email="ada@example.org", themes=["6"], at=story)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("ada", "Cette adresse électronique n’est pas complète : vérifiez-la, par exemple nom@exemple.fr."),
        ("", "Indiquez votre adresse électronique, par exemple nom@exemple.fr."),
    ],
)
def test_a_wrong_address_gets_a_sentence_and_is_kept(client, story, typed, sentence):
    page = check_page(client.post("/alertes/", {"email": typed}), 422)
    assert sentence in page.text.replace("\u00a0", " ")
    assert [field.get("value", "") for field in page.select("input", name="email")] == [typed]


def test_a_link_older_than_thirty_days_says_so_and_does_nothing(client, story):
    subscription, token = actions.subscribe(email="a@example.org", at=story)
    with clock.telling(story + timedelta(days=31)):
        page = check_page(client.get(f"/alertes/confirmer/{token}/"), 410)
        assert "Ce lien a plus de 30 jours" in page.text.replace("\u00a0", " ")
        client.post(f"/alertes/confirmer/{token}/")
    subscription.refresh_from_db()
    assert subscription.state == SubscriptionState.PENDING
    assert actions.forget(at=story + timedelta(days=31)) == 1
    assert Subscription.objects.count() == 0


@pytest.mark.parametrize("page", ["confirmer", "arreter"])
@pytest.mark.parametrize("token", ["inconnu", "1~faux"])
def test_an_unknown_link_says_so(client, story, page, token):
    check_page(client.get(f"/alertes/{page}/{token}/"), 404)
    assert client.post(f"/alertes/{page}/{token}/").status_code == 404


def test_every_alert_holds_a_link_that_stops_them(client, story, call):
    subscription = confirmed(story)
    actions.tell_everyone(call, at=story)
    link = re.search(r"/alertes/arreter/\S+/", Message.objects.get(template="calls_opened").text)[0]
    check_page(client.get(link))
    subscription.refresh_from_db()
    assert subscription.state == SubscriptionState.CONFIRMED
    page = check_page(client.post(link, follow=True))
    assert "vous ne recevrez plus d’alerte" in page.text
    assert actions.forget(at=story) == 1
    assert (Subscription.objects.count(), Alert.objects.count()) == (0, 1)
    assert Message.objects.filter(address="a@example.org").count() == 0


def test_confirming_again_replaces_what_the_address_followed(story, call):
    first = confirmed(story, regions=["11"])
    confirmed(story, regions=["53"])
    first.refresh_from_db()
    assert first.state == SubscriptionState.ENDED
    assert actions.tell_everyone(call, at=story) == (1, 0)


def test_tasks_run_twice_tell_once(story, call):
    confirmed(story)
    known_place(story)
    for _again in range(2):
        tell(call=call.pk)
        tell_of_opened_calls(at=story)
    assert told() == ["a@example.org", "lieu@example.org"]
    assert Alert.objects.count() == 2
    events = Event.objects.filter(verb="calls.call.tell")
    assert [event.payload for event in events] == [{"subscribers": 1, "places": 1}]


def test_one_address_known_three_times_receives_one_message(story, call):
    confirmed(story, email="lieu@example.org")
    known_place(story, 1)
    known_place(story, 2)
    assert actions.tell_everyone(call, at=story) == (1, 2)
    assert told() == ["lieu@example.org"]


def test_whoever_subscribes_during_the_call_is_told_too(story, call):
    actions.tell_everyone(call, at=story)
    confirmed(story)
    tell_of_opened_calls(at=story)
    assert told() == ["a@example.org"]


def test_only_those_in_scope_are_told(story, db):
    confirmed(story, email="ici@example.org", regions=["53"])
    confirmed(story, email="ailleurs@example.org", regions=["11"])
    confirmed(story, email="partout@example.org")
    confirmed(story, email="theme@example.org", themes=["culture"])
    call = make_call(territory=["53"])
    actions.tell_everyone(call, at=story)
    assert told() == ["ici@example.org", "partout@example.org"]


def test_a_withdrawn_call_tells_nobody(story, call, officer):
    from essaim.calls.lifecycle import CALL

    confirmed(story)
    CALL.perform(call, "withdraw", by=officer, at=story, reason="Erreur")
    tell(call=call.pk)
    assert told() == []


def test_english_subscribers_read_english(client, story, call):
    client.post("/alertes/", {"email": "a@example.org"}, headers={"accept-language": "en"})
    actions.confirm(Subscription.objects.get(), at=story)
    actions.tell_everyone(call, at=story)
    message = Message.objects.get(template="calls_opened")
    assert message.subject == "A call for projects opens: Support for the development of digital fabrication workshops"
    assert "Closing: Friday 13\u00a0September 2013 at 23:59 (Paris time)" in message.text
