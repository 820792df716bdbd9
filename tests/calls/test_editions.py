"""The next content of a call: opened, saved part by part, checked, published as a version with its public reason."""

from copy import deepcopy
from datetime import datetime, timedelta

import pytest

from essaim.calls import actions
from essaim.calls.models import Call, CallState, Edition, EditionState
from essaim.calls.queries.content import content_of, texts_of_content
from essaim.kernel import toml
from essaim.kernel.bilingual import Bilingual
from essaim.kernel.models import Event
from essaim.kernel.workflow import Refused
from essaim.programmes.models import RuleSet
from tests.factories.calls import FOLDER

pytestmark = pytest.mark.django_db
WHY = Bilingual(fr="La pièce manquait.", en="The document was missing.")


def edited(call, officer, at, part="call", **changes):
    """The edition of a call with some keys of a part changed."""
    edition = actions.edition_of(call, by=officer, at=at)
    content = {**deepcopy(edition.content[part]), **changes}
    return actions.save_edition(edition, part, content, version=edition.version, by=officer, at=at)


def test_an_edition_begins_with_what_the_folder_holds(call, officer, story):
    edition = actions.edition_of(call, by=officer, at=story)
    assert edition.content == actions.read_folder(FOLDER)
    assert (edition.number, edition.version, edition.based_on) == (1, 0, call.rule_set)
    assert actions.edition_of(call, by=officer, at=story) == edition
    assert actions.check_edition(edition) == []


def test_a_call_without_a_folder_has_an_edition_with_its_own_texts(draft, officer, story):
    Call.objects.update(rule_set=None)
    draft.refresh_from_db()
    edition = actions.edition_of(draft, by=officer, at=story)
    assert edition.content["call"]["title"] == dict(draft.title)
    assert edition.content["call"]["period"]["closes_at"] == "2013-12-01T01:00:00+01:00"
    assert edition.content["form"] == {"section": []}
    assert {fault.file for fault in actions.check_edition(edition)} >= {"rules.toml", "grid.toml"}


def test_files_keep_the_words_of_their_author_while_they_say_the_same(call, officer, story):
    edition = actions.edition_of(call, by=officer, at=story)
    texts = texts_of_content(edition.content, edition.sources)
    assert texts["rules.toml"] == (FOLDER / "rules.toml").read_text(encoding="utf-8")
    edition = edited(call, officer, story, "documents", source="autre")
    texts = texts_of_content(edition.content, edition.sources)
    assert toml.loads(texts["documents.toml"]) == edition.content["documents"]
    assert texts["documents.toml"].startswith('source = "autre"\n\n[[document]]\ncode = "bank_details"\n')


def test_two_people_who_save_do_not_overwrite_each_other(call, officer, story):
    edition = actions.edition_of(call, by=officer, at=story)
    actions.save_edition(edition, "letters", {}, version=0, by=officer, at=story)
    with pytest.raises(actions.Stale, match=r"^Quelqu’un a enregistré cette version entre-temps"):
        actions.save_edition(edition, "letters", {"x.fr.txt": "y"}, version=0, by=officer, at=story)
    assert (edition.content["letters"], edition.version) == ({}, 1)
    assert actions.save_edition(edition, "letters", {}, version=1, by=officer, at=story).version == 1


def test_an_edition_with_an_error_is_kept_and_not_published(call, officer, story):
    edition = edited(call, officer, story, "grid", criterion=[])
    with pytest.raises(Refused, match=r"^Avant de publier, corrigez\xa0: grid.toml"):
        actions.publish_edition(edition, reason=WHY, by=officer, at=story)
    assert Edition.objects.get().state == EditionState.DRAFT


@pytest.mark.parametrize("reason", [None, Bilingual(fr="Oui"), Bilingual(fr="Oui", en=" ")])
def test_a_change_after_publication_wants_a_reason_in_both_languages(call, officer, story, reason):
    edition = edited(call, officer, story, summary={"fr": "Autre", "en": "Other"})
    with pytest.raises(Refused, match=r"^Donnez la raison du changement, en français et en anglais"):
        actions.publish_edition(edition, reason=reason, by=officer, at=story)
    assert RuleSet.objects.count() == 1


def test_a_new_version_is_frozen_journalled_and_given_to_the_call(call, officer, story):
    edition = edited(call, officer, story, summary={"fr": "Autre", "en": "Other"})
    version = actions.publish_edition(edition, reason=WHY, by=officer, at=story)
    call.refresh_from_db()
    assert (call.rule_set, version.number, version.reason["en"]) == (version, 2, "The document was missing.")
    assert (call.summary["fr"], call.state, edition.state) == ("Autre", CallState.PUBLISHED, EditionState.PUBLISHED)
    assert version.rules_sha256 == RuleSet.objects.get(number=1).rules_sha256
    assert Event.objects.get(verb="calls.call.revise").payload["sha256"] == version.sha256
    assert actions.publish_edition(edition, reason=WHY, by=officer, at=story) == version
    assert content_of(call) == edition.content
    assert actions.edition_of(call, by=officer, at=story).number == 2


def test_publishing_an_edition_of_a_draft_publishes_the_call(draft, officer, story):
    edition = edited(draft, officer, story, summary={"fr": "Autre", "en": "Other"})
    version = actions.publish_edition(edition, reason=None, by=officer, at=story)
    draft.refresh_from_db()
    assert (draft.state, draft.summary["fr"], draft.rule_set) == (CallState.PUBLISHED, "Autre", version)


def test_nothing_changed_is_nothing_to_publish(call, officer, story):
    edition = actions.edition_of(call, by=officer, at=story)
    with pytest.raises(Refused, match=r"il n’y a rien à publier"):
        actions.publish_edition(edition, reason=WHY, by=officer, at=story)


def test_the_closing_and_the_address_do_not_change_here(call, officer, story):
    period = {**content_of(call)["call"]["period"], "closes_at": "2013-09-12T23:59:59+02:00"}
    edition = edited(call, officer, story, period=period, slug="ailleurs")
    assert [(fault.where, fault.sentence) for fault in actions.check_edition(edition)] == [
        (
            "slug",
            "«\xa0slug\xa0» ne change plus une fois l’appel publié\xa0: "
            "remettez «\xa0ateliers-de-fabrication-numerique\xa0».",
        ),
        (
            "closes_at",
            "La clôture ne change pas ici\xa0: elle n’est jamais avancée, "
            "et une prolongation se décide à deux personnes.",
        ),
    ]


def test_an_extended_closing_is_not_undone_by_an_older_edition(call, officer, story):
    edition = edited(call, officer, story, summary={"fr": "Autre", "en": "Other"})
    later = call.closes_at + timedelta(days=2)
    Call.objects.update(closes_at=later)
    version = actions.publish_edition(edition, reason=WHY, by=officer, at=story)
    assert Call.objects.get().closes_at == later
    assert datetime.fromisoformat(version.call["period"]["closes_at"]) == later


def test_after_the_closing_the_rules_no_longer_change(call, officer, story):
    after = call.closes_at + timedelta(days=1)
    edition = edited(call, officer, after, "documents", source="autre")
    with pytest.raises(Refused, match=r"^L’appel est clos"):
        actions.publish_edition(edition, reason=WHY, by=officer, at=after)


def test_what_is_prepared_on_screen_reaches_the_edition(draft, officer, story):
    edition = actions.edition_of(draft, by=officer, at=story)
    actions.prepare_call(draft, changes={"title": Bilingual(fr="Neuf", en="New")}, by=officer, at=story)
    edition.refresh_from_db()
    assert (edition.content["call"]["title"], edition.version) == ({"fr": "Neuf", "en": "New"}, 1)


def test_only_an_officer_writes(call, person, story):
    with pytest.raises(Refused, match=r"^Seul un chargé de programme prépare un appel"):
        actions.edition_of(call, by=person, at=story)


def test_an_abandoned_edition_leaves_the_call_as_it_is(call, officer, story):
    edition = edited(call, officer, story, summary={"fr": "Autre", "en": "Other"})
    actions.abandon_edition(edition, by=officer, at=story)
    assert Call.objects.get().summary != {"fr": "Autre", "en": "Other"}
    assert actions.edition_of(call, by=officer, at=story).number == 2
