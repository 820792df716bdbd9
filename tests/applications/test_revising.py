"""Changing a file after its filing: what is filed stays what is read, until the working copy is filed again."""

import json
from datetime import timedelta

import pytest

from essaim.applications import actions
from essaim.applications.actions.revising import CONTENT
from essaim.applications.models import Application, Filing, KeptFile
from essaim.applications.queries import receipt_document, verify_receipt
from essaim.kernel import access, collection, journal
from essaim.kernel.workflow import Refused
from tests.factories import applications as factories
from tests.factories.applications import SUMMER, member

pytestmark = [pytest.mark.django_db, pytest.mark.both]

LATER = SUMMER + timedelta(hours=1)
# What an application is beside its content: who, when, where it stands. A new column goes here or in CONTENT.
STANDING = {
    "id", "public_id", "call_id", "rule_set_id", "number", "replaces_id", "put_away_at", "only", "until", "touched",
    "version", "created_by_id", "created_at", "saved_at", "filed_at", "admissibility_reason", "refused_late_at",
    "invented", "state", "files_itself_for_id", "files_itself_knowing",
    "documents_lacking", "unmet_blocking", "unmet_other",
}  # fmt: skip


@pytest.fixture
def filed(draft, owner):
    actions.file_application(draft, by=owner, at=SUMMER, key="k1")
    return draft


def test_every_column_is_content_or_standing():
    columns = {field.attname for field in Application._meta.concrete_fields}
    assert columns == STANDING | set(CONTENT)


def test_a_working_copy_is_the_filed_content_and_no_file_of_its_own(filed, owner, officer):
    copy = actions.revise(filed, by=owner, at=LATER)
    assert (copy.replaces, copy.state, copy.number, copy.reference) == (filed, "draft", None, "FABLABS-0001")
    assert (copy.answers, copy.title, copy.commune) == (filed.answers, filed.title, filed.commune)
    assert actions.lines_of(copy) == actions.lines_of(filed)
    assert [row.file_id for row in copy.documents.all()] == [row.file_id for row in filed.documents.all()]
    assert list(Application.objects.drafts()) == []
    assert list(Application.objects.files()) == [filed]
    assert list(Application.objects.revisions()) == [copy]
    assert actions.revise(Application.objects.get(pk=filed.pk), by=owner, at=LATER).pk == copy.pk
    assert journal.events_of(filed).filter(verb="applications.application.revise").count() == 1
    assert access.visible_to(owner, Application).filter(pk=copy.pk).exists()
    assert not access.visible_to(officer, Application).filter(pk=copy.pk).exists()


def test_members_write_the_copy_in_their_roles(filed, officer, stranger):
    copy = actions.revise(filed, by=filed.created_by, at=LATER)
    for person, roles in (
        (filed.created_by, {"owner", "mandated"}),
        (member(filed.organisation, "editor"), {"editor"}),
        (officer, set()),
        (stranger, set()),
    ):
        assert access.roles(person, copy) == roles | {"anyone"}
        assert access.visible_to(person, Application).filter(pk=copy.pk).exists() == bool(roles)


def test_the_filed_row_does_not_move_until_the_copy_is_filed(filed, owner):
    first = filed.filings.get()
    copy = actions.revise(filed, by=owner, at=LATER)
    actions.save_answers(copy, {"title": "Un meilleur titre"}, version=copy.version, by=owner, at=LATER)
    actions.save_budget(copy, [("machines", "Fraiseuse", 18_000_000)], factories.FUNDINGS, by=owner, at=LATER)
    statutes = copy.documents.get(slot="statutes")
    actions.remove_document(statutes, by=owner, at=LATER)
    filed.refresh_from_db()
    assert (filed.title, filed.cost_lines.count(), filed.documents.count()) == (factories.ANSWERS["title"], 2, 2)

    filing = actions.file_application(copy, by=owner, at=LATER, key="k2", acknowledged=True)
    filed = Application.objects.get(pk=filed.pk)
    assert (filing.number, filing.application, filing.filed_at) == (2, filed, LATER)
    assert (filed.title, filed.number, filed.filed_at, filed.state) == ("Un meilleur titre", 1, SUMMER, "filed")
    assert [line.label for line in filed.cost_lines.all()] == ["Fraiseuse"]
    assert [row.slot for row in filed.documents.all()] == ["bank_details"]
    assert (filed.open_revision, filed.version) == (None, filing.version)
    assert [(row.filing, row.slot, row.file) for row in KeptFile.objects.all()] == [(first, "statutes", statutes.file)]
    event = journal.events_of(filed).get(verb="applications.application.refile")
    assert (event.payload["filing"], event.payload["sha256"]) == (2, filing.sha256)
    content = json.loads(filing.content)
    assert content["application"] == json.loads(first.content)["application"] == str(filed.public_id)
    for one in (first, filing):
        assert verify_receipt(json.loads(json.dumps(receipt_document(one)))).ok


def test_a_file_a_document_uses_is_not_collected(filed):
    used = {row.file_id for row in filed.documents.all()}
    assert not set(collection.unused().values_list("pk", flat=True)) & used


def test_the_same_filing_of_a_copy_is_done_once(filed, owner):
    copy = actions.revise(filed, by=owner, at=LATER)
    actions.save_answers(copy, {"title": "Deuxième"}, version=copy.version, by=owner, at=LATER)
    sent = [
        actions.file_application(
            Application.objects.get(pk=copy.pk), by=owner, at=LATER, key="k2", version=copy.version
        ).pk
        for _ in range(5)
    ]
    assert len(set(sent)) == 1
    assert Filing.objects.count() == 2
    again = actions.revise(Application.objects.get(pk=filed.pk), by=owner, at=LATER)
    assert (again.pk, again.title, again.put_away_at) == (copy.pk, "Deuxième", None)
    assert again.version > copy.version


def test_abandoning_puts_the_copy_away_and_keeps_the_filing(filed, owner):
    copy = actions.revise(filed, by=owner, at=LATER)
    actions.save_answers(copy, {"title": "Deuxième"}, version=copy.version, by=owner, at=LATER)
    for _ in range(2):
        actions.abandon_revision(copy, by=owner, at=LATER)
    assert Application.objects.get(pk=filed.pk).open_revision is None
    assert journal.events_of(filed).filter(verb="applications.application.abandon_revision").count() == 1
    with pytest.raises(Refused) as refusal:
        actions.save_answers(copy, {"title": "Trois"}, version=copy.version, by=owner, at=LATER)
    assert str(refusal.value) == (
        "Ces modifications ont été déposées ou abandonnées\xa0: rouvrez le dossier pour en faire d’autres."
    )
    assert actions.revise(Application.objects.get(pk=filed.pk), by=owner, at=LATER).title == factories.ANSWERS["title"]


def test_nothing_is_reopened_nor_filed_again_after_the_closing(filed, owner, call):
    copy = actions.revise(filed, by=owner, at=LATER)
    late = call.closes_at + timedelta(seconds=1)
    with pytest.raises(Refused) as refusal:
        actions.file_application(copy, by=owner, at=late, key="k2")
    assert str(refusal.value).startswith("L’appel est clos depuis le vendredi 13\xa0septembre 2013")
    assert Filing.objects.count() == 1
    actions.abandon_revision(copy, by=owner, at=late)
    with pytest.raises(Refused) as refusal:
        actions.revise(Application.objects.get(pk=filed.pk), by=owner, at=late)
    assert str(refusal.value).startswith("Le dépôt ne se modifie plus. L’appel est clos depuis le")


def test_a_request_for_completion_reopens_only_what_it_names(filed, owner, officer, call):
    late = call.closes_at + timedelta(days=3)
    due = late + timedelta(days=15)
    with pytest.raises(Refused) as refusal:
        actions.revise(filed, by=owner, at=late, only=["companies"])
    assert str(refusal.value) == "Seul un chargé de programme demande un complément."
    copy = actions.revise(filed, by=officer, at=late, only=["companies", "document:statutes"], until=due)
    saved = actions.save_answers(
        copy, {"companies": "Trois demi-journées. " * 10, "title": "Autre"}, version=copy.version, by=owner, at=late
    )
    shut = "Cette partie n’est pas rouverte\xa0: la demande de complément ne porte pas sur elle."
    assert saved.refused == {"title": shut}
    for write in (
        lambda: actions.save_budget(copy, [], [], by=owner, at=late),
        lambda: actions.remove_document(copy.documents.get(slot="bank_details"), by=owner, at=late),
        lambda: actions.set_place(copy, commune=filed.commune, by=owner, at=late),
    ):
        with pytest.raises(Refused, match=shut):
            write()
    actions.remove_document(copy.documents.get(slot="statutes"), by=owner, at=late)
    with pytest.raises(Refused) as refusal:
        actions.file_application(copy, by=owner, at=due + timedelta(seconds=1), key="k2", acknowledged=True)
    assert str(refusal.value).startswith("Le délai pour compléter s’est terminé le")
    actions.file_application(copy, by=owner, at=due, key="k2", acknowledged=True)
    filed = Application.objects.get(pk=filed.pk)
    assert filed.answers["companies"].startswith("Trois demi-journées.")
    assert (filed.title, filed.documents.count(), filed.filings.count()) == (factories.ANSWERS["title"], 1, 2)


def test_a_completion_takes_over_a_copy_left_open(filed, owner, officer, call):
    copy = actions.revise(filed, by=owner, at=LATER)
    actions.save_answers(copy, {"title": "Sans permission"}, version=copy.version, by=owner, at=LATER)
    late = call.closes_at + timedelta(days=3)
    copy = actions.revise(Application.objects.get(pk=filed.pk), by=officer, at=late, only=["companies"])
    assert (copy.title, copy.only) == (factories.ANSWERS["title"], ["companies"])


def test_a_copy_is_neither_filed_as_a_draft_nor_withdrawn(filed, owner):
    copy = actions.revise(filed, by=owner, at=LATER)
    for act in (
        lambda: actions.withdraw(copy, by=owner, at=LATER),
        lambda: actions.move_application(copy, "file", by=owner, at=LATER),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert str(refusal.value) == (
            "Ceci est la copie de travail d’un dossier déposé\xa0: abandonnez les modifications, ou déposez-les."
        )
