"""Pages of applications, as people walk them: from the three numbers to the receipt."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from typer.testing import CliRunner

from essaim.applications import actions
from essaim.applications.models import Application, Filing
from essaim.cli.verify import app
from essaim.kernel import clock
from tests.factories import applications as factories
from tests.factories.applications import ANSWERS, PDF, SUMMER, member
from tests.factories.jams import PersonFactory
from tests.page import Page, check_page

pytestmark = [pytest.mark.django_db]

HOSTILE = [
    "<script>alert(1)</script>",
    "'; DROP TABLE x;--",
    "Ω≈ç√",
    "\u202etest",
    "{{ 7*7 }}",
    "%s%n",
    "../../etc/passwd",
]
STEPS = ("organisme", "projet", "lieu", "budget", "pieces", "verifier")


@pytest.fixture(autouse=True)
def summer():
    with clock.telling(SUMMER):
        yield


@pytest.fixture
def as_owner(client, owner):
    client.force_login(owner)
    return client


def url(application, page=""):
    return f"/candidatures/{application.public_id}/{page}"


def hidden(page, name):
    return page.select("input", name=name)[0].get("value")


def test_the_walk_from_three_numbers_to_the_receipt(client, call, media):
    person = PersonFactory(name="Nadia Porteuse")
    organisation = factories.OrganisationFactory()
    factories.Membership.objects.create(organisation=organisation, person=person, role="representative")
    factories.rennes()
    start = f"/appels/{call.slug}/candidater/"
    client.force_login(person)
    page = check_page(client.get(start, {"cout": "180 000", "demande": "110 000"}))
    assert [page.select("input", name=name)[0].get("value") for name in ("cout", "demande")] == ["180 000", "110 000"]
    begun = client.post(
        start,
        {"begin": "1", "cout": "180 000", "demande": "110 000", "autres": "70 000 EUR",
         "organisation": str(organisation.public_id)},
    )  # fmt: skip
    application = Application.objects.get()
    assert begun.url == url(application, "organisme/")
    assert (application.cost_cents, application.requested_cents) == (18_000_000, 11_000_000)
    for step in ("organisme/", "projet/"):
        page = check_page(client.get(url(application, step)))
        typed = {name: str(value).lower() if isinstance(value, bool) else value for name, value in ANSWERS.items()}
        client.post(url(application, step), {**typed, "seen": hidden(page, "seen")})
    check_page(client.get(url(application, "lieu/"), {"q": "renn"}))
    assert client.post(url(application, "lieu/"), {"commune": "35238"}).url == url(application, "projet/")
    for slot in ("bank_details", "statutes"):
        file = SimpleUploadedFile(f"{slot}.pdf", PDF)
        assert client.post(url(application, "pieces/"), {"slot": slot, "file": file}).status_code == 302
    page = check_page(client.get(url(application, "verifier/")))
    assert "Ouvrir la fabrique de Rennes aux entreprises" in page.text
    form = {"key": hidden(page, "key"), "version": hidden(page, "version")}
    first, second = (client.post(url(application, "verifier/"), form) for _ in range(2))
    assert first.url == second.url == url(application, "recepisse/")
    assert Filing.objects.count() == 1
    page = check_page(client.get(first.url))
    assert page.h1 == "Récépissé FABLABS-0001"
    for said in ("ateliers@dgcis.example", "01 99 00 13 13", "75000 Paris", "10\xa0septembre 2013", "statutes.pdf"):
        assert said in page.text
    page = check_page(client.get(url(application)))
    assert "Votre dossier est arrivé" in page.text


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("step", ["", *(f"{step}/" for step in STEPS)])
def test_every_page_of_a_draft_stands_in_both_languages(as_owner, draft, step, language, never_writes):
    with never_writes():
        answer = as_owner.get(url(draft, step), headers={"accept-language": language})
    check_page(answer)


def test_the_form_page_asks_the_database_little(as_owner, draft, django_assert_max_num_queries):
    as_owner.get(url(draft, "projet/"))
    for step in ("organisme/", "projet/", "budget/"):
        with django_assert_max_num_queries(12):
            as_owner.get(url(draft, step))


def test_the_list_asks_as_little_for_three_as_for_one(client, call, media, django_assert_num_queries):
    owner = PersonFactory()
    counts = []
    for number in (1, 2):
        for _ in range(number):
            factories.draft(call, by=owner, documents=False)
        client.force_login(owner)
        client.get("/candidatures/")
        with CaptureQueriesContext(connection) as queries:
            check_page(client.get("/candidatures/"))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_a_stranger_and_the_administration_find_no_draft(client, draft, officer, stranger):
    for user in (stranger, officer):
        client.force_login(user)
        for step in ("", *(f"{step}/" for step in STEPS), "recepisse/", "recepisse.json", "recepisse.pdf"):
            assert client.get(url(draft, step)).status_code == 404
        assert client.post(url(draft, "retirer/")).status_code == 404
        assert client.get(url(draft, f"pieces/{draft.documents.first().pk}/")).status_code == 404


def test_the_officer_reads_it_once_filed_but_does_not_write(client, draft, officer, owner):
    actions.file_application(draft, by=owner, at=SUMMER, key="k")
    client.force_login(officer)
    check_page(client.get(url(draft)))
    assert client.get(url(draft, "projet/")).url == url(draft)
    file = client.get(url(draft, f"pieces/{draft.documents.first().pk}/"))
    assert b"".join(file.streaming_content) == PDF
    file.close()


def test_autosave_answers_with_marks_and_rules(as_owner, draft):
    page = check_page(as_owner.get(url(draft, "projet/")))
    answer = as_owner.post(
        url(draft, "projet/"),
        {"title": "Un titre plus court", "seen": hidden(page, "seen")},
        headers={"X-Requested-With": "autosave"},
    ).json()
    assert set(answer) == {"hidden", "saved_at", "html"}
    assert "Montant de l’aide" in answer["html"]["regles"]
    draft.refresh_from_db()
    assert draft.title == "Un titre plus court"


def test_two_tabs_merge_fields_and_show_both_texts(as_owner, draft, owner):
    seen = hidden(check_page(as_owner.get(url(draft, "projet/"))), "seen")
    as_owner.post(url(draft, "projet/"), {"title": "Premier onglet", "access": "Le soir", "seen": seen})
    before = draft.answers["project"]
    answer = as_owner.post(
        url(draft, "projet/"), {"title": "Second onglet", "access": "", "project": before, "seen": seen}
    )
    assert answer.status_code == 409
    page = check_page(answer, status=409)
    assert page.h1 == "Deux textes se croisent"
    assert [mark.text for mark in page.select("mark")] == ["Premier", "Second"]
    posted = {field.get("name"): field.get("value") for field in page.select("input", type="hidden")}
    draft.refresh_from_db()
    assert (draft.title, draft.answers["access"]) == ("Premier onglet", "Le soir")
    # Having read both: theirs, a text of both, or one's own.
    for choice, title in (("theirs", "Premier onglet"), ("both", "Les deux"), ("mine", "Second onglet")):
        seen = hidden(check_page(as_owner.get(url(draft, "projet/"))), "seen")
        as_owner.post(
            url(draft, "projet/"), {**posted, "seen": seen, "choix-title": choice, "commun-title": "Les deux"}
        )
        draft.refresh_from_db()
        assert draft.title == title


def lines(prefix, *rows, initial=0):
    form = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        form |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return form


def cost(label, amount, category="machines"):
    return {"label": label, "category": category, "amount_cents": amount}


def funding(funder, amount, kind="requested", status="asked"):
    return {"funder": funder, "kind": kind, "status": status, "amount_cents": amount}


@pytest.mark.parametrize(
    ("typed", "cents"), [("12 000,50 EUR", 1_200_050), ("12\u202f000,50\xa0€", 1_200_050), ("12000.5", 1_200_050)]
)
def test_amounts_are_read_as_people_write_them(as_owner, draft, typed, cents):
    form = lines("costs", cost("Laser", typed)) | lines("fundings", funding("Appel", "8 000"))
    assert as_owner.post(url(draft, "budget/"), form).status_code == 302
    draft.refresh_from_db()
    assert draft.cost_cents == cents


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("1e9", "«\xa01e9\xa0» n’est pas un montant\xa0: écrivez-le en chiffres, par exemple 12\u202f000,50\xa0€."),
        ("-5", "Le montant «\xa0-5\xa0» est négatif\xa0: indiquez un montant positif ou nul."),
    ],
)
def test_a_bad_amount_is_told_and_nothing_typed_is_lost(as_owner, draft, typed, sentence):
    form = lines("costs", cost("Laser neuve", typed), cost("Autre", "10")) | lines("fundings", funding("Appel", "8"))
    answer = as_owner.post(url(draft, "budget/"), form)
    page = check_page(answer, status=422)
    assert sentence in page.text
    assert page.select("input", name="costs-0-amount_cents")[0].get("value") == typed
    assert page.select("input", name="costs-0-label")[0].get("value") == "Laser neuve"
    draft.refresh_from_db()
    assert draft.cost_cents == 18_000_000
    told = as_owner.post(url(draft, "budget/"), form, headers={"X-Requested-With": "autosave"}).json()
    assert told == {
        "sentence": "Un montant ou un intitulé est à corriger\xa0: rien de ce que vous avez écrit n’est perdu."
    }


def test_a_row_where_only_the_menus_speak_is_no_line(as_owner, draft):
    kept = draft.cost_lines.count(), draft.funding_lines.count()
    costs = [cost("Laser", "100")] * kept[0] + [cost("", "")] * 2
    fundings = lines("fundings", *[funding("Appel", "100")] * kept[1], funding("", ""), initial=kept[1])
    answer = as_owner.post(url(draft, "budget/"), lines("costs", *costs, initial=kept[0]) | fundings)
    assert answer.status_code == 302
    assert (draft.cost_lines.count(), draft.funding_lines.count()) == kept
    half = lines("costs", *costs, cost("Poste", ""), initial=kept[0]) | fundings
    assert as_owner.post(url(draft, "budget/"), half).status_code == 302
    page = check_page(as_owner.get(url(draft, "budget/")))
    assert "«\xa0Poste\xa0» n’a pas encore de montant\xa0: écrivez-le, ou retirez la ligne." in page.text
    assert draft.cost_lines.count() == kept[0] + 1


def test_a_line_saved_and_sent_again_unchanged_is_kept(as_owner, draft):
    for laser in ("100", "100", "120"):
        page = check_page(as_owner.get(url(draft, "budget/")))
        kept = draft.cost_lines.count(), draft.funding_lines.count()
        form = lines("costs", *[cost("Laser", laser)] * kept[0], initial=kept[0]) | {"version": hidden(page, "version")}
        form |= lines("fundings", *[funding("Appel", "100")] * kept[1], initial=kept[1])
        assert as_owner.post(url(draft, "budget/"), form).status_code == 302
        assert (draft.cost_lines.count(), draft.funding_lines.count()) == kept
    assert draft.funding_lines.count() > 0


def test_a_line_is_removed_without_javascript(as_owner, draft):
    page = check_page(as_owner.get(url(draft, "budget/")))
    form = lines("costs", cost("Laser", "100"), {**cost("Poste", "50", "staff"), "DELETE": "on"}, initial=2)
    form |= lines("fundings", funding("Appel", "100")) | {"version": hidden(page, "version")}
    as_owner.post(url(draft, "budget/"), form)
    assert [line.label for line in draft.cost_lines.all()] == ["Laser"]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("vide.pdf", b"", "Le fichier est vide"),
        ("rib.pdf", b"MZ" + b"\0" * 400, "rib.pdf n’est pas un PDF\xa0: c’est un programme Windows."),
    ],
)
def test_a_refused_file_says_why_on_its_page(as_owner, draft, name, content, sentence):
    file = SimpleUploadedFile(name, content)
    answer = as_owner.post(url(draft, "pieces/"), {"slot": "accounts", "file": file})
    page = check_page(answer, status=422)
    assert sentence.split(" (")[0] in page.text
    assert draft.documents.count() == 2


def test_a_file_of_300_mb_is_turned_away_in_a_sentence(as_owner, draft):
    answer = as_owner.post(url(draft, "pieces/"), {"slot": "accounts"}, headers={"content-length": "300000000"})
    assert answer.status_code == 413
    assert "Cet envoi dépasse la limite" in answer.content.decode()


def test_late_filing_is_refused_in_a_sentence_and_the_draft_kept(as_owner, draft):
    form = {"key": "k", "version": str(draft.version)}
    with clock.telling(draft.call.closes_at + timedelta(seconds=1)):
        page = check_page(as_owner.post(url(draft, "verifier/"), form), status=422)
    assert "L’appel est clos depuis le vendredi 13\xa0septembre 2013 à 23\xa0h\xa059\xa0min\xa059\xa0s" in page.text
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_the_back_button_after_filing_shows_the_receipt(as_owner, draft):
    page = check_page(as_owner.get(url(draft, "verifier/")))
    form = {"key": hidden(page, "key"), "version": hidden(page, "version")}
    as_owner.post(url(draft, "verifier/"), form)
    assert as_owner.post(url(draft, "verifier/"), form).url == url(draft, "recepisse/")
    assert as_owner.post(url(draft, "projet/"), {"title": "x"}).url == url(draft)


def test_the_receipt_is_a_tagged_pdf_and_a_signed_json(as_owner, draft, owner, tmp_path):
    actions.file_application(draft, by=owner, at=SUMMER, key="k")
    pdf = as_owner.get(url(draft, "recepisse.pdf"))
    assert pdf.content.startswith(b"%PDF-")
    assert b"/MarkInfo" in pdf.content or b"pdfuaid" in pdf.content
    answer = as_owner.get(url(draft, "recepisse.json"))
    path = tmp_path / "receipt.json"
    path.write_bytes(answer.content)
    done = CliRunner().invoke(app, ["receipt", str(path)])
    assert (done.exit_code, done.output.startswith("OK")) == (0, True)
    path.write_bytes(answer.content.replace(b"FABLABS-0001", b"FABLABS-0002"))
    assert CliRunner().invoke(app, ["receipt", str(path)]).exit_code == 1


def test_naughty_strings_are_kept_and_shown_unchanged(as_owner, draft):
    data = Path(__file__).parents[3] / "shared" / "data" / "hostile" / "blns.json"
    strings = json.loads(data.read_text()) if data.exists() else HOSTILE
    fields = ("title", "project", "companies", "access", "outreach")
    page_url = url(draft, "projet/")
    kept = [string for string in strings if "\x00" not in string]
    for start in range(0, len(kept), 40):
        typed = dict(zip(fields, kept[start:], strict=False))
        page = Page(as_owner.get(page_url).content.decode())
        assert as_owner.post(page_url, {**typed, "seen": hidden(page, "seen")}).status_code == 302
        draft.refresh_from_db()
        assert {code: draft.answers.get(code) or "" for code in typed} == {
            code: text.replace("\r\n", "\n") for code, text in typed.items()
        }
        assert "<script>alert" not in as_owner.get(page_url).content.decode()


def test_a_list_is_searched_filtered_and_downloaded(as_owner, draft, owner):
    page = check_page(as_owner.get("/candidatures/", {"q": "rennes"}))
    assert "Ouvrir la fabrique de Rennes" in page.text
    assert "Aucun dossier ne correspond" in check_page(as_owner.get("/candidatures/", {"q": "zzz"})).text
    csv = as_owner.get("/candidatures/", {"format": "csv"}).content.decode("utf-8-sig")
    assert "Ouvrir la fabrique de Rennes aux entreprises" in csv


def test_a_member_who_may_not_file_is_told_who_may(client, draft):
    client.force_login(member(draft.organisation, "editor"))
    page = check_page(client.get(url(draft, "verifier/")))
    assert "Vous pouvez l’écrire, pas le déposer" in page.text
    assert not page.select("input", name="key")
