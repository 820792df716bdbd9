"""The life of a selection, of its scenarios and of its decisions."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from essaim.applications.models import Application, ApplicationState
from essaim.kernel.access import SYSTEM
from essaim.kernel.workflow import Lifecycle, move
from essaim.programmes.queries import envelope_cents
from essaim.selections.models import Decision, DecisionState, Scenario, ScenarioState, Selection, SelectionState
from essaim.ui.formats import money

AWAITING = (
    ApplicationState.FILED,
    ApplicationState.ADMISSIBLE,
    ApplicationState.INADMISSIBLE,
    ApplicationState.INELIGIBLE,
)


def has_a_result(scenario: Scenario, *, by: Any, at: datetime) -> str | None:
    """Le calcul est terminé."""
    if "value" in scenario.result:
        return None
    return _("Ce scénario n’est pas encore calculé : attendez la fin du calcul.")


def ranked_as_computed(scenario: Scenario, *, by: Any, at: datetime) -> str | None:
    """Le classement n’a pas changé depuis le calcul."""
    if scenario.result.get("ranking_sha256") != scenario.selection.ranking.get("sha256"):
        return _("Le classement a été recalculé depuis ce scénario : préparez-en un nouveau, puis écartez celui-ci.")
    return None


def within_the_envelope(scenario: Scenario, *, by: Any, at: datetime) -> str | None:
    """Le total accordé tient dans l’enveloppe en vigueur."""
    envelope = envelope_cents(scenario.selection.call.programme)
    if scenario.granted_cents > envelope:
        return _(
            "Ce scénario accorde %(granted)s, l’enveloppe est de %(envelope)s : inscrivez d’abord une enveloppe plus "
            "grande, avec sa raison, ou choisissez un autre scénario."
        ) % {"granted": money(scenario.granted_cents), "envelope": money(envelope)}
    return None


def four_eyes(scenario: Scenario, *, by: Any, at: datetime) -> str | None:
    """Celui qui arrête la sélection n’est pas celui qui l’a proposée."""
    if by is not None and by.pk == scenario.proposed_by_id:
        return _("Vous avez proposé ce scénario : une autre personne doit l’arrêter.")
    return None


def selection_is_open(scenario: Scenario, *, by: Any, at: datetime) -> str | None:
    """Aucun autre scénario n’est déjà retenu."""
    if scenario.selection.state != SelectionState.OPEN:
        return _("La sélection est déjà arrêtée sur un autre scénario.")
    return None


def nobody_without_a_decision(selection: Selection, *, by: Any, at: datetime) -> str | None:
    """Chaque candidat a une décision motivée à lire (promesse G2)."""
    waiting = Application.objects.filter(call=selection.call, state__in=AWAITING).exclude(
        decision__selection=selection, decision__isnull=False
    )
    without = waiting.count()
    if without:
        names = ", ".join(a.reference for a in waiting.select_related("call").order_by("number")[:5])
        names += "…" if without > 5 else ""
        text = ngettext(
            "%(n)d dossier n’a pas encore de décision motivée (%(names)s) : les résultats ne peuvent pas être publiés.",
            "%(n)d dossiers n’ont pas encore de décision motivée (%(names)s) : les résultats ne peuvent pas être "
            "publiés.",
            without,
        )
        return text % {"n": without, "names": names}
    empty = [d for d in selection.decisions.all() if not any(str(r.get("fr", "")).strip() for r in d.reasons)]
    return _("Une décision n’a pas de raison : écrivez-la avant de publier.") if empty else None


def sum_within_the_envelope(selection: Selection, *, by: Any, at: datetime) -> str | None:
    """La somme des montants accordés tient dans l’enveloppe."""
    total = sum(selection.decisions.values_list("granted_cents", flat=True))
    envelope = envelope_cents(selection.call.programme)
    if total > envelope:
        return _("Les décisions accordent %(total)s, l’enveloppe est de %(envelope)s.") % {
            "total": money(total),
            "envelope": money(envelope),
        }
    return None


def keep_proposal(scenario: Scenario, *, by: Any, at: datetime, reason: str, **data: Any) -> None:
    """Who proposed, and why."""
    scenario.proposed_by, scenario.proposal_reason = by, reason.strip()
    scenario.save(update_fields=["proposed_by", "proposal_reason"])


def keep_ratification(scenario: Scenario, *, by: Any, at: datetime, reason: str, **data: Any) -> None:
    """Who decided, when, and why."""
    scenario.ratified_by, scenario.ratified_at, scenario.ratification_reason = by, at, reason.strip()
    scenario.save(update_fields=["ratified_by", "ratified_at", "ratification_reason"])


def stamp_ratified(selection: Selection, *, by: Any, at: datetime, **data: Any) -> None:
    """The instant of the ratification."""
    Selection.objects.filter(pk=selection.pk).update(ratified_at=at)


def stamp_published(selection: Selection, *, by: Any, at: datetime, **data: Any) -> None:
    """The instant of the publication."""
    Selection.objects.filter(pk=selection.pk).update(published_at=at)


def stamp_notified(decision: Decision, *, by: Any, at: datetime, **data: Any) -> None:
    """The instant from which the applicant can read the decision."""
    Decision.objects.filter(pk=decision.pk).update(notified_at=at)


def figures(scenario: Scenario, data: dict[str, Any]) -> dict[str, Any]:
    """Amounts and digests of a scenario."""
    return {
        "number": scenario.number,
        "budget_cents": scenario.budget_cents,
        "granted_cents": scenario.granted_cents,
        "funded": scenario.result.get("funded", 0),
        "value": scenario.result.get("value", 0),
        "bound": scenario.result.get("bound", 0),
        "instance_sha256": scenario.result.get("instance_sha256", ""),
    }


PUBLIC = ("from", "to", "number", "budget_cents", "granted_cents", "funded", "value", "bound", "instance_sha256")

SCENARIO = Lifecycle(
    Scenario,
    ScenarioState,
    (
        move(
            "compute",
            {ScenarioState.DRAFT, ScenarioState.COMPUTED},
            ScenarioState.COMPUTED,
            by={"officer", SYSTEM},
            label=gettext_lazy("Calculer"),
            needs=[has_a_result],
            record=figures,
            public=PUBLIC,
        ),
        move(
            "propose",
            ScenarioState.COMPUTED,
            ScenarioState.PROPOSED,
            by="officer",
            label=gettext_lazy("Proposer à la décision"),
            needs=[selection_is_open, ranked_as_computed],
            then=[keep_proposal],
            reason=True,
            record=figures,
            public=(*PUBLIC, "reason_sha256"),
        ),
        move(
            "ratify",
            ScenarioState.PROPOSED,
            ScenarioState.RATIFIED,
            by="decision_maker",
            label=gettext_lazy("Arrêter la sélection"),
            needs=[selection_is_open, four_eyes, within_the_envelope, ranked_as_computed],
            then=[keep_ratification],
            reason=True,
            record=figures,
            public=(*PUBLIC, "reason_sha256"),
        ),
        move(
            "discard",
            {ScenarioState.DRAFT, ScenarioState.COMPUTED, ScenarioState.PROPOSED},
            ScenarioState.DISCARDED,
            by={"officer", SYSTEM},
            label=gettext_lazy("Écarter"),
            record=figures,
            public=("from", "to", "number"),
        ),
    ),
)

SELECTION = Lifecycle(
    Selection,
    SelectionState,
    (
        move(
            "ratify",
            SelectionState.OPEN,
            SelectionState.RATIFIED,
            by={"decision_maker", SYSTEM},
            label=gettext_lazy("Arrêter la sélection"),
            then=[stamp_ratified],
            public=("from", "to"),
        ),
        move(
            "publish",
            SelectionState.RATIFIED,
            SelectionState.PUBLISHED,
            by={"officer", "decision_maker"},
            label=gettext_lazy("Publier les résultats"),
            needs=[nobody_without_a_decision, sum_within_the_envelope],
            then=[stamp_published],
            public=("from", "to"),
        ),
    ),
)


def outcome(decision: Decision, data: dict[str, Any]) -> dict[str, Any]:
    """The file, the answer, the amount, and the digest of the reasons."""
    return {
        "application": decision.application_id,
        "outcome": decision.outcome,
        "granted_cents": decision.granted_cents,
    }


DECISION = Lifecycle(
    Decision,
    DecisionState,
    (
        move(
            "publish",
            DecisionState.PREPARED,
            DecisionState.PUBLISHED,
            by={"officer", "decision_maker", SYSTEM},
            label=gettext_lazy("Notifier la décision"),
            then=[stamp_notified],
            record=outcome,
            public=("to", "application", "outcome", "granted_cents"),
        ),
    ),
)
