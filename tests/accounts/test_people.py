"""One's own account: profile, sessions, data, closing; the demonstration's door; second factor."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from essaim.accounts import actions
from essaim.accounts.models import Membership, Person
from essaim.accounts.personal_data import personal_data
from essaim.accounts.tasks import never_entered
from essaim.kernel import journal
from essaim.kernel.workflow import Refused
from tests.accounts.test_sign_in import ask, code_sent_to

pytestmark = pytest.mark.django_db


def signed_in(client, email="camille@example.org"):
    response = ask(client, email)
    client.post(response.url, {"code": code_sent_to(email), "action": "verify"})
    return Person.objects.get(email=email)


def test_profile_changes_name_and_language(client, camille):
    client.force_login(camille)
    response = client.post(reverse("accounts:profile"), {"name": " Camille Martin ", "language": "en"})
    camille.refresh_from_db()
    assert (camille.name, camille.language) == ("Camille Martin", "en")
    assert response.cookies["django_language"].value == "en"


def test_all_other_sessions_are_closed_at_once(client):
    person = signed_in(client)
    elsewhere = Client()
    signed_in(elsewhere)
    assert UserSession.objects.filter(user=person).count() == 2
    client.post(reverse("usersessions_list"))
    assert elsewhere.get(reverse("accounts:home")).status_code == 302
    assert client.get(reverse("accounts:home")).status_code == 200


def test_export_holds_what_each_part_registered_and_is_journalled(client):
    person = signed_in(client)
    response = client.post(reverse("accounts:export_json"))
    data = json.loads(response.content)
    assert data["compte"]["adresse"] == "camille@example.org"
    assert data["messages"][0]["objet"].startswith("Votre code de connexion")
    assert len(data["connexions"]["sessions"]) == 1
    assert [event.verb for event in journal.events_of(person)] == ["accounts.data_exported"]
    response = client.post(reverse("accounts:export_zip"))
    archive = zipfile.ZipFile(io.BytesIO(response.content))
    assert archive.namelist() == ["donnees.json", "lisez-moi.txt"]
    assert "adresse : camille@example.org" in archive.read("lisez-moi.txt").decode()


def test_exporter_is_declared_once():
    with pytest.raises(ValueError, match="compte"):
        personal_data("compte")(dict)


def test_export_needs_a_post(client, camille):
    client.force_login(camille)
    assert client.get(reverse("accounts:export_json")).status_code == 405


def test_closing_makes_anonymous_and_keeps_counts(client, dominique, at):
    person = signed_in(client)
    organisation = actions.create_organisation(by=dominique, at=at, name="La Fabrique", kind="association")
    Membership.objects.create(organisation=organisation, person=person, role="editor")
    response = client.post(reverse("accounts:close"), {"email": "Camille@example.org"}, follow=True)
    assert [str(message) for message in response.context["messages"]][-1] == (
        "Votre compte est clos et votre nom est effacé. Vos actes restent, sans vous."
    )
    person.refresh_from_db()
    assert (person.name, person.is_active, person.email) == (
        "",
        False,
        f"{person.public_id}@compte-clos.invalid",
    )
    assert Person.objects.count() == 2
    assert not EmailAddress.objects.filter(user=person).exists()
    assert not UserSession.objects.filter(user=person).exists()
    assert client.get(reverse("accounts:home")).status_code == 302


def test_closing_asks_for_the_address_again(client, camille):
    client.force_login(camille)
    response = client.post(reverse("accounts:close"), {"email": "other@example.org"})
    assert response.context["form"].errors == {
        "email": ["Ce n’est pas l’adresse de ce compte : recopiez-la telle qu’elle est affichée."]
    }


def test_closing_is_refused_to_the_only_representative_of_others(camille, dominique, at):
    organisation = actions.create_organisation(by=camille, at=at, name="La Fabrique", kind="association")
    Membership.objects.create(organisation=organisation, person=dominique, role="editor")
    with pytest.raises(Refused) as refusal:
        actions.close_account(person=camille, by=camille, at=at)
    assert str(refusal.value) == (
        "Vous êtes le seul représentant de « La Fabrique » : donnez ce rôle à un collègue avant de partir."
    )


def test_closed_address_may_open_a_new_account(client):
    first = signed_in(client)
    client.post(reverse("accounts:close"), {"email": first.email})
    assert signed_in(client).pk != first.pk


def test_account_nobody_came_into_is_forgotten_after_a_month(client, camille, dominique, at):
    ask(client, "mistyped@example.org")
    signed_in(client, "claude@example.org")
    actions.create_organisation(by=dominique, at=at, name="La Fabrique", kind="association")
    assert not never_entered(timezone.now() + timedelta(days=29)).exists()
    found = never_entered(timezone.now() + timedelta(days=31))
    assert {person.email for person in found} == {"mistyped@example.org", "camille@example.org"}
    found.delete()
    assert Person.objects.count() == 2


# --- The demonstration's door ---------------------------------------------------------------------------------------


@pytest.fixture
def officer(db):
    return Person.objects.create_user(
        "officier@demo.example", name="Ophélie Exemple", invented=True, demo_role="Chargée de programme"
    )


def test_demonstration_signs_in_without_a_mailbox(client, settings, officer):
    settings.DEMO = True
    assert "Chargée de programme" in client.get(reverse("accounts:demonstration")).content.decode()
    response = client.post(reverse("accounts:demonstration_enter", args=[officer.public_id]))
    assert response.url == "/bureau/"
    assert client.session["_auth_user_id"] == str(officer.pk)


def test_demonstration_shows_the_code_on_screen(client, settings, officer):
    settings.DEMO = True
    assert reverse("accounts:demonstration") in client.get(reverse("account_login")).content.decode()
    response = ask(client, officer.email)
    html = client.get(response.url).content.decode()
    assert "Mode démonstration\u00a0: le message qui aurait été envoyé" in html
    assert code_sent_to(officer.email) in html


def test_demonstration_signs_in_no_one_real(client, settings, camille):
    settings.DEMO = True
    response = client.post(reverse("accounts:demonstration_enter", args=[camille.public_id]))
    assert response.status_code == 404
    assert "_auth_user_id" not in client.session


def test_demonstration_does_not_exist_elsewhere(client, settings, officer):
    settings.DEMO = False
    assert client.get(reverse("accounts:demonstration")).status_code == 404
    assert client.post(reverse("accounts:demonstration_enter", args=[officer.public_id])).status_code == 404
    response = ask(client, officer.email)
    assert code_sent_to(officer.email) not in client.get(response.url).content.decode()
    assert reverse("accounts:demonstration") not in client.get(reverse("account_login")).content.decode()


# --- Second factor --------------------------------------------------------------------------------------------------


def totp_code(secret):
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def test_totp_is_activated_then_asked_at_sign_in(client):
    person = signed_in(client)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": totp_code(secret)})
    stored = Authenticator.objects.get(user=person, type="totp")
    assert secret not in json.dumps(stored.data)
    client.post(reverse("account_logout"))
    response = ask(client)
    response = client.post(response.url, {"code": code_sent_to(person.email), "action": "verify"})
    assert response.url == reverse("mfa_authenticate")
    response = client.post(response.url, {"code": "000000"})
    assert response.context["form"].errors == {
        "code": ["Ce code n’est pas le bon : vérifiez l’heure de votre téléphone et recopiez le code affiché."]
    }


def test_recovery_code_opens_once(client):
    person = signed_in(client)
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    code = RecoveryCodes.activate(person).get_unused_codes()[0]
    for expected in (True, False):
        client.post(reverse("account_logout"))
        response = ask(client)
        response = client.post(response.url, {"code": code_sent_to(person.email), "action": "verify"})
        client.post(response.url, {"code": code})
        assert ("_auth_user_id" in client.session) is expected
