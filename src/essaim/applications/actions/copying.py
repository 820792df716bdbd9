"""Copying from an earlier application: what the form still asks is taken, what cannot be is said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from essaim.accounts.models import Person
from essaim.applications.access import member_roles, written_by
from essaim.applications.actions.about import place_of, set_place
from essaim.applications.actions.budget import lines_of, save_budget
from essaim.applications.actions.drafts import as_typed, save_answers
from essaim.applications.actions.keeping import writable
from essaim.applications.models import Application
from essaim.applications.queries import sections_of
from essaim.applications.queries.form import questions_of
from essaim.kernel.workflow import Refused

PLAN, PLACE = "budget", "place"


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied, by name, and what was not: (name, why)."""

    taken: tuple[str, ...]
    left: tuple[tuple[str, str], ...]


def copyable_by(person: Person) -> Any:
    """The applications one may copy from: one's own and those of one's organisations."""
    return written_by(person)


def copy_from(
    application: Application, source: Application, *, parts: Iterable[str], by: Person, at: datetime
) -> Copied:
    """Take the answers of `source` to the questions that have the same code and type here.

    `parts`: codes of sections of this form, and `PLAN` or `PLACE`. An answer already given is never replaced.
    """
    writable(application, by=by)
    if not member_roles(by, source) or source.pk == application.pk:
        raise Refused(_("Choisissez un de vos dossiers, ou un dossier d’un de vos organismes."))
    chosen = set(parts)
    answers, taken, left = _answers(application, source, chosen)
    saved = save_answers(application, answers, version=application.version, by=by, at=at)
    taken = [label for code, label in taken if code not in {conflict.code for conflict in saved.conflicts}]
    for part, name, copy in ((PLACE, _("Le lieu"), _place), (PLAN, _("Le plan de financement"), _plan)):
        if part in chosen:
            why = copy(application, source, by=by, at=at)
            if why:
                left.append((name, why))
            else:
                taken.append(name)
    return Copied(tuple(taken), tuple(left))


def _answers(
    application: Application, source: Application, chosen: set[str]
) -> tuple[dict[str, Any], list[tuple[str, str]], list[tuple[str, str]]]:
    """The answers to take with their labels, and those to leave with the reason."""
    theirs = questions_of(source.rule_set)
    answers: dict[str, Any] = {}
    taken, left = [], []
    asked = [q for section in sections_of(application.rule_set) if section.code in chosen for q in section.questions]
    for question in asked:
        label, value = str(question.label), source.answers.get(question.code)
        if question.type in ("commune", "declaration", "file"):
            if question.type == "declaration":
                left.append((label, _("un engagement se prend pour chaque dossier")))
            continue
        if value in (None, "", []):
            if question.code in theirs:
                left.append((label, _("sans réponse dans l’ancien dossier")))
            else:
                left.append((label, _("n’était pas demandé")))
        elif question.code not in theirs or theirs[question.code].type != question.type:
            left.append((label, _("n’était pas demandé de la même façon")))
        elif application.answers.get(question.code) not in (None, "", []):
            if application.answers[question.code] != value:
                left.append((label, _("vous y avez déjà répondu ici")))
        else:
            answers[question.code] = as_typed(value)
            taken.append((question.code, label))
    return answers, taken, left


def _place(application: Application, source: Application, *, by: Person, at: datetime) -> str:
    """Copy the place; why it was not, or ""."""
    if application.commune_id:
        return _("le lieu est déjà choisi ici")
    place = place_of(source)
    if place is None:
        return _("sans lieu dans l’ancien dossier")
    try:
        set_place(application, **place, by=by, at=at)
    except Refused as refusal:
        return str(refusal)
    return ""


def _plan(application: Application, source: Application, *, by: Person, at: datetime) -> str:
    """Copy the financing plan; why it was not, or ""."""
    if application.cost_lines.count() > 1 or application.funding_lines.count() > 2:
        return _("un plan est déjà écrit ici")
    costs, fundings = lines_of(source)
    if not costs and not fundings:
        return _("sans plan dans l’ancien dossier")
    try:
        save_budget(application, costs, fundings, by=by, at=at)
    except Refused as refusal:
        return str(refusal)
    return ""
