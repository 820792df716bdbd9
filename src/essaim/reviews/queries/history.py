"""What was done on a file, as the administration reads it: the acts both sides read, and its own."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import Q

from essaim.applications.queries import acts_of


def acts_on(application: Any) -> Any:
    """The events on an application and its requests, and on the team's notes, points, tags and follow-up."""
    handling = getattr(application, "handling", None)
    own = {
        "reviews.note": application.notes.all(),
        "reviews.tick": application.ticks.all(),
        "reviews.tag": application.tags.all(),
        "reviews.handling": [handling] if handling else [],
    }
    found = Q()
    for label, rows in own.items():
        found |= Q(subject_type=label, subject_id__in=[str(row.pk) for row in rows])
    return acts_of(application) | apps.get_model("kernel", "Event").objects.filter(found)
