"""The administration's first decision on a file: admissible, inadmissible, ineligible."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from essaim.accounts.models import Person
from essaim.applications.lifecycle import APPLICATION
from essaim.applications.models import Application, ApplicationState
from essaim.calls.models import Call
from essaim.kernel import access
from essaim.kernel.workflow import Refused
from essaim.reviews.queries import points_of, proposal_of

MOVES = ("admit", "reject_admissibility", "declare_ineligible")


def only_instructor(call: Call, by: Person | None) -> None:
    """Refuse who is not an officer of the call's programme; None is the system."""
    if by is not None and "officer" not in access.roles(by, call):
        raise Refused(_("Seul un chargé de programme instruit les dossiers de cet appel."))


def decide(application: Application, move: str, *, reason: str = "", by: Person | None, at: datetime) -> None:
    """Make one of the three moves on admissibility; asking again for the one that was made changes nothing."""
    application.refresh_from_db(fields=["state"])
    if application.state != APPLICATION.table[move].target:
        APPLICATION.perform(application, move, by=by, at=at, reason=reason)


def admit_without_objection(application: Application, *, by: Person | None, at: datetime) -> None:
    """Admit a file to which the checklist objects nothing; Refused with what it objects, or what is left to look at."""
    proposal = proposal_of(points_of(application))
    if proposal.verdict != "admit":
        raise Refused(proposal.sentence)
    APPLICATION.perform(application, "admit", by=by, at=at)


def admit_complete(call: Call, *, by: Person | None, at: datetime) -> int:
    """Admit every filed application to which nothing can be objected: complete, documents there, blocking rules met.

    The others keep waiting for someone to read them. Returns how many were admitted.
    """
    only_instructor(call, by)
    admitted = 0
    filed = Application.objects.whole().filter(call=call, state=ApplicationState.FILED)
    for application in filed.prefetch_related("ticks", "completion_requests", "call__checklist_items").order_by(
        "number"
    ):
        try:
            admit_without_objection(application, by=by, at=at)
        except Refused:
            continue
        admitted += 1
    return admitted
