"""When no portfolio satisfies the rules: the conflict, in one sentence in French and in English."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from essaim.engine.coverage import Incidence, Mask
from essaim.engine.portfolio.exact import cheapest
from essaim.engine.portfolio.model import Infeasible
from essaim.engine.portfolio.problem import Group, Problem
from essaim.engine.sentences import counted, euros, euros_en


def cheapest_allowed(problem: Problem) -> Mask:
    """The least costly set that respects the mandatory applications and the minima; raises Infeasible if there is none
    or if it costs more than the budget."""
    nothing = np.zeros(0, dtype=np.int64)
    bare = replace(
        problem,
        cover=Incidence(np.zeros(problem.size + 1, dtype=np.int64), nothing, 0),
        population=nothing,
        quality=np.zeros(problem.size, dtype=np.int64),
    )
    for group in problem.groups:
        _check_group(problem, group)
    if not any(group.low for group in problem.groups):
        chosen: Mask | None = problem.must.copy()
    else:
        chosen = cheapest(bare, 0)
    if chosen is None:
        raise Infeasible(
            "Les quotas, les dossiers imposés et la règle d’un dossier par commune ne peuvent pas être tenus ensemble.",
            "The quotas, the mandatory applications and the one-per-commune rule cannot hold together.",
            tuple(group.label for group in problem.groups if group.low),
        )
    spent = problem.spent(chosen)
    if spent > problem.budget:
        rules = [group.label for group in problem.groups if group.low] + ["mandatory"] * bool(problem.must.any())
        raise Infeasible(
            "Les dossiers imposés et les minimums par région coûtent au moins "
            f"{euros(spent)}, plus que l’enveloppe de {euros(problem.budget)}.",
            f"The mandatory applications and the regional minima cost at least {euros_en(spent)}, "
            f"more than the envelope of {euros_en(problem.budget)}.",
            ("budget", *rules),
        )
    return chosen


def _check_group(problem: Problem, group: Group) -> None:
    """A rule that contradicts itself, or the applications decided beforehand, is told by its name."""
    kind, _, name = group.label.partition(":")
    free = int((~problem.ban[group.members]).sum())
    forced = int(problem.must[group.members].sum())
    if group.low > free:
        raise Infeasible(
            f"La région {name} doit avoir au moins {counted(group.low, 'dossier retenu', 'dossiers retenus')}, "
            f"mais n’a que {counted(free, 'dossier possible', 'dossiers possibles')}.",
            f"Region {name} must have at least {group.low} funded, but has only {free} that can be.",
            (group.label,),
        )
    if forced <= group.high:
        return
    if kind == "commune":
        raise Infeasible(
            f"{forced} dossiers sont imposés dans la commune {name}, alors qu’un seul par commune peut être retenu.",
            f"{forced} applications are mandatory in commune {name}, but only one per commune can be funded.",
            (group.label, "mandatory"),
        )
    raise Infeasible(
        f"{forced} dossiers sont imposés dans la région {name}, qui ne peut en avoir que {group.high} au plus.",
        f"{forced} applications are mandatory in region {name}, which can have at most {group.high}.",
        (group.label, "mandatory"),
    )
