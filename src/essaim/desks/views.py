"""The first page, for everybody; and the desk of who is signed in."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from essaim.accounts.models import Person
from essaim.desks.queries import home as asked
from essaim.desks.queries.comb import comb_map
from essaim.desks.queries.desk import desk_of
from essaim.desks.queries.promises import promises
from essaim.desks.queries.shapes import address
from essaim.jams.forms import CodeForm
from essaim.kernel import clock, mail
from essaim.programmes.thread import thread_of
from essaim.territory.queries import territory_facts


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What Essaim is, in one sentence and one picture; today's state; what each visitor can do next."""
    at = clock.now()
    programme = asked.featured_programme()
    calls = asked.calls_to_show(at)
    grants = asked.latest_grants()
    call = calls[0] if calls else None
    shown = grants[0].selection.call if grants else call
    territory = territory_facts()
    context: dict[str, Any] = {
        "at": at,
        "programme": programme,
        "calls": calls,
        "call": call,
        "open_calls": asked.open_calls(calls, at),
        "jam": asked.joinable_jam(),
        "code_form": CodeForm(),
        "grants": grants,
        "results_url": address("selections:results", grants[0].selection.call.slug) if grants else "",
        "map": comb_map(territory.whole),
        "map_figures": asked.map_figures(territory),
        "map_url": address("territory:map"),
        "subscribe_url": address("calls:subscribe"),
        "sign_in_url": address("account_login"),
        "demo_people": list(Person.objects.demo_accounts()[:8]) if settings.DEMO else [],
    }
    if programme:
        thread = thread_of(programme, at=at)
        context |= {
            "steps": asked.steps_of(thread),
            "today": asked.today(thread),
            "promises": promises(programme, shown.slug if shown else ""),
        }
    return render(request, "desks/home.html", context)


@never_cache
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for me, since when, until when, oldest first; then what I follow."""
    at = clock.now()
    unread = mail.messages_of(request.user).filter(read_at=None).count()
    return render(request, "desks/desk.html", {"at": at, "desk": desk_of(request.user, at=at), "unread": unread})
