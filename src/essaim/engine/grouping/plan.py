"""Persons, plans, the numbers of a plan and the bounds no plan can beat."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations


@dataclass(frozen=True)
class Person:
    """Someone to seat. `attributes` are what tables are mixed on (role, region...); all persons have the same keys."""

    id: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    organisation: str = ""


@dataclass(frozen=True)
class Pin:
    """A hard wish: this person sits at one of `tables` (indices from 0), in one round (from 0) or in all (None).

    One table: a facilitator or a pinned guest. Several: the step-free tables, the tables near the interpreter...
    """

    person: str
    tables: frozenset[int]
    round: int | None = None


@dataclass(frozen=True)
class Evaluation:
    """The numbers of a plan, recounted from scratch (see `evaluate`)."""

    sizes: tuple[tuple[int, ...], ...]
    off_quota: int
    repeated_pairs: int
    apart_pairs: int


@dataclass(frozen=True)
class Plan:
    """Who sits where. `rounds[r][i]` is the table (from 0) of `people[i]` in round r.

    sizes: persons per round and table. off_quota: persons beyond the floor or ceil of their attribute's share of
    the table, summed over rounds, tables and values (0 is ideal). repeated_pairs: meetings beyond the first, over all
    pairs; `repeated_pairs_bound` is what no plan can beat. apart_pairs: pairs of the same organisation sharing a table,
    summed over rounds, and its bound. tables[r][k]: attribute -> value -> number of persons (the mix of each table).
    moved: persons-rounds seated elsewhere than in the previous plan (arrivals do not count).
    proven_optimal: every number equals its bound, so that no plan does better. seed: replays the same plan.
    """

    people: tuple[str, ...]
    rounds: tuple[tuple[int, ...], ...]
    sizes: tuple[tuple[int, ...], ...]
    off_quota: int
    repeated_pairs: int
    repeated_pairs_bound: int
    apart_pairs: int
    apart_pairs_bound: int
    tables: tuple[tuple[Mapping[str, Mapping[str, int]], ...], ...]
    moved: int
    proven_optimal: bool
    seed: int


def organisation_of(person: Person, apart: str | None) -> str:
    """The group `person` should be kept apart from: the organisation, or the attribute named `apart`; "" for none."""
    if apart is None:
        return ""
    if apart == "organisation":
        return person.organisation
    return person.attributes.get(apart, "")


def table_sizes(people: int, tables: int) -> list[int]:
    """Sizes that differ by at most one, the larger tables first."""
    return [people // tables + (table < people % tables) for table in range(tables)]


def pairs(size: int) -> int:
    """Number of pairs among `size` persons."""
    return size * (size - 1) // 2


def fewest_pairs(size: int, parts: int) -> int:
    """Fewest pairs left together when `size` persons are split in `parts` groups: as evenly as possible."""
    quotient, rest = divmod(size, parts)
    return rest * pairs(quotient + 1) + (parts - rest) * pairs(quotient)


def repeated_pairs_bound(sizes: Sequence[int], rounds: int) -> int:
    """Repeats that no plan avoids, for tables of these sizes in every round.

    Two arguments, the larger wins. Each table of a round comes from the K tables of the round before, and at best
    draws evenly from them: K(rho C(q+1,2) + (K-rho) C(q,2)) per further round when sizes are equal. And there are only
    C(n,2) pairs to meet. Complexity O(K).
    """
    by_split = (rounds - 1) * sum(fewest_pairs(size, len(sizes)) for size in sizes)
    by_count = rounds * sum(pairs(size) for size in sizes) - pairs(sum(sizes))
    return max(0, by_split, by_count)


def apart_pairs_bound(people: Sequence[Person], *, apart: str | None, tables: int, rounds: int) -> int:
    """Same-organisation pairs that no plan avoids: each organisation spread evenly over the tables, every round."""
    groups = Counter(organisation_of(person, apart) for person in people)
    groups.pop("", None)
    return rounds * sum(fewest_pairs(size, tables) for size in groups.values())


def mixes(people: Sequence[Person], round_tables: Sequence[int], tables: int) -> list[dict[str, dict[str, int]]]:
    """For each table of one round: attribute -> value -> number of persons, keys sorted."""
    counts: list[dict[str, Counter[str]]] = [{} for _ in range(tables)]
    for person, table in zip(people, round_tables, strict=True):
        for attribute, value in person.attributes.items():
            counts[table].setdefault(attribute, Counter())[value] += 1
    return [{name: dict(sorted(mix[name].items())) for name in sorted(mix)} for mix in counts]


def evaluate(
    people: Sequence[Person], rounds: Sequence[Sequence[int]], *, tables: int, apart: str | None = "organisation"
) -> Evaluation:
    """Recount a plan from the people alone, in plain Python, sharing nothing with the search (the auditor's view).

    `rounds[r][i]` is the table of `people[i]`. O(rounds x n x (attributes + table size)).
    """
    n = len(people)
    sizes: list[tuple[int, ...]] = []
    off_quota = 0
    apart_pairs = 0
    met: Counter[tuple[int, int]] = Counter()
    names = sorted({name for person in people for name in person.attributes})
    totals = {name: Counter(person.attributes.get(name, "") for person in people) for name in names}
    for row in rounds:
        seated = [[i for i in range(n) if row[i] == table] for table in range(tables)]
        sizes.append(tuple(len(members) for members in seated))
        for members in seated:
            for name in names:
                here = Counter(people[i].attributes.get(name, "") for i in members)
                for value, total in totals[name].items():
                    low = total * len(members) // n
                    high = -(-total * len(members) // n)
                    off_quota += max(0, low - here[value], here[value] - high)
            groups = Counter(organisation_of(people[i], apart) for i in members)
            groups.pop("", None)
            apart_pairs += sum(pairs(size) for size in groups.values())
            met.update(combinations(members, 2))
    repeated = sum(times - 1 for times in met.values())
    return Evaluation(tuple(sizes), off_quota, repeated, apart_pairs)
