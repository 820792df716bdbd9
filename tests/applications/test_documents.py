"""The documents of an application: cards, several files each with its fate, the vault, pieces, the antivirus after."""

import base64
from datetime import date
from hashlib import sha256

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from essaim.accounts import actions as accounts
from essaim.accounts.access import forget_roles
from essaim.accounts.models import Membership, VaultVersion
from essaim.applications import actions
from essaim.applications.queries import articles_asking, missing_documents_of
from essaim.kernel import files
from essaim.kernel.files import antivirus
from essaim.kernel.models import Event, Message, StoredFile
from essaim.kernel.workflow import Refused
from tests.factories.applications import PDF
from tests.page import check_page

pytestmark = pytest.mark.django_db


def other_pdf(mark):
    return PDF + b"%" + mark + b"\n"


@pytest.fixture
def empty(draft, owner, at):
    """The draft without its documents."""
    for document in list(draft.documents.all()):
        actions.remove_document(document, by=owner, at=at)
    return draft


@pytest.fixture
def client(owner):
    signed_in = Client(headers={"accept-language": "fr"})
    signed_in.force_login(owner)
    return signed_in


@pytest.fixture
def organisation(draft, owner):
    Membership.objects.get_or_create(organisation=draft.organisation, person=owner, defaults={"role": "representative"})
    forget_roles(owner)
    return draft.organisation


def url_of(draft, name="documents", *more):
    return reverse(f"applications:{name}", args=[draft.public_id, *more])


def test_card_says_for_whom_why_and_how(empty, client):
    page = check_page(client.get(url_of(empty)))
    assert "Obligatoire pour\u00a0: une association, une entreprise." in page.text
    assert "Règle\u00a0: Proposé par Essaim, pièces usuelles." in page.text
    assert "PDF, 10\u00a0Mo au plus." in page.text
    assert "PDF, JPG, PNG, 10\u00a0Mo au plus." in page.text


def test_articles_are_those_of_the_rules_that_ask(draft):
    assert articles_asking(draft.rule_set) == {
        code: ["Proposé par Essaim, pièces usuelles"] for code in ("bank_details", "statutes", "deliberation")
    }


def test_given_file_is_shown_with_size_pages_and_fingerprint(empty, client, owner, at):
    given = actions.add_document(empty, slot="statutes", uploaded=PDF, name="statuts.pdf", by=owner, at=at)
    page = check_page(client.get(url_of(empty)))
    assert "PDF, 1\u00a0Ko, 1 page" in page.text
    assert given.file.sha256 in page.text.replace(" ", "")
    assert "Retirer statuts.pdf" in page.text


def test_several_files_have_each_their_fate(empty, client):
    sent = {
        "slot": "quotes",
        "file": [
            SimpleUploadedFile("laser.pdf", other_pdf(b"laser")),
            SimpleUploadedFile("fraiseuse.pdf", b"MZ" + bytes(20)),
            SimpleUploadedFile("vide.pdf", b""),
            SimpleUploadedFile("presse.pdf", other_pdf(b"presse")),
        ],
    }
    page = check_page(client.post(url_of(empty), sent), status=422)
    assert "2 fichiers ne sont pas gardés" in page.text
    assert "fraiseuse.pdf n’est pas un PDF\u00a0: c’est un programme Windows." in page.text
    assert "Le fichier est vide (0 octet)\u00a0: choisissez-en un autre." in page.text
    assert "Les 2 autres fichiers envoyés sont enregistrés." in page.text
    assert sorted(row.name for row in empty.documents.all()) == ["laser.pdf", "presse.pdf"]


def test_file_in_pieces_is_attached(empty, client):
    told = {
        "door": "applications.document",
        "target": f"{empty.public_id}:statutes",
        "filename": "statuts.pdf",
        "sha256": sha256(PDF).hexdigest(),
    }
    metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())
    headers = {"Tus-Resumable": "1.0.0"}
    begun = client.post("/envois/", headers={**headers, "Upload-Length": str(len(PDF)), "Upload-Metadata": metadata})
    assert begun.status_code == 201, begun.content
    url = begun["Location"]
    half = len(PDF) // 2
    for start, piece in ((0, PDF[:half]), (half, PDF[half:])):
        client.patch(
            url,
            piece,
            content_type="application/offset+octet-stream",
            headers={**headers, "Upload-Offset": str(start)},
        )
        if not start:
            page = check_page(client.get(url_of(empty)))
            assert "L’envoi de statuts.pdf s’est arrêté à 1\u00a0Ko sur 1\u00a0Ko" in page.text
    assert client.get(url).json()["outcome"] == "taken"
    assert [row.name for row in empty.documents.all()] == ["statuts.pdf"]


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        (
            {"filename": "statuts.exe"},
            422,
            "«\u00a0statuts.exe\u00a0» n’est pas d’un type accepté\u00a0: déposez un fichier PDF.",
        ),
        (
            {"slot": "inconnue"},
            422,
            "Cette pièce n’est pas demandée par l’appel\u00a0: choisissez-en une dans la liste.",
        ),
        (
            {"length": 11_000_000},
            413,
            "statuts.pdf pèse 11 Mo\u00a0: la limite est de 10 Mo. Réduisez-le, puis déposez-le de nouveau.",
        ),
    ],
)
def test_what_cannot_be_taken_is_said_before_a_byte_is_sent(empty, client, changes, status, sentence):
    told = {
        "door": "applications.document",
        "target": f"{empty.public_id}:{changes.get('slot', 'statutes')}",
        "filename": changes.get("filename", "statuts.pdf"),
    }
    metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())
    length = str(changes.get("length", 10))
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": length, "Upload-Metadata": metadata}
    answer = client.post("/envois/", headers=headers)
    assert (answer.status_code, answer.json()["sentence"]) == (status, sentence)


def test_stranger_cannot_send_to_someone_elses_application(empty, stranger):
    signed_in = Client()
    signed_in.force_login(stranger)
    for target in (f"{empty.public_id}:statutes", "n’importe quoi"):
        told = {"door": "applications.document", "target": target, "filename": "a.pdf"}
        metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())
        headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "10", "Upload-Metadata": metadata}
        assert signed_in.post("/envois/", headers=headers).status_code == 404


def test_document_goes_to_the_vault_and_comes_back_with_the_very_bytes(empty, client, organisation, owner, at):
    given = actions.add_document(empty, slot="statutes", uploaded=PDF, name="statuts.pdf", by=owner, at=at)
    assert client.post(url_of(empty, "keep-in-vault", given.pk)).status_code == 302
    version = VaultVersion.objects.get()
    assert (version.document.kind, version.file.sha256) == ("statutes", given.file.sha256)
    accounts.date_version(version=version, valid_from=None, valid_until=date(2099, 12, 31), by=owner, at=at)
    actions.remove_document(given, by=owner, at=at)
    page = check_page(client.get(url_of(empty)))
    assert "Reprendre du coffre\u00a0: statuts.pdf" in page.text
    assert "Valable jusqu’au 31\u00a0décembre 2099" in page.text
    sent = {"slot": "statutes", "version": version.pk}
    for _click in range(2):
        assert client.post(url_of(empty, "take-from-vault"), sent).status_code == 302
    taken = empty.documents.get()
    assert (taken.from_vault, taken.valid_until) == (version, date(2099, 12, 31))
    payload = Event.objects.filter(verb="applications.document.add").last().payload
    assert payload == {"slot": "statutes", "sha256": version.file.sha256, "size": len(PDF), "vault": version.pk}
    accounts.add_version(document=version.document, uploaded=other_pdf(b"v2"), name="v2.pdf", by=owner, at=at)
    accounts.remove_from_vault(document=version.document, by=owner, at=at)
    taken = empty.documents.get()
    assert files.read(taken.file) == PDF
    assert taken.from_vault is None
    assert taken.valid_until == date(2099, 12, 31)


def test_vault_of_another_organisation_is_not_given(empty, organisation, owner, stranger, at):
    theirs = accounts.create_organisation(by=stranger, at=at, name="Ailleurs", kind="association")
    version = accounts.add_to_vault(
        organisation=theirs, kind="statutes", uploaded=PDF, name="a.pdf", by=stranger, at=at
    )
    with pytest.raises(Refused) as refused:
        actions.take_from_vault(empty, slot="statutes", version=version, by=owner, at=at)
    assert str(refused.value) == "Ce document n’est pas dans le coffre de l’organisme de ce dossier."


def test_expired_document_is_offered_with_its_warning(empty, client, organisation, owner, at):
    accounts.add_to_vault(
        organisation=organisation,
        kind="statutes",
        uploaded=PDF,
        name="vieux.pdf",
        valid_until=date(2013, 1, 1),
        by=owner,
        at=at,
    )
    assert "Expiré depuis le 1er\u00a0janvier 2013" in check_page(client.get(url_of(empty))).text


def test_infected_document_is_told_to_both_sides_and_does_not_count(draft, client, owner, officer, at, settings):
    from essaim.applications.models import Application

    settings.CLAMD = "unix:/nowhere/clamd.ctl"
    document = draft.documents.get(slot="statutes")
    assert "Analyse en cours" in client.get(url_of(draft)).content.decode()
    StoredFile.objects.filter(sha256=document.file.sha256).update(scan="infected", scan_detail="Eicar-Test")
    for _time in range(2):
        for tell in antivirus.listeners:
            tell(document.file.sha256, detail="Eicar-Test", at=timezone.now())
    assert owner.email in set(Message.objects.values_list("address", flat=True))
    assert officer.email not in set(Message.objects.values_list("address", flat=True))  # a draft is sealed
    page = check_page(client.get(url_of(draft)))
    assert "Infecté\u00a0: remplacez-le" in page.text
    assert "L’antivirus a trouvé Eicar-Test dans ce fichier" in page.text
    fresh = Application.objects.whole().get(pk=draft.pk)
    assert "statutes" in [row.code for row in missing_documents_of(fresh)]
    Application.objects.filter(pk=draft.pk).update(filed_at=at, number=1, state="filed")
    for tell in antivirus.listeners:
        tell(document.file.sha256, detail="Eicar-Test", at=timezone.now())
    told = set(Message.objects.filter(address=officer.email).values_list("subject", flat=True))
    names = draft.documents.filter(file__sha256=document.file.sha256).values_list("name", flat=True)
    assert told == {f"Un fichier est infecté\u00a0: {name}" for name in names}


def test_documents_page_asks_no_more_for_more_files(draft, client, organisation, owner, at):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def statements():
        with CaptureQueriesContext(connection) as seen:
            client.get(url_of(draft))
        return len(seen)

    actions.add_document(draft, slot="quotes", uploaded=other_pdf(b"0"), name="0.pdf", by=owner, at=at)
    statements()
    before = statements()
    for mark in (b"1", b"2", b"3"):
        name = f"{mark.decode()}.pdf"
        actions.add_document(draft, slot="quotes", uploaded=other_pdf(mark), name=name, by=owner, at=at)
    statements()  # each deposit grows the programme's log, and the thread is kept by its size: read it once again
    assert statements() == before <= 24
