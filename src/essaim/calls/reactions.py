"""What calls do when a proposal is retained or a call is published, and what they tell the thread."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from essaim.calls.actions import draft_call
from essaim.calls.models import Call, CallState
from essaim.calls.queries import is_open
from essaim.calls.tasks import tell
from essaim.jams.models import Proposal
from essaim.jams.queries import tells_what_became
from essaim.kernel.workflow import on
from essaim.programmes.models import Programme
from essaim.programmes.thread import CELLS, Cell, provides
from essaim.ui.formats import day


@on("jams.proposal.retain")
def open_a_draft(proposal: Proposal, *, by: Any, at: datetime, event: Any) -> None:
    """A retained proposal opens a draft call, which keeps the thread back to the group."""
    draft_call(proposal, by=by, at=at)


@on("calls.call.publish")
def tell_when_published(call: Call, *, by: Any, at: datetime, event: Any) -> None:
    """Those in scope are told as soon as the call is open."""
    tell.enqueue(key=f"{call.pk}:published", at=max(at, call.opens_at or at), call=call.pk)


@tells_what_became
def published_calls_of(proposal: Proposal, at: datetime) -> list[tuple[str, str]]:
    """What a proposal's page says of the calls it led to, once they are public."""
    calls = Call.objects.public().filter(origin=proposal).order_by("published_at")
    return [(_("Appel à projets : %(title)s") % {"title": call.title}, call.get_absolute_url()) for call in calls]


@provides("appel")
def call_cell(programme: Programme, at: datetime) -> Cell | None:
    """The programme's latest published call."""
    call = Call.objects.public().filter(programme=programme).order_by("-published_at").first()
    if call is None:
        return None
    zone = ZoneInfo(call.zone)
    closes = day(call.closes_at.astimezone(zone).date())
    if call.state == CallState.WITHDRAWN:
        sentence, status = _("Appel retiré"), "done"
    elif is_open(call, at=at):
        sentence, status = _("Ouvert jusqu’au %(date)s") % {"date": closes}, "current"
    elif call.opens_at > at:
        sentence, status = _("Ouvre le %(date)s") % {"date": day(call.opens_at.astimezone(zone).date())}, "current"
    else:
        sentence, status = _("Clos le %(date)s") % {"date": closes}, "done"
    return Cell(
        key="appel",
        name=str(CELLS["appel"]),
        status=status,
        sentence=sentence,
        url=call.get_absolute_url(),
        at=call.published_at,
    )
