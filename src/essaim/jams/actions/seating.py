"""Who sits where: mixed groups for all rounds at once, with the numbers and the bounds no seating can beat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from essaim.engine import grouping
from essaim.engine.progress import Progress
from essaim.engine.refusal import Refusal
from essaim.jams.models import Group, Jam, JamState, Participant, Round, Seat
from essaim.jams.queries.seating import people_to_seat, seating_figures
from essaim.kernel import access, journal
from essaim.kernel.tasks import last_look
from essaim.kernel.workflow import Refused

journal.declare(
    "jams.jam.seat",
    label=gettext_lazy("Calculer le placement"),
    public=("people", "tables", "rounds", "seed", "off_quota", "repeated_pairs", "bound", "proven"),
)
journal.declare("jams.jam.freeze_seating", label=gettext_lazy("Arrêter le placement"), public=("people", "rounds"))
journal.declare("jams.jam.move_seat", label=gettext_lazy("Déplacer une personne"), public=("round", "table"))


def require_facilitator(by: Any, jam: Jam) -> None:
    """Raise Refused unless `by` runs this Jam."""
    if "facilitator" not in access.roles(by, jam):
        raise Refused(_("Seul un animateur de la Jam peut le faire."))


def seat_rounds(*, jam: Jam, by: Any, at: datetime, seed: int, progress: Progress | None = None) -> list[Round]:
    """Seat everyone present at the tables of all rounds, jointly; numbers and bounds are kept in `Round.seating`.

    May be asked again until the first round starts (what was frozen is then open again). `seed` replays the same plan.
    Raises Refused without people enough, with rounds of unequal numbers of tables, or once a round has started.
    `progress` may stop it by raising Cancelled: the seating, if any, stays as it was.
    """
    require_facilitator(by, jam)
    rounds = _movable_rounds(jam)
    tables = rounds[0].tables
    if any(round_.tables != tables for round_ in rounds):
        raise Refused(_("Donnez le même nombre de groupes à toutes les sessions : elles sont placées ensemble."))
    people = list(jam.participants.filter(present=True).order_by("pk"))
    known = people_to_seat(people)
    try:
        plan = grouping.seat(known, tables=tables, rounds=len(rounds), seed=seed, progress=progress)
    except Refusal as refusal:
        raise Refused(refusal.en if (get_language() or "fr").startswith("en") else refusal.fr) from None
    with transaction.atomic():
        last_look(progress)
        if Round.objects.filter(jam=jam, started_at__isnull=False).exists():  # begun during a long computation
            raise Refused(_("Une session a commencé : le placement ne change plus."))
        Seat.objects.filter(round__in=rounds).delete()
        for round_, row in zip(rounds, plan.rounds, strict=True):
            groups = _groups_of(round_)
            Seat.objects.bulk_create(
                Seat(round=round_, group=groups[table], participant=person)
                for person, table in zip(people, row, strict=True)
            )
        jam.rounds.update(seated_at=None)
        figures = _write_figures(rounds, seating_figures(known, plan.rounds, tables), {"seed": seed, "moved": []})
        payload = {"people": len(people), "tables": tables, "rounds": len(rounds), "seed": seed, **figures}
        journal.append("jams.jam.seat", subject=jam, by=by, at=at, role="facilitator", payload=payload)
    return list(jam.rounds.all())


def _movable_rounds(jam: Jam) -> list[Round]:
    if jam.state not in {JamState.DRAFT, JamState.OPEN, JamState.RUNNING}:
        raise Refused(_("La séance est levée : le placement ne change plus."))
    rounds = list(jam.rounds.order_by("number"))
    if not rounds:
        raise Refused(_("Ajoutez au moins une session avec sa question avant de placer."))
    started = next((round_ for round_ in rounds if round_.started_at), None)
    if started:
        raise Refused(_("La session %(n)d a commencé : le placement ne change plus.") % {"n": started.number})
    return rounds


def _groups_of(round_: Round) -> list[Group]:
    """The round's tables, created when they are missing."""
    known = {group.number: group for group in round_.groups.all()}
    for number in range(1, round_.tables + 1):
        if number not in known:
            known[number] = Group.objects.create(round=round_, number=number)
    return [known[number] for number in range(1, round_.tables + 1)]


def _write_figures(rounds: Sequence[Round], figures: Sequence[dict[str, Any]], rest: dict[str, Any]) -> dict[str, Any]:
    """Keep each round's numbers; gives the sums over rounds, for the journal."""
    for round_, figure in zip(rounds, figures, strict=True):
        round_.seating = figure | rest
        round_.save(update_fields=["seating"])
    sums = {name: sum(figure[name] for figure in figures) for name in ("off_quota", "repeated_pairs", "bound")}
    return sums | {"proven": all(figure["proven"] for figure in figures)}


def freeze_seating(*, jam: Jam, by: Any, at: datetime) -> None:
    """Make the seating final: from now on each person sees their table. Raises Refused when nothing was computed."""
    require_facilitator(by, jam)
    rounds = list(jam.rounds.order_by("number"))
    if not rounds or not all(round_.seating for round_ in rounds):
        raise Refused(_("Calculez d’abord le placement."))
    with transaction.atomic():
        if not Round.objects.filter(jam=jam, seated_at__isnull=True).update(seated_at=at):
            return
        payload = {"people": sum(rounds[0].seating["sizes"]), "rounds": len(rounds)}
        journal.append("jams.jam.freeze_seating", subject=jam, by=by, at=at, role="facilitator", payload=payload)


def price_of_move(*, participant: Participant, group: Group, by: Any) -> dict[str, int]:
    """What moving one person to another table of a round would add to each number; nothing is written.

    Raises Refused once that round has started, or for a table of another Jam.
    """
    jam, round_ = participant.jam, group.round
    require_facilitator(by, jam)
    if round_.jam_id != jam.pk:
        raise Refused(_("Cette table est celle d’une autre Jam."))
    if round_.started_at:
        raise Refused(_("La session %(n)d a commencé : le placement ne change plus.") % {"n": round_.number})
    rounds, seats = _seats(jam)
    before = _sums(_figures(jam, rounds, seats))
    seats.setdefault(round_.pk, {})[participant.pk] = group.number - 1
    after = _sums(_figures(jam, rounds, seats))
    return {name: after[name] - before[name] for name in after}


def move_seat(*, participant: Participant, group: Group, by: Any, at: datetime) -> dict[str, int]:
    """Move one person to another table of a round; gives the price: what the move adds to each number.

    Raises Refused once that round has started, or for a table of another Jam.
    """
    price = price_of_move(participant=participant, group=group, by=by)
    jam, round_ = participant.jam, group.round
    with transaction.atomic():
        Seat.objects.update_or_create(round=round_, participant=participant, defaults={"group": group})
        _recount(jam, moved={round_.number: participant.pk})
        payload = {"round": round_.number, "table": group.number, "participant": participant.pk}
        journal.append("jams.jam.move_seat", subject=jam, by=by, at=at, role="facilitator", payload=payload)
    return price


def seat_latecomer(participant: Participant) -> None:
    """Give who arrives after the seating a place at the smallest table of each round not ended (ties: first table)."""
    waiting = list(participant.jam.rounds.filter(seated_at__isnull=False, ended_at__isnull=True).order_by("number"))
    for round_ in waiting:
        taken = {group.pk: 0 for group in round_.groups.order_by("number")}
        for group_id in round_.seats.values_list("group_id", flat=True):
            taken[group_id] += 1
        smallest = min(taken, key=lambda pk: taken[pk])
        Seat.objects.create(round=round_, group_id=smallest, participant=participant)
    if waiting:
        _recount(participant.jam)


Seats = dict[int, dict[int, int]]  # round -> participant -> table, from 0


def _seats(jam: Jam) -> tuple[list[Round], Seats]:
    """The rounds that have a seating, and who sits where."""
    rounds = [round_ for round_ in jam.rounds.order_by("number") if round_.seating]
    seats: Seats = {round_.pk: {} for round_ in rounds}
    rows = Seat.objects.filter(round__in=rounds).values_list("round_id", "participant_id", "group__number")
    for round_id, participant_id, table in rows:
        seats[round_id][participant_id] = table - 1
    return rounds, seats


def _figures(jam: Jam, rounds: Sequence[Round], seats: Seats) -> list[dict[str, Any]]:
    """The numbers of each round, from the seats alone, over the people seated in every round."""
    everywhere = set.intersection(*(set(seats[round_.pk]) for round_ in rounds)) if rounds else set()
    people = list(jam.participants.filter(pk__in=everywhere).order_by("pk"))
    table_rows = [[seats[round_.pk][person.pk] for person in people] for round_ in rounds]
    return seating_figures(people_to_seat(people), table_rows, rounds[0].tables) if people else []


def _sums(figures: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    return {name: sum(row[name] for row in figures) for name in ("off_quota", "repeated_pairs")}


def _recount(jam: Jam, moved: Mapping[int, int] | None = None) -> None:
    """Write the numbers again; `moved`: number of the round -> the person moved by hand, kept beside them."""
    rounds, seats = _seats(jam)
    for round_, figure in zip(rounds, _figures(jam, rounds, seats), strict=False):
        by_hand = set(round_.seating.get("moved", []))
        if moved and round_.number in moved:
            by_hand.add(moved[round_.number])
        _write_figures([round_], [figure], {"seed": round_.seating.get("seed"), "moved": sorted(by_hand)})
