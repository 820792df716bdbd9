"""Filing: in time to the second, once whatever happens, frozen, signed; late or incomplete, refused in a sentence."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from essaim.applications import actions
from essaim.applications.actions import letters
from essaim.applications.models import Application, Filing
from essaim.applications.queries import receipt_document, verify_receipt
from essaim.applications.queries.clock import silence_date
from essaim.kernel import clock, files, journal, mail, signing
from essaim.kernel.models import Event, Message
from essaim.kernel.workflow import Refused
from tests import faultpoints
from tests.factories import applications as factories
from tests.factories.applications import SUMMER, member
from tests.factories.calls import make_call
from tests.factories.jams import PersonFactory
from tests.page import check_page

pytestmark = [pytest.mark.django_db, pytest.mark.both]

FILED = datetime(2013, 9, 10, 8, 15, 30, tzinfo=UTC)


def file(application, *, at=FILED, key="k1", by=None, **options):
    return actions.file_application(application, by=by or application.created_by, at=at, key=key, **options)


@pytest.fixture
def told():
    """It is September 2013, and the call is open."""
    with clock.telling(FILED):
        yield


def test_filing_freezes_numbers_signs_and_journals(draft, owner):
    filing = file(draft)
    assert (draft.state, draft.number, draft.reference, draft.filed_at) == ("filed", 1, "FABLABS-0001", FILED)
    content = json.loads(filing.content)
    assert content["answers"]["title"] == draft.title
    assert [row["amount_cents"] for row in content["costs"]] == [12_000_000, 6_000_000]
    assert [row["sha256"] for row in content["documents"]] == [row.file.sha256 for row in draft.documents.all()]
    event = journal.events_of(draft).get(verb="applications.application.file")
    assert event.payload["sha256"] == filing.sha256 == journal.digest(filing.content)
    assert (event.seq, event.role, event.at) == (filing.event_seq, "mandated", FILED)
    assert {found["status"] for found in filing.findings} == {"met"}
    stored = Application.objects.get(pk=draft.pk)
    assert (stored.unmet_blocking, stored.unmet_other, stored.documents_lacking) == (0, 0, 0)


def test_the_receipt_holds_all_that_the_law_asks(draft):
    receipt = json.loads(file(draft).receipt)
    assert receipt["received_at"] == "2013-09-10T10:15:30+02:00"
    assert receipt["zone"] == "Europe/Paris"
    assert receipt["service"] == {
        "name": dict(draft.call.service_name),
        "email": "ateliers@dgcis.example",
        "address": "DGCIS, appel à projets Fablabs, 1 rue de l’Exemple, 75000 Paris",
        "telephone": "01 99 00 13 13",
    }
    assert receipt["silence"]["date"] == "2013-11-10"
    assert "sous réserve que la demande soit complète" in receipt["silence"]["rule"]["fr"]
    assert receipt["appeal"] == dict(draft.call.appeal)
    assert receipt["missing_documents"] == []


def test_a_receipt_verifies_and_any_change_is_seen(draft):
    document = json.loads(json.dumps(receipt_document(file(draft))))
    verdict = verify_receipt(document)
    assert (verdict.ok, verdict.ours) == (True, True)
    assert verdict.sentence == "Récépissé authentique\xa0: dossier FABLABS-0001 reçu le 2013-09-10T10:15:30+02:00."
    text = json.dumps(document)
    wrong = [
        text.replace("10:15:30", "10:15:31"),
        text.replace("Laser", "Lazer").replace("laser", "lazer"),
        text.replace("bank_details.pdf", "bank_details2.pdf"),
        text.replace("12000000", "12000001"),
        text[:-1] + ', "more": 1}',
        text.replace(document["signature"], "0" * 128),
    ]
    assert [verify_receipt(json.loads(changed)).ok for changed in wrong] == [False] * len(wrong)
    assert verify_receipt({}).sentence == (
        "Ce fichier n’est pas un récépissé d’Essaim\xa0: choisissez le fichier JSON téléchargé."
    )


@pytest.mark.parametrize("k", [2, 5, 20])
def test_k_identical_requests_make_one_filing(draft, k):
    filings = {file(Application.objects.get(pk=draft.pk), version=draft.version).pk for _ in range(k)}
    assert len(filings) == Filing.objects.count() == 1
    assert Message.objects.filter(template="application_filed").count() == 1
    assert Event.objects.filter(verb="applications.application.file").count() == 1


def test_the_same_key_for_something_else_is_refused(draft, call):
    file(draft, version=draft.version)
    other = factories.draft(call)
    for application, version in ((other, None), (draft, draft.version + 1)):
        with pytest.raises(Refused) as refusal:
            file(application, version=version)
        assert str(refusal.value) == (
            "Cet envoi porte la clé d’un autre dépôt\xa0: rechargez la page, relisez le dossier, "
            "puis déposez de nouveau."
        )


def test_another_key_after_filing_is_refused(draft):
    file(draft)
    with pytest.raises(Refused) as refusal:
        file(draft, key="k2")
    assert str(refusal.value) == "Cette action n’est pas possible dans l’état «\xa0Déposé\xa0»."


def test_a_draft_changed_since_the_page_was_shown_is_not_filed(draft, owner):
    seen = draft.version
    actions.save_answers(draft, {"title": "Un autre titre"}, version=seen, by=owner, at=SUMMER)
    with pytest.raises(Refused) as refusal:
        file(draft, version=seen)
    assert str(refusal.value) == "Le dossier a changé depuis l’affichage de cette page\xa0: relisez-le, puis déposez."
    assert draft.state == "draft"


def test_numbers_follow_the_order_of_filing(draft, call):
    second = factories.draft(call)
    file(second, key="second")
    file(draft, key="first")
    assert (second.number, draft.number) == (1, 2)


@pytest.mark.parametrize(
    "zone", ["Europe/Paris", "Indian/Reunion", "America/Cayenne", "Pacific/Tahiti", "Pacific/Noumea"]
)
def test_the_second_decides_in_every_zone(media, zone, db):
    closing = datetime(2013, 9, 13, 23, 59, 59, tzinfo=ZoneInfo(zone))
    call = make_call(closes_at=closing, zone=zone)
    in_time, at_the_second, late = (factories.draft(call) for _ in range(3))
    at = closing.astimezone(UTC)
    file(at_the_second, at=at, key="at the second")
    filing = file(in_time, at=at - timedelta(seconds=1))
    assert json.loads(filing.receipt)["received_at"] == (closing - timedelta(seconds=1)).isoformat()
    with pytest.raises(Refused) as refusal:
        file(late, at=at + timedelta(seconds=1), key="late")
    assert "L’appel est clos depuis le vendredi 13\xa0septembre 2013 à 23\xa0h\xa059\xa0min\xa059\xa0s" in str(
        refusal.value
    )
    assert str(refusal.value).endswith("Le brouillon est gardé.")
    late.refresh_from_db()
    assert (late.state, late.refused_late_at) == ("draft", at + timedelta(seconds=1))
    assert Event.objects.filter(verb="applications.application.refuse_late").count() == 1


def test_an_incomplete_draft_is_refused_and_says_what_is_missing(draft, owner):
    actions.save_answers(draft, {"companies": "", "end": ""}, version=draft.version, by=owner, at=SUMMER)
    with pytest.raises(Refused) as refusal:
        file(draft, acknowledged=True)
    assert str(refusal.value) == (
        "Avant de déposer, complétez le dossier. Répondez à «\xa0Que ferez-vous pour les entreprises\xa0?\xa0». "
        "Répondez à «\xa0Fin du projet\xa0»."
    )


def test_unmet_rules_and_missing_documents_are_acknowledged_not_forbidden(call, media):
    application = factories.draft(call, documents=False)
    fundings = [("Appel à projets", "requested", "asked", 4_800_000), ("Région", "public", "asked", 13_200_000)]
    actions.save_budget(application, factories.COSTS, fundings, by=application.created_by, at=SUMMER)
    with pytest.raises(Refused) as refusal:
        file(application)
    assert str(refusal.value) == (
        "Avant de déposer, cochez que vous avez lu ce qui n’est pas respecté ou manque\xa0: Montant de l’aide, "
        "Pièces du dossier, Relevé d’identité bancaire (RIB), Statuts à jour."
    )
    filing = file(application, acknowledged=True)
    unmet = [found["rule"] for found in filing.findings if found["status"] == "not_met"]
    assert unmet == ["montant-aide", "pieces"]
    assert json.loads(filing.receipt)["missing_documents"] == ["Relevé d’identité bancaire (RIB)", "Statuts à jour"]


def test_a_mandated_member_files_an_editor_does_not(draft):
    with pytest.raises(Refused) as refusal:
        file(draft, by=member(draft.organisation, "editor"))
    assert str(refusal.value) == (
        "Cette action est réservée à\xa0: mandataire, porteur du dossier, représentant légal."
    )
    assert file(draft, by=member(draft.organisation, "mandated")).filed_by.pk != draft.created_by_id


def test_after_filing_nothing_is_written_but_a_withdrawal(draft, owner):
    file(draft)
    with pytest.raises(Refused, match="Ce dossier est déposé"):
        actions.save_answers(draft, {"title": "x"}, version=draft.version, by=owner, at=FILED)
    actions.withdraw(draft, by=owner, at=FILED)
    assert (draft.state, draft.filed_at) == ("withdrawn", FILED)


def test_the_receipt_is_mailed_to_those_who_write(draft, owner):
    file(draft)
    message = mail.messages_of(owner).get(template="application_filed")
    assert message.subject == "Dossier FABLABS-0001\xa0: accusé d’enregistrement"
    assert "Sans réponse le 10\xa0novembre 2013, et sous réserve que la demande soit complète" in message.text
    assert "01 99 00 13 13" in message.text
    assert "est arrivé le mardi 10\xa0septembre 2013 à 10\xa0h\xa015\xa0min\xa030\xa0s (heure de Paris)" in message.text


def test_the_final_post_takes_at_most_fifteen_statements(draft, owner, real_queue, client, told):
    """All counted, session and letter too (T14); no count, no search of a maximum."""
    client.force_login(owner)
    key = f"{draft.public_id}:{draft.version}"
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(f"/candidatures/{draft.public_id}/verifier/", {"key": key, "version": draft.version})
    said = [row["sql"] for row in queries if not row["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
    assert answer.status_code == 302
    assert 10 < len(said) <= 15, "\n".join(sql[:150] for sql in said)
    assert [sql for sql in said if "COUNT(" in sql or "MAX(" in sql] == []
    assert Filing.objects.get().key == key


def test_the_same_key_with_another_body_is_a_conflict(draft, owner, client, call, told):
    client.force_login(owner)
    url = f"/candidatures/{draft.public_id}/verifier/"
    sent = {"key": f"{draft.public_id}:{draft.version}", "version": draft.version}
    answers = [client.post(url, sent) for _ in range(3)]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [
        (302, f"/candidatures/{draft.public_id}/recepisse/")
    ] * 3
    answer = client.post(url, {**sent, "version": draft.version + 1})
    assert answer.status_code == 409
    assert "Cet envoi porte la clé d’un autre dépôt" in answer.content.decode()
    other = factories.draft(call, by=owner)
    answer = client.post(f"/candidatures/{other.public_id}/verifier/", {**sent, "version": other.version})
    assert (answer.status_code, Filing.objects.count()) == (409, 1)


@pytest.mark.parametrize(
    ("received", "months", "answer"), [((2013, 12, 31), 2, "2014-02-28"), ((2013, 9, 10), 2, "2013-11-10")]
)
def test_silence_is_counted_in_months(draft, received, months, answer):
    draft.call.silence_months = months
    assert silence_date(draft.call, datetime(*received, 12, tzinfo=UTC)).isoformat() == answer


@pytest.mark.django_db(transaction=True)
def test_no_failing_statement_or_commit_halves_a_filing(media, real_queue):
    call = make_call()
    owner = PersonFactory()

    def prepare():
        return factories.draft(call, by=owner, documents=False)

    def operation(application):
        return file(Application.objects.get(pk=application.pk), key=f"k{application.pk}", by=owner, acknowledged=True)

    def state(application):
        return (
            Application.objects.get(pk=application.pk).state,
            Filing.objects.filter(application=application).count(),
            journal.events_of(application).filter(verb="applications.application.file").count(),
        )

    def check(application, acknowledged):
        assert state(application) in {("draft", 0, 0), ("filed", 1, 1)}
        assert not acknowledged or state(application) == ("filed", 1, 1)
        operation(application)
        assert state(application) == ("filed", 1, 1)

    assert faultpoints.run(operation, prepare=prepare, check=check) > 25


@pytest.mark.django_db(transaction=True)
def test_the_same_request_sent_five_times_at_once_gives_one_filing(media, real_queue):
    application = factories.draft(make_call())

    def send(_number):
        try:
            fresh = Application.objects.get(pk=application.pk)
            return file(fresh, version=application.version).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        filings = set(pool.map(send, range(5)))
    assert len(filings) == Filing.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_five_applications_filed_at_once_have_five_numbers(media, real_queue):
    call = make_call()
    applications = [factories.draft(call, documents=False) for _ in range(5)]

    def send(application):
        try:
            return file(Application.objects.get(pk=application.pk), key=f"k{application.pk}", acknowledged=True).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        assert len(set(pool.map(send, applications))) == 5
    assert sorted(Application.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]


def test_the_receipt_proves_its_place_under_a_signed_head_and_each_answer(draft, call):
    other = factories.draft(call)
    file(other, key="before")
    receipt = json.loads(file(draft).receipt)
    assert receipt["answers"]["title"] == journal.digest(json.dumps(draft.title, ensure_ascii=False))
    place = receipt["journal"]
    assert (place["rank"], place["head"]["size"]) == (place["event"]["seq"], place["rank"] + 1)
    assert place["event"]["payload"]["sha256"] == receipt["content_sha256"]
    assert len(place["proof"]) == bin(place["rank"]).count("1")


def test_a_thousand_changes_of_one_bit_are_all_seen(draft):
    """T9: one bit of the receipt's text, anywhere in what it says, and it no longer verifies."""
    text = json.dumps(receipt_document(file(draft)), ensure_ascii=True, sort_keys=True).encode()
    draw = random.Random(9)
    tampered = seen = 0
    while tampered < 1000:
        changed = bytearray(text)
        changed[draw.randrange(len(text))] ^= 1 << draw.randrange(7)
        try:
            document = json.loads(bytes(changed))
        except ValueError:
            tampered, seen = tampered + 1, seen + 1  # not even JSON any more
            continue
        if document == json.loads(text):
            continue  # the same document, written with another space
        tampered += 1
        seen += not (verify_receipt(document).ok and verify_receipt(document).ours)
    assert seen == tampered == 1000


def test_receipts_of_the_first_format_still_verify(draft):
    document = json.loads(json.dumps(receipt_document(file(draft))))
    old = {key: value for key, value in document["receipt"].items() if key not in {"answers", "filing", "mode"}}
    old |= {"format": "essaim-receipt/1", "journal": {name: old["journal"][name] for name in ("log", "rank", "leaf")}}
    text = json.dumps(old, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert verify_receipt({**document, "receipt": old, "signature": signing.sign(text.encode())}).ok


def test_the_files_are_read_again_before_the_letter_says_received(draft, owner, real_queue):
    filing = file(draft)
    assert filing.checked_at is None
    stored = draft.documents.get(slot="statutes").file
    with default_storage.open(stored.path, "wb") as kept:
        kept.write(b"an error page")
    letters.send_receipt(filing=filing.pk)
    message = mail.messages_of(owner).get()
    assert message.template == "application_files_damaged"
    assert "statutes.pdf" in message.text
    with default_storage.open(stored.path, "wb") as kept:
        kept.write(factories.PDF)


def test_the_letter_carries_the_receipt_as_a_pdf(draft, owner):
    file(draft)
    message = mail.messages_of(owner).get(template="application_filed")
    attached = message.attachments.get()
    assert (attached.name, files.read(attached)[:5]) == ("recepisse-FABLABS-0001-1.pdf", b"%PDF-")
    assert Filing.objects.get().checked_at is not None


def test_what_the_administration_sees_is_one_click_from_the_receipt(draft, owner, client, told):
    file(draft)
    client.force_login(owner)
    page = check_page(client.get(f"/candidatures/{draft.public_id}/recepisse/1/"))
    assert "L’empreinte de chaque réponse" in page.text
    seen = check_page(client.get(f"/candidatures/{draft.public_id}/depots/1/"))
    assert draft.title in seen.text
    assert "Découpeuse laser" in seen.text
    assert client.get("/.well-known/essaim-key.json").json()["public_key"] == signing.public_key()
