"""Facts for the engine that seats people, and the figures of a seating, counted from the seats alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from essaim.engine.grouping import Person, evaluate
from essaim.engine.grouping.plan import apart_pairs_bound, mixes, repeated_pairs_bound


def people_to_seat(participants: Iterable[Any]) -> list[Person]:
    """The participants as the engine wants them: same attributes for all, identifiers in the order of arrival."""
    rows = list(participants)
    names = sorted({name for row in rows for name in row.attributes})
    return [
        Person(
            id=f"{row.pk:010d}",
            attributes={name: str(row.attributes.get(name, "")) for name in names},
            organisation=row.organisation,
        )
        for row in rows
    ]


def seating_figures(people: Sequence[Person], rounds: Sequence[Sequence[int]], tables: int) -> list[dict[str, Any]]:
    """For each round: sizes, people off quota, pairs who had met before, what no seating can beat, each table's mix.

    `rounds[r][i]` is the table (from 0) of `people[i]`. Repeats of a round are those it adds to the rounds before it,
    and so is its bound; `proven` says that all the numbers of all the rounds equal their bounds.
    """
    if not people:
        return [{} for _ in rounds]
    figures: list[dict[str, Any]] = []
    apart_bound = apart_pairs_bound(people, apart="organisation", tables=tables, rounds=1)
    repeats_before = bound_before = off_before = apart_before = 0
    for r, row in enumerate(rounds):
        total = evaluate(people, rounds[: r + 1], tables=tables)
        bound = repeated_pairs_bound(total.sizes[0], r + 1)
        figures.append(
            {
                "sizes": list(total.sizes[r]),
                "off_quota": total.off_quota - off_before,
                "repeated_pairs": total.repeated_pairs - repeats_before,
                "bound": bound - bound_before,
                "same_organisation": total.apart_pairs - apart_before,
                "same_organisation_bound": apart_bound,
                "mix": mixes(people, row, tables),
            }
        )
        off_before, repeats_before = total.off_quota, total.repeated_pairs
        apart_before, bound_before = total.apart_pairs, bound
    reached = (off_before, repeats_before, apart_before)
    proven = reached == (0, bound_before, apart_bound * len(rounds))
    return [figure | {"proven": proven} for figure in figures]
