"""A call that changes: drafts take the version and are told, filed applications keep theirs and may be filed again."""

from copy import deepcopy

import pytest

from essaim.applications import actions
from essaim.applications.actions.call_versions import read_versions, tell_of_version
from essaim.applications.models import Application, VersionNotice
from essaim.applications.queries.call_versions import version_news
from essaim.calls import actions as calls
from essaim.kernel import clock
from essaim.kernel.bilingual import Bilingual
from essaim.kernel.models import Event, Message
from tests.factories.applications import SUMMER, draft
from tests.factories.calls import make_call
from tests.page import check_page

pytestmark = pytest.mark.django_db
WHY = Bilingual(fr="Une question était de trop.", en="One question too many.")


@pytest.fixture
def call(db):
    with clock.telling(SUMMER):
        yield make_call()


def change(call):
    """Publish a version without the question « companies », with a shorter title asked."""
    edition = calls.edition_of(call, by=None, at=SUMMER)
    form = deepcopy(edition.content["form"])
    questions = form["section"][1]["question"]
    questions[:] = [row for row in questions if row["code"] != "companies"]
    questions[0]["max_length"] = 90
    calls.save_edition(edition, "form", form, version=edition.version, by=None, at=SUMMER)
    return calls.publish_edition(edition, reason=WHY, by=None, at=SUMMER)


def keys(news):
    """What a draft's banner lists."""
    return [change.key for _name, changes in news.groups for change in changes]


def test_a_draft_takes_the_version_and_keeps_every_answer(call):
    application = draft(call)
    before = (application.version, dict(application.answers))
    version = change(call)
    application.refresh_from_db()
    assert (application.rule_set, application.version > before[0]) == (version, True)
    assert application.answers == before[1]
    news = version_news(application, application.created_by)
    assert keys(news) == ["title", "companies"]
    assert [label for label, _answer in news.no_longer_asked] == ["Que ferez-vous pour les entreprises\u00a0?"]
    assert news.reasons == (WHY,)


def test_everyone_who_writes_is_told_once(call):
    application = draft(call)
    version = change(call)
    for _again in range(2):
        tell_of_version.function(call=call.pk, version=version.pk)
    (message,) = Message.objects.filter(template="application_version")
    assert message.address == application.created_by.email
    assert "Retrait\u00a0: Que ferez-vous pour les entreprises" in message.text
    assert "Une question était de trop." in message.text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_banner_stays_until_each_writer_has_read_it(client, call, language):
    application = draft(call)
    headers = {"accept-language": language}
    client.force_login(application.created_by)
    url = f"{application.get_absolute_url()}projet/"
    change(call)
    said = {"fr": "J’ai lu ces changements", "en": "I have read these changes"}[language]
    assert said in check_page(client.get(url, headers=headers)).text
    for _again in range(2):
        client.post(f"{application.get_absolute_url()}changements/")
    assert said not in check_page(client.get(url, headers=headers)).text
    assert Event.objects.filter(verb="applications.application.read_version").count() == 1


def test_two_versions_unread_are_told_as_one_change(call):
    application = draft(call)
    change(call)
    call.refresh_from_db()
    edition = calls.edition_of(call, by=None, at=SUMMER)
    texts = {**edition.content["call"], "summary": {"fr": "Autre.", "en": "Other."}}
    calls.save_edition(edition, "call", texts, version=0, by=None, at=SUMMER)
    calls.publish_edition(edition, reason=WHY, by=None, at=SUMMER)
    application.refresh_from_db()
    assert keys(version_news(application, application.created_by)) == ["summary", "title", "companies"]
    assert read_versions(application, by=application.created_by, at=SUMMER) == 2
    assert not version_news(application, application.created_by).unread


def test_a_filed_application_keeps_its_version_and_is_told_it_may_be_filed_again(call):
    application = draft(call)
    person = application.created_by
    actions.file_application(application, by=person, at=SUMMER, key="une")
    first = application.rule_set
    version = change(call)
    tell_of_version.function(call=call.pk, version=version.pk)
    application = Application.objects.get(pk=application.pk)
    assert (application.rule_set, VersionNotice.objects.count()) == (first, 0)
    assert (
        "vous pouvez le modifier et le déposer de nouveau" in Message.objects.get(template="application_version").text
    )
    copy = actions.revise(application, by=person, at=SUMMER)
    assert copy.rule_set == version
    copy = Application.objects.get(pk=copy.pk)
    actions.file_application(copy, by=person, at=SUMMER, key="deux")
    application.refresh_from_db()
    assert (application.rule_set, application.filings.count()) == (version, 2)


def test_a_call_of_one_version_asks_nothing_more_of_the_database(call, django_assert_num_queries):
    application = draft(call)
    assert application.rule_set.number == 1
    with django_assert_num_queries(0):
        assert version_news(application, application.created_by) is None
