"""What applications tell the thread: how many were filed, from how many regions; never what is in a draft. And whom
they tell when a closing is postponed: all those who have not filed, at once."""

from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.applications.actions.call_versions import take_version, tell_of_version
from essaim.applications.models import Application
from essaim.applications.tasks import tell_postponed
from essaim.calls.models import Call, Extension
from essaim.calls.queries import is_open
from essaim.kernel.workflow import on
from essaim.programmes.models import Programme
from essaim.programmes.thread import CELLS, Cell, provides


@on("calls.call.revise")
def drafts_take_the_version(call: Call, *, by: Any, at: datetime, event: Any) -> None:
    """Open drafts move to the new version at once; everyone is told by a job."""
    take_version(call, at=at)
    tell_of_version.enqueue(key=f"version:{call.pk}:{call.rule_set_id}", call=call.pk, version=call.rule_set_id)


@on("calls.extension.approve")
def tell_the_holders_of_drafts(extension: Extension, *, by: Any, at: datetime, event: Any) -> None:
    """Ask for the letters, in the transaction that moves the closing."""
    tell_postponed.enqueue(key=f"extension:{extension.pk}", extension=extension.pk)


@provides("candidatures")
def applications_cell(programme: Programme, at: datetime) -> Cell | None:
    """The applications filed to the programme's calls, and the regions they come from."""
    filed = Application.objects.in_the_running().filter(call__programme=programme)
    figures = filed.aggregate(count=Count("pk"), regions=Count("commune__department__region_2013", distinct=True))
    call = Call.objects.public().filter(programme=programme).order_by("-published_at").first()
    if call is None or not (figures["count"] or is_open(call, at=at)):
        return None
    count, regions = figures["count"], figures["regions"]
    said = ngettext("%(count)s dossier déposé", "%(count)s dossiers déposés", count) % {"count": count}
    places = ngettext("%(count)s région", "%(count)s régions", regions) % {"count": regions}
    return Cell(
        key="candidatures",
        name=str(CELLS["candidatures"]),
        status="current" if is_open(call, at=at) else "done",
        sentence=f"{said}, {places}" if count else _("Aucun dossier déposé pour l’instant"),
        url=call.get_absolute_url(),
        figures=((said.partition(" ")[2], str(count)), (places.partition(" ")[2], str(regions))) if count else (),
        at=call.opens_at,
    )
