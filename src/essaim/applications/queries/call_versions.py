"""What a draft's writer has not read yet of the versions of its call, and what is no longer asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from essaim.applications.queries.saying import said_answer
from essaim.calls.queries.diff import Change, by_part, versions_diff
from essaim.calls.queries.form import questions_of


@dataclass(frozen=True, slots=True)
class VersionNews:
    """What changed since the version someone knows: `groups` by part, the reason of the latest, answers not asked."""

    number: int
    reasons: tuple[Any, ...]
    groups: list[tuple[str, list[Change]]]
    unread: bool
    no_longer_asked: tuple[tuple[str, str], ...]


def version_news(application: Any, person: Any) -> VersionNews | None:
    """What the draft's pages say of new versions: None when there never was one, or nothing is left to say.

    Nothing is asked of the database while the call has one version only.
    """
    if application.rule_set.number == 1:
        return None
    notices = list(application.version_notices.select_related("before", "after").order_by("pk"))
    if not notices:
        return None
    read = set(application.version_notices.filter(read_by=person).values_list("pk", flat=True))
    unread = [notice for notice in notices if notice.pk not in read]
    gone = _no_longer_asked(application, notices)
    if not unread and not gone:
        return None
    changes = versions_diff(unread[0].before, application.rule_set) if unread else []
    return VersionNews(
        number=application.rule_set.number,
        reasons=tuple(notice.after.reason for notice in unread),
        groups=by_part(changes),
        unread=bool(unread),
        no_longer_asked=tuple(gone),
    )


def _no_longer_asked(application: Any, notices: list[Any]) -> list[tuple[str, str]]:
    """(question, answer) of what was answered to questions the form has no more."""
    asked = questions_of(application.rule_set)
    known: dict[str, Any] = {}
    for notice in notices:
        known |= questions_of(notice.before)
    return [
        (str(known[code].label), said_answer(known[code], answer).text)
        for code, answer in application.answers.items()
        if code in known and code not in asked and answer not in (None, "", [], {})
    ]
