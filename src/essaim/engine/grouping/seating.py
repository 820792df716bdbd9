"""The two front functions: plan tables over several rounds, and repair a plan when people do not come or arrive."""

from collections.abc import Sequence

import numpy as np

from essaim.engine.grouping.plan import (
    Person,
    Pin,
    Plan,
    apart_pairs_bound,
    evaluate,
    mixes,
    organisation_of,
    repeated_pairs_bound,
    table_sizes,
)
from essaim.engine.grouping.search import NOT_SEATED, Room, search
from essaim.engine.grouping.wishes import Wish, check_wishes, place_units, read_wishes, units_of_round
from essaim.engine.progress import Progress, following
from essaim.engine.refusal import Refusal

MOST_PEOPLE = 20_000  # who met whom is n x n bytes


def seat(
    people: Sequence[Person],
    *,
    tables: int,
    rounds: int,
    apart: str | None = "organisation",
    together: Sequence[Sequence[str]] = (),
    never_together: Sequence[tuple[str, str]] = (),
    pins: Sequence[Pin] = (),
    previous: Plan | None = None,
    seed: int,
    effort: float = 1.0,
    progress: Progress | None = None,
) -> Plan:
    """Seat `people` at `tables` tables over `rounds` rounds, mixed on their attributes, meeting new people.

    apart: "organisation", the name of an attribute, or None: whose members are better kept apart (soft).
    together, never_together, pins: hard wishes, never broken. previous: a plan to stay close to, see `replan`.
    effort multiplies the number of iterations (1 takes under two seconds for 100 people); the work is bounded by
    iterations, never by the clock, so that a seed gives the same plan on every machine.

    The persons' order does not change who sits where: they are treated in the order of their identifiers.
    Raises Refusal (a sentence) when sizes make no sense or wishes conflict, Cancelled when `progress` does. Memory
    O(n^2) bytes.
    """
    _check(people, tables, rounds)
    ids = [person.id for person in people]
    order = sorted(range(len(people)), key=lambda i: ids[i])
    ranked = [people[i] for i in order]
    names = [person.id for person in ranked]
    rng = np.random.default_rng(seed)
    before = _previous_tables(names, previous, tables, rounds)
    sizes = _sizes_near(before, tables)
    wishes = read_wishes(
        names, tables=tables, rounds=rounds, together=together, never_together=never_together, pins=pins
    )
    check_wishes(wishes, sizes)
    start = np.stack([_start(before[r], wishes, r, sizes[r], rng) for r in range(rounds)])
    room = _room(ranked, wishes, sizes, before, apart)
    with following(progress):
        found = search(room, start, rng=rng, effort=effort, bounds=_bounds(ranked, sizes, apart, tables, rounds))
    place = {name: k for k, name in enumerate(names)}
    seated = tuple(tuple(int(found[r][place[name]]) for name in ids) for r in range(rounds))
    return _plan(people, seated, tables, apart, previous, seed)


def replan(
    plan: Plan,
    people: Sequence[Person],
    *,
    absent: Sequence[str] = (),
    tables: int | None = None,
    apart: str | None = "organisation",
    together: Sequence[Sequence[str]] = (),
    never_together: Sequence[tuple[str, str]] = (),
    pins: Sequence[Pin] = (),
    seed: int | None = None,
    effort: float = 1.0,
    progress: Progress | None = None,
) -> Plan:
    """The plan after absences and arrivals, moving only who must.

    people: everyone known (those of the plan and those who arrived); `absent` are taken out; whoever is not in `plan`
    has arrived. Sizes stay within one of each other; among the plans that move the fewest people, a good one.
    """
    missing = set(absent)
    return seat(
        [person for person in people if person.id not in missing],
        tables=tables or len(plan.sizes[0]),
        rounds=len(plan.rounds),
        apart=apart,
        together=together,
        never_together=never_together,
        pins=pins,
        previous=plan,
        seed=plan.seed if seed is None else seed,
        effort=effort,
        progress=progress,
    )


def _check(people: Sequence[Person], tables: int, rounds: int) -> None:
    """Raise Refusal for an empty room, a table without anyone, or one identifier given twice."""
    if tables < 1 or rounds < 1:
        raise Refusal(
            "Il faut au moins une table et un tour.",
            "At least one table and one round are needed.",
        )
    if len(people) < tables:
        raise Refusal(
            f"{len(people)} personnes ne remplissent pas {tables} tables : réduisez le nombre de tables.",
            f"{len(people)} people do not fill {tables} tables: ask for fewer tables.",
        )
    if len(people) > MOST_PEOPLE:
        raise Refusal(
            f"Le placement se calcule pour {MOST_PEOPLE} personnes au plus, et il y en a {len(people)}.",
            f"Seating is computed for at most {MOST_PEOPLE} people, and there are {len(people)}.",
        )
    seen: set[str] = set()
    for person in people:
        if person.id in seen:
            raise Refusal(
                f"L’identifiant « {person.id} » figure deux fois dans la liste : chaque personne doit avoir le sien.",
                f"The identifier “{person.id}” appears twice: each person needs their own.",
                [person.id],
            )
        seen.add(person.id)


def _previous_tables(names: Sequence[str], previous: Plan | None, tables: int, rounds: int) -> np.ndarray:
    """(rounds, n) table of each person in the previous plan, NOT_SEATED for arrivals and closed tables."""
    before = np.full((rounds, len(names)), NOT_SEATED)
    if previous is None:
        return before
    where = {name: i for i, name in enumerate(previous.people)}
    for r in range(min(rounds, len(previous.rounds))):
        for k, name in enumerate(names):
            if name in where and previous.rounds[r][where[name]] < tables:
                before[r, k] = previous.rounds[r][where[name]]
    return before


def _sizes_near(before: np.ndarray, tables: int) -> list[list[int]]:
    """Sizes per round; the tables that kept the most people are the larger ones: fewest moves."""
    rounds, n = before.shape
    sizes = []
    for r in range(rounds):
        kept = np.bincount(before[r][before[r] != NOT_SEATED], minlength=tables)
        row = [0] * tables
        for size, table in zip(table_sizes(n, tables), sorted(range(tables), key=lambda k: (-kept[k], k)), strict=True):
            row[table] = size
        sizes.append(row)
    return sizes


def _start(
    before: np.ndarray, wishes: Sequence[Wish], round_: int, sizes: Sequence[int], rng: np.random.Generator
) -> np.ndarray:
    """One round that holds the hard wishes: the bound ones placed, then who can stay stays, then anyone anywhere."""
    n, tables = len(before), len(sizes)
    at = np.full(n, NOT_SEATED)
    units = units_of_round(wishes, round_, tables)
    placed = place_units(units, sizes, rng)
    if placed is None:  # check_wishes found it undecided
        raise Refusal(
            "Ces souhaits sont trop nombreux pour être tenus : retirez-en quelques-uns.",
            "These wishes are too many to hold together: drop some of them.",
        )
    for unit, table in zip(units, placed, strict=True):
        at[list(unit.members)] = table
    room = np.array(sizes) - np.bincount(at[at != NOT_SEATED], minlength=tables)
    for i in np.flatnonzero((at == NOT_SEATED) & (before != NOT_SEATED)):
        if room[before[i]] > 0:
            at[i] = before[i]
            room[before[i]] -= 1
    rest = rng.permutation(np.flatnonzero(at == NOT_SEATED))
    at[rest] = np.repeat(np.arange(tables), room)
    return at


def _room(
    people: Sequence[Person],
    wishes: Sequence[Wish],
    sizes: Sequence[Sequence[int]],
    before: np.ndarray,
    apart: str | None,
) -> Room:
    """Everything the search needs, as arrays."""
    n, rounds, tables = len(people), len(sizes), len(sizes[0])
    names = sorted({name for person in people for name in person.attributes})
    columns, base = [], 0
    for name in names:
        values = sorted({person.attributes.get(name, "") for person in people})
        code = {value: base + k for k, value in enumerate(values)}
        columns.append([code[person.attributes.get(name, "")] for person in people])
        base += len(values)
    groups: dict[str, int] = {}
    organisation = np.empty(n, dtype=np.int64)
    for i, person in enumerate(people):
        label = organisation_of(person, apart)
        organisation[i] = groups.setdefault(label, len(groups)) if label else -1 - i
    allowed = np.ones((rounds, n, tables), dtype=bool)
    blocks: list[tuple[int, ...]] = []
    for r in range(rounds):
        for unit in units_of_round(wishes, r, tables):
            closed = np.setdiff1d(np.arange(tables), unit.tables)
            allowed[r][np.ix_(np.array(unit.members), closed)] = False
            if len(unit.members) > 1 and r == 0:
                blocks.append(unit.members)
    never = [(wish.people[0], wish.people[1]) for wish in wishes if wish.kind == "never"]
    return Room(
        values=np.array(columns, dtype=np.int64).T.reshape(n, len(names)),
        value_count=base,
        organisation=organisation,
        sizes=np.array(sizes),
        allowed=allowed,
        blocks=tuple(blocks),
        never=tuple(never),
        before=before,
    )


def _bounds(
    people: Sequence[Person], sizes: Sequence[Sequence[int]], apart: str | None, tables: int, rounds: int
) -> tuple[int, int, int]:
    """(off quota, repeated pairs, apart pairs) that no plan beats; reaching all three stops the search."""
    repeated = repeated_pairs_bound(sizes[0], rounds)
    return 0, repeated, apart_pairs_bound(people, apart=apart, tables=tables, rounds=rounds)


def _plan(
    people: Sequence[Person],
    rounds: tuple[tuple[int, ...], ...],
    tables: int,
    apart: str | None,
    previous: Plan | None,
    seed: int,
) -> Plan:
    """Dress the rounds with their numbers, all recounted by `evaluate`."""
    numbers = evaluate(people, rounds, tables=tables, apart=apart)
    bounds = _bounds(people, numbers.sizes, apart, tables, len(rounds))
    moved, fewest_moves = 0, 0
    if previous is not None:
        before = _previous_tables([person.id for person in people], previous, tables, len(rounds))
        known = np.isin([person.id for person in people], previous.people)
        common = min(len(rounds), len(previous.rounds))
        moved = int((known & (before != np.array(rounds)))[:common].sum())
        for r in range(common):
            kept = np.bincount(before[r][before[r] != NOT_SEATED], minlength=tables)
            sizes = np.array(_sizes_near(before[[r]], tables)[0])
            fewest_moves += int(known.sum() - np.minimum(kept, sizes).sum())
    proven = (numbers.off_quota, numbers.repeated_pairs, numbers.apart_pairs) == bounds and moved == fewest_moves
    return Plan(
        people=tuple(person.id for person in people),
        rounds=rounds,
        sizes=numbers.sizes,
        off_quota=numbers.off_quota,
        repeated_pairs=numbers.repeated_pairs,
        repeated_pairs_bound=bounds[1],
        apart_pairs=numbers.apart_pairs,
        apart_pairs_bound=bounds[2],
        tables=tuple(tuple(mixes(people, row, tables)) for row in rounds),
        moved=moved,
        proven_optimal=proven,
        seed=seed,
    )
