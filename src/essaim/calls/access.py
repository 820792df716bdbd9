"""Who is what to a call: the programme's team; everybody reads a published one."""

from typing import Any

from django.db.models import QuerySet

from essaim.calls.models import Alert, Call, Edition, Extension, LateCode, Subscription
from essaim.kernel import access
from essaim.programmes.access import programmes_of, team_roles
from essaim.programmes.models import Programme


def calls_visible_to(user: Any) -> QuerySet[Call]:
    """Published calls, and the drafts of one's own programmes."""
    return Call.objects.public() | Call.objects.filter(
        programme__in=programmes_of(user, "officer", "decision_maker", "accountant")
    )


def programmes_written_by(user: Any) -> QuerySet[Programme]:
    """The programmes whose officer may begin a call; none for a visitor, without asking the database."""
    if not getattr(user, "is_authenticated", False):
        return Programme.objects.none()
    return Programme.objects.filter(pk__in=programmes_of(user, "officer"))


access.declare(Call, roles=lambda user, call: team_roles(user, call.programme_id), visible_to=calls_visible_to)
access.declare(
    Edition,
    roles=lambda user, edition: team_roles(user, edition.call.programme_id),
    visible_to=lambda user: Edition.objects.filter(call__programme__in=programmes_of(user, "officer")),
)
access.declare(
    Alert,
    roles=lambda user, alert: team_roles(user, alert.call.programme_id),
    visible_to=lambda user: Alert.objects.filter(call__programme__in=programmes_of(user, "officer")),
)
# A subscription belongs to whoever holds its link: pages find it by its secret, lists never show it.
access.declare(
    Subscription, roles=lambda user, subscription: frozenset(), visible_to=lambda user: Subscription.objects.none()
)
access.declare(
    LateCode,
    roles=lambda user, code: team_roles(user, code.call.programme_id),
    visible_to=lambda user: LateCode.objects.filter(call__programme__in=programmes_of(user, "officer")),
)
access.declare(
    Extension,
    roles=lambda user, extension: team_roles(user, extension.call.programme_id),
    visible_to=lambda user: Extension.objects.filter(
        call__programme__in=programmes_of(user, "officer", "decision_maker")
    ),
)
