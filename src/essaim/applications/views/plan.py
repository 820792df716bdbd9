"""The financing plan to read, print and download: as an investment file asks for it, or by accounts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from essaim.applications.exports import plan_download
from essaim.applications.forms.plan import Names
from essaim.applications.models import Application
from essaim.applications.queries import balance_of, cerfa_of, plan_of, remarks_of
from essaim.applications.views import pages
from essaim.kernel import clock
from essaim.kernel.tables import wanted_format
from essaim.programmes.thread import thread_of


@never_cache
@require_safe
def plan(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The same lines in two views: investment (décret 2018-514), or charges and produits by account (Cerfa 12156)."""
    application = pages.application_of(request.user, public_id)
    if format := wanted_format(request):
        return plan_download(application, format)
    found = plan_of(application)
    by_accounts = request.GET.get("vue") == "comptes"
    context = {
        "application": application,
        "call": application.call,
        "thread": thread_of(application.call.programme, at=clock.now()),
        "plan": found,
        "balance": balance_of(found),
        "remarks": remarks_of(application),
        "by_accounts": by_accounts,
        "page_title": _("Le plan par comptes") if by_accounts else _("Le plan de financement"),
        **(_accounts(application, found) if by_accounts else _investment(application, found)),
    }
    return render(request, "applications/plan.html", context)


def _investment(application: Application, plan: Any) -> dict[str, Any]:
    """Expenses by category, resources by nature, and what is told of VAT."""
    names = Names.of(application.call).categories
    documents = {document.file.sha256: document.name for document in application.documents.all()}
    costs = [
        (line, names.get(line.category, line.category), documents.get(line.quote, ""))
        for line in application.cost_lines.all()
    ]
    fundings = [(line, documents.get(line.proof, "")) for line in application.funding_lines.all()]
    totals = plan.costs_by(lambda line: line.category)
    return {
        "costs": costs,
        "fundings": fundings,
        "categories": [(names.get(code, code), cents) for code, cents in totals.items()],
    }


def _accounts(application: Application, plan: Any) -> dict[str, Any]:
    """The Cerfa's two halves, then the contributions in kind, each side with its total."""
    found = cerfa_of(application, plan)
    return {
        "cerfa": found,
        "halves": [
            (_("Charges"), [*found.charges], found.total("charges")),
            (_("Produits"), [*found.products], found.total("products")),
        ],
        "in_kind": [
            (_("Emplois des contributions volontaires"), [*found.in_kind_charges], found.total("in_kind_charges")),
            (_("Contributions volontaires"), [*found.in_kind_products], found.total("in_kind_products")),
        ],
        "outside_cents": found.total("outside"),
    }
