"""The journal: append-only in the database itself, and every tampering found with its rank."""

import statistics
import time

import pytest
from django.db import DatabaseError, connection, transaction

from essaim.kernel import checks, journal, merkle
from essaim.kernel.journal import triggers
from essaim.kernel.journal.verification import verify_all
from essaim.kernel.models import Event, Log
from tests.kernel.sample.models import Paper

pytestmark = [pytest.mark.django_db, pytest.mark.both]
VERB = "sample.paper.publish"


@pytest.fixture
def paper():
    return Paper.objects.create(title="Atelier")


@pytest.fixture
def ten(paper, at):
    """Ten acts in the log "essai"."""
    return [
        journal.append(VERB, subject=paper, by=None, at=at, payload={"rank": rank}, log="essai") for rank in range(10)
    ]


def tamper(sql, *params):
    """Change the table as the owner of the database can: with the triggers removed."""
    triggers.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
    triggers.install(connection)


def verdict():
    found = {each.log: each for each in verify_all()}["essai"]
    return found.broken_at, found.sentence


def test_intact_log_is_found_intact(ten):
    assert verdict() == (None, "Le registre est intact : 10 actes.")
    head = Log.objects.get(name="essai")
    assert (head.size, head.root) == (10, merkle.root([bytes.fromhex(event.leaf) for event in ten]).hex())


def test_update_is_refused_by_the_database(ten):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Event.objects.filter(pk=ten[3].pk).update(actor="person:9")


def test_delete_is_refused_by_the_database(ten):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ten[3].delete()


def test_changed_event_is_found(ten):
    tamper("UPDATE kernel_event SET actor = %s WHERE log = 'essai' AND seq = 4", "person:9")
    assert verdict() == (4, "L’acte de rang 4 a été modifié après coup : son empreinte ne correspond plus.")


def test_changed_event_with_its_leaf_recomputed_is_found_by_the_root(ten):
    event = ten[4]
    event.actor = "person:9"
    leaf = merkle.leaf_hash(journal.canonical(event)).hex()
    tamper("UPDATE kernel_event SET actor = 'person:9', leaf = %s WHERE log = 'essai' AND seq = 4", leaf)
    assert verdict() == (
        0,
        "La racine recalculée n’est pas celle de la tête du registre : un acte et son empreinte ont été réécrits.",
    )


def test_deleted_event_is_found(ten):
    tamper("DELETE FROM kernel_event WHERE log = 'essai' AND seq = 6")
    assert verdict() == (6, "L’acte de rang 6 manque : il a été effacé ou déplacé.")


def test_reordered_events_are_found(ten):
    tamper("UPDATE kernel_event SET seq = 99 WHERE log = 'essai' AND seq = 2")
    tamper("UPDATE kernel_event SET seq = 2 WHERE log = 'essai' AND seq = 5")
    tamper("UPDATE kernel_event SET seq = 5 WHERE log = 'essai' AND seq = 99")
    assert verdict() == (2, "L’acte de rang 2 a été modifié après coup : son empreinte ne correspond plus.")


def test_truncated_log_is_found(ten):
    tamper("DELETE FROM kernel_event WHERE log = 'essai' AND seq >= 8")
    assert verdict() == (8, "Le registre est tronqué : 8 actes au lieu de 10.")


def test_lost_head_is_found(ten):
    Log.objects.filter(name="essai").delete()
    assert verdict()[0] == 0


def test_undeclared_verb_is_refused(paper, at):
    with pytest.raises(KeyError, match=r"sample\.paper\.burn"):
        journal.append("sample.paper.burn", subject=paper, by=None, at=at)


@pytest.mark.django_db(transaction=True)
def test_append_outside_a_transaction_is_refused(paper, at):
    with pytest.raises(transaction.TransactionManagementError, match="must be called inside a transaction"):
        journal.append(VERB, subject=paper, by=None, at=at)


def test_verb_is_declared_once():
    with pytest.raises(ValueError, match=f"the verb {VERB} is declared twice"):
        journal.declare(VERB, label="Publier")


def test_public_record_holds_whitelisted_fields_and_no_person(paper, person, at):
    event = journal.append(
        VERB, subject=paper, by=person, at=at, role="editor", payload={"to": "published", "secret": "x"}
    )
    record = journal.public_record(event)
    assert (record["payload"], record["role"], record["label"]) == ({"to": "published"}, "editor", "Publier")
    assert "actor" not in record
    private = journal.append("sample.paper.withdraw", subject=paper, by=person, at=at)
    assert journal.public_record(private) is None


def test_events_of_an_object_are_in_order(ten, paper):
    assert [event.payload["rank"] for event in journal.events_of(paper)] == list(range(10))


def test_missing_trigger_is_reported_by_the_system_check():
    assert checks.journal_is_protected(None, ["default"]) == []
    name = triggers._names(Event)[1][0]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}" + ("" if connection.vendor == "sqlite" else " ON kernel_event"))
    assert [message.msg for message in checks.journal_is_protected(None, ["default"])] == [
        f"The trigger {name} is missing: run `essaim migrate`."
    ]
    triggers.install(connection)
    assert checks.journal_is_protected(None, ["default"]) == []


def test_append_takes_a_few_milliseconds(paper, at, request):
    times = []
    for rank in range(100):
        start = time.perf_counter()
        journal.append(VERB, subject=paper, by=None, at=at, payload={"rank": rank}, log="essai")
        times.append((time.perf_counter() - start) * 1000)
    # Reported, not judged (target 5 ms).
    request.node.user_properties.append(("append_ms_median", round(statistics.median(times), 2)))
    assert Log.objects.get(name="essai").size == 100
