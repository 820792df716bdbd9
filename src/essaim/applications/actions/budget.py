"""Writing the financing plan: kept balanced or not, the rules say what does not hold."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from essaim.accounts.models import Person
from essaim.applications.actions.keeping import Saved, frozen, not_reopened, unkeepable, writable
from essaim.applications.models import Application, CostLine, FundingLine
from essaim.applications.queries.facts import WHOLE_SHARE
from essaim.calls.models import Call
from essaim.engine.money import MAX_CENTS
from essaim.kernel.workflow import Refused
from essaim.ui.formats import money

MOST_LINES = 200
LONGEST_LABEL = 200
COST_ACCOUNT = re.compile(r"(2|6[0-9]|86)[0-9]{0,3}", re.ASCII)
FUNDING_ACCOUNT = re.compile(r"(7[0-9]|87)[0-9]{0,3}", re.ASCII)
SHA256 = re.compile(r"[0-9a-f]{64}")


class Cost(NamedTuple):
    """A line of expenses; only text and whole numbers, so that it is kept and copied as it is.

    `quantity_thousandths` and `eligible_points` (hundredths of a percent) count as in `CostLine`; `account` is empty
    when the category's does; `quote` is the SHA-256 of an attached document.
    """

    category: str
    label: str
    amount_cents: int
    quantity_thousandths: int | None = None
    unit_price_cents: int | None = None
    vat: str = "HT"
    eligible_points: int = WHOLE_SHARE
    account: str = ""
    year: int | None = None
    quote: str = ""


class Funding(NamedTuple):
    """A line of resources, in cents; `kind` and `status` as in `FundingLine`, `proof` a SHA-256 as `Cost.quote`."""

    funder: str
    kind: str
    status: str
    amount_cents: int
    account: str = ""
    year: int | None = None
    proof: str = ""


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
        frozen(fresh, at=at)
        if lines_of(fresh) != (new_costs, new_fundings):
            if refusal := not_reopened(fresh, "budget"):
                raise Refused(refusal)
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
    _reread_lines(application)
    return Saved(fresh.version, fresh.saved_at)


def _reread_lines(application: Application) -> None:
    """Lines read before are not the lines any more; the rest of what was read with them still holds."""
    for name in ("cost_lines", "funding_lines"):
        application.__dict__.get("_prefetched_objects_cache", {}).pop(name, None)
    prefetch_related_objects([application], "cost_lines", "funding_lines")


def lines_of(application: Application) -> tuple[list[Cost], list[Funding]]:
    """The plan as it is kept, in the form `save_budget` takes."""
    costs = [Cost(*(getattr(line, name) for name in Cost._fields)) for line in application.cost_lines.all()]
    fundings = [Funding(*(getattr(line, name) for name in Funding._fields)) for line in application.funding_lines.all()]
    return costs, fundings


def _check_lines(call: Call, costs: list[Cost], fundings: list[Funding]) -> None:
    """Raise the sentence for the first line that cannot be kept."""
    categories = {row["code"] for row in call.categories}
    if len(costs) > MOST_LINES or len(fundings) > MOST_LINES:
        raise Refused(_("Un plan de financement a au plus %(count)s lignes : regroupez-en.") % {"count": MOST_LINES})
    for line in costs:
        if line.category not in categories:
            raise Refused(_("Choisissez une catégorie pour la dépense « %(label)s ».") % {"label": line.label})
        _check_cost(line)
    for funding in fundings:
        if funding.kind not in FundingLine.Kind.values or funding.status not in FundingLine.Status.values:
            raise Refused(
                _("Choisissez la nature et le statut de la ressource « %(label)s ».") % {"label": funding.funder}
            )
        _check_common(funding.funder, funding.amount_cents, funding.account, funding.year, funding.proof)
        if funding.account and not FUNDING_ACCOUNT.fullmatch(funding.account):
            raise Refused(
                _("Le compte de « %(label)s » est de la classe 7 (70 à 79) ou 87 : corrigez « %(account)s ».")
                % {"label": funding.funder, "account": funding.account}
            )


def _check_cost(line: Cost) -> None:
    _check_common(line.label, line.amount_cents, line.account, line.year, line.quote)
    names = {"label": line.label, "account": line.account}
    if line.account and not COST_ACCOUNT.fullmatch(line.account):
        raise Refused(
            _("Le compte de « %(label)s » est de la classe 2, 6 (60 à 69) ou 86 : corrigez « %(account)s ».") % names
        )
    if line.vat not in CostLine.Vat.values:
        raise Refused(_("Dites si le montant de « %(label)s » est HT ou TTC.") % names)
    if not 0 <= line.eligible_points <= WHOLE_SHARE:
        raise Refused(_("La part éligible de « %(label)s » est entre 0 et 100 %%.") % names)
    for value in (line.quantity_thousandths, line.unit_price_cents):
        if value is not None and not 0 <= value <= MAX_CENTS:
            raise Refused(
                _("La quantité ou le prix unitaire de « %(label)s » est trop grand : vérifiez les zéros.") % names
            )


def _check_common(label: str, cents: int, account: str, year: int | None, proof: str) -> None:
    """What costs and resources share: an intitulé that can be kept, an amount, a year, a fingerprint."""
    if problem := unkeepable(label):
        raise Refused(problem)
    if len(label) > LONGEST_LABEL:
        raise Refused(_("L’intitulé « %(label)s… » dépasse 200 caractères : raccourcissez-le.") % {"label": label[:40]})
    if not 0 <= cents <= MAX_CENTS:
        raise Refused(
            _("Le montant de « %(label)s » doit être entre 0 et %(maximum)s.")
            % {"label": label, "maximum": money(MAX_CENTS)}
        )
    if year is not None and not 1990 <= year <= 2100:
        raise Refused(_("L’année de « %(label)s » est entre 1990 et 2100.") % {"label": label})
    if proof and not SHA256.fullmatch(proof):
        raise Refused(_("Choisissez parmi vos pièces le justificatif de « %(label)s ».") % {"label": label})


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
