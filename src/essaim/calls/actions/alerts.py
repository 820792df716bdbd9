"""Telling people that a call opens: subscriptions confirmed by a link, and one message per address and call (G1)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.calls.lifecycle import SUBSCRIPTION
from essaim.calls.models import Alert, Call, Subscription, SubscriptionState
from essaim.calls.queries import in_scope
from essaim.calls.queries.reach import region_of
from essaim.kernel import journal, mail
from essaim.kernel.models import Message
from essaim.kernel.workflow import Refused
from essaim.places.models import KnownPlace

journal.declare(
    "calls.call.tell", label=gettext_lazy("Prévenir les personnes concernées"), public=("subscribers", "places")
)

CONFIRM_WITHIN = timedelta(days=30)
SAME_REQUEST = timedelta(minutes=10)  # the same form sent twice is one request
MOST_LINKS = 5  # links to one address in a day: nobody's mailbox is filled by someone else


def subscribe(
    *, email: str, regions: Iterable[str] = (), themes: Iterable[str] = (), language: str = "fr", at: datetime
) -> tuple[Subscription, str]:
    """Ask to be told of calls: a link to confirm leaves at once. Returns the subscription and its secret.

    The same request again within ten minutes is the same subscription, with no second message and an empty secret.
    """
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Refused(_("« %(email)s » n’est pas une adresse électronique : vérifiez-la.") % {"email": email}) from None
    wanted = {"regions": sorted(regions), "themes": sorted(themes)}
    waiting = list(
        Subscription.objects.filter(
            email=email, state=SubscriptionState.PENDING, created_at__gt=at - timedelta(days=1)
        ).order_by("-created_at")
    )
    for known in waiting:
        if {"regions": known.regions, "themes": known.themes} == wanted and known.created_at > at - SAME_REQUEST:
            return known, ""
    if len(waiting) >= MOST_LINKS:
        raise Refused(
            _("Plusieurs liens ont déjà été envoyés à %(email)s aujourd’hui : ouvrez l’un d’eux, ou revenez demain.")
            % {"email": email}
        )
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        subscription = Subscription.objects.create(
            email=email,
            **wanted,
            language=language,
            token_sha256=sha256(token.encode()).hexdigest(),
            created_at=at,
        )
        mail.send(
            to=email,
            template="calls_confirm",
            context={"link": settings.SITE_URL + reverse("calls:confirm", args=[token])},
            language=language,
            at=at,
            subject_of=subscription,
        )
    return subscription, token


def subscription_of(token: str) -> Subscription | None:
    """The subscription that a link's secret opens: the one mailed to confirm, or the one of `stop_token`; or None."""
    found = Subscription.objects.filter(token_sha256=sha256(token.encode()).hexdigest()).first()
    if found is not None:
        return found
    try:
        return Subscription.objects.filter(pk=int(_signer().unsign(token))).first()
    except (BadSignature, ValueError):
        return None


def stop_token(subscription: Subscription) -> str:
    """The secret of the link that ends a subscription, written in every alert."""
    return _signer().sign(str(subscription.pk))


def _signer() -> Signer:
    return Signer(salt="essaim.calls.stop", sep="~")


def confirm(subscription: Subscription, *, at: datetime) -> None:
    """Confirm by the link (double opt-in); it replaces what the same address followed before. Twice changes nothing.

    Raises Refused when the link is older than 30 days, or the subscription was ended.
    """
    if subscription.state == SubscriptionState.CONFIRMED:
        return
    if subscription.state == SubscriptionState.PENDING and subscription.created_at < at - CONFIRM_WITHIN:
        raise Refused(_("Ce lien a plus de 30 jours : inscrivez-vous de nouveau, un autre lien partira aussitôt."))
    with transaction.atomic():
        SUBSCRIPTION.perform(subscription, "confirm", by=None, at=at)
        earlier = Subscription.objects.filter(email=subscription.email, state=SubscriptionState.CONFIRMED)
        for former in earlier.exclude(pk=subscription.pk):
            SUBSCRIPTION.perform(former, "end", by=None, at=at)


def end(subscription: Subscription, *, at: datetime) -> None:
    """Stop the alerts; stopping twice changes nothing."""
    if subscription.state != SubscriptionState.ENDED:
        SUBSCRIPTION.perform(subscription, "end", by=None, at=at)


def forget(*, at: datetime) -> int:
    """Erase the addresses never confirmed in 30 days, and those that stopped, with their messages; returns how many.

    The alerts stay, without a name, so that the counts of who was told do not change.
    """
    late = Subscription.objects.filter(state=SubscriptionState.PENDING, created_at__lt=at - CONFIRM_WITHIN)
    ended = Subscription.objects.filter(state=SubscriptionState.ENDED)
    count = 0
    for subscription in [*late, *ended]:
        with transaction.atomic():
            told = Message.objects.filter(pk__in=subscription.alerts.values("message_id"))
            told.exclude(pk__in=Alert.objects.filter(place__isnull=False).values("message_id")).delete()
            mail.about(subscription).delete()
            subscription.delete()
        count += 1
    return count


def tell_everyone(call: Call, *, at: datetime) -> tuple[int, int]:
    """Tell every confirmed subscriber and known place in scope, once each (promise G1); returns how many were.

    One address receives one message, be it known several times.
    """
    with transaction.atomic():
        subscribers, places = _tell_subscribers(call, at=at), _tell_places(call, at=at)
        if subscribers or places:
            payload = {"subscribers": subscribers, "places": places}
            journal.append("calls.call.tell", subject=call, by=None, at=at, role="system", payload=payload)
    return subscribers, places


def _tell_subscribers(call: Call, *, at: datetime) -> int:
    told = call.alerts.filter(subscription__isnull=False).values("subscription_id")
    count = 0
    for subscription in Subscription.objects.filter(state=SubscriptionState.CONFIRMED).exclude(pk__in=told):
        if in_scope(call, regions=subscription.regions, themes=subscription.themes):
            stop = settings.SITE_URL + reverse("calls:stop", args=[stop_token(subscription)])
            message = _message(call, subscription.email, language=subscription.language, stop=stop, at=at)
            Alert.objects.create(call=call, subscription=subscription, message=message, told_at=at)
            count += 1
    return count


def _tell_places(call: Call, *, at: datetime) -> int:
    told = call.alerts.filter(place__isnull=False).values("place_id")
    known = KnownPlace.objects.exclude(email="").exclude(pk__in=told)
    count = 0
    for place in known.select_related("commune__department__region", "commune__department__region_2013"):
        region = region_of(place, call)
        if not in_scope(call, regions=[region.pk] if region else []):
            continue
        try:
            message = _message(call, place.email, language="fr", stop="", at=at)
        except ValidationError:
            continue  # an address that cannot be one: the reach page shows this place among those not told
        Alert.objects.create(call=call, place=place, message=message, told_at=at)
        count += 1
    return count


def _message(call: Call, email: str, *, language: str, stop: str, at: datetime) -> Any:
    address = sha256(email.strip().lower().encode()).hexdigest()[:24]
    return mail.send(
        to=email,
        template="calls_opened",
        context={"call": call, "link": settings.SITE_URL + call.get_absolute_url(), "stop": stop},
        language=language,
        at=at,
        key=f"call:{call.pk}:told:{address}",
        subject_of=call,
    )
