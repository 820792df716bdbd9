"""Writing a draft: kept as typed, merged with what others write, refused in sentences."""

import io
from datetime import timedelta

import pytest

from essaim.applications import actions
from essaim.applications.models import Application, Document
from essaim.applications.queries import facts_of, missing_of, remarks_of, unmet_of
from essaim.kernel.workflow import Refused
from tests.factories.applications import COSTS, FUNDINGS, PDF, SUMMER, OrganisationFactory, member, rennes
from tests.factories.calls import make_call
from tests.factories.jams import PersonFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]

LATER = SUMMER + timedelta(minutes=5)


def test_start_keeps_the_three_numbers_and_gives_the_same_draft_twice(call):
    person = PersonFactory()
    numbers = {"cost_cents": 15_000_000, "request_cents": 10_000_000, "others_cents": 5_000_000}
    application = actions.start(call, by=person, at=SUMMER, **numbers)
    assert actions.start(call, by=person, at=LATER, **numbers) == application
    assert (application.cost_cents, application.requested_cents) == (15_000_000, 10_000_000)
    facts = facts_of(application)
    assert (facts["cost"], facts["request"], facts["balance"]) == (15_000_000, 10_000_000, 0)


def test_start_after_closing_is_refused_with_the_instant(call):
    with pytest.raises(Refused) as refusal:
        actions.start(call, by=PersonFactory(), at=call.closes_at + timedelta(seconds=1))
    assert str(refusal.value) == (
        "L’appel est clos depuis le vendredi 13\xa0septembre 2013 à 23\xa0h\xa059 (heure de Paris) : "
        "on ne peut plus commencer de dossier."
    )


def test_start_asks_no_more_what_the_organisation_told(call):
    organisation = OrganisationFactory(kind="cooperative", siret="73282932000074", phone="01 99 00 13 13")
    application = actions.start(call, by=member(organisation), at=SUMMER, organisation=organisation)
    assert application.answers == {
        "applicant_kind": "company",
        "siret": "73282932000074",
        "contact_phone": "01 99 00 13 13",
    }


def test_one_starts_only_for_ones_own_organisation(call):
    with pytest.raises(Refused, match="Vous n’écrivez pas au nom de cet organisme"):
        actions.start(call, by=PersonFactory(), at=SUMMER, organisation=OrganisationFactory())


def test_an_empty_draft_says_all_that_is_missing(call):
    application = actions.start(call, by=PersonFactory(), at=SUMMER)
    missing = missing_of(application)
    assert missing[0].sentence == "Dites pour quel organisme vous déposez."
    assert [found.anchor for found in missing] == [
        "id_organisation", "id_applicant_kind", "id_title", "id_project", "id_companies", "id_q", "id_start", "id_end",
        "id_existing", "id_outreach", "id_outreach_commitment", "costs", "fundings",
    ]  # fmt: skip
    assert {found.step for found in missing} == {"organisation", "project", "place", "budget"}


def test_a_hidden_question_is_not_missing_until_it_is_asked(draft, owner):
    assert missing_of(draft) == []
    actions.save_answers(draft, {"existing": "non"}, version=draft.version, by=owner, at=LATER)
    assert [found.anchor for found in missing_of(draft)] == ["id_fast_start"]
    actions.save_answers(draft, {"fast_start": "oui"}, version=draft.version, by=owner, at=LATER)
    assert (missing_of(draft), unmet_of(draft)) == ([], [])


def test_what_cannot_be_read_is_kept_and_told(draft, owner):
    actions.save_answers(draft, {"start": "31/02/2013"}, version=draft.version, by=owner, at=LATER)
    draft.refresh_from_db()
    assert draft.answers["start"] == "31/02/2013"
    assert [found.sentence for found in missing_of(draft)] == [
        "« Début du projet » : « 31/02/2013 » n’est pas une date : écrivez par exemple 01/12/2013."
    ]


def test_two_people_on_different_fields_are_merged(draft, owner):
    colleague = member(draft.organisation, "editor")
    seen = draft.version
    theirs = Application.objects.get(pk=draft.pk)
    actions.save_answers(draft, {"title": "Le titre de Nadia"}, version=seen, by=owner, at=LATER)
    saved = actions.save_answers(theirs, {"access": "Ouvert le soir."}, version=seen, by=colleague, at=LATER)
    assert saved.conflicts == ()
    draft.refresh_from_db()
    assert (draft.title, draft.answers["access"]) == ("Le titre de Nadia", "Ouvert le soir.")


def test_two_people_on_one_field_see_both_texts(draft, owner):
    colleague = member(draft.organisation, "editor")
    seen = draft.version
    theirs = Application.objects.get(pk=draft.pk)
    actions.save_answers(draft, {"title": "Le titre de Nadia"}, version=seen, by=owner, at=LATER)
    answers = {"title": "Le titre de Paul", "access": "Ouvert le soir."}
    saved = actions.save_answers(theirs, answers, version=seen, by=colleague, at=LATER)
    conflict = actions.Conflict("title", "Titre du projet", "Le titre de Nadia", "Le titre de Paul")
    assert saved.conflicts == (conflict,)
    draft.refresh_from_db()
    assert (draft.title, draft.answers["access"]) == ("Le titre de Nadia", "Ouvert le soir.")
    # Having seen both, one's own is a change like any other.
    saved = actions.save_answers(theirs, {"title": "Le titre de Paul"}, version=saved.version, by=colleague, at=LATER)
    assert saved.conflicts == ()


def test_the_same_text_saved_twice_changes_nothing(draft, owner):
    before = draft.version
    saved = actions.save_answers(draft, {"title": draft.answers["title"]}, version=0, by=owner, at=LATER)
    assert (saved.version, saved.conflicts) == (before, ())


def test_a_null_character_is_refused_in_a_sentence_and_the_rest_is_kept(draft, owner):
    answers = {"title": "Fab\x00lab", "access": "Le soir"}
    saved = actions.save_answers(draft, answers, version=draft.version, by=owner, at=LATER)
    assert saved.refused == {
        "title": "Ce texte contient un caractère invisible qui ne peut pas être gardé : "
        "effacez-le ou recopiez le texte."
    }
    assert draft.answers["access"] == "Le soir"
    assert draft.title == "Ouvrir la fabrique de Rennes aux entreprises"


def test_a_reader_writes_nothing(draft):
    reader = member(draft.organisation, "reader")
    with pytest.raises(Refused) as refusal:
        actions.save_answers(draft, {"title": "x"}, version=0, by=reader, at=LATER)
    assert str(refusal.value) == "Vous pouvez lire ce dossier, pas l’écrire : demandez à son porteur."


def test_an_unbalanced_budget_is_saved_and_told(draft, owner):
    actions.save_budget(draft, COSTS, FUNDINGS[:2], by=owner, at=LATER)
    assert remarks_of(draft) == ["Il manque 30\u202f000\xa0€ de ressources."]
    assert [found.rule for found in unmet_of(draft)] == ["plan-equilibre"]


def test_a_budget_changed_by_someone_else_is_not_overwritten(draft, owner):
    colleague = member(draft.organisation, "editor")
    seen = draft.version
    actions.save_budget(draft, COSTS, FUNDINGS[:1], by=owner, at=LATER, version=seen)
    with pytest.raises(Refused, match="Quelqu’un d’autre vient de modifier ce plan"):
        actions.save_budget(draft, COSTS[:1], FUNDINGS, by=colleague, at=LATER, version=seen)
    assert draft.cost_lines.count() == 2


@pytest.mark.parametrize(
    ("costs", "sentence"),
    [
        ([("machines", "Laser", -1)],
         "Le montant de « Laser » doit être entre 0 et 10\u202f000\u202f000\u202f000\xa0€."),
        ([("rockets", "Laser", 1)], "Choisissez une catégorie pour la dépense « Laser »."),
        ([("machines", "La\x00ser", 1)], "Ce texte contient un caractère invisible qui ne peut pas être gardé : "
         "effacez-le ou recopiez le texte."),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_kept_is_refused(draft, owner, costs, sentence):
    with pytest.raises(Refused) as refusal:
        actions.save_budget(draft, costs, FUNDINGS, by=owner, at=LATER)
    assert str(refusal.value) == sentence
    assert draft.cost_lines.count() == 2


def test_a_place_far_from_its_commune_is_refused(draft, owner):
    with pytest.raises(Refused, match=r"Ce point est à .* km de Rennes"):
        actions.set_place(draft, commune="35238", latitude=43.3, longitude=5.4, by=owner, at=LATER)
    actions.set_place(draft, commune=rennes(), latitude=48.12, longitude=-1.7, by=owner, at=LATER)
    assert (draft.latitude, draft.longitude) == (48.12, -1.7)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("vide.pdf", b"", "Le fichier est vide (0 octet) : choisissez-en un autre."),
        ("rib.pdf", b"MZ" + b"\0" * 200, "rib.pdf n’est pas un PDF : c’est un programme Windows. "
         "Choisissez le bon fichier, puis déposez-le de nouveau."),
        ("rib.pdf", PDF + b" " * 5_000_001, "rib.pdf pèse 5,1 Mo : la limite est de 5 Mo. "
         "Réduisez-le, puis déposez-le de nouveau."),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_and_nothing_else_lost(draft, owner, name, content, sentence):
    with pytest.raises(Refused) as refusal:
        actions.add_document(draft, slot="bank_details", uploaded=content, name=name, by=owner, at=LATER)
    assert str(refusal.value) == sentence
    assert [row.slot for row in draft.documents.all()] == ["bank_details", "statutes"]


def test_a_document_asked_once_is_replaced_and_the_same_file_kept_once(draft, owner):
    first = draft.documents.get(slot="statutes")
    given = {"slot": "statutes", "name": "statuts.pdf", "by": owner, "at": LATER}
    assert actions.add_document(draft, uploaded=io.BytesIO(PDF), **given) == first
    second = actions.add_document(draft, uploaded=io.BytesIO(PDF + b"\n%%EOF"), **given)
    assert [row.pk for row in draft.documents.filter(slot="statutes")] == [second.pk]
    actions.remove_document(second, by=owner, at=LATER)
    actions.remove_document(second, by=owner, at=LATER)
    assert not Document.objects.filter(slot="statutes").exists()


def test_a_call_in_preparation_takes_no_draft(db):
    call = make_call()
    call.state = "withdrawn"
    with pytest.raises(Refused) as refusal:
        actions.start(call, by=PersonFactory(), at=SUMMER)
    assert str(refusal.value) == "Cet appel n’est pas ouvert aux candidatures."
