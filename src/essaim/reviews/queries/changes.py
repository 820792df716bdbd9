"""What it would cost to give a file to someone else: the best expert still free, and the affinity lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.apps import apps

from essaim.reviews.queries.scoring import affinities


@dataclass(frozen=True, slots=True)
class Change:
    """The best other expert for a file, with room and no conflict, and what the total affinity would lose.

    A loss below zero can be: whoever had no room when the assignment was computed may have some now.
    """

    expert: Any
    lost: float


def changes_of(call: Any, pairs: Sequence[Any], experts: Sequence[Any]) -> dict[int, Change | None]:
    """For each pair (an Assignment), the change that costs least when it alone is made; None when nobody is free.

    experts: those of the call, with `held`. One query, then O(pairs x experts).
    """
    applications = list({pair.application_id: pair.application for pair in pairs}.values())
    rows = {application.pk: i for i, application in enumerate(applications)}
    columns = {expert.pk: j for j, expert in enumerate(experts)}
    free = np.tile(np.array([expert.held < expert.max_load for expert in experts], dtype=bool), (len(rows), 1))
    barred, given = (
        apps.get_model("reviews", name)
        .objects.filter(expert__call=call, application_id__in=list(rows))
        .order_by()
        .values_list("application_id", "expert_id")
        for name in ("Conflict", "Assignment")
    )
    for application, expert in barred.union(given):
        free[rows[application], columns[expert]] = False
    matrix = affinities(applications, experts)
    found: dict[int, Change | None] = {}
    for pair in pairs:
        i = rows[pair.application_id]
        if not free[i].any():
            found[pair.pk] = None
            continue
        best = int(np.argmax(np.where(free[i], matrix[i], -1.0)))
        found[pair.pk] = Change(experts[best], round(float(matrix[i, columns[pair.expert_id]] - matrix[i, best]), 4))
    return found
