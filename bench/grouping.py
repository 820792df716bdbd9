"""Seating: mixed tables over several rounds."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from bench.measure import Figure, absent, peer, timed
from essaim.engine.grouping import Person, evaluate, replan, seat

NAME = "Seating"
ROLES = {"fondateur": 30, "association": 25, "agent_public": 25, "chercheur": 8, "elu": 5, "financeur": 7}
REGIONS = {"IDF": 46, "ARA": 12, "OCC": 10, "BRE": 9, "PACA": 9, "HDF": 8, "OUTRE-MER": 6}
SECTORS = {"fablab": 22, "habitat": 14, "mobilite": 15, "finance": 13, "education": 16, "consommation": 20}
SLOW = "the work is bounded by a number of steps, and each step costs more on a busy machine"


def room(size: int, *, seed: int = 1) -> list[Person]:
    """People whose attributes are correlated as in a real workshop; one in four shares an organisation."""
    chance = random.Random(seed + size)

    def one_of(shares: dict[str, int]) -> str:
        return chance.choices(list(shares), list(shares.values()))[0]

    people = []
    for number in range(size):
        role = one_of(ROLES)
        organisation = f"solo{number}"
        if role == "agent_public":
            organisation = f"adm{chance.randrange(max(3, size // 16))}"
        elif chance.random() < 0.25:
            organisation = f"{role}{chance.randrange(max(3, size // 16))}"
        attributes = {
            "role": role,
            "region": "IDF" if role == "agent_public" and chance.random() < 0.6 else one_of(REGIONS),
            "gender": "F" if chance.random() < (0.30 if role == "fondateur" else 0.48) else "H",
            "experience": "habitue" if chance.random() < (0.6 if role == "fondateur" else 0.35) else "premiere_fois",
            "sector": one_of(SECTORS),
        }
        people.append(Person(f"p{number:05d}", attributes, organisation))
    return people


def figures(quick: bool) -> Iterator[Figure]:
    """All the figures of this problem."""
    rooms = [(100, 6, 2, (0, 92, 99), 2.0), (120, 6, 2, (0, 144, 99), 2.0)]
    if not quick:
        rooms += [(1200, 60, 3, (5, 0, 0), 10.0), (10_000, 500, 3, (60, 0, 0), 120.0)]
    for size, tables, rounds, most, limit in rooms:
        yield from one_room(size, tables, rounds, most, limit)


def one_room(size: int, tables: int, rounds: int, most: tuple[int, int, int], limit: float) -> Iterator[Figure]:
    """Essaim, a random plan, CP-SAT where it can, then a plan repaired."""
    people, label = room(size), f"{size} x {tables} x {rounds}"
    seconds, plan = timed(lambda: seat(people, tables=tables, rounds=rounds, seed=1))
    numbers = evaluate(people, plan.rounds, tables=tables)
    found = (numbers.off_quota, numbers.repeated_pairs, numbers.apart_pairs)
    within = all(one <= bound for one, bound in zip(found, most, strict=True))
    within &= most[2] < 99 or numbers.apart_pairs == plan.apart_pairs_bound
    bar = f"at most {most[0]}/{most[1]}/{plan.apart_pairs_bound if most[2] == 99 else most[2]} in {limit:g} s"
    yield Figure(NAME, label, "Essaim", seconds, told(found), bar, within and seconds <= limit, SLOW)
    chance = random.Random(1)
    rows = [chance.sample([i % tables for i in range(size)], size) for _ in range(rounds)]
    at_random = evaluate(people, rows, tables=tables)
    yield Figure(
        NAME, label, "random", 0.0, told((at_random.off_quota, at_random.repeated_pairs, at_random.apart_pairs))
    )
    if rounds == 2:
        yield cp_sat(people, tables, label, plan.repeated_pairs_bound)
    gone = {person.id for person in people[::10]}
    arrived = [Person(f"q{person.id}", person.attributes, person.organisation) for person in people[1::10]]
    seconds, again = timed(lambda: replan(plan, [*people, *arrived], absent=sorted(gone)))
    unequal = max(max(row) - min(row) for row in again.sizes)
    result = f"{again.moved} moved, sizes differ by {unequal}"
    if size <= 150:
        yield Figure(NAME, f"{label}, 10 % absent, 10 % new", "Essaim", seconds, result, "1 s", seconds <= 1, SLOW)
    else:
        yield Figure(NAME, f"{label}, 10 % absent, 10 % new", "Essaim", seconds, result)


def told(numbers: Sequence[int]) -> str:
    """The three numbers of a plan."""
    return "off quota/repeats/same organisation " + "/".join(map(str, numbers))


def cp_sat(people: Sequence[Person], tables: int, label: str, bound: int) -> Figure:
    """Two rounds as one choice among tables x tables per person; quotas and the bound on repeats are constraints."""
    model_of = peer("ortools.sat.python.cp_model")
    if model_of is None:
        return absent(NAME, label, "OR-tools CP-SAT")

    def work() -> tuple[int, int, int] | None:
        model = model_of.CpModel()
        pairs = [(a, b) for a in range(tables) for b in range(tables)]
        at = [{pair: model.new_bool_var("") for pair in pairs} for _ in people]
        for one in at:
            model.add_exactly_one(one.values())
        size, rest = divmod(len(people), tables)
        seats = [size + (table < rest) for table in range(tables)]
        for first in range(tables):
            for second in range(tables):
                both = sum(one[first, second] for one in at)
                low = seats[first] // tables
                model.add_linear_constraint(both, low, low + 1)
        _quotas(model, people, at, seats)
        model.minimize(sum(_together(model, people, at, tables)))
        solver = model_of.CpSolver()
        solver.parameters.num_workers, solver.parameters.max_time_in_seconds = 1, 30
        solver.parameters.random_seed = 1
        if solver.solve(model) not in (model_of.OPTIMAL, model_of.FEASIBLE):
            return None
        where = [next(pair for pair in pairs if solver.value(one[pair])) for one in at]
        found = evaluate(people, [[pair[r] for pair in where] for r in (0, 1)], tables=tables)
        return found.off_quota, found.repeated_pairs, found.apart_pairs

    seconds, found = timed(work)
    result = "nothing in 30 s" if found is None else told(found)
    return Figure(NAME, label, "OR-tools CP-SAT", seconds, f"{result} (repeats at least {bound})")


def _rounds(one: dict[tuple[int, int], Any], table: int) -> tuple[Any, Any]:
    """Whether a person sits at a table, in each of the two rounds."""
    first = sum(variable for (a, _), variable in one.items() if a == table)
    second = sum(variable for (_, b), variable in one.items() if b == table)
    return first, second


def _quotas(model: Any, people: Sequence[Person], at: Sequence[dict[tuple[int, int], Any]], seats: list[int]) -> None:
    n = len(people)
    for table, size in enumerate(seats):
        here = [_rounds(one, table) for one in at]
        for r in (0, 1):
            model.add(sum(one[r] for one in here) == size)
            for name in people[0].attributes:
                for value, total in Counter(person.attributes[name] for person in people).items():
                    count = sum(
                        one[r] for one, person in zip(here, people, strict=True) if person.attributes[name] == value
                    )
                    model.add_linear_constraint(count, total * size // n, -(-total * size // n))


def _together(
    model: Any, people: Sequence[Person], at: Sequence[dict[tuple[int, int], Any]], tables: int
) -> Iterator[Any]:
    """Members of one organisation beyond the first, per table and round."""
    for organisation, total in Counter(person.organisation for person in people).items():
        if total < 2:
            continue
        members = [one for one, person in zip(at, people, strict=True) if person.organisation == organisation]
        for table in range(tables):
            here = [_rounds(one, table) for one in members]
            for r in (0, 1):
                beyond = model.new_int_var(0, total, "")
                model.add(beyond >= sum(one[r] for one in here) - 1)
                yield beyond
