"""Public pages of a programme: its thread, its envelope's history, its public record."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from essaim.kernel import access, clock, tables
from essaim.kernel import journal as kernel_journal
from essaim.kernel.models import Event, Log
from essaim.kernel.workflow import Refused, role_labels
from essaim.programmes import actions, queries
from essaim.programmes.forms import EnvelopeForm
from essaim.programmes.models import Programme
from essaim.programmes.thread import thread_of
from essaim.ui.formats import money
from essaim.ui.shapes import Level


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every programme."""
    programmes = access.visible_to(request.user, Programme)
    return render(request, "programmes/index.html", {"programmes": programmes})


@login_not_required
@require_safe
def programme(request: HttpRequest, slug: str) -> HttpResponse:
    """A programme's thread, as a timeline with its facts."""
    found = access.fetch(request.user, Programme, slug=slug)
    at = clock.now()
    context = {
        "programme": found,
        "thread": thread_of(found, at=at),
        "envelope_cents": queries.envelope_cents(found),
        "milestones": [
            milestone | {"day": date.fromisoformat(milestone["date"]), "title": queries.in_language(milestone["title"])}
            for milestone in found.milestones
        ],
        "head": Log.objects.filter(name=found.journal_log).first(),
    }
    return render(request, "programmes/programme.html", context)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def envelope(request: HttpRequest, slug: str) -> HttpResponse:
    """The envelope's history, as a step chart beside its table; an officer adds a line, with its reason (G4)."""
    found = access.fetch(request.user, Programme, slug=slug)
    is_officer = "officer" in access.roles(request.user, found)
    form = EnvelopeForm(request.POST or None) if is_officer else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            actions.change_envelope(found, **form.cleaned(), by=request.user, at=clock.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(request.path)
    changes = list(found.envelope_changes.all())
    rows = [queries.envelope_row(change, before) for change, before in zip(changes, [None, *changes], strict=False)]
    if format := tables.wanted_format(request):
        headers = [_("Date"), _("Montant (€)"), _("Auteur"), _("Raison"), _("Effet sur la sélection")]
        lines = [[c.decided_on, c.amount_cents / 100, str(c.author), str(c.reason), str(c.effect)] for c in changes]
        return tables.download(f"enveloppe-{found.slug}", format, headers, lines)
    context = {
        "programme": found,
        "thread": thread_of(found, at=clock.now()),
        "rows": rows,
        "levels": [
            Level(since=c.decided_on, value=c.amount_cents / 100, text=money(c.amount_cents), note=str(c.author))
            for c in changes
        ],
        "form": form,
    }
    return render(request, "programmes/envelope.html", context, status=422 if form is not None and form.errors else 200)


@login_not_required
@require_safe
def journal(request: HttpRequest, slug: str) -> HttpResponse:
    """The public record: what was done, by which role, with each line's digest."""
    found = access.fetch(request.user, Programme, slug=slug)
    public = [verb.name for verb in kernel_journal.VERBS.values() if verb.public is not None]
    verb = request.GET.get("acte", "")
    events = Event.objects.filter(log=found.journal_log, verb__in=[verb] if verb in public else public).order_by("-seq")
    if format := tables.wanted_format(request):
        records = filter(None, map(kernel_journal.public_record, events.iterator()))
        headers = ["seq", "at", "role", "verb", "subject", "payload", "leaf"]
        lines = [[actions.canonical_json(r[h]) if h == "payload" else r[h] for h in headers] for r in records]
        return tables.download(f"journal-{found.slug}", format, headers, lines)
    page = Paginator(events, 50).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "programme": found,
        "thread": thread_of(found, at=clock.now()),
        "page": page,
        "records": [
            record | {"role_label": ", ".join(role_labels([record["role"]])), "facts": queries.facts_in_words(record)}
            for record in map(kernel_journal.public_record, page.object_list)
            if record
        ],
        "verbs": sorted(((v, str(kernel_journal.VERBS[v].label)) for v in public), key=lambda pair: pair[1]),
        "verb": verb,
        "head": Log.objects.filter(name=found.journal_log).first(),
    }
    return render(request, "programmes/journal.html", context)
