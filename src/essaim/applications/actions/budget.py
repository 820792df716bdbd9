"""Writing the financing plan: kept balanced or not, the rules say what does not hold."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from essaim.accounts.models import Person
from essaim.applications.actions.keeping import Saved, forget_prefetched, unkeepable, writable
from essaim.applications.models import Application, CostLine, FundingLine
from essaim.calls.models import Call
from essaim.engine.money import MAX_CENTS
from essaim.kernel.workflow import Refused
from essaim.ui.formats import money

MOST_LINES = 200


class Cost(NamedTuple):
    """A line of expenses, in cents."""

    category: str
    label: str
    amount_cents: int


class Funding(NamedTuple):
    """A line of resources, in cents; `kind` and `status` as in `FundingLine`."""

    funder: str
    kind: str
    status: str
    amount_cents: int


def save_budget(
    application: Application,
    costs: Iterable[Any],
    fundings: Iterable[Any],
    *,
    by: Person,
    at: datetime,
    version: int | None = None,
) -> Saved:
    """Replace the financing plan, balanced or not (the rules say what does not hold).

    With a `version`, refused when someone else changed the plan since.
    """
    new_costs, new_fundings = [Cost(*line) for line in costs], [Funding(*line) for line in fundings]
    writable(application, by=by)
    _check_lines(application.call, new_costs, new_fundings)
    with transaction.atomic():
        fresh = Application.objects.select_for_update().get(pk=application.pk)
        writable(fresh, by=by)
        if lines_of(fresh) != (new_costs, new_fundings):
            if version is not None and fresh.touched.get("budget", 0) > version:
                raise Refused(
                    _(
                        "Quelqu’un d’autre vient de modifier ce plan de financement. Le sien est gardé ; le vôtre est "
                        "encore sur cette page : comparez-les, puis enregistrez de nouveau."
                    )
                )
            fresh.version += 1
            fresh.touched = {**fresh.touched, "budget": fresh.version}
            fresh.saved_at = at
            write_lines(fresh, new_costs, new_fundings)
            fresh.save(update_fields=["version", "touched", "saved_at", "cost_cents", "requested_cents"])
    for name in ("version", "touched", "saved_at", "cost_cents", "requested_cents"):
        setattr(application, name, getattr(fresh, name))
    forget_prefetched(application)
    return Saved(fresh.version, fresh.saved_at)


def lines_of(application: Application) -> tuple[list[Cost], list[Funding]]:
    """The plan as it is kept, in the form `save_budget` takes."""
    costs = [Cost(line.category, line.label, line.amount_cents) for line in application.cost_lines.all()]
    fundings = [
        Funding(line.funder, line.kind, line.status, line.amount_cents) for line in application.funding_lines.all()
    ]
    return costs, fundings


def _check_lines(call: Call, costs: list[Cost], fundings: list[Funding]) -> None:
    """Raise the sentence for the first line that cannot be kept."""
    categories = {row["code"] for row in call.categories}
    if len(costs) > MOST_LINES or len(fundings) > MOST_LINES:
        raise Refused(_("Un plan de financement a au plus %(count)s lignes : regroupez-en.") % {"count": MOST_LINES})
    for line in costs:
        if line.category not in categories:
            raise Refused(_("Choisissez une catégorie pour la dépense « %(label)s ».") % {"label": line.label})
    for funding in fundings:
        if funding.kind not in FundingLine.Kind.values or funding.status not in FundingLine.Status.values:
            raise Refused(
                _("Choisissez la nature et le statut de la ressource « %(label)s ».") % {"label": funding.funder}
            )
    for label, cents in [*((c.label, c.amount_cents) for c in costs), *((f.funder, f.amount_cents) for f in fundings)]:
        if problem := unkeepable(label):
            raise Refused(problem)
        if len(label) > 200:
            raise Refused(
                _("L’intitulé « %(label)s… » dépasse 200 caractères : raccourcissez-le.") % {"label": label[:40]}
            )
        if not 0 <= cents <= MAX_CENTS:
            raise Refused(
                _("Le montant de « %(label)s » doit être entre 0 et %(maximum)s.")
                % {"label": label, "maximum": money(MAX_CENTS)}
            )


def write_lines(application: Application, costs: list[Cost], fundings: list[Funding]) -> None:
    """Write the lines anew, and the totals on the application (saved by the caller)."""
    application.cost_lines.all().delete()
    application.funding_lines.all().delete()
    CostLine.objects.bulk_create(
        CostLine(application=application, position=rank, **line._asdict()) for rank, line in enumerate(costs, 1)
    )
    FundingLine.objects.bulk_create(
        FundingLine(application=application, position=rank, **line._asdict()) for rank, line in enumerate(fundings, 1)
    )
    application.cost_cents = sum(line.amount_cents for line in costs)
    requested = [line for line in fundings if line.kind == "requested" and line.status != "refused"]
    application.requested_cents = sum(line.amount_cents for line in requested)


def first_lines(
    call: Call, cost: int | None, request: int | None, others: int | None
) -> tuple[list[Cost], list[Funding]]:
    category = call.categories[-1]["code"] if call.categories else ""
    costs = [Cost(category, str(_("Coût total, à détailler")), cost)] if cost else []
    fundings = []
    if request:
        fundings.append(Funding(str(call.title)[:200], FundingLine.Kind.REQUESTED, FundingLine.Status.ASKED, request))
    if others:
        label = str(_("Autres financeurs, à nommer"))
        fundings.append(Funding(label, FundingLine.Kind.PRIVATE, FundingLine.Status.ASKED, others))
    _check_lines(call, costs, fundings)
    return costs, fundings
