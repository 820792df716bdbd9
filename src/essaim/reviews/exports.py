"""The lists of this stage as files: headers and rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

Table = tuple[list[str], list[list[Any]]]


def instruction_table(rows: Iterable[dict[str, Any]]) -> Table:
    """The filed applications, as the officer's list shows them; amounts in euros."""
    headers = [
        _("Numéro"),
        _("Projet"),
        _("Organisme"),
        _("Région"),
        _("Coût (€)"),
        _("Aide demandée (€)"),
        _("État"),
        _("Règles respectées"),
        _("Règles non respectées"),
        _("Déposé le"),
        _("Motif"),
        _("Experts"),
        _("Expertises rendues"),
        _("Inventé pour la démonstration"),
    ]
    return headers, [
        [
            row["application"].reference,
            row["application"].title,
            str(row["application"].organisation or ""),
            row["region"],
            row["application"].cost_cents / 100,
            row["application"].requested_cents / 100,
            row["application"].get_state_display(),
            row["met"],
            row["unmet"],
            row["application"].filed_at,
            row["application"].admissibility_reason,
            row["application"].given,
            row["application"].reviewed,
            row["application"].invented,
        ]
        for row in rows
    ]


def experts_table(experts: Iterable[Any]) -> Table:
    """The experts of a call and their loads."""
    headers = [
        _("Expert"),
        _("Organisme"),
        _("Spécialités"),
        _("Dossiers confiés"),
        _("Dossiers au plus"),
        _("Expertises rendues"),
        _("Conflits"),
        _("Inventé pour la démonstration"),
    ]
    return headers, [
        [
            expert.person.name,
            expert.organisation,
            ", ".join(expert.specialties),
            expert.held,
            expert.max_load,
            expert.done,
            expert.recusals,
            expert.person.invented,
        ]
        for expert in experts
    ]


def pairs_table(pairs: Iterable[Any]) -> Table:
    """Who reads what, and why."""
    headers = [
        _("Numéro"),
        _("Projet"),
        _("Expert"),
        _("Affinité"),
        _("Pourquoi"),
        _("À rendre le"),
        _("État"),
        _("Inventé pour la démonstration"),
    ]
    return headers, [
        [
            pair.application.reference,
            pair.application.title,
            pair.expert.person.name,
            pair.affinity / 10_000,
            str(pair.why),
            pair.due_on,
            pair.get_state_display(),
            pair.application.invented,
        ]
        for pair in pairs
    ]


def mine_table(rows: Iterable[dict[str, Any]]) -> Table:
    """What an expert is given to review."""
    headers = [
        _("Numéro"),
        _("Projet"),
        _("Organisme"),
        _("Aide demandée (€)"),
        _("À rendre le"),
        _("État"),
        _("Inventé pour la démonstration"),
    ]
    return headers, [
        [
            row["assignment"].application.reference,
            row["assignment"].application.title,
            str(row["assignment"].application.organisation or ""),
            row["assignment"].application.requested_cents / 100,
            row["assignment"].due_on,
            row["assignment"].get_state_display(),
            row["assignment"].application.invented,
        ]
        for row in rows
    ]
