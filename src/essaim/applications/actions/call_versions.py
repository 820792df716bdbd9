"""A call changed after its opening: its drafts take the new version, and everyone who writes them is told what changed.

Filed applications keep the version they were filed under; those who filed are told they may file again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy, override

from essaim.accounts.models import Person
from essaim.applications.actions.letters import writers_of
from essaim.applications.models import Application, ApplicationState, VersionNotice
from essaim.calls.models import Call
from essaim.calls.queries import is_open
from essaim.calls.queries.diff import versions_diff
from essaim.kernel import clock, journal, mail
from essaim.kernel.tasks import job
from essaim.programmes.models import RuleSet

journal.declare("applications.application.read_version", label=gettext_lazy("Lire ce qui a changé dans l’appel"))


def take_version(call: Call, *, at: datetime) -> int:
    """Give the call's version to each of its drafts and working copies, with a notice; returns how many moved.

    What was answered to a question that is no longer asked is kept. A copy opened by a request for completion keeps
    its version: it is the filed one that is completed.
    """
    version = call.rule_set
    if version is None:
        return 0
    drafts = Application.objects.filter(call=call, state=ApplicationState.DRAFT, put_away_at=None, only__isnull=True)
    moved = list(drafts.exclude(rule_set=version).values_list("pk", "rule_set_id"))
    VersionNotice.objects.bulk_create(
        VersionNotice(application_id=pk, before_id=before, after=version, told_at=at) for pk, before in moved
    )
    drafts.filter(pk__in=[pk for pk, _before in moved]).update(rule_set=version, version=F("version") + 1)
    return len(moved)


@job(attempts=8)
def tell_of_version(*, call: int, version: int) -> None:
    """Write to everyone who writes a draft of the call, or filed one, what this version changes; once each."""
    found = Call.objects.select_related("programme").get(pk=call)
    rule_set = RuleSet.objects.get(pk=version)
    at = clock.now()
    for notice in VersionNotice.objects.filter(after=rule_set).select_related("application", "before"):
        _tell(notice.application, found, notice.before, rule_set, at=at, filed=False)
    if is_open(found, at=at):
        filed = Application.objects.filter(call=found, state=ApplicationState.FILED).exclude(rule_set=rule_set)
        for application in filed.select_related("rule_set").order_by("pk"):
            _tell(application, found, application.rule_set, rule_set, at=at, filed=True)


def _tell(application: Application, call: Call, before: RuleSet, after: RuleSet, *, at: datetime, filed: bool) -> None:
    for person in writers_of(application):
        with override(person.language):
            changes = [change.sentence for change in versions_diff(before, after)]
        mail.send(
            to=person,
            template="application_version",
            context={
                "application": application,
                "call": call,
                "filed": filed,
                "reason": after.reason,
                "changes": changes,
                "link": settings.SITE_URL + reverse("applications:application", args=[application.public_id]),
                "rules": settings.SITE_URL + reverse("calls:rules", args=[call.slug]),
            },
            at=at,
            key=f"version:{application.pk}:{after.pk}:{person.pk}",
            subject_of=application,
        )


def read_versions(application: Application, *, by: Person, at: datetime) -> int:
    """Keep that someone has read what the new versions change; returns how many notices were new to them."""
    with transaction.atomic():
        notices = list(application.version_notices.exclude(read_by=by))
        for notice in notices:
            notice.read_by.add(by)
            payload: dict[str, Any] = {"version": notice.after_id}
            journal.append(
                "applications.application.read_version", subject=application, by=by, at=at, role="", payload=payload
            )
    return len(notices)
