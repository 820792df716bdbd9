"""What the experts gave a file, told to its applicant without their names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps

from essaim.kernel.bilingual import Bilingual, as_bilingual


@dataclass(frozen=True, slots=True)
class CriterionMean:
    """A criterion of the grid, its weight in the mark, and the mean of what the experts gave."""

    title: Bilingual
    weight: int
    mean: float
    highest: int


def _handed_in(application: Any) -> list[Any]:
    reviews = apps.get_model("reviews", "Review").objects.filter(
        assignment__application=application, assignment__state="done"
    )
    return list(reviews.order_by("submitted_at", "pk"))


def criteria_means(application: Any) -> list[CriterionMean]:
    """Each criterion with the mean score of the experts who handed their review in."""
    grid, reviews = application.rule_set.grid, _handed_in(application)
    found = []
    for criterion in grid.get("criterion", ()):
        scores = [review.scores[criterion["code"]] for review in reviews if criterion["code"] in review.scores]
        if scores:
            title = as_bilingual(criterion["title"])
            mean = sum(scores) / len(scores)
            found.append(CriterionMean(title, criterion["weight"], mean, grid["scale"]["max"]))
    return found


def opinions(application: Any) -> list[str]:
    """What the experts wrote of the whole, in the order they handed it in; never who."""
    return [review.comment.strip() for review in _handed_in(application) if review.comment.strip()]
