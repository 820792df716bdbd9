"""Around the closing: late codes, automatic filing, reminders, postponement at two, the availability measured."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from essaim.applications import actions, tasks
from essaim.applications.models import Application, Filing
from essaim.calls import actions as call_actions
from essaim.calls.models import Extension, LateCode
from essaim.kernel import clock, journal, probe
from essaim.kernel.models import Event, Message, Probe
from essaim.kernel.workflow import Refused
from tests.factories import applications as factories
from tests.factories.applications import SUMMER
from tests.factories.jams import TeamMemberFactory
from tests.page import check_page

pytestmark = [pytest.mark.django_db]

SECOND = timedelta(seconds=1)


@pytest.fixture
def closing(call):
    return call.closes_at


@pytest.fixture
def colleague(call):
    return TeamMemberFactory(programme=call.programme, officer=True).person


def give(call, officer, owner, *, at, **options):
    given = {"email": owner.email, "reason": "Hospitalisation.", "limit": 1, "expires_at": at + timedelta(days=7)}
    return call_actions.give_late_code(call, **{**given, **options}, by=officer, at=at)


def test_a_late_code_lets_one_applicant_file_and_the_receipt_says_so(draft, call, owner, officer, closing):
    late = closing + timedelta(days=2)
    code, text = give(call, officer, owner, at=late)
    with pytest.raises(Refused, match="L’appel est clos"):
        actions.file_application(draft, by=owner, at=late, key="k")
    typed = text.lower().replace("-", " ")
    filing = actions.file_application(draft, by=owner, at=late, key="k", code=typed)
    assert (filing.late_code, draft.state, draft.number) == (code, "filed", 1)
    assert json.loads(filing.receipt)["mode"] == "late_code"
    event = journal.events_of(draft).get(verb="applications.application.file_late")
    assert event.payload["late_code"] == code.pk
    given = Event.objects.get(verb="calls.call.give_late_code")
    public = journal.public_record(given)["payload"]
    assert public["reason_sha256"] == journal.digest("Hospitalisation.")
    assert owner.email not in json.dumps(given.payload)
    message = Message.objects.get(template="calls_late_code")
    assert (message.address, text in message.text) == (owner.email, True)
    other = factories.draft(call, by=owner)
    with pytest.raises(Refused) as refusal:
        actions.file_application(other, by=owner, at=late, key="k2", code=text)
    assert str(refusal.value) == "Ce code a déjà servi autant de fois qu’il le permet."
    other.refresh_from_db()
    assert (other.state, call.late_codes.get().used) == ("draft", 1)


def test_a_code_opens_only_for_whom_when_and_until_it_says(draft, call, owner, officer, stranger, closing):
    late = closing + timedelta(days=2)
    _code, theirs = give(call, officer, stranger, at=late)
    mine, text = give(call, officer, owner, at=late)
    for at, typed, sentence in (
        (late, theirs, "Ce code n’ouvre pas ce dossier"),
        (late, "AAAA-BBBB-CCCC", "Ce code n’ouvre pas ce dossier"),
        (mine.expires_at + SECOND, text, "Ce code a expiré le"),
    ):
        with pytest.raises(Refused, match=sentence):
            actions.file_application(draft, by=owner, at=at, key="k", code=typed)
    call_actions.cancel_late_code(mine, by=officer, at=late)
    with pytest.raises(Refused, match="Ce code a été annulé"):
        actions.file_application(draft, by=owner, at=late, key="k", code=text)
    with pytest.raises(Refused, match="Donnez la raison"):
        give(call, officer, owner, at=late, reason=" ")
    with pytest.raises(Refused, match="Seul un chargé de programme"):
        give(call, owner, owner, at=late)


def test_the_code_is_typed_on_the_page_or_followed(draft, call, owner, officer, closing, client):
    late = closing + timedelta(days=2)
    with clock.telling(late):
        _code, text = give(call, officer, owner, at=late)
        client.force_login(owner)
        answer = client.get(f"/appels/{call.slug}/tardif/{text}/")
        page = check_page(client.get(answer["Location"]))
        assert page.select("input", name="code")[0].get("value") == text
        url = f"/candidatures/{draft.public_id}/verifier/"
        assert client.post(url, {"version": draft.version}).status_code == 422
        assert client.post(url, {"version": draft.version, "code": text}).status_code == 302
    assert Filing.objects.get().late_code.email == owner.email


def test_a_draft_that_asked_files_itself_as_of_the_closing(draft, owner, closing):
    actions.ask_automatic(draft, wanted=True, acknowledged=False, by=owner, at=SUMMER)
    after = closing + timedelta(seconds=15)
    with pytest.raises(Refused, match="la version enregistrée avant la clôture va être déposée"):
        actions.save_answers(draft, {"title": "Après la clôture"}, version=draft.version, by=owner, at=after)
    tasks.file_what_asked(at=closing)
    assert not Filing.objects.exists()
    for _ in range(2):
        tasks.file_what_asked(at=after)
    filing = Filing.objects.get()
    assert (filing.filed_at, filing.automatic, filing.filed_by) == (closing, True, owner)
    assert json.loads(filing.receipt)["mode"] == "automatic"
    event = Event.objects.get(verb="applications.application.file")
    assert (event.at, event.payload["automatic"]) == (closing, True)
    assert Message.objects.filter(template="application_filed", person=owner).count() == 1


def test_an_automatic_filing_that_cannot_be_says_why_and_frees_the_draft(draft, owner, closing):
    actions.ask_automatic(draft, wanted=True, acknowledged=True, by=owner, at=SUMMER)
    actions.save_answers(draft, {"companies": ""}, version=draft.version, by=owner, at=SUMMER)
    for minutes in (1, 2):
        tasks.file_what_asked(at=closing + timedelta(minutes=minutes))
    assert not Filing.objects.exists()
    message = Message.objects.get(template="application_not_automatic")
    assert "Répondez à «\xa0Que ferez-vous pour les entreprises\xa0?\xa0»." in message.text
    assert Application.objects.get(pk=draft.pk).files_itself_for is None


def test_automatic_filing_acknowledges_only_what_was_read(draft, owner, closing):
    actions.ask_automatic(draft, wanted=True, acknowledged=True, by=owner, at=SUMMER)
    actions.remove_document(draft.documents.get(slot="statutes"), by=owner, at=SUMMER)
    tasks.file_what_asked(at=closing + SECOND)
    assert not Filing.objects.exists()
    assert Message.objects.filter(template="application_not_automatic").count() == 1


def test_the_choice_is_made_and_undone_on_the_page(draft, owner, client):
    client.force_login(owner)
    with clock.telling(SUMMER):
        url = f"/candidatures/{draft.public_id}/automatique/"
        for body, asked in (({"automatic": "on"}, True), ({}, False)):
            assert client.post(url, body).status_code == 302
            assert (Application.objects.get(pk=draft.pk).files_itself_for is not None) == asked
            page = check_page(client.get(f"/candidatures/{draft.public_id}/verifier/"))
            assert page.select("input", name="automatic")[0].get("checked", None) == ("" if asked else None)


def test_changes_not_filed_again_are_recalled(draft, owner, closing):
    actions.file_application(draft, by=owner, at=SUMMER, key="k")
    copy = actions.revise(draft, by=owner, at=SUMMER)
    for hours in (47, 3):
        tasks.remind_drafts(at=closing - timedelta(hours=hours))
    assert not Message.objects.filter(template__contains="reminder").exists()  # nothing was changed yet
    actions.save_answers(copy, {"title": "Un autre titre"}, version=copy.version, by=owner, at=SUMMER)
    for hours in (24 * 6, 47, 46, 3, 2):
        tasks.remind_drafts(at=closing - timedelta(hours=hours))
    messages = Message.objects.filter(template="application_revision_reminder")
    assert messages.count() == 2
    assert "sans le redéposer\xa0: c’est la version déposée qui sera lue" in messages[0].text
    assert not Message.objects.filter(template="application_reminder").exists()


def rounds(start, minutes, *, ok=True):
    Probe.objects.bulk_create(
        Probe(at=start + timedelta(seconds=15 * n), ok=ok, detail="" if ok else "HTTP 502") for n in range(4 * minutes)
    )


def test_gaps_are_failures_and_times_without_measure(db):
    assert probe.lost(SUMMER, SUMMER + timedelta(hours=1)) is None
    rounds(SUMMER, 10)
    rounds(SUMMER + timedelta(minutes=10), 3, ok=False)
    rounds(SUMMER + timedelta(minutes=13), 5)
    rounds(SUMMER + timedelta(minutes=25), 5)
    found = probe.gaps(SUMMER, SUMMER + timedelta(minutes=30))
    assert [(gap.detail, gap.length) for gap in found] == [
        ("HTTP 502", timedelta(minutes=3, seconds=15)),
        ("", timedelta(minutes=7, seconds=15)),
    ]
    assert probe.lost(SUMMER - timedelta(days=1), SUMMER + timedelta(minutes=10)) == timedelta()


def test_unavailability_proposes_a_postponement_that_two_people_decide(
    draft, call, owner, officer, colleague, closing, client
):
    before = closing - timedelta(hours=2)
    rounds(before, 10)
    rounds(before + timedelta(minutes=10), 6, ok=False)
    rounds(before + timedelta(minutes=16), 10)
    at = before + timedelta(minutes=26)
    found = call_actions.suggestion(call, at=at)
    assert found.closes_at == closing + timedelta(hours=24)
    assert found.lost >= timedelta(minutes=6)
    extension = call_actions.propose_extension(
        call, closes_at=found.closes_at, reason="Panne du réseau.", by=officer, at=at
    )
    with pytest.raises(Refused) as refusal:
        call_actions.decide_extension(extension, "approve", by=officer, at=at)
    assert str(refusal.value) == (
        "Un report s’approuve à deux\xa0: demandez à une autre personne de l’équipe du programme."
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Extension.objects.filter(pk=extension.pk).update(state="approved", decided_by=officer)
    client.force_login(colleague)
    with clock.telling(at):
        check_page(client.get(f"/appels/{call.slug}/cloture/"))
        assert client.post(f"/appels/{call.slug}/cloture/report/{extension.pk}/", {"approve": "1"}).status_code == 302
    call.refresh_from_db()
    assert call.closes_at == found.closes_at
    record = journal.public_record(Event.objects.get(verb="calls.extension.approve"))["payload"]
    assert (record["before"], record["closes_at"]) == (closing.isoformat(), found.closes_at.isoformat())
    message = Message.objects.get(template="application_postponed", person=owner)
    assert "Panne du réseau." in message.text
    draft.refresh_from_db()
    actions.file_application(Application.objects.get(pk=draft.pk), by=owner, at=closing + timedelta(hours=1), key="k")


def test_nothing_is_proposed_for_less_than_the_rule_says(call, closing):
    rounds(closing - timedelta(hours=2), 10)
    rounds(closing - timedelta(hours=2) + timedelta(minutes=10), 4, ok=False)
    rounds(closing - timedelta(hours=2) + timedelta(minutes=14), 10)
    at = closing - timedelta(hours=2) + timedelta(minutes=24)
    assert call_actions.suggestion(call, at=at) is None
    call.extension = {"after_minutes": 3, "at_least_hours": 48}
    assert call_actions.suggestion(call, at=at).closes_at == closing + timedelta(hours=48)


def test_the_officer_gives_a_code_on_screen(call, owner, officer, closing, client):
    late = closing + timedelta(days=1)
    client.force_login(officer)
    with clock.telling(late):
        url = f"/appels/{call.slug}/cloture/"
        sent = {"email": owner.email, "reason": "Panne chez l’hébergeur.", "limit": "2"}
        answer = client.post(f"{url}codes/", {**sent, "expires_at": "2013-09-20T12:00:00"}, follow=True)
        assert "ne sera plus montré ici" in check_page(answer).text
        code = LateCode.objects.get()
        assert code.expires_at.isoformat() == "2013-09-20T10:00:00+00:00"
        client.post(f"{url}codes/{code.pk}/annuler/")
    assert LateCode.objects.get().cancelled_at == late


def test_the_probe_writes_and_reads_through_its_address_and_no_one_else_does(client, settings):
    token = "a" * 32
    url, signed = f"/etat/sonde/{token}/", {"X-Essaim-Probe": probe.signature(token)}
    assert client.post(url, "{}", content_type="application/json").status_code == 404
    for text in ("", "gardé"):
        body = json.dumps({"text": text})
        assert client.post(url, body, content_type="application/json", headers=signed).json() == {"text": text}
    assert client.get(url, headers=signed).json() == {"text": "gardé"}


def test_what_is_measured_is_public_and_sealed_each_hour(client, settings):
    at = clock.now().replace(minute=10)
    check_page(client.get("/etat/"))
    hour = at.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    rounds(hour, 60)
    with clock.telling(at):
        assert "du temps disponible" in check_page(client.get("/etat/")).text
    probe.seal_hour(at=at)
    assert Event.objects.get(verb="kernel.log.probed").payload["rounds"] == 240
