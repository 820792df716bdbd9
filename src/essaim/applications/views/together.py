"""Writing with others: who is on the page, what was there before, what members say, who writes, copying."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import CharField, Count, F, Value
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from essaim.accounts.models import Membership
from essaim.applications import actions
from essaim.applications.access import member_roles
from essaim.applications.actions.presence import BELIEVED
from essaim.applications.models import Application, Comment, Presence
from essaim.applications.queries import question_of, sections_of
from essaim.applications.views import pages
from essaim.applications.views.guests import open_to_guests
from essaim.kernel import access, clock
from essaim.kernel.workflow import Refused

# Beyond the questions' sections, what has a page of its own may be talked about too.
STEPS_TALKED_OF = ("budget", "documents")


def of_member(request: HttpRequest, public_id: UUID) -> Application:
    """An application one writes or reads as a member, or 404: what members say is not for the administration."""
    found = access.visible_to(request.user, Application).select_related("call__programme", "rule_set", "organisation")
    application = access.fetch(request.user, found, public_id=public_id)
    if not member_roles(request.user, application):
        access.fetch(request.user, Application.objects.none())
    return application


@dataclass(frozen=True, slots=True)
class Around:
    """What surrounds the writing: versions of each answer, open threads of each section, whether others write too."""

    histories: dict[str, int]
    talks: dict[str, int]
    shared: bool


def around(application: Application) -> Around:
    """Counted in one query."""
    versions = _counted(application.versions.all(), "versions", F("code"))
    threads = _counted(application.comments.filter(thread=None, resolved_at=None), "talks", F("section"))
    people = _counted(application.collaborators.all(), "people", Value(""))
    memberships = Membership.objects.filter(organisation=application.organisation_id)
    counts: dict[str, dict[str, int]] = {"versions": {}, "talks": {}, "people": {}, "members": {}}
    for kind, of, count in versions.union(threads, people, _counted(memberships, "members", Value("")), all=True):
        counts[kind][of] = count
    shared = any(count > 1 for kind in ("people", "members") for count in counts[kind].values())
    return Around(counts["versions"], counts["talks"], shared)


def _counted(rows: Any, kind: str, of: Any) -> Any:
    named = rows.order_by().annotate(kind=Value(kind), of=Cast(of, CharField(max_length=60)))
    return named.values("kind", "of").annotate(count=Count("pk")).values_list("kind", "of", "count")


def company(request: HttpRequest, application: Application, step: str, *, shared: bool, at: datetime) -> dict[str, Any]:
    """Who else has a page of this application open, as a page begins; nothing is written."""
    here = Presence.objects.filter(application=application, seen_at__gt=at - BELIEVED).exclude(person=request.user.pk)
    rows = here.select_related("person").order_by("-seen_at") if shared else []
    return {"others": said_presence(application, list(rows)), "step": step, "shared": shared}


def said_presence(application: Application, rows: list[Presence]) -> list[dict[str, Any]]:
    """People, the page each is on, and the question each is in, in words."""
    names = pages.step_names()
    return [
        {
            "name": str(row.person),
            "step": names.get(row.step, ""),
            "field": row.field,
            "label": str(question.label) if (question := question_of(application.rule_set, row.field)) else "",
        }
        for row in rows
    ]


@open_to_guests
@never_cache
@require_POST
def presence(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A page of the draft is open: say so, and hear who else is there. Asked every fifteen seconds, kept in one row."""
    application = of_member(request, public_id)
    step, at = request.POST.get("step", ""), clock.now()
    step = step if step in pages.STEPS else ""
    rows = actions.note_presence(application, by=request.user, step=step, at=at, field=request.POST.get("field", ""))
    others = said_presence(application, rows)
    here = _("%(name)s écrit ici.")
    return JsonResponse(
        {
            "html": render_to_string("applications/_others.html", {"others": others}, request) if others else "",
            "fields": {row["field"]: here % {"name": row["name"]} for row in others if row["label"]},
        }
    )


@open_to_guests
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def comments(request: HttpRequest, public_id: UUID, section: str) -> HttpResponse:
    """The threads of a section, between members: write, answer, settle, open again."""
    application = of_member(request, public_id)
    title = section_titles(application).get(section)
    if title is None:
        access.fetch(request.user, Comment.objects.none())
    problem = ""
    if request.method == "POST":
        try:
            _said(request, application, section)
        except Refused as refusal:
            problem = str(refusal)
        else:
            return redirect(request.path)
    threads = application.comments.filter(section=section, thread=None).select_related("by", "resolved_by")
    threads = list(threads.prefetch_related("answers__by").order_by("pk"))
    context = pages.head(application) | {
        "section": title,
        "threads": [thread for thread in threads if thread.resolved_at is None],
        "settled": [thread for thread in threads if thread.resolved_at is not None],
        "problem": problem,
        "text": request.POST.get("text", "") if problem else "",
        "back_url": f"{pages.step_url(application, step_of(application, section))}",
    }
    return render(request, "applications/comments.html", context, status=422 if problem else 200)


def _said(request: HttpRequest, application: Application, section: str) -> None:
    """Do what the button pressed says."""
    data, at = request.POST, clock.now()
    mine = Comment.objects.filter(application=application, section=section, thread=None)
    for name, act in (("regler", actions.resolve_comment), ("rouvrir", actions.reopen_comment)):
        if name in data:
            act(access.fetch(request.user, mine, pk=data[name]), by=request.user, at=at)
            return
    thread = access.fetch(request.user, mine, pk=data["thread"]) if data.get("thread") else None
    text = data.get("text", "")
    actions.add_comment(application, section=section, text=text, by=request.user, at=at, thread=thread)


def section_titles(application: Application) -> dict[str, str]:
    """What may be talked about: the sections of the form, the plan, the documents."""
    names = pages.step_names()
    sections = {section.code: str(section.title) for section in sections_of(application.rule_set)}
    return sections | {step: names[step] for step in STEPS_TALKED_OF}


def step_of(application: Application, section: str) -> str:
    """The page a section is on."""
    found = next((row.step for row in sections_of(application.rule_set) if row.code == section), section)
    return found if found in pages.STEPS else "project"


@open_to_guests
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take answers, plan and place from one of one's other applications; what was and was not copied is listed."""
    application = of_member(request, public_id)
    from_all = access.visible_to(request.user, Application).filter(pk__in=_others_of_mine(request, application))
    sources = list(from_all.select_related("call", "organisation").order_by("-saved_at")[:50])
    copied = None
    if request.method == "POST":
        try:
            source = access.fetch(
                request.user, from_all.select_related("rule_set"), public_id=request.POST.get("source", "")
            )
            parts = request.POST.getlist("parts")
            copied = actions.copy_from(application, source, parts=parts, by=request.user, at=clock.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(application)
    context = pages.head(application) | {
        "sources": sources,
        "sections": sections_of(application.rule_set),
        "copied": copied,
        "next_url": pages.step_url(application, "organisation"),
    }
    return render(request, "applications/copy.html", context)


def _others_of_mine(request: HttpRequest, application: Application) -> Any:
    from_mine = actions.copyable_by(request.user)
    return from_mine.exclude(pk=application.pk).values("pk")
