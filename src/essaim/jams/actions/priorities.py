"""Dots: each person of the room spreads a few on the proposals that matter most to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from essaim.jams.models import Dots, Jam, JamState, Participant, Proposal
from essaim.jams.queries import PUBLIC_PROPOSALS
from essaim.kernel import journal
from essaim.kernel.workflow import Refused

journal.declare("jams.dots.give", label=gettext_lazy("Donner ses priorités"))


def give_dots(*, dots: Mapping[Proposal, int], by: Participant, at: datetime) -> int:
    """Replace all the dots of a participant (so that sending twice changes nothing); gives how many are left.

    Raises Refused beyond the Jam's `dots_each`, for a negative count, a proposal of another Jam or not presented, or
    once the answers are closed. The journal keeps that one gave dots, not to whom.
    """
    given = {proposal: int(count) for proposal, count in dots.items() if count}
    with transaction.atomic():
        jam = Jam.objects.select_for_update().get(pk=by.jam_id)
        _check(jam, given)
        before = dict(by.dots.values_list("proposal_id", "count"))
        after = {proposal.pk: count for proposal, count in given.items()}
        if before != after:
            by.dots.all().delete()
            Dots.objects.bulk_create(
                Dots(proposal_id=proposal, participant=by, count=count) for proposal, count in after.items()
            )
            journal.append(
                "jams.dots.give", subject=by, by=by, at=at, role="participant", payload={"total": sum(after.values())}
            )
    return jam.dots_each - sum(given.values())


def _check(jam: Jam, given: Mapping[Proposal, int]) -> None:
    if jam.state not in {JamState.RUNNING, JamState.ANSWERING}:
        raise Refused(_("Les priorités se donnent pendant la Jam, jusqu’à la clôture des réponses."))
    if any(count < 0 for count in given.values()):
        raise Refused(_("Un nombre de points ne peut pas être négatif."))
    if any(proposal.jam_id != jam.pk or proposal.state not in PUBLIC_PROPOSALS for proposal in given):
        raise Refused(_("Les points vont aux propositions présentées de cette Jam."))
    total = sum(given.values())
    if total > jam.dots_each:
        raise Refused(
            ngettext(
                "Vous avez donné %(total)d points sur %(each)d : retirez-en %(over)d.",
                "Vous avez donné %(total)d points sur %(each)d : retirez-en %(over)d.",
                total - jam.dots_each,
            )
            % {"total": total, "each": jam.dots_each, "over": total - jam.dots_each}
        )
