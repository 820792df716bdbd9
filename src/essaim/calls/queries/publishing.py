"""A call as other software reads it."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings


def as_dispositif(call: Any) -> dict[str, Any]:
    """The call in etalab's schema « dispositif-aide »: texts in French, days in the call's zone, codes of regions."""
    zone = ZoneInfo(call.zone)
    updated = call.rule_set.frozen_at if call.rule_set else None
    updated = max(filter(None, [updated, call.published_at]), default=None)

    def day(instant: Any) -> str:
        return instant.astimezone(zone).date().isoformat() if instant else ""

    return {
        "id": call.slug,
        "titre": call.title.get("fr", ""),
        "description": " ".join(filter(None, [call.summary.get("fr", ""), call.purpose.get("fr", "")])),
        "eligibilite": call.who.get("fr", ""),
        "types_aides": ["subvention"],
        "porteurs": [call.service_name.get("fr", "") or call.programme.administration.get("fr", "")],
        "cibles": _targets(call),
        "eligibilite_geographique": ", ".join(call.territory) or "FR",
        "date_ouverture": day(call.opens_at),
        "date_cloture": day(call.closes_at),
        "date_mise_a_jour": day(updated),
        "url": settings.SITE_URL + call.get_absolute_url(),
    }


def _targets(call: Any) -> list[str]:
    """The kinds of applicant its rules name, in French."""
    rules = call.rule_set.rules if call.rule_set else {}
    labels = rules.get("labels", {})
    return [
        labels.get(kind, {}).get("fr", kind)
        for rule in rules.get("rule", [])
        if rule["check"].get("fact") == "applicant.kind"
        for kind in rule["check"].get("values", [])
    ]
