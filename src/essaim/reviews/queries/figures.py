"""Loads, progress and shortages of a call's reviews, as lists and tables need them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Count, Q, QuerySet

HELD = Q(assignments__state__in=["assigned", "done"])


def expert_rows(call: Any) -> list[Any]:
    """The call's experts with `held`, `done` and `recusals` counts, by name."""
    return list(
        call.experts.select_related("person")
        .annotate(
            held=Count("assignments", filter=HELD, distinct=True),
            done=Count("assignments", filter=Q(assignments__state="done"), distinct=True),
            recusals=Count("conflicts", distinct=True),
        )
        .order_by("person__name", "pk")
    )


def with_progress(applications: QuerySet[Any]) -> QuerySet[Any]:
    """Applications with `given` (reviewers they have) and `reviewed` (reviews handed in)."""
    return applications.annotate(
        given=Count("assignments", filter=HELD, distinct=True),
        reviewed=Count("assignments", filter=Q(assignments__state="done"), distinct=True),
    )


def short_of_reviews(call: Any) -> QuerySet[Any]:
    """The admissible applications that have fewer reviewers than the call asks."""
    return with_progress(call.applications.filter(state="admissible")).filter(given__lt=call.reviews_each)


def pairs_of(call: Any) -> QuerySet[Any]:
    """Who reads what, by file: those in hand and handed in."""
    return (
        apps.get_model("reviews", "Assignment")
        .objects.filter(expert__call=call)
        .exclude(state="recused")
        .select_related("expert__person", "application__commune__department")
        .order_by("application__number", "pk")
    )


def assigned_to(user: Any) -> QuerySet[Any]:
    """What a person is given to review, soonest first, with all that a list shows."""
    return (
        apps.get_model("reviews", "Assignment")
        .objects.filter(expert__person_id=user.pk)
        .exclude(state="recused")
        .select_related(
            "application__call",
            "application__rule_set",
            "application__organisation",
            "application__commune__department",
            "review",
        )
        .order_by("due_on", "application__number", "pk")
    )


def to_remind(day: date, within: timedelta) -> QuerySet[Any]:
    """Who has not handed in reviews due within this time of `day`: rows (expert id, due date, how many are left)."""
    return (
        apps.get_model("reviews", "Assignment")
        .objects.filter(state="assigned", due_on__gte=day, due_on__lte=day + within)
        .order_by("expert_id", "due_on")
        .values_list("expert_id", "due_on")
        .annotate(left=Count("pk"))
    )
