"""Every page of accounts renders, in French and in English, with one h1, and reading writes nothing."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse

from essaim.accounts import actions
from essaim.accounts.models import Person
from essaim.kernel import mail
from tests.page import check_page

pytestmark = pytest.mark.django_db

PUBLIC = ["account_login", "accounts:password_sign_in", "account_reset_password", "account_inactive",
          "account_password_reset_completed", "socialaccount_login_cancelled"]  # fmt: skip
OWN = [
    "accounts:home", "accounts:profile", "accounts:messages", "accounts:data", "accounts:organisations",
    "accounts:organisation_create", "account_logout", "account_email", "account_set_password", "mfa_index",
    "mfa_activate_totp", "mfa_list_webauthn", "mfa_add_webauthn", "usersessions_list", "socialaccount_connections",
]  # fmt: skip


def check(response, language="fr"):
    page = check_page(response)
    assert page.title == f"{page.h1} – Essaim"
    assert page.root.get("lang") == language
    return page.html


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", PUBLIC)
def test_public_page_renders(client, name, language):
    check(client.get(reverse(name), headers={"accept-language": language}), language)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", OWN)
def test_own_page_renders(client, camille, name, language):
    EmailAddress.objects.create(user=camille, email=camille.email, primary=True, verified=True)
    client.force_login(camille)
    check(client.get(reverse(name), headers={"accept-language": language}), language)


@pytest.mark.parametrize("name", [name for name in OWN if name not in {"mfa_activate_totp", "mfa_add_webauthn"}])
def test_own_page_reads_without_writing(client, camille, name, never_writes):
    EmailAddress.objects.create(user=camille, email=camille.email, primary=True, verified=True)
    client.force_login(camille)
    client.get(reverse("accounts:home"))  # the session exists now
    with never_writes():
        client.get(reverse(name))


@pytest.mark.parametrize("name", OWN)
def test_own_page_asks_to_sign_in(client, name):
    response = client.get(reverse(name))
    assert response.status_code == 302
    assert response.url.startswith((reverse("account_login"), "/"))


def test_second_factor_pages_render(client, camille):
    EmailAddress.objects.create(user=camille, email=camille.email, primary=True, verified=True)
    TOTP.activate(camille, generate_totp_secret())
    code = RecoveryCodes.activate(camille).get_unused_codes()[0]
    client.force_login(camille)
    check(client.get(reverse("mfa_reauthenticate")))
    client.post(reverse("mfa_reauthenticate"), {"code": code})
    pages = ("mfa_index", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes")
    for name in pages:
        check(client.get(reverse(name)))
    assert Authenticator.objects.count() == 2


def test_password_pages_render(client):
    person = Person.objects.create_user("camille@example.org", "une phrase que je retiens")
    client.force_login(person)
    check(client.get(reverse("account_change_password")))
    check(client.get(reverse("account_reauthenticate")))


def test_message_is_read_as_it_was_sent_by_its_reader_only(client, camille, dominique, at):
    written = mail.send(to=camille, template="accounts/login_code", context={"code": "123456"}, at=at)
    url = reverse("accounts:message", args=[written.public_id])
    client.force_login(dominique)
    assert client.get(url).status_code == 404
    client.force_login(camille)
    assert "Votre code pour vous connecter à Essaim\u00a0: 123456" in check(client.get(url))
    client.post(reverse("accounts:message_read", args=[written.public_id]))
    written.refresh_from_db()
    assert written.read_at is not None
    assert "Votre code de connexion" in check(client.get(reverse("accounts:messages"), {"q": "123456"}))
    assert "Aucun message ne contient ces mots" in check(client.get(reverse("accounts:messages"), {"q": "zzz"}))


def test_organisation_page_renders_for_a_manager_and_for_a_reader(client, camille, dominique, at):
    organisation = actions.create_organisation(by=camille, at=at, name="La Fabrique", kind="association")
    url = reverse("accounts:organisation", args=[organisation.public_id])
    client.force_login(camille)
    html = check(client.get(url))
    assert "Inviter quelqu’un" in html
    check(client.get(reverse("accounts:organisation_edit", args=[organisation.public_id])))
    organisation.memberships.create(person=dominique, role="reader")
    client.force_login(dominique)
    assert "Inviter quelqu’un" not in check(client.get(url))
    client.force_login(Person.objects.create_user("other@example.org"))
    assert client.get(url).status_code == 404
