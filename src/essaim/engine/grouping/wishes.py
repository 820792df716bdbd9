"""Hard wishes: read them, seat who they bind, or name the smallest set of wishes that cannot hold together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from essaim.engine.grouping.plan import Pin
from essaim.engine.refusal import Refusal

NODE_LIMIT = 20_000


@dataclass(frozen=True)
class Wish:
    """One hard wish over persons (indices): together, never at the same table, or pinned to some tables."""

    kind: str
    people: tuple[int, ...]
    tables: frozenset[int]
    round: int | None
    fr: str
    en: str


@dataclass(frozen=True)
class Unit:
    """Persons who sit as one in a round, the tables open to them, the units they may not meet."""

    members: tuple[int, ...]
    tables: tuple[int, ...]
    never: frozenset[int]


def read_wishes(
    ids: Sequence[str],
    *,
    tables: int,
    rounds: int,
    together: Sequence[Sequence[str]],
    never_together: Sequence[tuple[str, str]],
    pins: Sequence[Pin],
) -> list[Wish]:
    """Turn wishes on identifiers into wishes on indices. Raises Refusal for an unknown person, table or round."""
    index = {person: i for i, person in enumerate(ids)}

    def known(person: str) -> int:
        if person not in index:
            raise Refusal(
                f"La personne « {person} » citée dans un souhait ne figure pas parmi les personnes à placer.",
                f"The person “{person}” named in a wish is not among the people to seat.",
                [person],
            )
        return index[person]

    wishes = []
    for group in together:
        names = ", ".join(group)
        members = tuple(sorted({known(person) for person in group}))
        wishes.append(Wish("together", members, frozenset(), None, f"{names} ensemble", f"{names} together"))
    for first, second in never_together:
        members = (known(first), known(second))
        wishes.append(
            Wish("never", members, frozenset(), None, f"{first} et {second} séparés", f"{first} and {second} apart")
        )
    for pin in pins:
        wrong = sorted(table for table in pin.tables if not 0 <= table < tables)
        if wrong or not pin.tables or (pin.round is not None and not 0 <= pin.round < rounds):
            raise Refusal(
                f"Le placement demandé pour « {pin.person} » cite une table ou un tour qui n’existe pas : "
                f"il y a {tables} tables et {rounds} tours.",
                f"The seat asked for “{pin.person}” names a table or a round that does not exist: "
                f"there are {tables} tables and {rounds} rounds.",
                [pin.person],
            )
        shown = ", ".join(str(table + 1) for table in sorted(pin.tables))
        fr, en = f"{pin.person} à la table {shown}", f"{pin.person} at table {shown}"
        if pin.round is not None:
            fr, en = f"{fr} au tour {pin.round + 1}", f"{en} in round {pin.round + 1}"
        wishes.append(Wish("pin", (known(pin.person),), pin.tables, pin.round, fr, en))
    return wishes


def units_of_round(wishes: Sequence[Wish], round_: int, tables: int) -> list[Unit]:
    """Merge those who sit together, intersect their tables, keep the units that at least one wish binds."""
    leader: dict[int, int] = {}

    def find(i: int) -> int:
        while leader.setdefault(i, i) != i:
            i = leader[i]
        return i

    for wish in wishes:
        for person in wish.people:
            find(person)
        if wish.kind == "together":
            for person in wish.people[1:]:
                leader[find(person)] = find(wish.people[0])
    heads = sorted({find(person) for person in leader})
    rank = {head: k for k, head in enumerate(heads)}
    members: list[list[int]] = [[] for _ in heads]
    for person in sorted(leader):
        members[rank[find(person)]].append(person)
    open_to = [set(range(tables)) for _ in heads]
    never: list[set[int]] = [set() for _ in heads]
    for wish in wishes:
        first = rank[find(wish.people[0])]
        if wish.kind == "pin" and wish.round in (None, round_):
            open_to[first] &= wish.tables
        elif wish.kind == "never":
            second = rank[find(wish.people[1])]
            never[first].add(second)
            never[second].add(first)
    return [
        Unit(tuple(people), tuple(sorted(tabs)), frozenset(foes))
        for people, tabs, foes in zip(members, open_to, never, strict=True)
    ]


def place_units(units: Sequence[Unit], sizes: Sequence[int], rng: np.random.Generator) -> list[int] | None:
    """A table for each unit within the sizes, or None when there is none.

    Depth-first on blocks and on units that avoid each other, then exact matching of the single persons. Raises
    TimeoutError past NODE_LIMIT nodes (never met in practice: the wishes of one room are few).
    """
    if any(not unit.tables or k in unit.never for k, unit in enumerate(units)):
        return None
    hard = [k for k, unit in enumerate(units) if len(unit.members) > 1 or unit.never]
    hard.sort(key=lambda k: (len(units[k].tables), -len(units[k].members), -len(units[k].never), k))
    easy = sorted((k for k in range(len(units)) if k not in set(hard)), key=lambda k: (len(units[k].tables), k))
    room = list(sizes)
    at = [-1] * len(units)
    nodes = 0

    def descend(depth: int) -> bool:
        nonlocal nodes
        nodes += 1
        if nodes > NODE_LIMIT:
            raise TimeoutError
        if depth == len(hard):
            return _match_singles(units, easy, room, at)
        k = hard[depth]
        size = len(units[k].members)
        choices = rng.permutation(np.array(units[k].tables)).tolist()
        choices.sort(key=lambda table: -room[table])
        for table in choices:
            if room[table] < size or any(at[foe] == table for foe in units[k].never):
                continue
            at[k] = table
            room[table] -= size
            if descend(depth + 1):
                return True
            room[table] += size
            at[k] = -1
        return False

    return at if descend(0) else None


def _match_singles(units: Sequence[Unit], singles: Sequence[int], room: Sequence[int], at: list[int]) -> bool:
    """Seat single persons by augmenting paths (Kuhn); fills `at`, and undoes it when they do not fit."""
    seated: list[list[int]] = [[] for _ in room]

    def augment(k: int, seen: set[int]) -> bool:
        for table in units[k].tables:
            if table in seen:
                continue
            seen.add(table)
            if len(seated[table]) < room[table]:
                seated[table].append(k)
                return True
            for position, other in enumerate(seated[table]):
                if augment(other, seen):
                    seated[table][position] = k
                    return True
        return False

    for k in singles:
        if not augment(k, set()):
            return False
    for table, ks in enumerate(seated):
        for k in ks:
            at[k] = table
    return True


def check_wishes(wishes: Sequence[Wish], sizes: Sequence[Sequence[int]]) -> None:
    """Raise Refusal naming a smallest set of wishes that cannot hold together (dropping any one of them is enough)."""
    tables = len(sizes[0])

    def feasible(kept: Sequence[Wish], round_: int) -> bool:
        try:
            rng = np.random.default_rng(0)
            return place_units(units_of_round(kept, round_, tables), sizes[round_], rng) is not None
        except TimeoutError:
            return True

    for round_ in range(len(sizes)):
        if not feasible(wishes, round_):
            conflict = _smallest(list(wishes), lambda kept, r=round_: not feasible(kept, r))  # type: ignore[misc]
            seats = max(sizes[round_])
            raise Refusal(
                f"Ces souhaits ne peuvent pas être tenus ensemble au tour {round_ + 1} "
                f"({tables} tables de {seats} places au plus) : {' ; '.join(wish.fr for wish in conflict)}. "
                "Retirez l’un d’eux.",
                f"These wishes cannot all hold in round {round_ + 1} ({tables} tables of at most {seats} seats): "
                f"{'; '.join(wish.en for wish in conflict)}. Drop one of them.",
                [wish.fr for wish in conflict],
            )


def _smallest(wishes: list[Wish], conflicting: Callable[[list[Wish]], bool]) -> list[Wish]:
    """Deletion filter: drop each wish whose absence keeps the conflict; what is left is irreducible."""
    kept = wishes
    for wish in wishes:
        without = [other for other in kept if other is not wish]
        if conflicting(without):
            kept = without
    return kept
