"""Who reads what: computed, proven optimal, one sentence for each pair; and who replaces someone who leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from essaim.accounts.models import Person
from essaim.applications.models import Application, ApplicationState
from essaim.calls.models import Call
from essaim.engine import assignment as engine
from essaim.engine.progress import Progress
from essaim.engine.refusal import Refusal
from essaim.kernel import journal
from essaim.kernel.bilingual import Bilingual
from essaim.kernel.tasks import last_look
from essaim.kernel.workflow import Refused
from essaim.reviews.actions.experts import find_organisation_conflicts, only_officer, role_of, tell_experts
from essaim.reviews.models import Assignment, AssignmentRun, AssignmentState, Conflict, Expert
from essaim.reviews.queries import affinities, pair_sentence
from essaim.reviews.queries.figures import HELD

journal.declare(
    "reviews.assignment.compute",
    label=gettext_lazy("Affecter les dossiers aux experts"),
    public=("number", "pairs", "kept", "experts", "applications", "total", "bound", "proven_optimal"),
)
journal.declare("reviews.assignment.replace", label=gettext_lazy("Confier un dossier à un autre expert"), public=())

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Table:
    """Applications x experts. allowed: a new pair may be made; barred: there is a conflict; kept: pairs in hand."""

    applications: list[Application]
    experts: list[Expert]
    affinity: npt.NDArray[np.float64]
    allowed: Mask
    barred: Mask
    kept: Mask

    @property
    def ids(self) -> dict[str, list[str]]:
        """The names the engine gives back."""
        return {
            "applications": [application.reference for application in self.applications],
            "experts": [f"e{expert.pk}" for expert in self.experts],
        }


def compute_assignment(
    call: Call, *, due_on: date, by: Person | None, at: datetime, progress: Progress | None = None
) -> AssignmentRun:
    """Give each admissible application to `call.reviews_each` experts, within loads, never against a conflict.

    Assignments in hand or done are kept; only what is missing is computed, so that a new conflict moves no other pair.
    Raises Refused with a sentence when it is impossible, when nothing is missing, or when `due_on` is past.
    `progress` may stop it by raising Cancelled: nothing is then given to anyone.
    """
    only_officer(call, by)
    if due_on < at.date():
        raise Refused(_("La date de retour est passée : choisissez un jour à venir."))
    number = call.assignment_runs.count() + 1
    find_organisation_conflicts(call, at=at)
    experts = list(call.experts.order_by("pk"))
    applications = list(
        call.applications.filter(state=ApplicationState.ADMISSIBLE)
        .select_related("call", "commune__department", "rule_set")
        .order_by("number")
    )
    if not applications or not experts:
        raise Refused(_("Il faut au moins un dossier recevable et un expert pour calculer une affectation."))
    table = _table(call, applications, experts)
    wanted = (call.reviews_each - table.kept.sum(axis=1)).clip(0)
    if not wanted.any():
        raise Refused(_("Chaque dossier recevable a déjà ses experts : il n’y a rien à calculer."))
    answer = _solve(table, wanted, progress)
    try:
        with transaction.atomic():
            last_look(progress)
            run = _keep_run(call, number, answer, table, by=by, at=at)
            made = Assignment.objects.bulk_create(_assignments(run, answer, table, due_on=due_on, at=at))
            tell_experts(made, key=f"run:{run.pk}", at=at)
    except IntegrityError:  # someone computed, or left a file, in between
        raise Refused(_("Une autre affectation vient d’être faite : rechargez la page.")) from None
    return run


def _table(call: Call, applications: list[Application], experts: list[Expert]) -> Table:
    """What is known of every pair, in two queries."""
    rows = {application.pk: i for i, application in enumerate(applications)}
    columns = {expert.pk: j for j, expert in enumerate(experts)}
    barred, given, kept = (np.zeros((len(rows), len(columns)), dtype=bool) for _mask in range(3))
    conflicts = Conflict.objects.filter(expert__call=call, application_id__in=list(rows))
    for application, expert in conflicts.values_list("application_id", "expert_id"):
        barred[rows[application], columns[expert]] = True
    assignments = Assignment.objects.filter(expert__call=call, application_id__in=list(rows))
    for application, expert, state in assignments.values_list("application_id", "expert_id", "state"):
        given[rows[application], columns[expert]] = True
        kept[rows[application], columns[expert]] = state != AssignmentState.RECUSED
    return Table(applications, experts, affinities(applications, experts), ~(barred | given), barred, kept)


def _solve(table: Table, wanted: npt.NDArray[np.int64], progress: Progress | None) -> engine.Assignment:
    """The engine's answer; minimum loads are dropped when what is left to give cannot reach them."""
    held = np.array([expert.held for expert in _with_held(table.experts)])
    low = np.array([expert.min_load for expert in table.experts] - held).clip(0)
    high = np.array([expert.max_load for expert in table.experts] - held).clip(0)
    if int(low.sum()) > int(wanted.sum()):
        low = np.zeros_like(low)
    try:
        return engine.assign(
            table.affinity,
            allowed=table.allowed,
            reviews=wanted.tolist(),
            loads=(low.tolist(), high.tolist()),
            progress=progress,
            **table.ids,
        )
    except Refusal as refusal:
        raise Refused(_in_names(refusal, table.applications)) from None


def _with_held(experts: list[Expert]) -> list[Any]:
    """The experts, in the same order, with `held`: how many files they have, of every state but recused."""
    found = Expert.objects.filter(pk__in=[expert.pk for expert in experts])
    return list(found.annotate(held=Count("assignments", filter=HELD)).order_by("pk"))


def _assignments(
    run: AssignmentRun, answer: engine.Assignment, table: Table, *, due_on: date, at: datetime
) -> list[Assignment]:
    """The rows of an answer, each with its reason."""
    rows = {name: i for i, name in enumerate(table.ids["applications"])}
    columns = {name: j for j, name in enumerate(table.ids["experts"])}
    made = []
    for pair in answer.pairs:
        reason = engine.why(answer, pair, affinity=table.affinity, allowed=table.allowed, **table.ids)
        barred = table.barred[rows[pair.application]]
        recused = sum(bool(barred[columns[expert]]) for expert in reason.conflicted)
        made.append(
            Assignment(
                run=run,
                expert=table.experts[columns[pair.expert]],
                application=table.applications[rows[pair.application]],
                affinity=round(pair.score * 10_000),
                why=pair_sentence(reason, open_to=int((~barred).sum()), recused=recused),
                given_at=at,
                due_on=due_on,
            )
        )
    return made


def _keep_run(
    call: Call, number: int, answer: engine.Assignment, table: Table, *, by: Person | None, at: datetime
) -> AssignmentRun:
    """Keep the figures of a computation, and say them in the journal."""
    result = {
        "pairs": len(answer.pairs),
        "kept": int(table.kept.sum()),
        "applications": len(table.applications),
        "experts": len(table.experts),
        "total": f"{answer.total:.4f}",
        "bound": f"{answer.bound:.4f}",
        "proven_optimal": answer.proven_optimal,
    }
    run = AssignmentRun.objects.create(call=call, number=number, result=result, computed_by=by, computed_at=at)
    payload = {**result, "number": number}
    journal.append("reviews.assignment.compute", subject=run, by=by, at=at, role=role_of(by), payload=payload)
    return run


def replace(assignment: Assignment, *, at: datetime) -> Assignment | None:
    """Give a file that was handed back to the best expert still free; None when nobody is, which the officer sees."""
    application, call = assignment.application, assignment.expert.call
    if application.state != ApplicationState.ADMISSIBLE:
        return None
    experts = _with_held(list(call.experts.all()))
    table = _table(call, [application], experts)
    if table.kept.sum() >= call.reviews_each:
        return None
    free = [
        (-table.affinity[0, j], expert.held, expert.pk, expert)
        for j, expert in enumerate(experts)
        if table.allowed[0, j] and expert.held < expert.max_load
    ]
    if not free:
        return None
    score, _held, _pk, expert = min(free, key=lambda entry: entry[:3])
    with transaction.atomic():
        made = Assignment.objects.create(
            run=assignment.run,
            expert=expert,
            application=application,
            affinity=round(-score * 10_000),
            why=REPLACED,
            given_at=at,
            due_on=assignment.due_on,
        )
        payload = {"application": application.pk, "instead_of": assignment.pk}
        journal.append("reviews.assignment.replace", subject=made, by=None, at=at, role="system", payload=payload)
        tell_experts([made], key=f"replacement:{made.pk}", at=at)
    return made


REPLACED = Bilingual(
    fr="Remplace un expert qui s’est déporté : le plus proche du sujet parmi ceux qui ont encore de la place.",
    en="Replaces an expert who recused: the closest to the subject among those who still have room.",
)


def _in_names(refusal: Refusal, applications: list[Application]) -> str:
    """The engine’s refusal for an officer: its own words when it names nobody, else the files short of experts."""
    if not refusal.conflict:
        return refusal.en if (get_language() or "fr").startswith("en") else refusal.fr
    named = set(refusal.conflict)
    found = [application.reference for application in applications if application.reference in named]
    if not found:
        return _("Les charges minimales demandées ne peuvent pas être tenues : baissez-les.")
    shown = ", ".join(found[:8]) + ("…" if len(found) > 8 else "")
    return ngettext(
        "Il manque des experts sans conflit pour le dossier %(names)s : ajoutez-en, ou relevez leur charge maximale.",
        "Il manque des experts sans conflit pour %(count)d dossiers (%(names)s) : ajoutez-en, ou relevez leur charge "
        "maximale.",
        len(found),
    ) % {"names": shown, "count": len(found)}
