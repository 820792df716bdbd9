"""What is asked of a selection: the marks handed to the engine, what it answered, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from essaim.engine.calibration import Calibration, Score
from essaim.engine.explain import Envelope, Explanation
from essaim.engine.portfolio import Candidate, Constraints, Portfolio
from essaim.selections.queries.territory import region_names, region_of

THOUSAND = 1000
TOP_MARK = 20
DRAWS = 10_000
# What a scenario says when nothing else is asked: all or nothing, 20 km, one point of quality for 50 000 inhabitants.
DEFAULTS: dict[str, Any] = {
    "radius_km": 20,
    "weight": 50_000,
    "one_per_commune": False,
    "partial_permille": THOUSAND,
    "quotas": {},
    "forced_in": {},
    "forced_out": {},
}
# Around the envelope, by twentieths of it: what a little more, or a little less, would change.
ENVELOPES = tuple(range(14, 27))


def parameters_refused(given: Mapping[str, Any]) -> str | None:
    """What is wrong in a scenario's parameters, in a sentence; None when the engine can take them."""
    if not 0 < given["radius_km"] <= 500:
        return _("Le rayon est compris entre 1 et 500 km.")
    if not 1 <= given["weight"] <= 100_000_000:
        return _("Le nombre d’habitants qui valent un point est compris entre 1 et 100 000 000.")
    if not 1 <= given["partial_permille"] <= THOUSAND:
        return _("La part minimale accordée est comprise entre 0,1 % et 100 % de la demande.")
    for region, (low, high) in given["quotas"].items():
        if low < 0 or (high is not None and high < low):
            return _("Région %(region)s : le maximum est au moins égal au minimum, qui est positif.") % {
                "region": region
            }
    return None


def budgets_around(budget_cents: int) -> list[int]:
    """The envelopes whose optimum is shown beside a scenario's: from 70 to 130 % of its own, in cents."""
    return [budget_cents * share // 20 for share in ENVELOPES]


def result_of(
    found: Portfolio,
    candidates: Sequence[Candidate],
    reasons: Mapping[str, Explanation],
    curve: Sequence[Envelope],
) -> dict[str, Any]:
    """What the engine found, as it is kept: `value` and `bound` in exact units, the rest for people.

    prices: by application, thousandths of a point lost when it is decided otherwise (None: the rules forbid it);
    envelopes: the optimum of each budget, who enters and who leaves since the one before.
    """
    beforehand = {candidate.id for candidate in candidates if candidate.mandatory or candidate.excluded}
    return {
        "prices": {id_: reason.price for id_, reason in reasons.items() if id_ not in beforehand},
        "envelopes": [
            {
                "budget_cents": one.budget_cents,
                "points": round(found.points(one.value), 6),
                "proven": one.proven,
                "funded": len(one.funded),
                "entering": [int(id_) for id_ in one.entering] if rank else [],
                "leaving": [int(id_) for id_ in one.leaving] if rank else [],
            }
            for rank, one in enumerate(curve)
        ],
        "funded": len(found.funded),
        "value": found.value,
        "bound": found.bound,
        "points": round(found.points(found.value), 6),
        "bound_points": round(found.points(found.bound), 6),
        "quality": found.quality,
        "gap": found.gap,
        "proven": found.proven,
        "certified": found.certificate.gap_closed,
        "cells": found.cells,
        "newly_covered_population": found.newly_covered_population,
        "method": found.method,
        "candidates": len(candidates),
    }


def _reviews(call: Any) -> Any:
    """The reviews handed in for the admissible files of a call."""
    return apps.get_model("reviews", "Review").objects.filter(
        assignment__expert__call=call,
        assignment__state="done",
        total__isnull=False,
        assignment__application__state="admissible",
    )


def marks_count(call: Any) -> int:
    """How many marks a ranking of this call compares."""
    return int(_reviews(call).count())


def scores_of(call: Any) -> list[Score]:
    """Every mark handed in for an admissible file of a call, out of 20; ids are primary keys, as text."""
    rows = _reviews(call).values_list("assignment__application_id", "assignment__expert_id", "total").order_by("pk")
    return [Score(str(application), str(expert), total / THOUSAND) for application, expert, total in rows]


def candidates_of(call: Any, points: Mapping[str, int], parameters: Mapping[str, Any]) -> list[Candidate]:
    """The admissible applications that have marks and a place, as the engine takes them; points in thousandths."""
    given = DEFAULTS | dict(parameters)
    rows = call.applications.filter(state="admissible").select_related(
        "commune__department__region_2013", "commune__department__region"
    )
    return [
        Candidate(
            id=str(application.pk),
            grant_cents=application.requested_cents,
            value=points[str(application.pk)],
            latitude=application.latitude if application.latitude is not None else application.commune.latitude,
            longitude=application.longitude if application.longitude is not None else application.commune.longitude,
            region=region_of(application, call)[1],
            commune=application.commune_id,
            mandatory=str(application.pk) in given["forced_in"],
            excluded=str(application.pk) in given["forced_out"],
        )
        for application in rows.order_by("pk")
        if str(application.pk) in points and application.commune is not None
    ]


def constraints_of(scenario: Any) -> Constraints:
    """The engine's constraints of a scenario's parameters; regions go by name, as its sentences say them."""
    given = DEFAULTS | scenario.parameters
    names = region_names(scenario.selection.call) if given["quotas"] else {}
    return Constraints(
        budget_cents=scenario.budget_cents,
        quotas={names.get(region, region): (low, high) for region, (low, high) in given["quotas"].items()},
        one_per_commune=given["one_per_commune"],
        partial_permille=given["partial_permille"],
        weight=given["weight"],
        radius_km=float(given["radius_km"]),
    )


def existing_sites() -> list[tuple[float, float]]:
    """Where fab labs are already known: whoever lives near one is served already."""
    places = apps.get_model("places", "KnownPlace").objects.filter(kind="fablab", latitude__isnull=False)
    return [(float(lat), float(lon)) for lat, lon in places.order_by("pk").values_list("latitude", "longitude")]


def ranking_rows(calibration: Calibration) -> list[dict[str, Any]]:
    """The calibrated ranking as it is kept: one row per application, best first; marks in thousandths of a point."""
    return [
        {
            "application": int(found.id),
            "mean": round(found.mean * THOUSAND),
            "quality": min(TOP_MARK * THOUSAND, max(0, round(found.quality * THOUSAND))),
            "expected_rank": round(found.expected_rank, 2),
            "low": int(found.low),
            "high": int(found.high),
            "probability": None if found.probability_fundable is None else round(found.probability_fundable, 4),
            "group": found.group,
        }
        for found in calibration.applications
    ]


def by_application(rows: Sequence[Mapping[str, Any]]) -> dict[int, Mapping[str, Any]]:
    """The ranking's rows by application."""
    return {row["application"]: row for row in rows}
