"""Where one begins a call, sees what its rooms still lack, and publishes it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from essaim.calls import actions, queries
from essaim.calls.models import Call, CallState, Edition
from essaim.calls.queries.editing import questions_in
from essaim.calls.views.editor.rooms import ROOMS, context, fault_url, mine, opened, room_url
from essaim.kernel import access, clock
from essaim.kernel.bilingual import Bilingual
from essaim.kernel.workflow import Refused
from essaim.programmes.models import Programme
from essaim.programmes.thread import thread_of


class BeginForm(forms.Form):
    """The title of a new call, and the call it is copied from."""

    use_required_attribute = False

    title = forms.CharField(label=gettext_lazy("Titre de l’appel"), max_length=200)
    base = forms.ChoiceField(
        label=gettext_lazy("Partir de"),
        required=False,
        help_text=gettext_lazy("Tout se change ensuite ; les dates sont à donner."),
    )

    def __init__(self, *args: Any, calls: list[Call], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nothing = ("", _("Rien, avec les textes de loi usuels"))
        self.fields["base"].choices = [nothing, *((call.slug, str(call.title)) for call in calls)]  # type: ignore[attr-defined]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """A new call of a programme, from nothing or from another call."""
    programme = access.fetch(request.user, Programme, slug=slug)
    if "officer" not in access.roles(request.user, programme):
        raise Http404
    calls = list(access.visible_to(request.user, Call).select_related("rule_set").exclude(rule_set=None))
    form = BeginForm(request.POST if request.method == "POST" else None, calls=calls)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        base = next((call for call in calls if call.slug == given["base"]), None)
        try:
            call = actions.begin_call(
                programme, title=Bilingual(fr=given["title"]), by=request.user, at=clock.now(), base=base
            )
        except Refused as refusal:
            form.add_error("title", str(refusal))
        else:
            messages.success(request, _("L’appel est commencé. Écrivez ses pages dans l’ordre qui vous va."))
            return redirect("calls:prepare", call.slug)
    shown = {"programme": programme, "form": form, "thread": thread_of(programme, at=clock.now())}
    return render(request, "calls/editor/begin.html", shown, status=422 if form.errors else 200)


@never_cache
@require_safe
def prepare(request: HttpRequest, slug: str) -> HttpResponse:
    """The rooms of a call being written: what each holds, and what it still lacks."""
    edition = opened(request, slug)
    call = edition.call
    if call.state not in {CallState.DRAFT, CallState.PUBLISHED}:
        messages.info(request, str(queries.today(call, at=clock.now()).sentence))
        return redirect("calls:reach", call.slug)
    lacking = Counter(_room_of(edition, fault) for fault in actions.check_edition(edition))
    held = _held(edition)
    rows = [
        {
            "title": label,
            "url": room_url(call, name),
            "held": held.get(name, ""),
            "lacking": lacking.get(name, 0),
        }
        for name, label in ROOMS.items()
        if name != "check"
    ]
    shown = {
        "rows": rows,
        "title": _("Préparer l’appel"),
        "count": sum(lacking.values()),
        "is_bare": not questions_in(edition.content["form"]) and call.state == CallState.DRAFT,
    }
    return render(request, "calls/editor/prepare.html", context(request, edition, **shown))


def _room_of(edition: Edition, fault: Any) -> str:
    """The room that mends a fault."""
    url = fault_url(edition, fault)
    home = room_url(edition.call, "texts").removesuffix("textes/")
    words = {
        "textes": "texts", "dates": "dates", "cadre": "frame", "formulaire": "form", "regles": "rules",
        "grille": "grid", "pieces": "documents", "lettres": "letters",
    }  # fmt: skip
    return words.get(url.removeprefix(home).split("/")[0], "")


def _held(edition: Edition) -> dict[str, str]:
    """What each room holds, in a few words."""
    content = edition.content
    asked = len(questions_in(content["form"]))
    rules, criteria = len(content["rules"].get("rule", [])), len(content["grid"].get("criterion", []))
    documents, letters = len(content["documents"].get("document", [])), len(content.get("letters") or {})
    return {
        "form": ngettext("%(n)s question", "%(n)s questions", asked) % {"n": asked},
        "rules": ngettext("%(n)s règle", "%(n)s règles", rules) % {"n": rules},
        "grid": ngettext("%(n)s critère", "%(n)s critères", criteria) % {"n": criteria},
        "documents": ngettext("%(n)s pièce", "%(n)s pièces", documents) % {"n": documents},
        "letters": ngettext("%(n)s texte", "%(n)s textes", letters) % {"n": letters},
    }


@never_cache
@require_safe
def check(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that prevents publishing, each with the page that mends it; then the publication."""
    return _check_page(request, opened(request, slug))


def _check_page(request: HttpRequest, edition: Edition, problem: str = "", typed: Any = None) -> HttpResponse:
    faults = [
        {"sentence": fault.sentence, "url": fault_url(edition, fault), "where": fault.where or fault.file}
        for fault in actions.check_edition(edition)
    ]
    shown = {
        "faults": faults,
        "problem": problem,
        "reason_fr": (typed or {}).get("reason_fr", ""),
        "reason_en": (typed or {}).get("reason_en", ""),
        "title": str(ROOMS["check"]),
        "unwritten": edition.pk is None,
    }
    status = 422 if problem else 200
    return render(request, "calls/editor/check_all.html", context(request, edition, "check", **shown), status=status)


@require_POST
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish what was written: the call, or its next version with a public reason. A second click changes nothing."""
    call, at = mine(request, slug), clock.now()
    edition = actions.written_edition(call)
    if edition is None:
        if call.state != CallState.DRAFT:
            return redirect(call)
        edition = actions.edition_of(call, by=request.user, at=at)
    draft = call.state == CallState.DRAFT
    reason = Bilingual({lang: request.POST.get(f"reason_{lang}", "").strip() for lang in ("fr", "en")})
    try:
        actions.publish_edition(edition, reason=None if draft else reason, by=request.user, at=at)
    except Refused as refusal:
        return _check_page(request, opened(request, slug), str(refusal), request.POST)
    if draft:
        messages.success(request, _("L’appel est publié. Les personnes concernées seront prévenues à son ouverture."))
    else:
        messages.success(
            request, _("La nouvelle version est publiée, avec sa raison. Les brouillons en sont prévenus.")
        )
    return redirect(call)


@require_POST
def fill(request: HttpRequest, slug: str) -> HttpResponse:
    """Give a call that nobody wrote yet the usual texts, questions and marks; what is written stays."""
    call = mine(request, slug)
    try:
        actions.fill_with_usual(call, by=request.user, at=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Les textes et les questions usuels sont là : changez-les à votre gré."))
    return redirect("calls:prepare", call.slug)


@require_POST
def abandon(request: HttpRequest, slug: str) -> HttpResponse:
    """Give up what was being written; the published call stays as it is."""
    call = mine(request, slug)
    edition = actions.written_edition(call)
    if edition is not None and call.state == CallState.PUBLISHED:
        try:
            actions.abandon_edition(edition, by=request.user, at=clock.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request, _("Ce qui était en cours d’écriture est abandonné. L’appel publié n’a pas changé.")
            )
    return redirect("calls:prepare", call.slug)
