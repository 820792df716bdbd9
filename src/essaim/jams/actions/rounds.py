"""The clock of the Jam: a round starts, a table calls for help, a round ends."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.jams.actions.seating import require_facilitator
from essaim.jams.models import Group, Jam, JamState, Round
from essaim.kernel import access, journal
from essaim.kernel.workflow import Refused

journal.declare("jams.round.start", label=gettext_lazy("Commencer une session"), public=("round", "minutes"))
journal.declare("jams.round.end", label=gettext_lazy("Terminer une session"), public=("round", "cards"))
journal.declare("jams.group.ask_help", label=gettext_lazy("Appeler l’animateur"))
journal.declare("jams.group.answer_help", label=gettext_lazy("Répondre à une table"))


def start_round(*, round_: Round, by: Any, at: datetime) -> None:
    """Start the clock of a round; asking twice is asking once.

    Raises Refused while the Jam is not running, an earlier round is not over, or the seating is not frozen.
    """
    require_facilitator(by, round_.jam)
    with transaction.atomic():
        jam = Jam.objects.select_for_update().get(pk=round_.jam_id)
        round_.refresh_from_db()
        if round_.started_at:
            return
        if jam.state != JamState.RUNNING:
            raise Refused(_("Commencez d’abord la Jam."))
        if round_.seated_at is None:
            raise Refused(_("Arrêtez d’abord le placement de la session %(n)d.") % {"n": round_.number})
        before = jam.rounds.filter(number__lt=round_.number, ended_at__isnull=True).first()
        if before:
            raise Refused(_("La session %(n)d n’est pas terminée.") % {"n": before.number})
        round_.started_at = at
        round_.save(update_fields=["started_at"])
        jam.current_round = round_.number
        jam.save(update_fields=["current_round"])
        payload = {"round": round_.number, "minutes": round_.minutes}
        journal.append("jams.round.start", subject=round_, by=by, at=at, role="facilitator", payload=payload)


def end_round(*, round_: Round, by: Any, at: datetime) -> None:
    """Stop a round: its tables write no more cards; asking twice is asking once. Raises Refused before its start."""
    require_facilitator(by, round_.jam)
    if round_.started_at is None:
        raise Refused(_("La session %(n)d n’a pas commencé.") % {"n": round_.number})
    with transaction.atomic():
        if not Round.objects.filter(pk=round_.pk, ended_at__isnull=True).update(ended_at=at):
            return
        cards = sum(group.cards.count() for group in round_.groups.all())
        payload = {"round": round_.number, "cards": cards}
        journal.append("jams.round.end", subject=round_, by=by, at=at, role="facilitator", payload=payload)
    round_.refresh_from_db()


def ask_help(*, group: Group, by: Any, at: datetime) -> None:
    """A table calls the facilitator, who sees it at once on the conductor's page."""
    if "group_member" not in access.roles(by, group):
        raise Refused(_("Vous n’êtes pas à cette table : appelez depuis la vôtre."))
    _set_help(group, "jams.group.ask_help", value=at, by=by, at=at, role="group_member")


def answer_help(*, group: Group, by: Any, at: datetime) -> None:
    """The facilitator has gone to the table."""
    require_facilitator(by, group.round.jam)
    _set_help(group, "jams.group.answer_help", value=None, by=by, at=at, role="facilitator")


@transaction.atomic
def _set_help(group: Group, verb: str, *, value: datetime | None, by: Any, at: datetime, role: str) -> None:
    asked = value is None
    if Group.objects.filter(pk=group.pk, help_asked_at__isnull=not asked).update(help_asked_at=value):
        journal.append(verb, subject=group, by=by, at=at, role=role)
    group.help_asked_at = value
