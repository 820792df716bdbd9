"""Writes on reviews: naming experts, computing who reads what, conflicts, scores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from essaim.accounts.models import Membership, Person
from essaim.applications.models import Application, ApplicationState
from essaim.calls.models import Call
from essaim.engine import assignment as engine
from essaim.engine.refusal import Refusal
from essaim.kernel import access, journal
from essaim.kernel.bilingual import Bilingual
from essaim.kernel.workflow import Refused
from essaim.reviews.lifecycle import ASSIGNMENT
from essaim.reviews.models import Assignment, AssignmentRun, AssignmentState, Conflict, Expert, Review
from essaim.reviews.queries import affinities, total_of

journal.declare("reviews.expert.name", label=gettext_lazy("Nommer un expert"))
journal.declare("reviews.conflict.declare", label=gettext_lazy("Déclarer un déport"), public=("origin",))
journal.declare(
    "reviews.assignment.compute",
    label=gettext_lazy("Affecter les dossiers aux experts"),
    public=("number", "pairs", "experts", "applications", "total", "bound", "proven_optimal", "changed"),
)

LONGEST_NOTE = 1000


def name_expert(
    call: Call,
    *,
    person: Person,
    specialties: Iterable[str] = (),
    region: str = "",
    organisation: str = "",
    loads: tuple[int, int] = (0, 15),
    by: Person | None,
    at: datetime,
) -> Expert:
    """Make a person an expert of a call, with least and most files they can read; naming twice changes nothing."""
    _only_officer(call, by)
    with transaction.atomic():
        expert, created = Expert.objects.get_or_create(
            call=call,
            person=person,
            defaults={
                "specialties": sorted(specialties),
                "region": region,
                "organisation": organisation,
                "min_load": loads[0],
                "max_load": loads[1],
            },
        )
        if created:
            journal.append("reviews.expert.name", subject=expert, by=by, at=at, role=_role(by))
    return expert


def find_organisation_conflicts(call: Call, *, at: datetime) -> int:
    """Write a conflict for each expert who is a member of an applicant's organisation; returns how many are new."""
    experts = {expert.person_id: expert for expert in call.experts.all()}
    members = Membership.objects.filter(person_id__in=experts).values_list("person_id", "organisation_id")
    found = 0
    for person_id, organisation_id in members:
        for application in call.applications.filter(organisation_id=organisation_id):
            found += _conflict(experts[person_id], application, Conflict.Origin.ORGANISATION, "", by=None, at=at)
    return found


def compute_assignment(call: Call, *, due_on: date, by: Person | None, at: datetime) -> AssignmentRun:
    """Give each admissible application to `call.reviews_each` experts, within loads, never against a conflict.

    Assignments in hand or done are kept; only what is missing is computed, so that a new conflict moves few pairs.
    Raises Refused with the engine's sentence when it is impossible.
    """
    _only_officer(call, by)
    find_organisation_conflicts(call, at=at)
    experts = list(call.experts.order_by("pk"))
    applications = list(
        call.applications.filter(state=ApplicationState.ADMISSIBLE)
        .select_related("commune__department", "rule_set")
        .order_by("number")
    )
    if not applications or not experts:
        raise Refused(_("Il faut au moins un dossier recevable et un expert pour calculer une affectation."))
    matrix = affinities(applications, experts)
    allowed, kept = _allowed(call, applications, experts)
    wanted = np.array([call.reviews_each - len(kept.get(a.pk, ())) for a in applications]).clip(0)
    held = np.array([sum(e.pk in pairs for pairs in kept.values()) for e in experts])
    low = np.array([max(0, e.min_load - h) for e, h in zip(experts, held, strict=True)])
    high = np.array([max(0, e.max_load - h) for e, h in zip(experts, held, strict=True)])
    ids_a, ids_e = [str(a.pk) for a in applications], [str(e.pk) for e in experts]
    try:
        answer = _solve(matrix, allowed, wanted, (low, high), ids_a, ids_e)
    except Refusal as refusal:
        raise Refused(str(_in_names(refusal, applications, experts))) from None
    with transaction.atomic():
        run = _keep_run(call, answer, len(applications), len(experts), by=by, at=at)
        for pair in answer.pairs:
            reason = engine.why(answer, pair, affinity=matrix, allowed=allowed, applications=ids_a, experts=ids_e)
            Assignment.objects.update_or_create(
                expert_id=int(pair.expert),
                application_id=int(pair.application),
                defaults={
                    "run": run,
                    "affinity": round(pair.score * 10_000),
                    "why": Bilingual(fr=reason.fr, en=reason.en),
                    "due_on": due_on,
                },
            )
    return run


def _solve(matrix: Any, allowed: Any, wanted: Any, loads: Any, ids_a: list[str], ids_e: list[str]) -> engine.Assignment:
    """The engine's answer; minimum loads are dropped when what is left to give cannot reach them."""
    if int(loads[0].sum()) > int(wanted.sum()):
        loads = (np.zeros_like(loads[0]), loads[1])
    return engine.assign(
        matrix, allowed=allowed, reviews=wanted.tolist(), loads=(loads[0].tolist(), loads[1].tolist()),
        applications=ids_a, experts=ids_e,
    )  # fmt: skip


def _allowed(
    call: Call, applications: list[Application], experts: list[Expert]
) -> tuple[np.ndarray[Any, Any], dict[int, set[int]]]:
    """Which pairs may be made (no conflict, not made already), and the pairs in hand, by application."""
    rows = {a.pk: i for i, a in enumerate(applications)}
    columns = {e.pk: j for j, e in enumerate(experts)}
    allowed = np.ones((len(rows), len(columns)), dtype=bool)
    barred = Conflict.objects.filter(expert__call=call).values_list("application_id", "expert_id")
    given = Assignment.objects.filter(expert__call=call).values_list("application_id", "expert_id", "state")
    kept: dict[int, set[int]] = {}
    for application, expert in barred:
        if application in rows:
            allowed[rows[application], columns[expert]] = False
    for application, expert, state in given:
        if application in rows:
            allowed[rows[application], columns[expert]] = False
            if state != AssignmentState.RECUSED:
                kept.setdefault(application, set()).add(expert)
    return allowed, kept


def _keep_run(
    call: Call, answer: engine.Assignment, applications: int, experts: int, *, by: Person | None, at: datetime
) -> AssignmentRun:
    result = {
        "pairs": len(answer.pairs),
        "applications": applications,
        "experts": experts,
        "total": round(answer.total, 4),
        "bound": round(answer.bound, 4),
        "proven_optimal": answer.proven_optimal,
        "loads": answer.loads,
    }
    number = call.assignment_runs.count() + 1
    run = AssignmentRun.objects.create(call=call, number=number, result=result, computed_by=by, computed_at=at)
    payload = {name: result[name] for name in result if name != "loads"} | {"number": number}
    payload |= {"total": str(payload["total"]), "bound": str(payload["bound"])}
    journal.append("reviews.assignment.compute", subject=run, by=by, at=at, role=_role(by), payload=payload)
    return run


def declare_conflict(assignment: Assignment, *, note: str = "", by: Person | None, at: datetime) -> Assignment | None:
    """An expert leaves a file in one click; another gets it at once. Returns the new assignment, if any."""
    with transaction.atomic():
        ASSIGNMENT.perform(assignment, "recuse", by=by, at=at)
        _conflict(assignment.expert, assignment.application, Conflict.Origin.DECLARED, note, by=by, at=at)
        return replace(assignment, at=at)


def replace(assignment: Assignment, *, at: datetime) -> Assignment | None:
    """Give a file that was handed back to the best expert still free; None when nobody is, which the officer sees."""
    call = assignment.expert.call
    experts = list(call.experts.order_by("pk"))
    allowed, _kept = _allowed(call, [assignment.application], experts)
    scores = affinities([assignment.application], experts)[0]
    loads = {expert.pk: expert.assignments.exclude(state=AssignmentState.RECUSED).count() for expert in experts}
    free = [
        (-scores[j], loads[expert.pk], expert.pk, expert)
        for j, expert in enumerate(experts)
        if allowed[0, j] and loads[expert.pk] < expert.max_load
    ]
    if not free:
        return None
    score, _load, _pk, expert = min(free, key=lambda entry: entry[:3])
    return Assignment.objects.create(
        run=assignment.run,
        expert=expert,
        application=assignment.application,
        affinity=round(-score * 10_000),
        why=Bilingual(
            fr="Remplace un expert qui s’est déporté : le plus proche du sujet parmi ceux qui ont encore de la place.",
            en="Replaces an expert who recused: the closest to the subject among those who still have room.",
        ),
        due_on=assignment.due_on,
    )


def save_review(
    assignment: Assignment,
    *,
    scores: Mapping[str, int],
    justifications: Mapping[str, str],
    comment: str = "",
    by: Person,
    at: datetime,
) -> Review:
    """Keep what an expert typed, complete or not; nothing is lost, nothing is handed in yet."""
    if "expert" not in access.roles(by, assignment):
        raise Refused(_("Seul l’expert affecté à ce dossier peut le noter."))
    if assignment.state != AssignmentState.ASSIGNED:
        raise Refused(_("Cette expertise est rendue : demandez au service de la rouvrir pour la changer."))
    grid = assignment.application.rule_set.grid
    codes = [criterion["code"] for criterion in grid["criterion"]]
    scale = grid["scale"]
    for code in codes:
        if code in scores and not scale["min"] <= scores[code] <= scale["max"]:
            raise Refused(_("Une note va de %(min)d à %(max)d.") % {"min": scale["min"], "max": scale["max"]})
    kept = {code: int(scores[code]) for code in codes if code in scores}
    whole = len(kept) == len(codes)
    review, _created = Review.objects.update_or_create(
        assignment=assignment,
        defaults={
            "scores": kept,
            "justifications": {code: justifications.get(code, "") for code in codes},
            "comment": comment,
            "total": total_of(grid, kept) if whole else None,
            "saved_at": at,
        },
    )
    return review


def submit_review(assignment: Assignment, *, by: Person, at: datetime) -> None:
    """Hand the review in; refused with the list of what is missing."""
    ASSIGNMENT.perform(assignment, "submit", by=by, at=at)


def _conflict(
    expert: Expert, application: Application, origin: str, note: str, *, by: Person | None, at: datetime
) -> bool:
    conflict, created = Conflict.objects.get_or_create(
        expert=expert,
        application=application,
        defaults={"origin": origin, "note": note[:300], "declared_at": at},
    )
    if created:
        role = "system" if by is None else "expert" if by.pk == expert.person_id else "officer"
        with transaction.atomic():
            payload = {"origin": origin, "application": application.pk}
            journal.append("reviews.conflict.declare", subject=conflict, by=by, at=at, role=role, payload=payload)
    return created


def _in_names(refusal: Refusal, applications: list[Application], experts: list[Expert]) -> str:
    """The engine's refusal, followed by the files and experts it names."""
    names = {str(a.pk): a.reference for a in applications}
    found = [names[key] for key in refusal.conflict if key in names]
    if not found:
        return _(
            "L’affectation est impossible : il n’y a pas assez d’experts sans conflit pour les charges demandées. "
            "Ajoutez des experts, ou relevez leur charge maximale."
        )
    return ngettext(
        "Il manque des experts sans conflit pour le dossier %(names)s : ajoutez-en, ou relevez leur charge maximale.",
        "Il manque des experts sans conflit pour les dossiers %(names)s : ajoutez-en, ou relevez leur charge maximale.",
        len(found),
    ) % {"names": ", ".join(found)}


def _only_officer(call: Call, by: Person | None) -> None:
    if by is not None and "officer" not in access.roles(by, call):
        raise Refused(_("Seul un chargé de programme s’occupe des experts et des affectations."))


def _role(by: Person | None) -> str:
    return "system" if by is None else "officer"
