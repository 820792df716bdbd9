"""What people follow without having anything to do: their files, their Jams, the calls of their programmes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.applications.models import Application, ApplicationState
from essaim.calls.models import Call, CallState, Subscription, SubscriptionState
from essaim.calls.queries import is_open
from essaim.desks.queries.shapes import Followed, first_address
from essaim.jams.models import Participant
from essaim.selections.access import own_applications
from essaim.selections.models import Decision, DecisionState, Selection
from essaim.ui.formats import relative


def followed_by(user: Any, programmes: Collection[int], *, at: datetime) -> list[Followed]:
    """Everything `user` follows, in the order of the story."""
    return [*_jams(user), *_calls(programmes, at), *_files(user, at), *_alerts(user)]


def _jams(user: Any) -> list[Followed]:
    seats = Participant.objects.filter(person=user).select_related("jam").order_by("-jam__starts_at")
    return [
        Followed(
            title=str(seat.jam.title),
            state=seat.jam.get_state_display(),
            url=seat.jam.get_absolute_url(),
            at=seat.jam.starts_at,
            kind="jam",
            invented=seat.invented,
        )
        for seat in seats
    ]


def _calls(programmes: Collection[int], at: datetime) -> list[Followed]:
    if not programmes:
        return []
    calls = Call.objects.filter(programme__in=programmes).exclude(state=CallState.DRAFT)
    return [
        Followed(
            title=str(call.title),
            state=_call_state(call, at),
            url=first_address(("calls:call", call.slug)),
            at=_results_at(call) or call.closes_at,
            kind="call",
        )
        for call in calls.select_related("selection").order_by("-closes_at")
    ]


def _results_at(call: Call) -> datetime | None:
    """The date said beside « Résultats publiés » is that of the publication."""
    selection: Selection | None = getattr(call, "selection", None)
    return selection.published_at if selection else None


def _call_state(call: Call, at: datetime) -> str:
    if call.state != CallState.PUBLISHED:
        return str(call.get_state_display())
    if is_open(call, at=at):
        return _("Ouvert : clôture %(when)s") % {"when": relative(call.closes_at, at)}
    if call.opens_at > at:
        return _("Ouvre %(when)s") % {"when": relative(call.opens_at, at)}
    return _("Clos, dossiers à l’étude")


def _files(user: Any, at: datetime) -> list[Followed]:
    """Filed files with their state, and drafts that missed the closing."""
    mine = own_applications(user).values("pk")
    files = list(
        Application.objects.files().filter(pk__in=mine).exclude(state=ApplicationState.DRAFT, call__closes_at__gt=at)
        .select_related("call")
        .order_by("-saved_at")
    )  # fmt: skip
    published = Decision.objects.filter(application__in=mine, state=DecisionState.PUBLISHED).select_related("selection")
    decisions = {decision.application_id: decision for decision in published}
    return [
        Followed(
            title=f"{application} ({application.reference})" if application.reference else str(application),
            state=_file_state(application),
            url=first_address(
                ("selections:decision", getattr(decisions.get(application.pk), "public_id", None)),
                ("applications:application", application.public_id),
            ),
            at=_published_at(decisions.get(application.pk)) or application.filed_at or application.saved_at,
            kind="file",
            invented=application.invented,
        )
        for application in files
    ]


def _published_at(decision: Decision | None) -> datetime | None:
    """A decided file is dated by its decision."""
    return decision.selection.published_at if decision else None


def _file_state(application: Application) -> str:
    if application.state == ApplicationState.DRAFT:
        return _("Non déposé : l’appel est clos, le brouillon est gardé")
    return str(application.get_state_display())


def _alerts(user: Any) -> list[Followed]:
    asked = Subscription.objects.filter(email__iexact=user.email, state=SubscriptionState.CONFIRMED)
    return [
        Followed(
            title=_("Prévenu quand un appel ouvre"),
            state=_scope(len(subscription.regions)),
            url=first_address(("calls:subscribe",)),
            at=subscription.confirmed_at,
            kind="alert",
        )
        for subscription in asked
    ]


def _scope(regions: int) -> str:
    """Where the alerts of a subscription come from."""
    if not regions:
        return _("partout en France")
    return ngettext("dans %(n)d région", "dans %(n)d régions", regions) % {"n": regions}
