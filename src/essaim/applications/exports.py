"""The financing plan as a spreadsheet that comes back as it went (see `forms.sheet`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from essaim.applications.actions import Cost, Funding, lines_of
from essaim.applications.forms.plan import Names
from essaim.applications.models import Application, FundingLine
from essaim.kernel import tables


def plan_headers() -> list[str]:
    """The columns, in the reader's language."""
    return [
        _("Ligne"), _("Intitulé"), _("Catégorie ou nature"), _("Statut"), _("Quantité"), _("Prix unitaire (€)"),
        _("Montant (€)"), _("HT ou TTC"), _("Part éligible (sur 100)"), _("Compte"), _("Année"), _("Justificatif"),
    ]  # fmt: skip


def plan_rows(application: Application) -> list[Sequence[Any]]:
    """One row per line: expenses, then resources."""
    costs, fundings = lines_of(application)
    names = Names.of(application.call)
    proofs = proof_names(application)
    return [*(_cost(line, names, proofs) for line in costs), *(_funding(line, proofs) for line in fundings)]


def proof_names(application: Application) -> dict[str, str]:
    """How a spreadsheet names each document given: its name, and the start of its fingerprint."""
    return {
        document.file.sha256: f"{document.name} ({document.file.sha256[:8]})"
        for document in application.documents.all()
    }


def _cost(line: Cost, names: Names, proofs: dict[str, str]) -> Sequence[Any]:
    title = names.categories.get(line.category, line.category)
    alone = list(names.categories.values()).count(title) == 1
    return [
        _("Dépense"),
        kept(line.label),
        title if alone else line.category,
        "",
        _decimal(line.quantity_thousandths, 3),
        _decimal(line.unit_price_cents, 2),
        _decimal(line.amount_cents, 2),
        line.vat,
        _decimal(line.eligible_points, 2),
        line.account,
        line.year or "",
        proofs.get(line.quote, line.quote),
    ]


def _funding(line: Funding, proofs: dict[str, str]) -> Sequence[Any]:
    kind, status = FundingLine.Kind(line.kind).label, FundingLine.Status(line.status).label
    amount = _decimal(line.amount_cents, 2)
    proof = proofs.get(line.proof, line.proof)
    return [_("Ressource"), kept(line.funder), str(kind), str(status), "", "", amount, "", "", line.account,
            line.year or "", proof]  # fmt: skip


def _decimal(units: int | None, digits: int) -> Decimal | str:
    return "" if units is None else Decimal(units).scaleb(-digits)


def kept(text: str) -> str:
    """A text that would look disarmed once read back gets one more apostrophe, taken away by the import."""
    return f"'{text}" if re.match(r"'+[=+\-@\t\r\n＝＋－＠]", text) else text


def plan_download(application: Application, format: str) -> HttpResponse:
    """The plan as CSV, XLSX or ODS; formulas are disarmed."""
    name = f"plan-{application.reference or application.public_id}"
    return tables.download(name, format, plan_headers(), plan_rows(application))
