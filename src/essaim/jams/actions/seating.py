"""Who sits where: mixed groups for all rounds at once, with the numbers and the bounds no seating can beat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from essaim.engine import grouping
from essaim.engine.refusal import Refusal
from essaim.jams.models import Group, Jam, JamState, Participant, Round, Seat
from essaim.jams.queries.seating import people_to_seat, seating_figures
from essaim.kernel import access, journal
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


def seat_rounds(*, jam: Jam, by: Any, at: datetime, seed: int) -> list[Round]:
    """Seat everyone present at the tables of all rounds, jointly; numbers and bounds are kept in `Round.seating`.

    May be asked again until the first round starts (what was frozen is then open again). `seed` replays the same plan.
    Raises Refused without people enough, with rounds of unequal numbers of tables, or once a round has started.
    """
    require_facilitator(by, jam)
    rounds = _movable_rounds(jam)
    tables = rounds[0].tables
    if any(round_.tables != tables for round_ in rounds):
        raise Refused(_("Donnez le même nombre de groupes à toutes les sessions : elles sont placées ensemble."))
    people = list(jam.participants.filter(present=True).order_by("pk"))
    known = people_to_seat(people)
    try:
        plan = grouping.seat(known, tables=tables, rounds=len(rounds), seed=seed)
    except Refusal as refusal:
        raise Refused(refusal.en if (get_language() or "fr").startswith("en") else refusal.fr) from None
    with transaction.atomic():
        Seat.objects.filter(round__in=rounds).delete()
        for round_, row in zip(rounds, plan.rounds, strict=True):
            groups = _groups_of(round_)
            Seat.objects.bulk_create(
                Seat(round=round_, group=groups[table], participant=person)
                for person, table in zip(people, row, strict=True)
            )
        jam.rounds.update(seated_at=None)
        figures = _write_figures(rounds, seating_figures(known, plan.rounds, tables), {"seed": seed})
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


def move_seat(*, participant: Participant, group: Group, by: Any, at: datetime) -> dict[str, int]:
    """Move one person to another table of a round; gives the price: what the move adds to each number.

    Raises Refused once that round has started, or for a table of another Jam.
    """
    jam, round_ = participant.jam, group.round
    require_facilitator(by, jam)
    if round_.jam_id != jam.pk:
        raise Refused(_("Cette table est celle d’une autre Jam."))
    if round_.started_at:
        raise Refused(_("La session %(n)d a commencé : le placement ne change plus.") % {"n": round_.number})
    before = _sums(jam)
    with transaction.atomic():
        Seat.objects.update_or_create(round=round_, participant=participant, defaults={"group": group})
        _recount(jam)
        payload = {"round": round_.number, "table": group.number, "participant": participant.pk}
        journal.append("jams.jam.move_seat", subject=jam, by=by, at=at, role="facilitator", payload=payload)
    after = _sums(jam)
    return {name: after[name] - before[name] for name in after}


def _sums(jam: Jam) -> dict[str, int]:
    rows = [round_.seating for round_ in jam.rounds.all()]
    return {name: sum(row.get(name, 0) for row in rows) for name in ("off_quota", "repeated_pairs")}


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


def _recount(jam: Jam) -> None:
    """Count the numbers again, from the seats alone, over the people seated in every round."""
    rounds = list(jam.rounds.filter(seating__isnull=False).order_by("number"))
    seats: dict[int, dict[int, int]] = {round_.pk: {} for round_ in rounds}
    rows = Seat.objects.filter(round__in=rounds).values_list("round_id", "participant_id", "group__number")
    for round_id, participant_id, table in rows:
        seats[round_id][participant_id] = table - 1
    everywhere = set.intersection(*(set(row) for row in seats.values())) if seats else set()
    people = list(jam.participants.filter(pk__in=everywhere).order_by("pk"))
    table_rows = [[seats[round_.pk][person.pk] for person in people] for round_ in rounds]
    if not people:
        return
    figures = seating_figures(people_to_seat(people), table_rows, rounds[0].tables)
    _write_figures(rounds, figures, {"seed": rounds[0].seating.get("seed")})
