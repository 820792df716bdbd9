"""The administration's own work on a file: ticking the checklist, notes, tags, who follows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from essaim.accounts.models import Person
from essaim.kernel import access, clock
from essaim.kernel.workflow import Refused
from essaim.reviews import actions
from essaim.reviews.forms import ItemForm, TextForm
from essaim.reviews.models import ChecklistItem, Tag
from essaim.reviews.queries import listing
from essaim.reviews.views.reading import team_application, team_call, thread_context

HOLDS = {"oui": True, "non": False, "": None}


def _done(request: HttpRequest, public_id: UUID, act: Callable[[], Any], said: str, anchor: str) -> HttpResponse:
    """Do one act on a file, say what became of it, and come back to where it was asked."""
    try:
        act()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect(f"{reverse('reviews:file', args=[public_id])}#{anchor}")


@require_POST
def tick(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep the answers given on the checklist; only those that changed are written."""
    application, at = team_application(request, public_id), clock.now()

    def act() -> None:
        for name, value in request.POST.items():
            if name.startswith("point-") and value in HOLDS:
                point = name.removeprefix("point-")
                remark = request.POST.get(f"remark-{point}", "")
                actions.tick(application, point=point, holds=HOLDS[value], remark=remark, by=request.user, at=at)

    return _done(request, public_id, act, _("La liste de contrôle est enregistrée."), "recevabilite")


@require_POST
def note(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write a note for the team."""
    application, form = team_application(request, public_id), TextForm(request.POST)
    form.is_valid()
    data = {"text": request.POST.get("text", "")} | form.cleaned_data

    def act() -> None:
        actions.write_note(application, text=data["text"], key=data.get("key", ""), by=request.user, at=clock.now())

    return _done(request, public_id, act, _("La note est gardée. Le porteur ne la lit pas."), "notes")


@require_POST
def handle(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give the file to a colleague, or to nobody."""
    application = team_application(request, public_id)
    given = request.POST.get("person", "")
    to = Person.objects.filter(pk=int(given)).first() if given.isascii() and given.isdigit() else None
    said = _("Le dossier est suivi par %(name)s.") % {"name": to} if to else _("Le dossier n’est confié à personne.")
    return _done(
        request,
        public_id,
        lambda: actions.give_file(application, to=to, by=request.user, at=clock.now()),
        said,
        "suivi",
    )


@require_POST
def tag(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put a tag on the file, or take one off (`take=<id>`)."""
    application, at = team_application(request, public_id), clock.now()
    taken = request.POST.get("take", "")
    if taken:
        found = access.fetch(request.user, access.visible_to(request.user, Tag), application=application, pk=taken)
        return _done(
            request,
            public_id,
            lambda: actions.take_tag(found, by=request.user, at=at),
            _("L’étiquette est retirée."),
            "suivi",
        )
    word = request.POST.get("word", "")
    return _done(
        request,
        public_id,
        lambda: actions.put_tag(application, word=word, by=request.user, at=at),
        _("L’étiquette est posée."),
        "suivi",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def items(request: HttpRequest, slug: str) -> HttpResponse:
    """The team's own points of the checklist of a call: added, taken off."""
    call, at = team_call(request, slug), clock.now()
    form = ItemForm(request.POST if request.method == "POST" and "drop" not in request.POST else None)
    mine = access.visible_to(request.user, ChecklistItem).filter(call=call, dropped_at=None).select_related("added_by")
    if request.method == "POST":
        try:
            if "drop" in request.POST:
                found = access.fetch(request.user, mine.select_related("call"), pk=request.POST["drop"])
                actions.drop_item(found, by=request.user, at=at)
                messages.success(request, _("Le point est retiré de la liste de contrôle."))
                return redirect(request.path)
            if form.is_valid():
                actions.add_item(call, text=form.cleaned_data["text"], by=request.user, at=at)
                messages.success(request, _("Le point est ajouté à la liste de contrôle de tous les dossiers."))
                return redirect(request.path)
        except Refused as refusal:
            form.add_error("text", str(refusal)) if form.is_bound else messages.error(request, str(refusal))
    context = {
        "call": call,
        "form": form,
        "items": mine,
        "questions": listing.choice_questions(call.rule_set),
        "is_officer": "officer" in access.roles(request.user, call),
        **thread_context(call.programme, at=at),
    }
    return render(request, "reviews/items.html", context, status=422 if form.errors else 200)
