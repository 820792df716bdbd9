"""The list of agreements as a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from essaim.awards.models import Agreement


def agreements(found: Iterable[Agreement]) -> tuple[list[str], Iterator[list[Any]]]:
    """Headers and rows; amounts in euros; invented ones are marked."""
    headers = [
        _("Numéro"), _("Bénéficiaire"), _("Projet"), _("Commune"), _("Appel"), _("Montant (€)"), _("Versé (€)"),
        _("Début"), _("Fin"), _("État"), _("Compte rendu"), _("Inventé"),
    ]  # fmt: skip
    return headers, map(_row, found)


def _row(agreement: Agreement) -> list[Any]:
    application = agreement.decision.application
    report = getattr(agreement, "report", None)
    return [
        agreement.number,
        str(application.organisation or ""),
        application.title,
        str(application.commune or ""),
        str(application.call),
        Decimal(agreement.amount_cents) / 100,
        Decimal(agreement.paid) / 100,
        agreement.starts_on,
        agreement.ends_on,
        agreement.get_state_display(),
        report.get_state_display() if report else "",
        application.invented,
    ]
