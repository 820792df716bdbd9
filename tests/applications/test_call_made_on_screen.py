"""A call made from nothing on screen, with every type of question, then answered and filed: through HTTP only."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from essaim.applications.models import Application
from essaim.calls.models import Call, CallState
from essaim.calls.queries.form import TYPES
from essaim.kernel import clock
from tests.factories.applications import PDF, OrganisationFactory, member, rennes
from tests.factories.jams import TeamMemberFactory
from tests.page import check_page, text_of
from tests.screens import browser, fill, url

pytestmark = pytest.mark.django_db
BOTH = {
    "title": ("Ateliers partagés", "Shared workshops"),
    "summary": ("Une aide aux ateliers.", "A grant for workshops."),
    "purpose": ("Équiper des ateliers ouverts à tous.", "Equipping workshops open to all."),
    "who": ("Toute structure qui tient un atelier.", "Any body that runs a workshop."),
    "how_much": ("Jusqu’à 50 000 €.", "Up to €50,000."),
}
# For each type: its settings on screen, and the answer an applicant gives it.
QUESTIONS = {
    "short_text": ({"max_length": "60"}, {"": "Rue du Four"}),
    "long_text": ({"min_length": "10", "max_length": "500"}, {"": "Un lieu où chacun répare et fabrique."}),
    "number": ({"min": "1", "max": "500", "unit__fr": "m²", "unit__en": "m²"}, {"": "120"}),
    "money": ({"max": "90 000 €"}, {"": "12 000"}),
    "date": ({"min": "01/01/2013"}, {"": "01/03/2014"}),
    "choice": ({"look": "select", "choices": ["Bois", "Métal"]}, {"": "bois"}),
    "several": ({"min_choices": "1", "choices": ["Matin", "Soir"]}, {"": ["matin", "soir"]}),
    "yes_no": ({}, {"": "true"}),
    "commune": ({}, None),
    "address": ({}, {"-street": "3 rue du Four", "-postcode": "35000", "-town": "Rennes"}),
    "siret": ({}, {"": "356 000 000 00048"}),
    "file": ({"formats": ["pdf"], "max_megabytes": "5"}, None),
    "table": (
        {"columns": [("Machine", "short_text"), ("Valeur", "money")]},
        {"": "rows", "-0-machine": "Tour", "-0-valeur": "900"},
    ),
    "declaration": ({"text__fr": "Je dis vrai.", "text__en": "I tell the truth."}, {"": "on"}),
    "email": ({}, {"": "atelier@essai.example"}),
    "phone": ({}, {"": "01 99 00 13 15"}),
}


@pytest.fixture
def officer(db, media):
    from essaim.programmes.actions import load_programme
    from tests.factories.calls import FOLDER

    programme = load_programme(FOLDER, by=None, at=datetime(2013, 6, 1, tzinfo=UTC))
    return TeamMemberFactory(programme=programme, officer=True)


def languages(entries):
    """Each text in both languages, as the pages name them."""
    return {
        f"{name}__{lang}": text
        for name, texts in entries.items()
        for lang, text in zip(("fr", "en"), texts, strict=True)
    }


def settings_of(kind, given):
    """What an officer fills in for a type."""
    found = {key: value for key, value in given.items() if key not in {"choices", "columns"}}
    for row, label in enumerate(given.get("choices", [])):
        found |= {f"choices-{row}-label__fr": label, f"choices-{row}-label__en": f"{label} (en)"}
    for row, (label, cell) in enumerate(given.get("columns", [])):
        found |= {f"column-{row}-label__fr": label, f"column-{row}-label__en": f"{label} (en)"}
        found |= {f"column-{row}-type": cell}
    return {"label__fr": f"Question {TYPES[kind]}", "label__en": f"Question {kind}", "required": "on", **found}


def make_call(client, programme):
    """From « Nouvel appel » to the publication, page by page."""
    begin = check_page(client.get("/appels/")).links[f"Nouvel appel\u00a0: {programme}"]
    made = client.post(begin, {"title": "Ateliers partagés", "base": ""})
    call = Call.objects.get()
    assert made["Location"] == url(call, "prepare")
    assert fill(client, url(call, "edit-texts"), **languages(BOTH)).status_code == 302
    days = {"period__opens_at": "2013-06-25T00:00:00", "period__closes_at": "2013-09-13T23:59:59"}
    announced = {"calendar-0-date": "15/10/2013", "calendar-0-title__fr": "Choix", "calendar-0-title__en": "Choice"}
    assert fill(client, url(call, "edit-dates"), **days, **announced).status_code == 302
    service = {"service__name__fr": "Bureau des ateliers", "service__name__en": "Workshops desk"}
    service |= {"service__email": "ateliers@essai.example", "service__telephone": "01 99 00 13 13"}
    address = {"service__postal_address": "1 rue de l’Exemple, 75000 Paris", "themes__codes": "fablabs, production"}
    assert fill(client, url(call, "edit-frame"), **service, **address).status_code == 302
    for kind, (given, _answer) in QUESTIONS.items():
        more = {"section": "project", "type": kind, "label": f"q {kind}"}
        page = client.post(url(call, "edit-add-question"), more)["Location"]
        answer = fill(client, page, **settings_of(kind, given))
        assert answer.status_code == 302, check_page(answer, 422).text
    shown = {"tests-0-question": "q_yes_no", "tests-0-op": "equals", "tests-0-value": "oui"}
    assert fill(client, url(call, "edit-question", "q_email"), **shown).status_code == 302
    client.post(url(call, "edit-add-rule"), {"title": "Aide plafonnée", "op": "le"})
    rule = languages({"title": ("Aide plafonnée", "Capped grant"), "article": ("Article 2", "Article 2")})
    rule |= languages({"met": ("C’est bon.", "It is fine."), "not_met": ("C’est trop.", "It is too much.")})
    assert fill(client, url(call, "edit-rule", "aide-plafonnee"), **rule).status_code == 302
    check = url(call, "edit-check-one", "aide-plafonnee", "racine")
    assert fill(client, check, fact="request", value="50 000 €").status_code == 302
    for title, weight in (("Utilité", "60"), ("Solidité", "40")):
        page = client.post(url(call, "edit-add-criterion"), {"title": title})["Location"]
        words = languages({"title": (title, title), "question": ("Pourquoi ?", "Why?")})
        words |= languages({"low": ("Rien", "Nothing"), "high": ("Tout", "All")})
        assert fill(client, page, weight=weight, **words).status_code == 302
    page = client.post(url(call, "edit-add-document"), {"title": "Statuts"})["Location"]
    words = languages({"title": ("Statuts", "Statutes"), "help": ("À jour.", "Current.")})
    assert fill(client, page, required_for=["association"], **words).status_code == 302
    verify = check_page(client.get(url(call, "edit-check")))
    assert "À corriger avant de publier" not in verify.text, verify.text
    client.post(url(call, "publish"))
    call.refresh_from_db()
    assert call.state == CallState.PUBLISHED
    return call


def test_a_call_is_made_on_screen_then_answered_with_every_type_and_filed(officer):
    with clock.telling(datetime(2013, 6, 20, 9, tzinfo=UTC)):
        client = browser(officer.person)
        call = make_call(client, officer.programme)
        assert "L’aide demandée ne dépasse pas 50 000 €." in check_page(client.get(url(call, "rules"))).text.replace(
            "\u00a0", " "
        ).replace("\u202f", " ")
        preview = check_page(client.get(reverse("applications:preview", args=[call.slug])))
        assert len(preview.select("div", class_="es-question")) == len(QUESTIONS) + 3
    with clock.telling(datetime(2013, 7, 10, 9, tzinfo=UTC)):
        answer_and_file(call)


def answer_and_file(call):
    """An applicant, from the call's page to the receipt."""
    rennes()
    organisation = OrganisationFactory()
    applicant = browser(member(organisation))
    start = reverse("applications:start", args=[call.slug])
    numbers = {"cout": "60 000", "demande": "40 000", "autres": "20 000"}
    begun = applicant.post(start, {**numbers, "begin": "1", "organisation": str(organisation.public_id)})
    assert begun.status_code == 302, check_page(begun, begun.status_code).text
    application = Application.objects.get()

    def step(name):
        return reverse(f"applications:{name}", args=[application.public_id])

    def send(name, **changes):
        seen = check_page(applicant.get(step(name))).select("input", name="seen")[0].get("value")
        return applicant.post(step(name), {"seen": seen, **changes})

    send("organisation", applicant_kind="association")
    applicant.post(step("place"), {"commune": "35238"})
    answers = {"title": "Un atelier à Rennes", "q_file": SimpleUploadedFile("plan.pdf", PDF)}
    for kind, (_given, answer) in QUESTIONS.items():
        answers |= {f"q_{kind}{end}": value for end, value in (answer or {}).items()}
    asked = send("project", **answers)
    assert asked["Location"].endswith("#id_q_email")
    applicant.post(f"{step('place')}?question=q_commune", {"commune": "35238"})
    page = applicant.get(step("documents"))
    for slot in ("bank_details", "statutes"):
        applicant.post(step("documents"), {"slot": slot, "file": SimpleUploadedFile(f"{slot}.pdf", PDF)})
    page = check_page(applicant.get(step("check")))
    assert "il reste à compléter" not in page.text, page.text
    for words in (
        "Rue du Four",
        "120\u00a0m²",
        "Bois",
        "Matin, Soir",
        "3 rue du Four, 35000 Rennes",
        "plan.pdf",
        "Tour",
    ):
        assert words in page.text, words
    form = next(form for form in page.select("form") if form.get("action") == step("check"))
    given = {field.get("name"): field.get("value", "on") for field in form.iter("input")}
    applicant.post(step("check"), given)
    application.refresh_from_db()
    assert application.state == "filed", [text_of(alert) for alert in page.select("div", class_="fr-alert")]
    assert application.reference.endswith("-0001")
    assert application.answers["q_table"] == [{"machine": "Tour", "valeur": "900"}]
    check_page(applicant.get(step("receipt")))
