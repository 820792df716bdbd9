"""Who is on which page of an application now: believed for less than a minute, kept nowhere else."""

from __future__ import annotations

from datetime import datetime, timedelta

from essaim.accounts.models import Person
from essaim.applications.access import member_roles
from essaim.applications.models import Application, Presence

BELIEVED = timedelta(seconds=40)
# A row as fresh as this is not written again: two tabs or an eager script cost a read.
FRESH = timedelta(seconds=8)


def note_presence(application: Application, *, by: Person, step: str, at: datetime, field: str = "") -> list[Presence]:
    """Say that `by` has a page open, and read who else has one, the latest first. No one but a member is noted."""
    if not member_roles(by, application):
        return []
    step, field = step[:20], field[:100]
    rows = list(
        Presence.objects.filter(application=application, seen_at__gt=at - BELIEVED)
        .select_related("person")
        .order_by("-seen_at")
    )
    mine = next((row for row in rows if row.person_id == by.pk), None)
    if mine is None or (mine.step, mine.field) != (step, field) or at - mine.seen_at > FRESH:
        Presence.objects.update_or_create(
            application=application, person=by, defaults={"step": step, "field": field, "seen_at": at}
        )
    return [row for row in rows if row.person_id != by.pk]
