"""Two people wrote the same answer: their text and yours side by side, and what you keep of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from essaim.applications.actions import Saved
from essaim.applications.actions.versions import last_versions
from essaim.applications.models import Application
from essaim.applications.queries import question_of
from essaim.applications.queries.differences import differences
from essaim.applications.queries.saying import said_answer
from essaim.applications.views import pages
from essaim.kernel import clock

THEIRS, MINE, BOTH = "theirs", "mine", "both"
# What this page adds to what was posted, never posted again.
OWN = ("csrfmiddlewaretoken", "seen", "choix-", "commun-")


def chosen(typed: dict[str, Any], data: QueryDict) -> dict[str, Any]:
    """What was typed, once each conflict is settled as the page of conflicts asks."""
    settled = dict(typed)
    for code in typed:
        choice = data.get(f"choix-{code}", "")
        if choice == THEIRS:
            del settled[code]
        elif choice == BOTH:
            settled[code] = data.get(f"commun-{code}", "")
    return settled


def page(request: HttpRequest, application: Application, step: str, saved: Saved, seen: str) -> HttpResponse:
    """Show each conflict side by side (409); all that was posted travels along, to be saved as one chooses."""
    newest = last_versions(application, [conflict.code for conflict in saved.conflicts])
    rows = []
    for conflict in saved.conflicts:
        question = question_of(application.rule_set, conflict.code)
        theirs, mine = (said_answer(question, value).text for value in (conflict.theirs, conflict.yours))
        version = newest.get(conflict.code)
        rows.append(
            {
                "code": conflict.code,
                "label": conflict.label,
                "theirs": theirs,
                "mine": mine,
                "pieces": differences(theirs, mine),
                "is_text": question is not None and question.type in ("short_text", "long_text"),
                "is_long": question is not None and question.type == "long_text",
                "by": version.by if version else None,
                "at": version.at if version else application.saved_at,
            }
        )
    context = pages.context(request, application, at=clock.now(), step=step) | {
        "conflicts": rows,
        "seen": seen,
        "posted": posted(request.POST),
        "back_url": pages.step_url(application, step),
    }
    return render(request, "applications/conflicts.html", context, status=409)


def posted(data: QueryDict) -> list[tuple[str, str]]:
    """The fields of a form, in order, to be posted again."""
    return [(name, value) for name, values in data.lists() if not name.startswith(OWN) for value in values]
