"""The administration's first decision on a file: admissible, inadmissible, ineligible."""

from __future__ import annotations

from datetime import datetime

from essaim.accounts.models import Person
from essaim.applications.lifecycle import APPLICATION
from essaim.applications.models import Application, ApplicationState
from essaim.applications.queries import findings_of
from essaim.calls.models import Call
from essaim.reviews.actions.experts import only_officer
from essaim.reviews.queries import checklist_of

MOVES = ("admit", "reject_admissibility", "declare_ineligible")


def decide(application: Application, move: str, *, reason: str = "", by: Person | None, at: datetime) -> None:
    """Make one of the three moves on admissibility; asking again for the one that was made changes nothing."""
    application.refresh_from_db(fields=["state"])
    if application.state != APPLICATION.table[move].target:
        APPLICATION.perform(application, move, by=by, at=at, reason=reason)


def admit_complete(call: Call, *, by: Person | None, at: datetime) -> int:
    """Admit every filed application to which nothing can be objected: complete, documents there, blocking rules met.

    The others keep waiting for someone to read them. Returns how many were admitted.
    """
    only_officer(call, by)
    admitted = 0
    for application in Application.objects.whole().filter(call=call, state=ApplicationState.FILED).order_by("number"):
        findings = findings_of(application, phase="admissibility")
        if all(check.holds for check in checklist_of(application, findings)):
            APPLICATION.perform(application, "admit", by=by, at=at)
            admitted += 1
    return admitted
