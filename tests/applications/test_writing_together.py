"""Members, comments, presence, copying, and drafts begun without an account."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from essaim.accounts import actions as accounts
from essaim.accounts.models import Invitation, Membership, Person
from essaim.applications import actions
from essaim.applications.access import forget
from essaim.applications.actions import guests
from essaim.applications.models import AnswerVersion, Application, Collaborator, Comment, Guest, Presence
from essaim.kernel import access
from essaim.kernel.models import Event
from essaim.kernel.workflow import Refused
from tests.factories.applications import SUMMER, member
from tests.factories.applications import draft as make_draft
from tests.factories.jams import PersonFactory

pytestmark = pytest.mark.django_db


def refused(call, *args, **kwargs):
    with pytest.raises(Refused) as refusal:
        call(*args, **kwargs)
    return str(refusal.value)


# --- Members ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def alone(draft, owner):
    """A draft of one person, for no organisation yet."""
    Application.objects.filter(pk=draft.pk).update(organisation=None)
    draft.refresh_from_db()
    return draft


def invited(draft, owner, role="editor", email="camille@example.org"):
    person = PersonFactory(email=email, name="Camille Petit")
    _invitation, token = accounts.invite(
        scope="application", scope_id=draft.pk, role=role, email=email, by=owner, at=SUMMER
    )
    accounts.accept(token=token, by=person, at=SUMMER)
    return person


def test_someone_invited_writes_and_sees_what_is_missing(draft, owner):
    actions.invite_member(draft, email="camille@example.org", role="editor", by=owner, at=SUMMER)
    assert Invitation.objects.to("application", draft.pk).waiting(SUMMER).count() == 1
    camille = invited(draft, owner)
    assert access.roles(camille, draft) == {"anyone", "editor"}
    actions.save_answers(draft, {"title": "Autre"}, version=draft.version, by=camille, at=SUMMER)


def test_only_who_may_file_invites(draft, owner):
    camille = invited(draft, owner)
    sentence = refused(actions.invite_member, draft, email="x@example.org", role="editor", by=camille, at=SUMMER)
    assert sentence == "Seul le porteur, ou qui dépose pour l’organisme, dit qui écrit ce dossier."
    mandated = member(draft.organisation, "mandated")
    actions.invite_member(draft, email="x@example.org", role="reader", by=mandated, at=SUMMER)


def test_an_invitation_needs_an_address_a_role_and_someone_new(draft, owner):
    assert refused(actions.invite_member, draft, email="camille", role="editor", by=owner, at=SUMMER) == (
        "« camille » n’est pas une adresse électronique\xa0: vérifiez-la."
    ).replace("« ", "«\xa0").replace(" »", "\xa0»")
    assert refused(actions.invite_member, draft, email="c@example.org", role="chef", by=owner, at=SUMMER) == (
        "Choisissez un rôle dans la liste."
    )
    camille = invited(draft, owner)
    assert refused(actions.invite_member, draft, email=camille.email.upper(), role="reader", by=owner, at=SUMMER) == (
        "Cette personne écrit déjà ce dossier\xa0: changez plutôt son rôle."
    )


def test_the_last_who_may_file_does_not_leave(alone, owner):
    camille = invited(alone, owner)
    mine = alone.collaborators.get(person=owner)
    sentence = "Plus personne ne pourrait déposer ce dossier\xa0: donnez d’abord le rôle de porteur à quelqu’un."
    assert refused(actions.remove_member, mine, by=owner, at=SUMMER) == sentence
    assert refused(actions.change_role, mine, role="editor", by=owner, at=SUMMER) == sentence
    actions.change_role(alone.collaborators.get(person=camille), role="owner", by=owner, at=SUMMER)
    actions.remove_member(mine, by=owner, at=SUMMER)
    assert access.roles(owner, alone) == {"anyone"}
    forget(camille)
    assert access.roles(camille, alone) == {"anyone", "owner"}


def test_a_member_leaves_and_what_they_wrote_stays(draft, owner):
    camille = invited(draft, owner)
    actions.save_answers(draft, {"title": "De Camille"}, version=draft.version, by=camille, at=SUMMER)
    actions.remove_member(draft.collaborators.get(person=camille), by=camille, at=SUMMER)
    draft.refresh_from_db()
    assert draft.title == "De Camille"
    assert not access.visible_to(camille, Application).exists()


def test_an_invitation_withdrawn_is_useless(draft, owner):
    invitation = actions.invite_member(draft, email="camille@example.org", role="editor", by=owner, at=SUMMER)
    actions.withdraw_invitation(draft, invitation, by=owner, at=SUMMER)
    assert not Invitation.objects.to("application", draft.pk).waiting(SUMMER).exists()


# --- Comments and presence -------------------------------------------------------------------------------------------


def section_of(draft):
    from essaim.applications.queries import sections_of

    return sections_of(draft.rule_set)[0].code


def test_comments_are_for_members_even_once_filed(draft, owner, officer, stranger):
    reader = member(draft.organisation, "reader")
    first = actions.add_comment(draft, section=section_of(draft), text="Trop long ?", by=reader, at=SUMMER)
    actions.add_comment(draft, section=section_of(draft), text="Raccourci.", by=owner, at=SUMMER, thread=first)
    actions.add_comment(draft, section=section_of(draft), text="Raccourci.", by=owner, at=SUMMER, thread=first)
    actions.file_application(draft, by=owner, at=SUMMER, key="k")
    assert access.visible_to(officer, Application).filter(pk=draft.pk).exists()
    assert [access.visible_to(who, Comment).count() for who in (owner, reader, officer, stranger, AnonymousUser())] == [
        2, 2, 0, 0, 0,
    ]  # fmt: skip
    assert access.visible_to(officer, AnswerVersion).count() == 0
    assert "Trop long" not in draft.filings.get().content
    assert refused(actions.add_comment, draft, section=section_of(draft), text="Non", by=officer, at=SUMMER) == (
        "Les commentaires sont réservés à ceux qui écrivent ce dossier."
    )


def test_a_thread_is_settled_and_opened_again(draft, owner):
    first = actions.add_comment(draft, section=section_of(draft), text="À revoir", by=owner, at=SUMMER)
    actions.resolve_comment(first, by=owner, at=SUMMER)
    first.refresh_from_db()
    assert (first.resolved_at, first.resolved_by) == (SUMMER, owner)
    actions.reopen_comment(first, by=owner, at=SUMMER)
    first.refresh_from_db()
    assert first.resolved_at is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("  ", "Écrivez votre commentaire avant de l’envoyer."),
        ("a" * 4_001, "Un commentaire a au plus 4\u202f000\xa0caractères\xa0: raccourcissez-le."),
    ],
)
def test_a_comment_has_words_and_a_limit(draft, owner, text, sentence):
    told = refused(actions.add_comment, draft, section=section_of(draft), text=text, by=owner, at=SUMMER)
    assert told.replace("\u202f", " ").replace("\xa0", " ") == sentence.replace("\u202f", " ").replace("\xa0", " ")


def test_people_on_the_same_page_see_each_other_for_a_while(draft, owner, officer):
    camille = invited(draft, owner)
    assert actions.note_presence(draft, by=camille, step="project", at=SUMMER, field="title") == []
    seen = actions.note_presence(draft, by=owner, step="project", at=SUMMER + timedelta(seconds=15))
    assert [(row.person, row.step, row.field) for row in seen] == [(camille, "project", "title")]
    assert actions.note_presence(draft, by=owner, step="project", at=SUMMER + timedelta(seconds=50)) == []
    assert actions.note_presence(draft, by=officer, step="project", at=SUMMER) == []
    assert Presence.objects.count() == 2


def test_presence_costs_one_read_when_nothing_changed(draft, owner, django_assert_num_queries):
    actions.note_presence(draft, by=owner, step="project", at=SUMMER)
    with django_assert_num_queries(1):
        actions.note_presence(draft, by=owner, step="project", at=SUMMER + timedelta(seconds=5))


# --- Copying ---------------------------------------------------------------------------------------------------------


def sections(draft):
    from essaim.applications.queries import sections_of

    return [section.code for section in sections_of(draft.rule_set)]


def test_an_earlier_application_is_copied_and_what_is_not_is_said(draft, owner, call):
    organisation = draft.organisation
    new = actions.start(call, by=owner, at=SUMMER, organisation=organisation)
    actions.save_answers(new, {"title": "Un autre projet"}, version=new.version, by=owner, at=SUMMER)
    copied = actions.copy_from(new, draft, parts=[*sections(draft), "budget", "place"], by=owner, at=SUMMER)
    new.refresh_from_db()
    assert new.answers["project"] == draft.answers["project"]
    assert new.title == "Un autre projet"
    assert (new.commune, new.cost_cents) == (draft.commune, draft.cost_cents)
    assert "Le plan de financement" in copied.taken
    assert ("vous y avez déjà répondu ici" in dict(copied.left).values()) is True
    assert "outreach_commitment" not in new.answers
    again = actions.copy_from(new, draft, parts=[*sections(draft), "budget", "place"], by=owner, at=SUMMER)
    assert dict(again.left)["Le plan de financement"] == "un plan est déjà écrit ici"


def test_only_ones_own_applications_are_copied(draft, call, stranger, owner):
    theirs = make_draft(call, by=stranger, documents=False)
    assert refused(actions.copy_from, draft, theirs, parts=["budget"], by=owner, at=SUMMER) == (
        "Choisissez un de vos dossiers, ou un dossier d’un de vos organismes."
    )


# --- Without an account ----------------------------------------------------------------------------------------------


@pytest.fixture
def guest_draft(call):
    person, token = actions.begin_guest(address="192.0.2.1", at=SUMMER)
    return actions.start_as_guest(call, by=person, at=SUMMER, cost_cents=100_000), person, token


def test_a_guest_writes_and_does_not_file(guest_draft):
    draft, person, token = guest_draft
    actions.save_answers(draft, {"title": "Sans compte"}, version=0, by=person, at=SUMMER)
    assert access.roles(person, draft) == {"anyone", "editor"}
    assert actions.guest_of(token) == person
    assert actions.guest_of("autre") is None
    assert not Event.objects.filter(verb="applications.application.start").exists()
    assert not person.is_active
    assert refused(actions.file_application, draft, by=person, at=SUMMER, key="k")


def test_a_draft_is_claimed_once_by_who_signs_in(guest_draft):
    draft, person, token = guest_draft
    actions.save_answers(draft, {"title": "Sans compte"}, version=0, by=person, at=SUMMER)
    someone, other = PersonFactory(), PersonFactory()
    assert actions.claim(person, by=someone, at=SUMMER) == [draft]
    assert actions.claim(person, by=other, at=SUMMER) == []
    draft.refresh_from_db()
    assert draft.created_by == someone
    assert access.roles(someone, draft) == {"anyone", "owner"}
    assert access.roles(other, draft) == {"anyone"}
    assert actions.guest_of(token) is None
    assert draft.versions.latest("pk").by == someone
    assert not Person.objects.filter(pk=person.pk).exists()
    assert Event.objects.filter(verb="applications.application.start").count() == 1


def test_a_room_of_applicants_begins_and_a_flood_does_not(call, monkeypatch):
    monkeypatch.setattr(guests, "MOST_FROM_ONE_ADDRESS", 3)
    for _rank in range(3):
        actions.begin_guest(address="192.0.2.1", at=SUMMER)
    assert refused(actions.begin_guest, address="192.0.2.1", at=SUMMER) == (
        "Trop de dossiers viennent d’être commencés sans compte\xa0: connectez-vous pour commencer le vôtre."
    )
    actions.begin_guest(address="192.0.2.2", at=SUMMER)
    actions.begin_guest(address="192.0.2.1", at=SUMMER + timedelta(hours=2))


def test_drafts_nobody_claims_are_erased_thirty_days_after_they_were_written(guest_draft):
    draft, person, _token = guest_draft
    later = SUMMER + timedelta(days=20)
    actions.save_answers(draft, {"title": "Sans compte"}, version=0, by=person, at=later)
    assert actions.erase_guests(at=SUMMER + timedelta(days=45)) == 0
    assert actions.erase_guests(at=later + timedelta(days=31)) == 1
    assert not Application.objects.filter(pk=draft.pk).exists()
    assert (Guest.objects.count(), Collaborator.objects.count()) == (0, 0)


def test_a_claimed_draft_is_never_erased(guest_draft):
    draft, person, _token = guest_draft
    actions.claim(person, by=PersonFactory(), at=SUMMER)
    assert actions.erase_guests(at=SUMMER + timedelta(days=400)) == 0
    assert Application.objects.filter(pk=draft.pk).exists()


def test_a_membership_opens_writing_to_the_organisation(draft, stranger):
    assert refused(actions.save_answers, draft, {"title": "x"}, version=0, by=stranger, at=SUMMER)
    Membership.objects.create(organisation=draft.organisation, person=stranger, role="editor")
    stranger.__dict__.pop("_organisation_roles", None)
    actions.save_answers(draft, {"title": "x"}, version=draft.version, by=stranger, at=SUMMER)
