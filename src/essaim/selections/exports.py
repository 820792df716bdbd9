"""Lists of the choice as spreadsheets: headers and rows for `kernel.tables`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from essaim.selections.models import Decision, Scenario, ScenarioLine
from essaim.selections.queries.pictures import RankedFile
from essaim.selections.queries.territory import region_of

Table = tuple[list[str], list[list[Any]]]


def ranking_table(files: Iterable[RankedFile]) -> Table:
    """The calibrated ranking, for the team."""
    headers = [
        _("Position"), _("Dossier"), _("Projet"), _("Organisme"), _("Moyenne sur 20"), _("Qualité sur 20"),
        _("Rang attendu"), _("Rang, au mieux"), _("Rang, au pire"), _("Probabilité d’être finançable"), _("Groupe"),
        _("Demandé (€)"), _("Inventé pour la démonstration"),
    ]  # fmt: skip
    return headers, [
        [
            file.position,
            file.application.reference,
            file.application.title,
            str(file.application.organisation or ""),
            file.mean / 1000,
            file.quality / 1000,
            file.expected_rank,
            file.low,
            file.high,
            "" if file.probability is None else file.probability,
            file.group,
            file.application.requested_cents / 100,
            file.application.invented,
        ]
        for file in files
    ]


def lines_table(lines: Iterable[ScenarioLine], named: bool | frozenset[int], result: Mapping[str, Any]) -> Table:
    """The lines of a scenario; `named` says whose project and organisation may be told (all, or these ids)."""
    headers = [
        _("Dossier"), _("Projet"), _("Organisme"), _("Région"), _("Retenu"), _("Accordé (€)"), _("Demandé (€)"),
        _("Qualité sur 20"), _("Rang, au mieux"), _("Rang, au pire"), _("Prix de l’autre décision (points)"),
        _("Ce qui aurait changé le résultat"), _("Inventé pour la démonstration"),
    ]  # fmt: skip
    rows, prices = [], result.get("prices", {})
    for line in lines:
        application = line.application
        told = named is True or (named is not False and application.pk in named)
        rows.append(
            [
                application.reference,
                application.title if told else "",
                str(application.organisation or "") if told else "",
                region_of(application, application.call)[1],
                line.funded,
                line.granted_cents / 100,
                application.requested_cents / 100 if told else "",
                line.points / 1000,
                line.rank_low or "",
                line.rank_high or "",
                "" if (price := prices.get(str(application.pk))) is None else price / 1000,
                str(line.explanation),
                application.invented,
            ]
        )
    return headers, rows


def results_table(decisions: Iterable[Decision]) -> Table:
    """Published results: funded projects by name, the others by number only."""
    headers = [
        _("Dossier"), _("Décision"), _("Accordé (€)"), _("Organisme"), _("Projet"), _("Commune"), _("Région"),
        _("Ce qui aurait changé le résultat"), _("Inventé pour la démonstration"),
    ]  # fmt: skip
    rows = []
    for decision in decisions:
        application, funded = decision.application, decision.outcome == Decision.Outcome.FUNDED
        rows.append(
            [
                application.reference,
                decision.get_outcome_display(),
                decision.granted_cents / 100,
                str(application.organisation or "") if funded else "",
                application.title if funded else "",
                str(application.commune or "") if funded else "",
                region_of(application, application.call)[1],
                str(decision.what_would_change),
                application.invented,
            ]
        )
    return headers, rows


def scenarios_table(scenarios: Iterable[Scenario]) -> Table:
    """Scenarios side by side, one per line."""
    headers = [
        _("Numéro"), _("Scénario"), _("État"), _("Enveloppe (€)"), _("Accordé (€)"), _("Projets retenus"),
        _("Qualité (somme des notes)"), _("Habitants nouvellement à portée"), _("Valeur (points)"),
        _("Borne (points)"), _("Prouvé optimal"), _("Raison de la proposition"), _("Raison de la décision"),
    ]  # fmt: skip
    rows = []
    for scenario in scenarios:
        result = scenario.result
        rows.append(
            [
                scenario.number,
                scenario.title,
                scenario.get_state_display(),
                scenario.budget_cents / 100,
                scenario.granted_cents / 100,
                result.get("funded", ""),
                result["quality"] / 1000 if "quality" in result else "",
                result.get("newly_covered_population", ""),
                result.get("points", ""),
                result.get("bound_points", ""),
                bool(result.get("proven")),
                scenario.proposal_reason,
                scenario.ratification_reason,
            ]
        )
    return headers, rows
