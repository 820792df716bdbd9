"""The vault of an organisation: what it keeps, until when it is valid, who may see and change it."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from essaim.accounts import actions
from essaim.accounts.access import forget_roles
from essaim.accounts.models import Membership, VaultDocument, VaultVersion
from essaim.accounts.validity import validity
from essaim.kernel import access
from essaim.kernel.files import antivirus
from essaim.kernel.models import Event, Message, StoredFile
from essaim.kernel.workflow import Refused
from tests.kernel.bad_inputs import PDF
from tests.page import check_page

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


@pytest.fixture
def organisation(camille, at):
    return actions.create_organisation(by=camille, at=at, name="L’Établi", kind="association")


@pytest.fixture
def statutes(organisation, camille, at):
    return actions.add_to_vault(
        organisation=organisation, kind="statutes", uploaded=PDF, name="statuts.pdf", by=camille, at=at
    )


def page_of(person):
    client = Client(headers={"accept-language": "fr"})
    client.force_login(person)
    return client


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "code", "sentence"),
    [
        (None, date(2026, 11, 22), "expired", "Expiré depuis le 22\u00a0novembre 2026"),
        (None, date(2026, 11, 23), "soon", "Expire bientôt\u00a0: valable jusqu’au 23\u00a0novembre 2026"),
        (None, date(2026, 12, 23), "soon", "Expire bientôt\u00a0: valable jusqu’au 23\u00a0décembre 2026"),
        (None, date(2026, 12, 24), "valid", "Valable jusqu’au 24\u00a0décembre 2026"),
        (date(2026, 11, 24), None, "later", "Valable à partir du 24\u00a0novembre 2026"),
        (date(2026, 1, 1), None, "valid", "Valable sans limite de date"),
    ],
)
def test_dates_say_whether_a_document_is_worth_something(valid_from, valid_until, code, sentence):
    said = validity(valid_from, valid_until, on=TODAY)
    assert (said.code, said.sentence) == (code, sentence)
    assert validity(None, None, on=TODAY) is None


def test_document_is_kept_with_its_versions(statutes, organisation, camille, at):
    again = actions.add_to_vault(
        organisation=organisation, kind="statutes", uploaded=PDF, name="statuts.pdf", by=camille, at=at
    )
    assert again == statutes  # the same bytes are the same version
    newer = actions.add_version(document=statutes.document, uploaded=PDF + b"\n", name="v2.pdf", by=camille, at=at)
    assert [(row.number, row.file.name) for row in statutes.document.versions.all()] == [
        (2, "v2.pdf"),
        (1, "statuts.pdf"),
    ]
    assert newer.file.pages == 1
    verbs = list(Event.objects.filter(verb__contains="vault").values_list("verb", flat=True))
    assert verbs == ["accounts.vault_added", "accounts.vault_replaced"]


def test_reader_sees_and_does_not_change(statutes, organisation, dominique, at):
    Membership.objects.create(organisation=organisation, person=dominique, role="reader")
    client = page_of(dominique)
    page = check_page(client.get(reverse("accounts:vault", args=[organisation.public_id])))
    assert "statuts.pdf" in page.text
    assert not page.select("input", name="file")
    with pytest.raises(Refused) as refused:
        actions.remove_from_vault(document=statutes.document, by=dominique, at=at)
    assert str(refused.value) == "Un lecteur ne peut pas changer le coffre\u00a0: demandez un rôle de rédacteur."


def test_vault_is_its_members_only(statutes, organisation, dominique):
    assert access.roles(dominique, statutes) == access.roles(dominique, statutes.document) == {"anyone"}
    assert not access.visible_to(dominique, VaultVersion).exists()
    client = page_of(dominique)
    inside = [statutes.document.public_id]
    assert client.get(reverse("accounts:vault", args=[organisation.public_id])).status_code == 404
    assert client.get(reverse("accounts:vault_document", args=[organisation.public_id, *inside])).status_code == 404
    assert client.get(reverse("accounts:vault_version", args=[organisation.public_id, *inside, 1])).status_code == 404
    assert client.post(reverse("accounts:vault_remove", args=[organisation.public_id, *inside])).status_code == 404


def test_member_adds_replaces_dates_and_removes_on_the_pages(organisation, camille):
    client = page_of(camille)
    url = reverse("accounts:vault", args=[organisation.public_id])
    assert "Le coffre est vide" in check_page(client.get(url)).text
    sent = {"kind": "bank_details", "title": "compte courant", "valid_until": "31/12/2020"}
    sent["file"] = SimpleUploadedFile("rib.pdf", PDF)
    assert client.post(url, sent).status_code == 302
    page = check_page(client.get(url))
    assert "Relevé d’identité bancaire (RIB) · compte courant" in page.text
    assert "Expiré depuis le 31\u00a0décembre 2020" in page.text
    assert "PDF, 1\u00a0Ko, 1 page" in page.text
    document = VaultDocument.objects.get()
    one = reverse("accounts:vault_document", args=[organisation.public_id, document.public_id])
    check_page(client.get(one))
    assert client.post(one, {"dates": "1", "valid_until": "31/12/2099"}).status_code == 302
    assert client.post(one, {"file": SimpleUploadedFile("rib2.pdf", PDF + b"\n")}).status_code == 302
    assert [(row.number, row.valid_until) for row in document.versions.all()] == [(2, None), (1, date(2099, 12, 31))]
    given = client.get(reverse("accounts:vault_version", args=[organisation.public_id, document.public_id, 1]))
    assert b"".join(given.streaming_content) == PDF
    remove = reverse("accounts:vault_remove", args=[organisation.public_id, document.public_id])
    assert client.post(remove).status_code == client.post(remove).status_code == 302
    assert not VaultDocument.objects.exists()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"kind": ""}, "Choisissez une réponse à «\u00a0Nature\u00a0»."),
        ({"file": ""}, "Choisissez un fichier."),
        ({"valid_until": "jamais"}, "Écrivez une date complète, par exemple 01/12/2026."),
        (
            {"valid_from": "02/01/2026", "valid_until": "01/01/2026"},
            "La fin de validité est avant son début\u00a0: corrigez l’une des deux dates.",
        ),
        (
            {"file": SimpleUploadedFile("rib.pdf", b"MZ" + bytes(9))},
            "rib.pdf n’est pas un PDF\u00a0: c’est un programme Windows. "
            "Choisissez le bon fichier, puis déposez-le de nouveau.",
        ),
    ],
)
def test_refusal_is_said_and_keeps_what_was_typed(organisation, camille, sent, sentence):
    client = page_of(camille)
    whole = {"kind": "bank_details", "title": "livret", "file": SimpleUploadedFile("rib.pdf", PDF), **sent}
    page = check_page(client.post(reverse("accounts:vault", args=[organisation.public_id]), whole), status=422)
    assert sentence in page.text
    assert page.select("input", name="title")[0].get("value") == "livret"
    assert not VaultDocument.objects.exists()


def test_vault_is_listed_on_the_organisations_page_in_few_statements(statutes, organisation, camille, at):
    client = page_of(camille)
    url = reverse("accounts:organisation", args=[organisation.public_id])
    assert "statuts.pdf" in check_page(client.get(url)).text

    def statements():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        forget_roles(camille)
        with CaptureQueriesContext(connection) as seen:
            client.get(url)
        return len(seen)

    before = statements()
    for kind in ("accounts", "mandate"):
        actions.add_to_vault(organisation=organisation, kind=kind, uploaded=PDF, name="a.pdf", by=camille, at=at)
    assert statements() == before


def test_infected_version_is_told_to_those_who_keep_the_vault(statutes, camille):
    StoredFile.objects.update(scan="infected", scan_detail="Eicar-Test")
    for _time in range(2):
        for tell in antivirus.listeners:
            tell(statutes.file.sha256, detail="Eicar-Test", at=timezone.now())
    message = Message.objects.get()
    assert (message.address, message.subject) == (camille.email, "Un document du coffre est infecté\u00a0: statuts.pdf")
    assert "L’antivirus a trouvé Eicar-Test dans «\u00a0statuts.pdf\u00a0» (Statuts)" in message.text
