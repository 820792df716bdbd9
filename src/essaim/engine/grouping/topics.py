"""Topics of tables: which table of a plan takes which topic, so that the most people sit at one they wished for.

Only the names of tables change, among tables of one size and outside those kept: who sits with whom, hence every number
of the plan, stays as it was. An assignment problem per round and size (Hungarian method, scipy), exact, O(K^3).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from essaim.engine.grouping.plan import Plan


def met_wishes(plan: Plan, wishes: Mapping[str, Collection[str]], topics: Sequence[str]) -> tuple[int, int]:
    """(person-rounds at a table of a topic wished for, person-rounds of those who wish); `topics[k]`: of table k."""
    wishing = [(i, wishes[person]) for i, person in enumerate(plan.people) if wishes.get(person)]
    met = sum(topics[row[i]] in wished for row in plan.rounds for i, wished in wishing)
    return met, len(wishing) * len(plan.rounds)


def name_tables(
    plan: Plan, wishes: Mapping[str, Collection[str]], topics: Sequence[str], *, kept: Collection[int] = ()
) -> tuple[tuple[int, ...], ...]:
    """For each round, the table (from 0) that each table of the plan becomes; those in `kept` (pinned) do not move."""
    from scipy.optimize import linear_sum_assignment

    found = []
    for row, sizes in zip(plan.rounds, plan.sizes, strict=True):
        gain = np.zeros((len(sizes), len(topics)))
        for person, table in zip(plan.people, row, strict=True):
            gain[table] += [topic in wishes.get(person, ()) for topic in topics]
        becomes = np.arange(len(sizes))
        for size in sorted(set(sizes)):
            free = [k for k, found_size in enumerate(sizes) if found_size == size and k not in kept]
            rows, columns = linear_sum_assignment(gain[np.ix_(free, free)], maximize=True)
            becomes[np.array(free, dtype=np.int64)[rows]] = np.array(free, dtype=np.int64)[columns]
        found.append(tuple(becomes.tolist()))
    return tuple(found)


def with_names(plan: Plan, becomes: Sequence[Sequence[int]]) -> Plan:
    """The same plan, table k of round r being called `becomes[r][k]`."""
    tables = []
    for mixes, names in zip(plan.tables, becomes, strict=True):
        tables.append(tuple(mixes[names.index(k)] for k in range(len(names))))
    rounds = tuple(tuple(names[table] for table in row) for row, names in zip(plan.rounds, becomes, strict=True))
    return replace(plan, rounds=rounds, tables=tuple(tables))
