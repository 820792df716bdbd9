"""What waits for a person in this stage: files to examine, files without enough reviewers, reviews to hand in."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import ngettext

from essaim.calls.models import Call
from essaim.programmes.access import programmes_of
from essaim.reviews.queries.figures import short_of_reviews


def waiting_for(user: Any, at: datetime) -> list[dict[str, Any]]:
    """What waits for `user` at `at`: dicts with title, url, since, until (aware datetimes or None) and count."""
    if user is None or not user.is_authenticated:
        return []
    return [*_reviews(user), *_instruction(user)]


def _reviews(user: Any) -> list[dict[str, Any]]:
    rows = (
        apps.get_model("reviews", "Assignment")
        .objects.filter(expert__person_id=user.pk, state="assigned")
        .values("expert__call__zone")
        .annotate(count=Count("pk"), since=Min("given_at"), until=Min("due_on"))
        .order_by("until")
    )
    return [
        {
            "title": ngettext("%(count)d expertise à rendre", "%(count)d expertises à rendre", row["count"])
            % {"count": row["count"]},
            "url": reverse("reviews:mine"),
            "since": row["since"],
            "until": datetime.combine(row["until"], time(23, 59, 59), ZoneInfo(row["expert__call__zone"])),
            "count": row["count"],
        }
        for row in rows
    ]


def _instruction(user: Any) -> list[dict[str, Any]]:
    found = []
    for call in Call.objects.filter(programme__in=programmes_of(user, "officer"), state="published"):
        filed = call.applications.filter(state="filed").aggregate(count=Count("pk"), since=Min("filed_at"))
        if filed["count"]:
            title = ngettext(
                "%(count)d dossier dont examiner la recevabilité",
                "%(count)d dossiers dont examiner la recevabilité",
                filed["count"],
            )
            address = reverse("reviews:instruction", args=[call.slug])
            found.append(_item(title, f"{address}?etat=filed", filed["since"], filed["count"]))
        short = short_of_reviews(call).count()
        if short:
            title = ngettext(
                "%(count)d dossier recevable sans assez d’experts",
                "%(count)d dossiers recevables sans assez d’experts",
                short,
            )
            found.append(_item(title, reverse("reviews:assignments", args=[call.slug]), None, short))
    return found


def _item(title: str, url: str, since: datetime | None, count: int) -> dict[str, Any]:
    return {"title": title % {"count": count}, "url": url, "since": since, "until": None, "count": count}
