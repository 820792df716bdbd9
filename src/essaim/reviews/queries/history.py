"""What was done on a file, as the administration reads it: the acts both sides read, and its own."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import Q

from essaim.applications.queries import acts_of

OWN = ("reviews.note", "reviews.tick", "reviews.handling", "reviews.tag")


def acts_on(application: Any) -> Any:
    """The events on an application and its requests, and on the team's notes, points, follow-up and tags."""
    found = Q()
    for label in OWN:
        rows = apps.get_model(label).objects.filter(application=application).values_list("pk", flat=True)
        found |= Q(subject_type=label, subject_id__in=[str(pk) for pk in rows])
    return acts_of(application) | apps.get_model("kernel", "Event").objects.filter(found)
