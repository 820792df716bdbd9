"""What is asked of a selection: the marks handed to the engine, what it answered, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.apps import apps

from essaim.engine.calibration import Calibration, Score
from essaim.engine.portfolio import Candidate, Constraints

THOUSAND = 1000
TOP_MARK = 20
DRAWS = 10_000


def scores_of(call: Any) -> list[Score]:
    """Every mark handed in for a call, out of 20; ids are the primary keys of applications and experts."""
    reviews = apps.get_model("reviews", "Review").objects.filter(
        assignment__expert__call=call, assignment__state="done", total__isnull=False
    )
    rows = reviews.values_list("assignment__application_id", "assignment__expert_id", "total").order_by("pk")
    return [Score(str(application), str(expert), total / THOUSAND) for application, expert, total in rows]


def candidates_of(call: Any, points: Mapping[str, int]) -> list[Candidate]:
    """The admissible applications that have marks and a place, as the engine takes them; points in thousandths."""
    rows = call.applications.filter(state="admissible").select_related("commune__department").order_by("pk")
    return [
        Candidate(
            id=str(application.pk),
            grant_cents=application.requested_cents,
            value=points[str(application.pk)],
            latitude=application.latitude if application.latitude is not None else application.commune.latitude,
            longitude=application.longitude if application.longitude is not None else application.commune.longitude,
            region=application.commune.department.region_2013_id,
            commune=application.commune_id,
        )
        for application in rows
        if str(application.pk) in points and application.commune is not None
    ]


def constraints_of(scenario: Any) -> Constraints:
    """The engine's constraints of a scenario's parameters."""
    given = scenario.parameters
    return Constraints(
        budget_cents=scenario.budget_cents,
        quotas={region: (low, high) for region, (low, high) in given.get("quotas", {}).items()},
        one_per_commune=given.get("one_per_commune", False),
        partial_permille=given.get("partial_permille", 1000),
        weight=given.get("weight", 50_000),
        radius_km=given.get("radius_km", 20.0),
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
            "quality": max(0, round(found.quality * THOUSAND)),
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
