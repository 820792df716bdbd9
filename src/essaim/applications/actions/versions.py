"""What an answer was before, and how to take it back: nothing written long enough to be read is ever lost.

The successive saves of one person within ten minutes make one version, unless a text loses or replaces more than
`LOSS` characters: what was there then stays a version of its own. At most `MOST` versions are kept for an answer;
beyond, the one its author followed soonest goes, never the first nor the last twenty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max

from essaim.accounts.models import Person
from essaim.applications.models import AnswerVersion, Application

SPELL = timedelta(minutes=10)
LOSS = 60  # half a line: more than a word corrected
MOST = 100
LAST_KEPT = 20


def keep_versions(
    application: Application,
    before: Mapping[str, Any],
    now: Mapping[str, Any],
    *,
    by: Person,
    at: datetime,
    restored_from: AnswerVersion | None = None,
) -> None:
    """Keep what answers have become (`now`: code -> value); `before` is what they were, kept too when no version is.

    Called inside the transaction that saves them, after `application.version` has moved.
    """
    last = last_versions(application, now)
    new, merged = [], []
    for code, value in now.items():
        row = last.get(code)
        if row is not None and restored_from is None and merges(row, value, by=by, at=at):
            row.value, row.at, row.version = value, at, application.version
            row.longest = max(row.longest, size(value))
            merged.append(row)
            continue
        if row is None and size(before.get(code)):
            new.append(_row(application, code, before[code], by=None, at=application.created_at))
        new.append(_row(application, code, value, by=by, at=at, restored_from=restored_from))
    if merged:
        AnswerVersion.objects.bulk_update(merged, ["value", "at", "version", "longest"])
    if new:
        AnswerVersion.objects.bulk_create(new)
        for code in {row.code for row in new if row.code in last}:
            thin(application, code)


def _row(
    application: Application,
    code: str,
    value: Any,
    *,
    by: Person | None,
    at: datetime,
    restored_from: AnswerVersion | None = None,
) -> AnswerVersion:
    return AnswerVersion(
        application=application,
        code=code,
        value=value,
        by=by,
        began_at=at,
        at=at,
        version=application.version,
        longest=size(value),
        restored_from=restored_from,
    )


def last_versions(application: Application, codes: Iterable[str]) -> dict[str, AnswerVersion]:
    """The newest version of each of these answers, in one query."""
    newest = AnswerVersion.objects.filter(application=application, code__in=list(codes)).order_by().values("code")
    rows = AnswerVersion.objects.filter(pk__in=newest.annotate(last=Max("pk")).values("last"))
    return {row.code: row for row in rows}


def merges(row: AnswerVersion, value: Any, *, by: Person, at: datetime) -> bool:
    """Whether a save continues the last version instead of beginning one: same person, soon, little lost."""
    if row.by_id != by.pk or row.restored_from_id is not None or at - row.began_at > SPELL:
        return False
    if not isinstance(row.value, str):
        return True
    text = value if isinstance(value, str) else ""
    return row.longest - len(text) <= LOSS and len(row.value) - in_common(row.value, text) <= LOSS


def in_common(one: str, other: str) -> int:
    """How many characters of a text are still there, before and after what changed."""
    start = same_start(one, other)
    return start + same_start(one[start:][::-1], other[start:][::-1])


def same_start(one: str, other: str) -> int:
    """How many characters two texts share at their beginning."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[low:middle] == other[low:middle] else (low, middle - 1)
    return low


def size(value: Any) -> int:
    """The length of a text; 1 for another answer, 0 for none."""
    if value in (None, "", [], {}):
        return 0
    return len(value) if isinstance(value, str) else 1


def thin(application: Application, code: str) -> None:
    """Keep an answer within `MOST` versions."""
    rows = list(
        AnswerVersion.objects.filter(application=application, code=code).order_by("pk").values_list("pk", "by", "at")
    )
    if len(rows) <= MOST:
        return
    middle = [(rows[rank], rows[rank + 1]) for rank in range(1, len(rows) - LAST_KEPT)]
    followed = [(after[2] - row[2], row[0]) for row, after in middle if row[1] == after[1]]
    gone = sorted(followed)[: len(rows) - MOST] or [(None, row[0]) for row in rows[1 : 1 + len(rows) - MOST]]
    AnswerVersion.objects.filter(pk__in=[pk for _gap, pk in gone]).delete()
