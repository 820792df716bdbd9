"""Organisations: numbers checked offline, members, roles, invitations."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from essaim.accounts import actions
from essaim.accounts.identifiers import clean_rna, clean_siret
from essaim.accounts.models import Invitation, Membership, Organisation, Person
from essaim.kernel import access, journal
from essaim.kernel.models import Message
from essaim.kernel.workflow import Refused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("732 829 320 00074", "73282932000074"),
        ("35600000000048", "35600000000048"),
        ("35600000009075", "35600000009075"),
        ("", ""),
    ],
)
def test_siret_is_taken_with_or_without_spaces(typed, kept):
    assert clean_siret(typed) == kept


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("73282932000079", "La clé de ce SIRET est fausse : un chiffre a sans doute été mal recopié."),
        ("35600000009076", "La clé de ce SIRET est fausse : un chiffre a sans doute été mal recopié."),
        ("7328293200007", "Un SIRET compte 14 chiffres : celui-ci en a 13."),
        (
            "732829320",
            "Ces 9 chiffres sont un SIREN : ajoutez les 5 chiffres de l’établissement pour avoir un SIRET.",
        ),
        ("7328293200007X", "Un SIRET ne contient que des chiffres : recopiez les 14 chiffres, sans lettre."),
        ("٧٣٢٨٢٩٣٢٠٠٠٠٧٤", "Un SIRET ne contient que des chiffres : recopiez les 14 chiffres, sans lettre."),
    ],
)
def test_wrong_siret_is_refused_in_a_sentence(typed, sentence):
    with pytest.raises(ValidationError) as refusal:
        clean_siret(typed)
    assert refusal.value.messages == [sentence]


@pytest.mark.parametrize(("typed", "kept"), [("w751 234 567", "W751234567"), ("W9M1000001", "W9M1000001"), ("", "")])
def test_rna_is_taken_overseas_too(typed, kept):
    assert clean_rna(typed) == kept


@pytest.mark.parametrize("typed", ["751234567", "W75123456", "WAB1234567", "W7512345678"])
def test_wrong_rna_is_refused_in_a_sentence(typed):
    with pytest.raises(ValidationError) as refusal:
        clean_rna(typed)
    assert refusal.value.messages == [
        "Un numéro RNA commence par W suivi de 9 chiffres, par exemple W751234567 (outre-mer : W9M1000001)."
    ]


@pytest.fixture
def fabrique(camille, at):
    return actions.create_organisation(
        by=camille, at=at, name="La Fabrique", kind="association", siret="732 829 320 00074"
    )


def verbs_of(subject):
    return [event.verb for event in journal.events_of(subject)]


def test_creator_is_the_representative_and_the_check_is_dated(fabrique, camille, at):
    assert fabrique.siret == "73282932000074"
    assert fabrique.checked_at == at
    assert access.roles(camille, fabrique) == {"representative", "anyone"}
    assert verbs_of(fabrique) == ["accounts.organisation_created"]


def test_check_date_moves_only_with_the_number(fabrique, camille, at):
    later = at + timedelta(days=3)
    actions.update_organisation(organisation=fabrique, by=camille, at=later, address="1 rue des Lilas")
    assert fabrique.checked_at == at
    actions.update_organisation(organisation=fabrique, by=camille, at=later, rna="W751234567")
    assert fabrique.checked_at == later
    actions.update_organisation(organisation=fabrique, by=camille, at=later, rna="", siret="")
    assert fabrique.checked_at is None


def test_taken_number_says_whom_to_ask(fabrique, dominique, at):
    with pytest.raises(Refused) as refusal:
        actions.create_organisation(by=dominique, at=at, name="Autre", kind="company", siret="73282932000074")
    assert str(refusal.value) == (
        "Un organisme porte déjà ce numéro (73282932000074) : demandez à son représentant de vous inviter."
    )


def test_form_keeps_what_was_typed_and_says_what_is_wrong(client, camille):
    client.force_login(camille)
    response = client.post(
        reverse("accounts:organisation_create"), {"name": "La Fabrique", "kind": "company", "siret": "123"}
    )
    assert response.status_code == 422
    assert response.context["form"].errors == {"siret": ["Un SIRET compte 14 chiffres : celui-ci en a 3."]}
    assert 'value="La Fabrique"' in response.content.decode()
    assert Organisation.objects.count() == 0


def test_organisation_is_created_and_edited_by_the_form(client, camille):
    client.force_login(camille)
    values = {"name": "La Fabrique", "kind": "company", "siret": "732 829 320 00074"}
    response = client.post(reverse("accounts:organisation_create"), values)
    organisation = Organisation.objects.get()
    assert response.url == reverse("accounts:organisation", args=[organisation.public_id])
    client.post(
        reverse("accounts:organisation_edit", args=[organisation.public_id]), {**values, "name": "La Grande Fabrique"}
    )
    organisation.refresh_from_db()
    assert organisation.name == "La Grande Fabrique"
    assert verbs_of(organisation) == ["accounts.organisation_created", "accounts.organisation_updated"]


def invited(fabrique, camille, at, email="dominique@example.org", role="editor"):
    return actions.invite(scope="organisation", scope_id=fabrique.pk, role=role, email=email, by=camille, at=at)


def test_invitation_is_sent_and_only_its_digest_kept(fabrique, camille, at):
    invitation, token = invited(fabrique, camille, at)
    message = Message.objects.get()
    assert message.address == "dominique@example.org"
    assert message.subject == "Camille Durand vous invite : La Fabrique"
    assert reverse("accounts:invitation", args=[token]) in message.text
    assert token not in invitation.token_sha256
    assert invitation.expires_at == at + timedelta(days=14)


def test_accepting_gives_the_role_once(fabrique, camille, dominique, at):
    _invitation, token = invited(fabrique, camille, at)
    actions.accept(token=token, by=dominique, at=at)
    assert access.roles(dominique, fabrique) == {"editor", "anyone"}
    assert verbs_of(fabrique)[-1] == "accounts.invitation_accepted"
    with pytest.raises(Refused) as refusal:
        actions.accept(token=token, by=dominique, at=at)
    assert str(refusal.value) == "Cette invitation a déjà servi : un lien ne sert qu’une fois."
    assert Membership.objects.filter(person=dominique).count() == 1


def test_expired_link_says_to_ask_for_another(fabrique, camille, dominique, at):
    _invitation, token = invited(fabrique, camille, at)
    with pytest.raises(Refused) as refusal:
        actions.accept(token=token, by=dominique, at=at + timedelta(days=14))
    assert str(refusal.value) == (
        "Cette invitation a expiré : demandez-en une nouvelle à la personne qui vous a invité."
    )


def test_link_of_another_address_says_so(fabrique, camille, at):
    _invitation, token = invited(fabrique, camille, at)
    other = Person.objects.create_user("other@example.org")
    with pytest.raises(Refused) as refusal:
        actions.accept(token=token, by=other, at=at)
    assert str(refusal.value) == (
        "Cette invitation a été envoyée à une autre adresse : connectez-vous avec l’adresse qui l’a reçue,"
        " ou demandez une invitation à other@example.org."
    )


def test_second_invitation_replaces_the_first(fabrique, camille, dominique, at):
    _first, old = invited(fabrique, camille, at)
    _second, new = invited(fabrique, camille, at, role="mandated")
    with pytest.raises(Refused) as refusal:
        actions.accept(token=old, by=dominique, at=at)
    assert str(refusal.value) == (
        "Cette invitation a été retirée ou remplacée : utilisez le lien le plus récent, ou demandez-en un."
    )
    actions.accept(token=new, by=dominique, at=at)
    assert access.roles(dominique, fabrique) == {"mandated", "anyone"}


def test_invitation_page_leads_through_sign_in_to_the_organisation(client, fabrique, camille, at):
    with time_machine.travel(at, tick=False):
        _invitation, token = invited(fabrique, camille, at)
        url = reverse("accounts:invitation", args=[token])
        assert "Rejoindre «\u00a0La Fabrique\u00a0»" in client.get(url).content.decode()
        response = client.post(reverse("account_login", query={"next": url}), {"email": "dominique@example.org"})
        code = re.search(r"\b\d{6}\b", Message.objects.filter(template="accounts/login_code").first().text).group()
        response = client.post(response.url, {"code": code, "action": "verify"})
        assert response.url == url
        response = client.post(url)
    assert response.url == reverse("accounts:organisation", args=[fabrique.public_id])
    assert Membership.objects.get(person__email="dominique@example.org").role == "editor"


def test_invitation_page_says_why_a_link_is_useless(client, fabrique, camille, at):
    _invitation, token = invited(fabrique, camille, at)  # long expired today
    response = client.get(reverse("accounts:invitation", args=[token]))
    assert response.status_code == 410
    assert "Cette invitation a expiré" in response.content.decode()
    response = client.get(reverse("accounts:invitation", args=["unknown"]))
    assert "Cette adresse ne correspond à aucune invitation" in response.content.decode()


def test_member_already_there_is_not_invited_again(fabrique, camille, at):
    with pytest.raises(Refused) as refusal:
        invited(fabrique, camille, at, email="Camille@example.org")
    assert str(refusal.value) == "Cette personne fait déjà partie de l’organisme : changez plutôt son rôle."


def test_editor_does_not_invite(fabrique, dominique, at):
    Membership.objects.create(organisation=fabrique, person=dominique, role="editor")
    with pytest.raises(Refused) as refusal:
        invited(fabrique, dominique, at, email="third@example.org")
    assert str(refusal.value) == "Seul un représentant légal peut inviter quelqu’un dans l’organisme."


def test_withdrawn_invitation_is_useless(client, fabrique, camille, dominique, at):
    with time_machine.travel(at, tick=False):
        invitation, token = invited(fabrique, camille, at)
        client.force_login(camille)
        client.post(reverse("accounts:organisation_invitation_withdraw", args=[fabrique.public_id, invitation.pk]))
        with pytest.raises(Refused):
            actions.accept(token=token, by=dominique, at=at)
    assert Invitation.objects.get().withdrawn_at == at


def test_last_representative_stays(fabrique, camille, at):
    membership = Membership.objects.get()
    sentence = "Il doit rester au moins un représentant légal : donnez d’abord ce rôle à une autre personne."
    with pytest.raises(Refused) as refusal:
        actions.leave(membership=membership, by=camille, at=at)
    assert str(refusal.value) == sentence
    with pytest.raises(Refused) as refusal:
        actions.change_role(membership=membership, role="reader", by=camille, at=at)
    assert str(refusal.value) == sentence
    membership.refresh_from_db()
    assert membership.role == "representative"


def test_role_passes_to_another_then_one_may_leave(client, fabrique, camille, dominique, at):
    other = Membership.objects.create(organisation=fabrique, person=dominique, role="reader")
    mine = Membership.objects.get(person=camille)
    client.force_login(camille)
    client.post(
        reverse("accounts:organisation_member_role", args=[fabrique.public_id, other.pk]), {"role": "representative"}
    )
    response = client.post(reverse("accounts:organisation_member_leave", args=[fabrique.public_id, mine.pk]))
    assert response.url == reverse("accounts:organisations")
    assert list(Membership.objects.values_list("person__email", "role")) == [
        ("dominique@example.org", "representative")
    ]
    assert verbs_of(fabrique)[-2:] == ["accounts.role_changed", "accounts.member_left"]


def test_roles_and_visible_to_agree(fabrique, camille, dominique):
    for person in (camille, dominique):
        for model in (Organisation, Membership, Person):
            seen = set(access.visible_to(person, model))
            assert seen == {obj for obj in model.objects.all() if access.roles(person, obj) != {"anyone"}}
