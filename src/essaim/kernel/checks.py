"""System checks: lifecycles that hold together, a journal the database protects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.db import connections
from django.db.models import CheckConstraint, Q

from essaim.kernel.journal import triggers
from essaim.kernel.models import Event
from essaim.kernel.workflow import LIFECYCLES, Lifecycle


@checks.register(checks.Tags.models)
def lifecycles_hold(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Every lifecycle's names are unique, its states exist and are reachable, and the database knows them."""
    return [
        checks.Error(problem, obj=lifecycle.model, id="kernel.E001")
        for lifecycle in LIFECYCLES.values()
        for problem in problems_of(lifecycle)
    ]


def problems_of(lifecycle: Lifecycle[Any]) -> list[str]:
    """What is wrong with one lifecycle, in sentences."""
    problems = []
    names = [t.name for t in lifecycle.transitions]
    problems += [
        f"The transition {name!r} is declared twice." for name in sorted({n for n in names if names.count(n) > 1})
    ]
    states = list(lifecycle.states.values)
    used = {s for t in lifecycle.transitions for s in (*t.source, t.target)}
    problems += [f"The state {state!r} is not one of {states}." for state in sorted(used - set(states))]
    reached, frontier = {states[0]}, [states[0]]
    while frontier:
        here = frontier.pop()
        for transition in lifecycle.transitions:
            if here in transition.source and transition.target not in reached:
                reached.add(transition.target)
                frontier.append(transition.target)
    problems += [f"The state {state!r} cannot be reached." for state in states if state not in reached]
    field = lifecycle.model._meta.get_field(lifecycle.field)
    if [value for value, _ in (field.choices or [])] != states:
        problems.append(f"The choices of {lifecycle.field!r} are not those of {lifecycle.states.__name__}.")
    if field.get_default() != states[0]:
        problems.append(f"{lifecycle.field!r} must begin at {states[0]!r}.")
    wanted = Q(**{f"{lifecycle.field}__in": states})
    constraints = [c for c in lifecycle.model._meta.constraints if isinstance(c, CheckConstraint)]
    if not any(constraint.condition == wanted for constraint in constraints):
        problems.append(f"No CheckConstraint keeps {lifecycle.field!r} within {lifecycle.states.__name__}.")
    return problems


@checks.register(checks.Tags.database)
def journal_is_protected(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """The triggers that make the journal append-only are in place."""
    messages: list[checks.CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        if Event._meta.db_table in connection.introspection.table_names():
            messages += [
                checks.Error(f"The trigger {name} is missing: run `essaim migrate`.", id="kernel.E002")
                for name in triggers.missing(connection)
            ]
    return messages
