"""Sign-in by code, by password, the demonstration's door."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.urls import reverse
from django.utils import timezone

from essaim.accounts.models import Person
from essaim.kernel.models import Message

pytestmark = pytest.mark.django_db


def code_sent_to(address: str) -> str:
    text = Message.objects.filter(address=address).first().text
    return re.search(r"\b\d{6}\b", text).group()


def ask(client, email="camille@example.org", **query):
    return client.post(reverse("account_login", query=query), {"email": email})


def messages_of(response):
    return [str(message) for message in response.context["messages"]]


def test_first_sign_in_by_code_opens_an_account_and_proves_the_address(client):
    response = ask(client, "Camille@Example.org")
    assert response.url == reverse("account_confirm_login_code")
    response = client.post(response.url, {"code": code_sent_to("camille@example.org"), "action": "verify"})
    assert response.url == "/bureau/"
    person = Person.objects.get()
    assert (person.email, person.has_usable_password()) == ("camille@example.org", False)
    assert EmailAddress.objects.get(user=person).verified
    assert client.session["_auth_user_id"] == str(person.pk)


def test_known_address_gets_a_code_and_no_second_account(client):
    Person.objects.create_user("camille@example.org")
    response = ask(client, "CAMILLE@example.org")
    client.post(response.url, {"code": code_sent_to("camille@example.org"), "action": "verify"})
    assert Person.objects.count() == 1


def test_sign_in_goes_where_one_was_going(client):
    response = ask(client, next="/organismes/")
    response = client.post(response.url, {"code": code_sent_to("camille@example.org"), "action": "verify"})
    assert response.url == "/organismes/"


def test_code_may_be_typed_with_spaces(client):
    response = ask(client)
    code = code_sent_to("camille@example.org")
    response = client.post(response.url, {"code": f" {code[:3]} {code[3:]} ", "action": "verify"})
    assert response.url == "/bureau/"


def test_wrong_code_is_refused_in_a_sentence(client):
    response = ask(client)
    wrong = "000000" if code_sent_to("camille@example.org") != "000000" else "111111"
    response = client.post(response.url, {"code": wrong, "action": "verify"})
    assert response.context["form"].errors == {
        "code": ["Ce code n’est pas le bon : recopiez les 6 chiffres du dernier message reçu."]
    }
    assert "_auth_user_id" not in client.session


def test_five_wrong_codes_end_the_attempt(client):
    response = ask(client)
    url = response.url
    wrong = "000000" if code_sent_to("camille@example.org") != "000000" else "111111"
    for _attempt in range(5):
        response = client.post(url, {"code": wrong, "action": "verify"}, follow=True)
    assert messages_of(response)[-1] == ("Trop d’essais : attendez quelques minutes, puis demandez un nouveau code.")
    assert response.redirect_chain[-1][0] == reverse("account_login")


def test_expired_code_is_refused_in_a_sentence(client):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        response = ask(client)
        clock.shift(timedelta(minutes=16))
        response = client.post(
            response.url, {"code": code_sent_to("camille@example.org"), "action": "verify"}, follow=True
        )
    assert messages_of(response)[-1] == "Ce code n’est plus valable : demandez-en un nouveau."
    assert "_auth_user_id" not in client.session


def test_code_page_without_a_code_asked_says_so(client):
    response = client.get(reverse("account_confirm_login_code"), follow=True)
    assert messages_of(response) == ["Ce code n’est plus valable : demandez-en un nouveau."]


def test_code_serves_once(client):
    response = ask(client)
    url, code = response.url, code_sent_to("camille@example.org")
    client.post(url, {"code": code, "action": "verify"})
    client.post(reverse("account_logout"))
    client.post(url, {"code": code, "action": "verify"})
    assert "_auth_user_id" not in client.session


def test_new_code_replaces_the_old_one(client):
    response = ask(client)
    url, first = response.url, code_sent_to("camille@example.org")
    client.post(url, {"action": "resend"})
    second = code_sent_to("camille@example.org")
    if first != second:
        client.post(url, {"code": first, "action": "verify"})
        assert "_auth_user_id" not in client.session
    client.post(url, {"code": second, "action": "verify"})
    assert "_auth_user_id" in client.session


def test_going_back_to_the_sign_in_page_allows_another_address(client):
    ask(client, "mistyped@example.org")
    assert client.get(reverse("account_login")).status_code == 200


def test_wrong_address_is_refused_in_a_sentence(client):
    response = ask(client, "camille")
    assert response.context["form"].errors == {
        "email": ["Écrivez une adresse complète, par exemple camille@exemple.fr."]
    }


def test_deactivated_account_is_told_whom_to_write_to(client):
    Person.objects.create_user("camille@example.org", is_active=False)
    response = ask(client)
    assert response.context["form"].errors == {
        "email": ["Ce compte est désactivé : écrivez à l’équipe du site pour le rouvrir."]
    }


def test_sixth_code_in_a_minute_is_refused_for_that_address_only(client, cache_is_empty):
    for _time in range(5):
        ask(client)
    assert ask(client).context["form"].errors == {
        "email": ["Trop d’essais : attendez quelques minutes, puis demandez un nouveau code."]
    }
    assert ask(client, "other@example.org").status_code == 302


def test_hundred_people_behind_one_address_can_sign_in(client, cache_is_empty):
    assert {ask(client, f"p{rank}@example.org").status_code for rank in range(100)} == {302}


def test_sign_in_speaks_the_persons_language(client):
    Person.objects.create_user("camille@example.org", language="en")
    response = ask(client)
    assert Message.objects.get().language == "en"
    response = client.post(response.url, {"code": code_sent_to("camille@example.org"), "action": "verify"})
    assert response.cookies["django_language"].value == "en"


def test_sign_up_address_leads_to_the_one_sign_in_page(client):
    response = client.get(reverse("account_signup", query={"next": "/organismes/"}))
    assert response.url == reverse("account_login", query={"next": "/organismes/"})


def person_with_password(password="une phrase que je retiens"):
    person = Person.objects.create_user("camille@example.org", password)
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    return person


def test_password_signs_in(client):
    person = person_with_password()
    response = client.post(
        reverse("accounts:password_sign_in"),
        {"login": "camille@example.org", "password": "une phrase que je retiens"},
    )
    assert response.url == "/bureau/"
    assert client.session["_auth_user_id"] == str(person.pk)


def test_wrong_password_is_refused_in_a_sentence(client):
    person_with_password()
    response = client.post(
        reverse("accounts:password_sign_in"), {"login": "camille@example.org", "password": "autre chose, non"}
    )
    assert response.context["form"].non_field_errors() == [
        "L’adresse ou le mot de passe ne correspondent pas : corrigez-les, ou demandez un code par courriel."
    ]


@pytest.mark.parametrize(
    ("password", "errors"),
    [
        ("court", ["Ce mot de passe est trop court. Il doit contenir au minimum 12 caractères."]),
        ("1qaz2wsx3edc", ["Ce mot de passe est trop courant."]),
        ("tous les chats gris", []),
        ("é" * 12, []),
        ("x y" * 40, []),
    ],
)
def test_password_needs_twelve_characters_and_no_composition(client, password, errors):
    person = Person.objects.create_user("camille@example.org")
    client.force_login(person)
    response = client.post(reverse("account_set_password"), {"password1": password, "password2": password})
    if errors:
        assert errors[0] in response.context["form"].errors["password1"]
    else:
        person.refresh_from_db()
        assert person.check_password(password)


def test_forgotten_password_is_replaced_by_code(client):
    person = person_with_password()
    response = client.post(reverse("account_reset_password"), {"email": person.email})
    response = client.post(response.url, {"code": code_sent_to(person.email)})
    new = "une tout autre phrase"
    response = client.post(response.url, {"password1": new, "password2": new})
    person.refresh_from_db()
    assert person.check_password(new)
    assert Message.objects.first().subject == "Votre compte Essaim a changé"


def test_sign_out_needs_a_post(client):
    client.force_login(Person.objects.create_user("camille@example.org"))
    assert client.get(reverse("account_logout")).status_code == 200
    assert "_auth_user_id" in client.session
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session
