"""What every page of a draft shares: the five steps, the rules at the side, who else writes."""

from __future__ import annotations

import base64
import hmac
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.applications.access import FILERS, WRITERS
from essaim.applications.actions.guests import erased_on
from essaim.applications.models import Application, ApplicationState
from essaim.applications.queries import (
    balance_of,
    documents_asked,
    findings_of,
    missing_documents_of,
    missing_of,
    plan_of,
    remarks_of,
)
from essaim.applications.queries.call_versions import version_news
from essaim.applications.queries.form import questions_of
from essaim.kernel import access
from essaim.programmes.thread import thread_of
from essaim.ui.shapes import Step

STEPS = ("organisation", "project", "budget", "documents", "check")
LEVELS = {
    ApplicationState.DRAFT: "new",
    ApplicationState.FILED: "info",
    ApplicationState.ADMISSIBLE: "info",
    ApplicationState.FUNDED: "success",
    ApplicationState.WITHDRAWN: "neutral",
}


def application_of(user: Any, public_id: UUID) -> Application:
    """An application one may read, with all it holds, or 404."""
    return access.fetch(user, access.visible_to(user, Application).whole(), public_id=public_id)


def step_names() -> dict[str, str]:
    """The five steps, as people read them."""
    return {
        "organisation": _("Organisme"),
        "project": _("Projet"),
        "budget": _("Budget"),
        "documents": _("Pièces"),
        "check": _("Vérifier et déposer"),
    }


def step_url(application: Application, step: str) -> str:
    """Where a step is written; the place has its own page, beside the project."""
    return reverse(f"applications:{step}", args=[application.public_id])


def copy_key(request: HttpRequest, application: Application) -> str:
    """The key (AES-GCM, 256 bits, base64) of what this person's browser keeps of this draft before it is sent."""
    named = f"essaim.applications.copy:{settings.SECRET_KEY}".encode()
    text = f"{application.public_id}:{request.user.public_id}"
    return base64.b64encode(hmac.new(named, text.encode(), sha256).digest()).decode()


def head(application: Application) -> dict[str, Any]:
    """What the templates of a page beside the steps read."""
    return {"application": application, "call": application.call}


def context(request: HttpRequest, application: Application, *, at: datetime, step: str = "") -> dict[str, Any]:
    """What the templates of one application read; `step` is the page we are on."""
    missing = missing_of(application)
    held = access.roles(request.user, application)
    return {
        "application": application,
        "call": application.call,
        "at": at,
        "thread": thread_of(application.call.programme, at=at),
        "level": LEVELS.get(ApplicationState(application.state), "error"),
        "is_draft": application.state == ApplicationState.DRAFT,
        "may_write": bool(WRITERS & held),
        "may_file": bool(FILERS & held),
        "kept_until": erased_on(application),
        "missing": [{"sentence": m.sentence, "url": f"{step_url(application, m.step)}#{m.anchor}"} for m in missing],
        "missing_documents": missing_documents_of(application),
        "steps": _steps(application, missing, step),
        "next_step": _next_step(application, step),
        "step": step,
        "version_news": version_news(application, request.user) if WRITERS & held else None,
        "revision": revision_of(application, step) if (WRITERS | {"reader"}) & held else None,
        **rules(application),
    }


def revision_of(application: Application, step: str = "") -> dict[str, Any] | None:
    """The shout of every page while a filed file has changes that are not filed; None when it has none."""
    filed, copy = application.original, application if application.replaces else application.open_revision
    if copy is None or copy.put_away_at is not None or filed.state != ApplicationState.FILED:
        return None
    labels = {code: str(question.label) for code, question in questions_of(copy.rule_set).items()}
    labels |= {"budget": _("Budget"), "documents": _("Pièces"), "place": _("Lieu")}
    labels |= {f"document:{asked.code}": str(asked.title) for asked in documents_asked(copy)}
    return {
        "filed_at": filed.filed_at,
        "here": bool(step),
        "only": [labels.get(part, part) for part in copy.only or ()],
        "until": copy.until,
        "write_url": step_url(copy, "project"),
        "check_url": step_url(copy, "check"),
        "differences_url": reverse("applications:differences", args=[filed.public_id]),
        "abandon_url": reverse("applications:abandon-revision", args=[filed.public_id]),
    }


def rules(application: Application) -> dict[str, Any]:
    """What the rules say at the side, those that need attention first, and the balance of the plan."""
    plan = plan_of(application)
    found = findings_of(application)
    attention = sorted((one for one in found if one.status != "met"), key=lambda one: one.status)
    met = [one for one in found if one.status == "met"]
    return {
        "attention": attention,
        "met": met,
        "remarks": remarks_of(application),
        "plan": plan,
        "balance": balance_of(plan),
    }


def _steps(application: Application, missing: list[Any], current: str) -> list[Step]:
    """Each step with its state: done when nothing is missing there."""
    counts = dict.fromkeys(STEPS, 0)
    for found in missing:
        counts["project" if found.step == "place" else found.step] += 1
    counts["documents"] = len(missing_documents_of(application))
    counts["check"] = sum(counts.values())
    return [
        Step(
            label=label,
            url=step_url(application, name),
            state="current" if name == current else "todo" if counts[name] or name == "check" else "done",
            detail=_detail(name, counts[name]),
        )
        for name, label in step_names().items()
    ]


def _detail(step: str, count: int) -> str:
    if step == "check" or not count:
        return ""
    return ngettext("%(count)s point à compléter", "%(count)s points à compléter", count) % {"count": count}


def _next_step(application: Application, current: str) -> dict[str, str] | None:
    """The step after this one; from the overview, the first where something is missing."""
    names = step_names()
    if current in STEPS[:-1]:
        following = STEPS[STEPS.index(current) + 1]
    elif current:
        return None
    else:
        steps = zip(STEPS, _steps(application, missing_of(application), ""), strict=True)
        following = next((name for name, step in steps if step.state == "todo"), "check")
    return {"url": step_url(application, following), "label": names[following]}
