"""The officers' list, its views and acts in bulk, the checklist, the team's own notes, printing, plan B."""

import csv
import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from essaim.applications import actions as applications
from essaim.applications.models import Application, CompletionRequest, Exchange, Filing
from essaim.kernel import access
from essaim.kernel.models import Event, Message
from essaim.kernel.workflow import Refused
from essaim.reviews import actions
from essaim.reviews.actions.instruction import admit_without_objection
from essaim.reviews.models import BulkAct, Handling, Note, SavedView, Tag, Tick
from tests.factories.applications import ANSWERS, COSTS, FUNDINGS, SUMMER, draft, give, rennes
from tests.factories.jams import PersonFactory, TeamMemberFactory
from tests.factories.reviews import FiledFactory
from tests.page import check_page

pytestmark = pytest.mark.django_db
FR = {"accept-language": "fr"}


def url(name, *args):
    return reverse(f"reviews:{name}", args=args)


@pytest.fixture
def listing(call):
    return url("instruction", call.slug)


@pytest.fixture
def filed(call, media):
    application = draft(call)
    applications.file_application(application, by=application.created_by, at=SUMMER, key="k1", acknowledged=True)
    return Application.objects.whole().get(pk=application.pk)


def rows(client, address):
    answer = client.get(address)
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def numbers(client, address):
    return [row[0] for row in rows(client, address)[1:]]


@pytest.mark.parametrize("count", [10, 50, 250])
def test_the_list_asks_as_many_questions_for_10_50_and_250_rows(signed_in, officer, call, listing, count):
    first = FiledFactory(call=call)
    Filing.objects.filter(application=first).delete()
    first.cost_lines.all().delete()
    first.funding_lines.all().delete()
    common = {name: getattr(first, name) for name in ("organisation", "rule_set", "commune", "created_by")}
    Application.objects.bulk_create(
        Application(
            call=call, number=n, title=f"Atelier {n}", requested_cents=11_000_000, cost_cents=18_000_000,
            state="filed", unmet_blocking=0, unmet_other=0, documents_lacking=0, created_at=SUMMER, saved_at=SUMMER,
            filed_at=SUMMER, **common,
        )
        for n in range(1000, 1000 + count)
    )  # fmt: skip
    client = signed_in(officer)
    client.get(listing)
    with CaptureQueriesContext(connection) as found:
        answer = client.get(f"{listing}?par=250")
    assert answer.content.decode().count('name="d"') == min(count + 1, 250)
    assert len(found) == 12


def test_filters_find_what_they_say(signed_in, officer, call, listing):
    good, bad = FiledFactory(call=call, requested_cents=6_000_000), FiledFactory(call=call, unmet=True)
    late = FiledFactory(call=call, filed_at=call.closes_at + timedelta(hours=1))
    actions.give_file(good, to=officer, by=officer, at=SUMMER)
    actions.put_tag(bad, word="à revoir", by=officer, at=SUMMER)
    Exchange.objects.create(
        application=late, from_service=False, author=late.created_by, text="?", sent_at=SUMMER, key="x"
    )
    client = signed_in(officer)
    for query, expected in {
        "constats=bloquante": [bad], "constats=sans": [good, late], "suivi=moi": [good], "suivi=personne": [bad, late],
        "etiquette=à revoir": [bad], "messages=nonlus": [late], "arrivee=tardif": [late], "max=70 000": [good],
        "min=70 000": [bad, late], "complement=aucune&q=" + bad.reference: [bad], "silence=bientot": [],
        "r_applicant_kind=association": [good, bad, late], "r_applicant_kind=company": [],
        "etat=n'importe&suivi=²&min=abc": [good, bad, late],
    }.items():  # fmt: skip
        assert numbers(client, f"{listing}?format=csv&{query}") == [file.reference for file in expected], query


def test_the_file_holds_exactly_the_columns_shown_and_no_formula(signed_in, officer, call, listing):
    FiledFactory(call=call, title="=2+2")
    client = signed_in(officer)
    query = "colonnes=projet&colonnes=taux&colonnes=messages"
    assert rows(client, f"{listing}?format=csv&{query}") == [
        ["Numéro", "Projet", "Part de l’aide", "Messages"],
        [Application.objects.get().reference, "'=2+2", "0.6111", "0"],
    ]
    page = check_page(client.get(f"{listing}?{query}"))
    assert [cell.text for cell in page.select("th", scope="col")][1:] == [
        "Numéro",
        "Projet",
        "Part de l’aide",
        "Messages",
    ]
    for format in ("xlsx", "ods"):
        assert client.get(f"{listing}?format={format}&{query}").status_code == 200


def test_views_are_private_or_shared_and_one_opens_first(signed_in, officer, call, listing):
    FiledFactory(call=call)
    colleague = TeamMemberFactory(programme=call.programme, officer=True).person
    client = signed_in(officer)
    save = url("views", call.slug)
    client.post(save, {"name": "Grosses", "query": "min=100000&colonnes=aide&page=2", "first": "on"})
    client.post(save, {"name": "Équipe", "query": "etat=filed", "shared": "on"})
    assert SavedView.objects.get(name="Grosses").query == "min=100000&colonnes=aide"
    answer = client.get(listing)
    assert answer["Location"].startswith(f"{listing}?min=100000&colonnes=aide&vue=")
    check_page(client.get(answer["Location"]))
    theirs = signed_in(colleague)
    page = check_page(theirs.get(listing))
    assert "Équipe" in page.text
    assert "Grosses" not in page.text
    shared, private = SavedView.objects.get(name="Équipe"), SavedView.objects.get(name="Grosses")
    assert theirs.post(url("view", call.slug, private.pk), {"do": "first"}).status_code == 404
    theirs.post(url("view", call.slug, shared.pk), {"do": "forget"})
    assert SavedView.objects.count() == 2
    theirs.post(url("view", call.slug, shared.pk), {"do": "first"})
    assert "etat=filed" in theirs.get(listing)["Location"]
    signed_in(officer).post(url("view", call.slug, private.pk), {"do": "forget"})
    assert SavedView.objects.get() == shared


def test_the_checklist_proposes_and_a_person_decides(signed_in, officer, filed, at):
    client = signed_in(officer)
    file = url("file", filed.public_id)
    assert "Rien ne s’oppose à la recevabilité. La décision vous revient." in check_page(client.get(file)).text
    client.post(url("items", filed.call.slug), {"text": "La délibération est signée"})
    item = filed.call.checklist_items.get()
    assert "Il reste à vérifier\xa0: La délibération est signée." in check_page(client.get(file)).text
    with pytest.raises(Refused):
        admit_without_objection(Application.objects.whole().get(pk=filed.pk), by=officer, at=at)
    client.post(url("tick", filed.public_id), {f"point-item:{item.pk}": "oui", f"remark-item:{item.pk}": "Vue."})
    tick = Tick.objects.get()
    assert (tick.holds, tick.remark, tick.ticked_by) == (True, "Vue.", officer)
    page = check_page(client.get(file))
    assert f"Vérifié par {officer.name}" in page.text
    client.post(url("tick", filed.public_id), {"point-rule:montant-aide": "non"})
    assert (
        "La liste de contrôle s’oppose à la recevabilité\xa0: Montant de l’aide." in check_page(client.get(file)).text
    )
    assert actions.admit_complete(filed.call, by=officer, at=at) == 0
    client.post(url("tick", filed.public_id), {"point-rule:montant-aide": ""})
    assert actions.admit_complete(filed.call, by=officer, at=at) == 1


def test_notes_tags_and_follow_up_are_never_the_applicants(signed_in, client, officer, filed, stranger):
    officers = signed_in(officer)
    for _click in range(2):
        officers.post(url("note", filed.public_id), {"text": "Prudence avec ce porteur", "key": "n1"})
    officers.post(url("tag", filed.public_id), {"word": "vigilance rouge"})
    colleague = TeamMemberFactory(programme=filed.call.programme, officer=True, person__name="Collègue Discret").person
    officers.post(url("handle", filed.public_id), {"person": colleague.pk})
    assert Note.objects.count() == 1
    assert "Prudence avec ce porteur" in check_page(officers.get(url("file", filed.public_id))).text
    assert Message.objects.filter(person=colleague, template="reviews/handling").count() == 1
    owner, secrets = filed.created_by, ("Prudence", "vigilance", "Discret", "note interne", "Confier le suivi")
    for person in (owner, stranger):
        for model in (Note, Tag, Handling, Tick):
            assert not access.visible_to(person, model).exists()
    applicant = signed_in(owner)
    for page in ("application", "exchanges", "receipt", "receipt-json", "receipt-pdf"):
        body = applicant.get(reverse(f"applications:{page}", args=[filed.public_id])).content
        assert not any(secret.encode() in body for secret in secrets), page
    assert applicant.get(url("file", filed.public_id)).status_code == 404
    pdf = officers.get(url("file-pdf", filed.public_id)).content
    assert b"Prudence" not in pdf


def test_roles_and_lists_agree_on_the_teams_own(officer, decision_maker, stranger, filed, at):
    juror = TeamMemberFactory(programme=filed.call.programme, role="juror").person
    actions.give_file(filed, to=officer, by=officer, at=at)
    actions.put_tag(filed, word="a", by=officer, at=at)
    actions.write_note(filed, text="b", key="k", by=officer, at=at)
    actions.tick(filed, point="form", holds=True, by=officer, at=at)
    actions.save_view(filed.call, name="v", query="", shared=False, first=True, by=officer, at=at)
    actions.add_item(filed.call, text="c", by=officer, at=at)
    applications.write_to_applicant(filed, text="d", key="e", by=officer, at=at)
    due = (at + timedelta(days=9)).date()
    applications.ask_completion(filed, parts=["budget"], why="f", due_on=due, by=officer, at=at)
    models = [
        Handling,
        Tag,
        Note,
        Tick,
        SavedView,
        *(type(filed.call.checklist_items.get()),),
        Exchange,
        CompletionRequest,
    ]
    for person in (officer, decision_maker, juror, stranger, filed.created_by):
        for model in models:
            row = model.objects.get()
            assert bool(access.roles(person, row) - {"anyone"}) == access.visible_to(person, model).exists(), (
                person,
                model,
            )
    assert not access.visible_to(juror, Exchange).exists()
    assert access.visible_to(filed.created_by, Exchange).exists()


def post_bulk(client, call, kind, **data):
    return check_page(client.post(url("bulk", call.slug), {"acte": kind, **data}, headers=FR))


def test_an_act_in_bulk_is_confirmed_done_row_by_row_and_told(signed_in, officer, call, filed):
    bad = FiledFactory(call=call, unmet=True, number=77)
    client = signed_in(officer)
    chosen = {"portee": "tous", "query": "etat=filed"}
    page = post_bulk(client, call, "admit", **chosen)
    assert "1 dossier sera traité" in page.text
    assert "Une règle bloquante n’est pas respectée\xa0: à lire un par un." in page.text
    answer = client.post(url("bulk-order", call.slug), {"acte": "admit", "portee": "coches", "d": [filed.pk, bad.pk]})
    page = check_page(client.get(answer["Location"]))
    act = BulkAct.objects.get()
    assert [bool(sentence) for _key, sentence in sorted(act.results)] == [False, True]
    assert act.finished_at is not None
    filed.refresh_from_db()
    bad.refresh_from_db()
    assert (filed.state, bad.state) == ("admissible", "filed")
    assert Event.objects.filter(verb="reviews.bulkact.order").count() == 1
    assert [row[2] for row in rows(client, answer["Location"] + "?format=csv")[1:]] == ["oui", "non"]


def test_bulk_messages_requests_tags_and_follow_up(signed_in, officer, call, filed):
    client = signed_in(officer)
    order, ticked = url("bulk-order", call.slug), {"portee": "coches", "d": [filed.pk]}
    for kind, data in {
        "message": {"text": "Bonjour à tous"},
        "tag": {"word": "lot 1"},
        "handle": {"person": officer.pk},
        "request": {"parts": ["budget"], "why": "Précisez.", "due_on": "2013-10-10"},
    }.items():
        post_bulk(client, call, kind, **ticked)
        assert client.post(order, {"acte": kind, **ticked, **data}).status_code == 302, kind
    assert Exchange.objects.get().text == "Bonjour à tous"
    assert Tag.objects.get().word == "lot 1"
    assert Handling.objects.get().person == officer
    assert CompletionRequest.objects.get().parts == ["budget"]
    assert check_page(client.post(order, {"acte": "tag", **ticked, "word": ""}), 422)
    assert client.post(url("bulk", call.slug), {"acte": "tag", "portee": "coches"}).status_code == 302


def test_bulk_acts_are_for_officers_and_their_own_files(signed_in, officer, decision_maker, stranger, call, filed):
    data = {"acte": "tag", "portee": "coches", "d": [filed.pk], "word": "x"}
    for person in (decision_maker, stranger, filed.created_by):
        for page in ("bulk", "bulk-order"):
            assert signed_in(person).post(url(page, call.slug), data).status_code == 404
    assert not Tag.objects.exists()


def test_a_whole_file_prints_as_a_tagged_pdf_and_many_as_an_archive(signed_in, officer, call, filed):
    client = signed_in(officer)
    pdf = client.get(url("file-pdf", filed.public_id))
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    assert b"pdfuaid" in pdf.content
    answer = client.post(url("bulk-order", call.slug), {"acte": "print", "portee": "coches", "d": [filed.pk]})
    act = BulkAct.objects.get()
    check_page(client.get(answer["Location"]))
    archive = b"".join(client.get(url("bulk-archive", call.slug, act.public_id)).streaming_content)
    with zipfile.ZipFile(io.BytesIO(archive)) as found:
        assert found.namelist() == [f"{filed.reference}.pdf"]


PAPER = {
    "channel": "post", "arrived_on": "2013-09-12", "arrived_time": "10:30", "proof": "RK 123 456 789 FR",
    "organisation": "Atelier du Marais", "kind": "association", "siret": "", "email": "papier@example.org",
}  # fmt: skip


def test_a_paper_application_is_filed_as_of_its_proved_arrival_after_the_closing(signed_in, officer, call, media):
    client = signed_in(officer)
    check_page(client.get(url("paper", call.slug)))
    answer = client.post(url("paper", call.slug), PAPER)
    application = Application.objects.get()
    assert answer["Location"] == application.get_absolute_url()
    now = datetime(2013, 9, 16, 9, 0, tzinfo=UTC)
    applications.save_answers(application, ANSWERS, version=application.version, by=officer, at=now)
    applications.save_budget(application, COSTS, FUNDINGS, by=officer, at=now)
    applications.set_place(application, commune=rennes(), by=officer, at=now)
    for slot in ("bank_details", "statutes"):
        give(application, slot, by=officer, at=now)
    check = reverse("applications:check", args=[application.public_id])
    check_page(client.get(check, headers=FR))
    application.refresh_from_db()
    client.post(check, {"key": "p1", "version": application.version, "acknowledged": "on"})
    application.refresh_from_db()
    assert (application.state, application.filed_at) == ("filed", datetime(2013, 9, 12, 8, 30, tzinfo=UTC))
    event = Event.objects.get(verb="applications.application.file_paper")
    assert event.payload["channel"] == "post"
    assert event.payload["number"] == application.number
    assert [row.person.email for row in application.collaborators.all()] == ["papier@example.org"]
    page = check_page(client.get(url("file", application.public_id), headers=FR))
    assert "Courrier postal" in page.text
    assert Message.objects.filter(template="application_filed", person__email="papier@example.org").exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"arrived_on": "2013-09-14"}, "en retard"),
        ({"arrived_on": "2013-06-01"}, "L’appel n’était pas ouvert à cette date"),
        ({"arrived_on": "2014-01-01"}, "Cette date d’arrivée est à venir"),
        ({"siret": "123"}, "SIRET"),
    ],
)
def test_a_paper_application_follows_the_same_rules(signed_in, officer, call, change, sentence):
    page = check_page(signed_in(officer).post(url("paper", call.slug), {**PAPER, **change}), 422)
    assert sentence in page.text
    assert not Application.objects.exists()


def test_plan_b_is_for_officers(signed_in, decision_maker, call, stranger):
    for person in (decision_maker, stranger):
        assert signed_in(person).post(url("paper", call.slug), PAPER).status_code == 404


def test_pages_pass_the_floor_in_both_languages(signed_in, officer, filed, at):
    applications.write_to_service(filed, text="Bonjour", key="a", by=filed.created_by, at=at)
    pages = [url("ask", filed.public_id), url("exchanges", filed.public_id), url("items", filed.call.slug)]
    for address in (*pages, url("file", filed.public_id), url("paper", filed.call.slug)):
        for language in ("fr", "en"):
            check_page(signed_in(officer, language).get(address))


def test_a_request_is_made_and_withdrawn_from_the_pages(signed_in, officer, filed, decision_maker):
    client, address = signed_in(officer), url("ask", filed.public_id)
    page = check_page(client.post(address, {"why": "", "due_on": ""}), 422)
    assert "Pourquoi" in page.text
    client.post(address, {"parts": ["budget"], "why": "Un devis.", "due_on": "2013-10-10"})
    request = CompletionRequest.objects.get()
    check_page(client.get(url("file", filed.public_id)))
    withdraw = url("withdraw-request", filed.public_id, 1)
    signed_in(decision_maker).post(withdraw, {"reason": "Non"})
    client = signed_in(officer)
    client.post(withdraw, {"reason": ""})
    request.refresh_from_db()
    assert request.state == "asked"
    client.post(withdraw, {"reason": "Retrouvé."})
    request.refresh_from_db()
    assert (request.state, request.closing_reason) == ("withdrawn", "Retrouvé.")


def test_other_programmes_officers_find_nothing(signed_in, filed, db):
    other = PersonFactory()
    for name in ("file", "ask", "exchanges", "file-pdf"):
        assert signed_in(other).get(url(name, filed.public_id)).status_code == 404
    for name in ("note", "tag", "tick", "handle", "exchanges-read"):
        assert signed_in(other).post(url(name, filed.public_id), {"text": "x", "word": "x"}).status_code == 404
