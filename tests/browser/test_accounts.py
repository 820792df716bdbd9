"""Doors that only a browser can open: a passkey, an identity provider."""

import re
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from essaim.accounts.models import Person
from essaim.kernel.models import Message

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # the provider's own libraries
]


@pytest.fixture
def site(live_server):
    """The site under a name browsers accept for passkeys, which an IP address is not."""
    return f"http://localhost:{urlsplit(live_server.url).port}"


def sign_in_by_code(tab, site, address):
    """Type the address, read the message, type the code."""
    tab.goto(f"{site}/compte/connexion/")
    tab.get_by_label("Votre adresse électronique").fill(address)
    tab.get_by_role("button", name="Recevoir un code").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Saisir le code reçu")
    code = re.search(r"\b\d{6}\b", Message.objects.filter(address=address).first().text).group()
    tab.get_by_label("Code à 6 chiffres").fill(code)
    tab.get_by_role("button", name="Valider").click()
    tab.wait_for_url(f"{site}/bureau/")


def sign_out(tab, site):
    """Leave through the page that asks."""
    tab.goto(f"{site}/compte/deconnexion/")
    tab.locator("main").get_by_role("button", name="Se déconnecter").click()
    tab.wait_for_url(f"{site}/")


def test_passkey_is_added_then_opens_the_door_alone(tab, site):
    devtools = tab.context.new_cdp_session(tab)
    devtools.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    sign_in_by_code(tab, site, "camille@example.org")
    tab.goto(f"{site}/compte/securite/cles/ajouter/")
    tab.get_by_label("Nom de la clé").fill("Téléphone de Camille")
    tab.get_by_label("Me connecter avec cette clé seule").check()
    tab.get_by_role("button", name="Créer la clé").click()
    tab.wait_for_url(f"{site}/compte/securite/secours/")
    assert Authenticator.objects.filter(type="webauthn").count() == 1
    sign_out(tab, site)
    tab.goto(f"{site}/compte/connexion/")
    tab.get_by_role("button", name="Avec une clé d’accès").click()
    tab.wait_for_url(f"{site}/bureau/")
    tab.goto(f"{site}/compte/")
    expect(tab.locator("main")).to_contain_text("camille@example.org")


def test_identity_provider_opens_an_account_with_a_proved_address(tab, site, settings, provider):
    tab.goto(f"{site}/compte/connexion/?next=/compte/")
    tab.get_by_role("button", name="Avec Fournisseur").click()
    tab.wait_for_url(f"{provider}/**")
    tab.get_by_role("button", name="ophelie@example.org").click()
    tab.wait_for_url(f"{site}/compte/")
    person = Person.objects.get()
    assert (person.email, person.name) == ("ophelie@example.org", "Ophélie Exemple")
    assert person.emailaddress_set.get().verified


def test_identity_provider_joins_the_account_already_there(tab, site, settings, provider):
    known = Person.objects.create_user("ophelie@example.org", name="Ophélie")
    tab.goto(f"{site}/compte/connexion/?next=/compte/")
    tab.get_by_role("button", name="Avec Fournisseur").click()
    tab.get_by_role("button", name="ophelie@example.org").click()
    tab.wait_for_url(f"{site}/compte/")
    assert Person.objects.get().pk == known.pk
    assert known.socialaccount_set.count() == 1


def test_refusing_at_the_provider_leads_back_in_a_sentence(tab, site, settings, provider):
    tab.goto(f"{site}/compte/connexion/")
    tab.get_by_role("button", name="Avec Fournisseur").click()
    tab.get_by_role("button", name="Deny").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("La connexion n’a pas abouti")


@pytest.fixture
def provider(settings):
    """A provider on this machine that requires PKCE, set as the operator would."""
    import oidc_provider_mock

    user = oidc_provider_mock.User(
        sub="ophelie@example.org",
        claims={"email": "ophelie@example.org", "email_verified": True, "name": "Ophélie Exemple"},
    )
    with oidc_provider_mock.run_server_in_thread(user_claims=[user]) as server:
        url = f"http://localhost:{server.server_port}"
        settings.OIDC_SERVER = url
        settings.OIDC_NAME = "Fournisseur"
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {
                "APPS": [
                    {
                        "provider_id": settings.OIDC_ID,
                        "name": "Fournisseur",
                        "client_id": "essaim",
                        "secret": "secret-of-the-test",
                        "settings": {
                            "server_url": url,
                            "oauth_pkce_enabled": True,
                            "scope": ["openid", "profile", "email"],
                        },
                    }
                ]
            }
        }
        directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**directives, "form-action": ["'self'", url]}}
        yield url
