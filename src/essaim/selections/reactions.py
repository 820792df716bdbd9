"""What selections tell the thread, and what became of a file."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.programmes.models import Programme
from essaim.programmes.thread import CELLS, Cell, provides
from essaim.selections.models import Decision, Selection, SelectionState
from essaim.ui.formats import money


@provides("choix")
def choice_cell(programme: Programme, at: datetime) -> Cell | None:
    """The latest selection: who was chosen once it is public, where it stands before."""
    selection = Selection.objects.filter(call__programme=programme).order_by("-opened_at").first()
    if selection is None:
        return None
    if selection.state != SelectionState.PUBLISHED:
        return Cell(
            key="choix",
            name=str(CELLS["choix"]),
            status="current",
            sentence=_("La sélection est en cours."),
            url=reverse("selections:results", args=[selection.call.slug]),
        )
    funded = selection.decisions.filter(outcome=Decision.Outcome.FUNDED)
    granted = sum(funded.values_list("granted_cents", flat=True))
    count = funded.count()
    sentence = ngettext("%(n)d projet retenu, %(sum)s.", "%(n)d projets retenus, %(sum)s.", count)
    return Cell(
        key="choix",
        name=str(CELLS["choix"]),
        status="done",
        sentence=sentence % {"n": count, "sum": money(granted)},
        url=reverse("selections:results", args=[selection.call.slug]),
        figures=((_("retenus"), str(count)), (_("décisions motivées"), str(selection.decisions.count()))),
        at=selection.published_at,
    )
