"""What the Jam tells of itself on the thread."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.jams.models import Jam, JamState
from essaim.programmes import thread
from essaim.programmes.models import Programme


def _public_jam(programme: Programme) -> Jam | None:
    """The programme's first public Jam, with its figures: where its thread begins."""
    jams = Jam.objects.filter(programme=programme).exclude(state=JamState.DRAFT)
    return jams.with_figures().order_by("starts_at").first()


@thread.provides("jam")
def jam_cell(programme: Programme, at: datetime) -> thread.Cell | None:
    """Who came, and what they wrote."""
    jam = _public_jam(programme)
    if jam is None:
        return None
    sentences = {
        JamState.OPEN: _("Les inscriptions sont ouvertes."),
        JamState.RUNNING: _("La Jam est en cours."),
    }
    written = ngettext("%(n)d carte écrite.", "%(n)d cartes écrites.", jam.card_count) % {"n": jam.card_count}
    return thread.Cell(
        key="jam",
        name=str(thread.CELLS["jam"]),
        status="current" if jam.state in sentences else "done",
        sentence=sentences.get(JamState(jam.state), written),
        url=jam.get_absolute_url(),
        figures=((_("participants"), str(jam.participant_count)), (_("cartes"), str(jam.card_count))),
        at=jam.starts_at,
    )


@thread.provides("propositions")
def proposals_cell(programme: Programme, at: datetime) -> thread.Cell | None:
    """What was proposed, and how much of it was answered."""
    jam = _public_jam(programme)
    if jam is None or not jam.proposal_count:
        return None
    waiting = jam.proposal_count - jam.answered_count
    if jam.state == JamState.CLOSED:
        sentence = _("Chaque proposition a reçu une réponse.")
    elif jam.state == JamState.ANSWERING:
        sentence = ngettext(
            "%(n)d proposition attend une réponse.", "%(n)d propositions attendent une réponse.", waiting
        )
        sentence %= {"n": waiting}
    else:
        sentence = _("Les groupes présentent leurs propositions.")
    return thread.Cell(
        key="propositions",
        name=str(thread.CELLS["propositions"]),
        status="done" if jam.state == JamState.CLOSED else "current",
        sentence=sentence,
        url=f"{jam.get_absolute_url()}#propositions",
        figures=(
            (_("propositions"), str(jam.proposal_count)),
            (_("réponses"), str(jam.answered_count)),
            (_("retenues"), str(jam.retained_count)),
        ),
        at=timezone.localtime(jam.ends_at),
    )
