"""Writes on selections: ranking, scenarios, ratification, decisions, publication."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.accounts.models import Person
from essaim.applications.lifecycle import APPLICATION
from essaim.applications.models import Application, ApplicationState
from essaim.calls.lifecycle import CALL
from essaim.calls.models import Call, CallState
from essaim.engine.calibration import calibrate
from essaim.engine.explain import Explanation, envelope_curve, explain
from essaim.engine.portfolio import Candidate, Portfolio, PortfolioError, select
from essaim.engine.progress import Progress, following
from essaim.engine.refusal import Refusal
from essaim.kernel import access, journal
from essaim.kernel.bilingual import Bilingual
from essaim.kernel.tasks import last_look
from essaim.kernel.workflow import Refused
from essaim.places.queries import engine_communes
from essaim.programmes.actions import canonical_json
from essaim.programmes.queries import envelope_cents
from essaim.selections import queries
from essaim.selections.lifecycle import DECISION, SCENARIO, SELECTION
from essaim.selections.models import Decision, Scenario, ScenarioLine, ScenarioState, Selection, SelectionState
from essaim.selections.queries.reasons import reasons_for

journal.declare("selections.selection.open", label=gettext_lazy("Ouvrir la sélection"), public=())
journal.declare(
    "selections.selection.rank",
    label=gettext_lazy("Calculer le classement"),
    public=("applications", "marks", "seed", "sha256"),
)
journal.declare(
    "selections.scenario.create", label=gettext_lazy("Préparer un scénario"), public=("number", "budget_cents")
)
journal.declare(
    "selections.decision.prepare",
    label=gettext_lazy("Préparer une décision"),
    public=("application", "outcome", "granted_cents", "reasons_sha256"),
)


def open_selection(call: Call, *, by: Person | None, at: datetime) -> Selection:
    """The selection of a call; the same one if it is open already. Refused while filing is open."""
    _only_officer(call, by)
    if call.closes_at is None or at < call.closes_at:
        raise Refused(_("La sélection commence après la clôture de l’appel."))
    with transaction.atomic():
        selection, created = Selection.objects.get_or_create(call=call, defaults={"opened_at": at})
        if created:
            journal.append("selections.selection.open", subject=selection, by=by, at=at, role=_role(by))
    return selection


def rank(
    selection: Selection, *, seed: int = 1, by: Person | None, at: datetime, progress: Progress | None = None
) -> None:
    """Compute the ranking without the experts' severity and keep it. Raises Refused when there are too few marks.

    `progress` may stop it by raising Cancelled: nothing is written then.
    """
    _only_officer(selection.call, by)
    _still_open(selection)
    scores = queries.scores_of(selection.call)
    fundable = min(_fundable(selection.call), len({score.application for score in scores}))
    try:
        calibration = calibrate(scores, fundable=fundable, draws=queries.DRAWS, seed=seed, progress=progress)
    except Refusal as refusal:
        raise Refused(str(Bilingual(fr=refusal.fr, en=refusal.en))) from None
    rows = queries.ranking_rows(calibration)
    digest = sha256(canonical_json(rows).encode()).hexdigest()
    with transaction.atomic():
        last_look(progress)
        selection.ranking = {
            "rows": rows,
            "sha256": digest,
            "marks": len(scores),
            "seed": seed,
            "draws": queries.DRAWS,
            "fundable": fundable,
            "computed_at": at.isoformat(),
            "variance": {
                "application": round(calibration.variance.application, 4),
                "expert": round(calibration.variance.expert, 4),
                "residual": round(calibration.variance.residual, 4),
            },
            "experts": [
                {
                    "expert": int(e.id),
                    "severity": round(e.severity, 3),
                    "low": round(e.low, 3),
                    "high": round(e.high, 3),
                }
                for e in calibration.experts
            ],
        }
        selection.save(update_fields=["ranking"])
        payload = {"applications": len(rows), "marks": len(scores), "seed": seed, "sha256": digest}
        journal.append("selections.selection.rank", subject=selection, by=by, at=at, role=_role(by), payload=payload)


def _fundable(call: Call) -> int:
    """How many average requests the envelope pays for: where the funding line is drawn in the ranking."""
    requests = list(
        call.applications.filter(state=ApplicationState.ADMISSIBLE).values_list("requested_cents", flat=True)
    )
    total, envelope = sum(requests), envelope_cents(call.programme)
    return min(len(requests), envelope * len(requests) // total) if total else 0


def create_scenario(
    selection: Selection,
    *,
    title: str,
    budget_cents: int,
    parameters: Mapping[str, Any] | None = None,
    by: Person | None,
    at: datetime,
) -> Scenario:
    """Prepare a scenario. `parameters`: radius_km, weight (inhabitants worth one point), one_per_commune,
    partial_permille (least share of a request), quotas (region code -> [least, most or None]), forced_in and forced_out
    (application's primary key, as text -> its reference)."""
    _only_officer(selection.call, by)
    _still_open(selection)
    if budget_cents <= 0:
        raise Refused(_("L’enveloppe d’un scénario est un montant positif."))
    given = queries.DEFAULTS | dict(parameters or {})
    if refusal := queries.parameters_refused(given):
        raise Refused(refusal)
    with transaction.atomic():
        Selection.objects.select_for_update().get(pk=selection.pk)  # one number at a time
        number = selection.scenarios.count() + 1
        scenario = Scenario.objects.create(
            selection=selection,
            number=number,
            title=title.strip() or _("Scénario %(n)d") % {"n": number},
            parameters=given,
            budget_cents=budget_cents,
            created_by=by,
            created_at=at,
        )
        payload = {"number": number, "budget_cents": budget_cents}
        journal.append("selections.scenario.create", subject=scenario, by=by, at=at, role=_role(by), payload=payload)
    return scenario


def force(scenario: Scenario, application: Application, *, funded: bool, by: Person | None, at: datetime) -> Scenario:
    """Prepare the same scenario with one file forced in (`funded`) or out, whatever its rank; it is then computed."""
    if application.call_id != scenario.selection.call_id:
        raise Refused(_("Ce dossier est celui d’un autre appel."))
    given = queries.DEFAULTS | scenario.parameters
    key, kept = str(application.pk), ("forced_in", "forced_out") if funded else ("forced_out", "forced_in")
    given[kept[0]] = {**given[kept[0]], key: application.reference}
    given[kept[1]] = {pk: reference for pk, reference in given[kept[1]].items() if pk != key}
    words = _("%(title)s, avec %(file)s") if funded else _("%(title)s, sans %(file)s")
    title = words % {"title": scenario.title[:100], "file": application.reference}
    return create_scenario(
        scenario.selection, title=title, budget_cents=scenario.budget_cents, parameters=given, by=by, at=at
    )


def compute_scenario(
    scenario: Scenario,
    *,
    by: Person | None,
    at: datetime,
    explained: bool = True,
    progress: Progress | None = None,
) -> None:
    """Find the optimal portfolio under the scenario's rules, its proof and, for each file, what explains it.

    `explained`: also the optimum of the envelopes around, and what each decision taken otherwise would cost. A scenario
    nobody can satisfy keeps the sentence that says which rules conflict, and is refused with it. `progress` may stop
    all of it by raising Cancelled: nothing is written then.
    """
    selection = scenario.selection
    _only_officer(selection.call, by)
    if scenario.state not in {ScenarioState.DRAFT, ScenarioState.COMPUTED}:
        raise Refused(_("Ce scénario est déjà proposé, retenu ou écarté : préparez-en un nouveau."))
    if not selection.ranking:
        rank(selection, by=by, at=at, progress=progress)
    ranking = queries.by_application(selection.ranking["rows"])
    points = {str(pk): row["quality"] for pk, row in ranking.items()}
    candidates = queries.candidates_of(selection.call, points, scenario.parameters)
    if not candidates:
        raise Refused(_("Aucun dossier recevable n’a de note et de commune : il n’y a rien à comparer."))
    communes, sites, constraints = engine_communes(), queries.existing_sites(), queries.constraints_of(scenario)
    try:
        with following(progress):
            found = select(candidates, communes, constraints=constraints, existing_places=sites, proof=True)
            reasons, curve = {}, ()
            if explained:
                budgets = queries.budgets_around(scenario.budget_cents)
                curve = envelope_curve(budgets, candidates, communes, constraints, existing_places=sites)
                top = queries.TOP_MARK
                reasons = explain(found, candidates, communes, constraints, existing_places=sites, top_mark=top)
    except PortfolioError as error:
        raise Refused(_keep_refusal(scenario, error)) from None
    document = found.certificate.document()
    digest = sha256(canonical_json(document["instance"]).encode()).hexdigest()
    with transaction.atomic():
        last_look(progress)
        scenario.result = queries.result_of(found, candidates, reasons, curve) | {
            "instance_sha256": digest,
            "ranking_sha256": selection.ranking.get("sha256"),
        }
        scenario.certificate = document
        scenario.granted_cents = found.spent_cents
        scenario.computed_at = at
        # Never the state: someone may be moving it meanwhile, and the move below is what settles the race.
        scenario.save(update_fields=["result", "certificate", "granted_cents", "computed_at"])
        scenario.lines.all().delete()
        ScenarioLine.objects.bulk_create(_lines(scenario, candidates, found, reasons, ranking))
        SCENARIO.perform(scenario, "compute", by=by, at=at)


def _lines(
    scenario: Scenario,
    candidates: Sequence[Candidate],
    found: Portfolio,
    reasons: Mapping[str, Explanation],
    ranking: Mapping[int, Mapping[str, Any]],
) -> list[ScenarioLine]:
    """One line per candidate: funded or not, the amount, the rank, the sentence."""
    granted = {grant.id: grant.granted_cents for grant in found.funded}
    return [
        ScenarioLine(
            scenario=scenario,
            application_id=int(candidate.id),
            funded=candidate.id in granted,
            granted_cents=granted.get(candidate.id, 0),
            points=candidate.value,
            rank_low=ranking[int(candidate.id)]["low"],
            rank_high=ranking[int(candidate.id)]["high"],
            explanation=Bilingual(fr=reasons[candidate.id].sentence_fr, en=reasons[candidate.id].sentence_en)
            if candidate.id in reasons
            else Bilingual(),
        )
        for candidate in candidates
    ]


def _keep_refusal(scenario: Scenario, error: PortfolioError) -> str:
    """Keep why no portfolio is possible beside the scenario, and give the sentence in the reader's language."""
    sentence = Bilingual(fr=error.fr, en=error.en)
    scenario.result = {"refusal": dict(sentence)}
    Scenario.objects.filter(pk=scenario.pk, state=ScenarioState.DRAFT).update(result=scenario.result)
    return str(sentence)


def propose(scenario: Scenario, *, reason: str, by: Person, at: datetime) -> None:
    """Propose a computed scenario to the decision maker, with the reason of the choice (promise G5)."""
    SCENARIO.perform(scenario, "propose", by=by, at=at, reason=reason)


def ratify(scenario: Scenario, *, reason: str, by: Person, at: datetime) -> None:
    """A decision maker, who did not propose it, takes the scenario; decisions are then prepared, with reasons."""
    with transaction.atomic():
        SCENARIO.perform(scenario, "ratify", by=by, at=at, reason=reason)
        selection = scenario.selection
        SELECTION.perform(selection, "ratify", by=by, at=at)
        for other in selection.scenarios.exclude(pk=scenario.pk).exclude(state=ScenarioState.DISCARDED):
            SCENARIO.perform(other, "discard", by=None, at=at)
        prepare_decisions(selection, scenario, by=by, at=at)


def prepare_decisions(selection: Selection, scenario: Scenario, *, by: Person, at: datetime) -> int:
    """One reasoned decision per examined application that has none yet; returns how many were prepared.

    A file never examined gets none: publication is refused while one is left, and its refusal names it.
    """
    if "decision_maker" not in access.roles(by, selection):
        raise Refused(_("Seul un décideur signe les décisions."))
    if scenario.state != ScenarioState.RATIFIED or selection.state == SelectionState.PUBLISHED:
        raise Refused(_("Les décisions se préparent sur le scénario retenu, avant la publication des résultats."))
    lines = {line.application_id: line for line in scenario.lines.all()}
    ranking = queries.by_application(selection.ranking["rows"])
    applications = selection.call.applications.filter(
        state__in=[ApplicationState.ADMISSIBLE, ApplicationState.INADMISSIBLE, ApplicationState.INELIGIBLE],
        decision__isnull=True,
    ).select_related("rule_set", "commune__department", "call")
    prepared = 0
    with transaction.atomic():
        for application in applications.order_by("number"):
            line, ranked = lines.get(application.pk), ranking.get(application.pk)
            outcome = _outcome(application, line)
            reasons = reasons_for(application, outcome, line, ranked, len(ranking))
            decision = Decision.objects.create(
                selection=selection,
                application=application,
                scenario=scenario if line else None,
                outcome=outcome,
                granted_cents=line.granted_cents if line and line.funded else 0,
                reasons=[dict(reason) for reason in reasons],
                what_would_change=line.explanation if line else Bilingual(),
                decided_by=by,
                decided_at=at,
            )
            _record_decision(decision, by=by, at=at)
            prepared += 1
    return prepared


def _record_decision(decision: Decision, *, by: Person, at: datetime) -> None:
    payload = {
        "application": decision.application_id,
        "outcome": decision.outcome,
        "granted_cents": decision.granted_cents,
        "reasons_sha256": journal.digest(canonical_json(decision.reasons)),
    }
    journal.append(
        "selections.decision.prepare", subject=decision, by=by, at=at, role="decision_maker", payload=payload
    )


def _outcome(application: Application, line: ScenarioLine | None) -> str:
    if application.state == ApplicationState.INADMISSIBLE:
        return Decision.Outcome.INADMISSIBLE
    if application.state == ApplicationState.INELIGIBLE:
        return Decision.Outcome.INELIGIBLE
    return Decision.Outcome.FUNDED if line and line.funded else Decision.Outcome.DECLINED


def publish_results(selection: Selection, *, by: Person, at: datetime) -> None:
    """Publish every decision at once, or none; applicants are notified by the reactions of later stages."""
    with transaction.atomic():
        SELECTION.perform(selection, "publish", by=by, at=at)
        for decision in selection.decisions.select_related(
            "application__call__programme", "selection__call__programme"
        ):
            DECISION.perform(decision, "publish", by=None, at=at)
            application = decision.application
            if application.state == ApplicationState.ADMISSIBLE:
                move = "fund" if decision.outcome == Decision.Outcome.FUNDED else "decline"
                APPLICATION.perform(application, move, by=None, at=at)
        if selection.call.state == CallState.PUBLISHED:
            CALL.perform(selection.call, "settle", by=by, at=at)


def _only_officer(call: Call, by: Person | None) -> None:
    if by is not None and "officer" not in access.roles(by, call):
        raise Refused(_("Seul un chargé de programme prépare la sélection."))


def _still_open(selection: Selection) -> None:
    if selection.state != SelectionState.OPEN:
        raise Refused(_("La sélection est arrêtée : ni le classement ni les scénarios ne changent plus."))


def _role(by: Person | None) -> str:
    return "system" if by is None else "officer"
