"""Writes on calls: reading one from its folder, opening a draft for a retained proposal, telling those in scope."""

from __future__ import annotations

import json
import secrets
import tomllib
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.accounts.models import Person
from essaim.calls.lifecycle import SUBSCRIPTION
from essaim.calls.models import Alert, Call, CallState, Subscription, SubscriptionState
from essaim.engine import rules as engine
from essaim.jams.models import Proposal
from essaim.kernel import access, journal, mail
from essaim.kernel.bilingual import Bilingual
from essaim.kernel.workflow import Refused
from essaim.places.models import KnownPlace
from essaim.programmes.actions import freeze_rules
from essaim.programmes.models import Programme

journal.declare("calls.call.draft", label=gettext_lazy("Préparer un appel"), public=("proposal",))
journal.declare("calls.call.load", label=gettext_lazy("Lire l’appel dans son dossier"), public=("sha256",))
journal.declare(
    "calls.call.tell", label=gettext_lazy("Prévenir les personnes concernées"), public=("subscribers", "places")
)

TEXTS = ("title", "summary", "purpose", "who", "how_much", "spending", "commitments")


def draft_call(proposal: Proposal, *, by: Person | None, at: datetime) -> Call:
    """The draft call that a retained proposal opens; the same one if it exists already."""
    known = Call.objects.filter(origin=proposal).first()
    if known:
        return known
    slug = slugify(proposal.title)[:40].strip("-") or f"appel-{proposal.pk}"
    if Call.objects.filter(slug=slug).exists():
        slug = f"{slug[:34]}-{proposal.pk}"
    with transaction.atomic():
        call = Call.objects.create(
            programme=proposal.jam.programme,
            origin=proposal,
            slug=slug,
            reference=slug.split("-")[0].upper()[:8],
            title=Bilingual(fr=proposal.title),
            purpose=Bilingual(fr=proposal.lever),
            themes=[proposal.theme] if proposal.theme else [],
        )
        journal.append(
            "calls.call.draft",
            subject=call,
            by=by,
            at=at,
            role="system" if by is None else "decision_maker",
            payload={"proposal": proposal.pk},
        )
    return call


def read_folder(folder: Path) -> dict[str, Any]:
    """What a call's folder holds: `call`, `rules` (canonical), `form`, `grid`, `documents`. Raises RuleSetError."""
    found = {
        name: tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
        for name in ("call", "form", "grid", "documents")
    }
    rules = engine.load_rules((folder / "rules.toml").read_text(encoding="utf-8"))
    return {**found, "rules": json.loads(engine.canonical_json(rules))}


def load_call(
    folder: Path,
    *,
    programme: Programme,
    origin: Proposal | None = None,
    by: Person | None,
    at: datetime,
    **changes: Any,
) -> Call:
    """Fill a draft call (the one its proposal opened, or a new one) from its folder and freeze its rules.

    `changes` replaces fields of the call (dates, slug). Refused once the call is published.
    """
    if by is not None and "officer" not in access.roles(by, programme):
        raise Refused(_("Seul un chargé de programme prépare un appel."))
    content = read_folder(folder)
    fields = fields_of(content["call"]) | changes
    call = Call.objects.filter(origin=origin).first() if origin else Call.objects.filter(slug=fields["slug"]).first()
    call = call or Call(programme=programme, origin=origin)
    if call.state != CallState.DRAFT:
        raise Refused(_("Cet appel est déjà publié : son règlement ne change que par une nouvelle version motivée."))
    with transaction.atomic():
        for name, value in fields.items():
            setattr(call, name, value)
        call.rule_set = freeze_rules(
            programme,
            call_slug=call.slug,
            rules=content["rules"],
            form=content["form"],
            grid=content["grid"],
            documents=content["documents"],
            by=by,
            at=at,
        )
        call.save()
        role = "system" if by is None else "officer"
        journal.append(
            "calls.call.load", subject=call, by=by, at=at, role=role, payload={"sha256": call.rule_set.sha256}
        )
    return call


def fields_of(content: dict[str, Any]) -> dict[str, Any]:
    """The columns of a call, from its call.toml."""
    fields: dict[str, Any] = {name: Bilingual(content.get(name, {})) for name in TEXTS}
    for name in ("silence", "appeal", "late"):
        fields[name] = Bilingual(content.get(name, {}).get("text", {}))
    period, service, territory = content["period"], content["service"], content.get("territory", {})
    return fields | {
        "slug": content["slug"],
        "reference": content["reference"],
        "opens_at": period["opens_at"],
        "closes_at": period["closes_at"],
        "zone": period.get("timezone", "Europe/Paris"),
        "service_name": Bilingual(service["name"]),
        "service_email": service["email"],
        "service_phone": service["telephone"],
        "service_address": service["postal_address"],
        "silence_months": content.get("silence", {}).get("months", 2),
        "themes": content.get("themes", {}).get("codes", []),
        "territory": territory.get("regions", []),
        "calendar": json.loads(json.dumps(content.get("calendar", []), default=str)),
        "categories": content.get("category", []),
        "reviews_each": content.get("reviews", {}).get("each", 3),
    }


def subscribe(
    *, email: str, regions: Iterable[str] = (), themes: Iterable[str] = (), language: str = "fr", at: datetime
) -> tuple[Subscription, str]:
    """Ask to be told of calls: a link to confirm leaves at once. Returns the subscription and its secret."""
    try:
        validate_email(email)
    except ValidationError:
        raise Refused(_("« %(email)s » n’est pas une adresse électronique : vérifiez-la.") % {"email": email}) from None
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        subscription = Subscription.objects.create(
            email=email.strip().lower(),
            regions=sorted(regions),
            themes=sorted(themes),
            language=language,
            token_sha256=sha256(token.encode()).hexdigest(),
            created_at=at,
        )
        link = settings.SITE_URL + reverse("calls:confirm", args=[token])
        mail.send(
            to=subscription.email,
            template="calls_confirm",
            context={"link": link},
            language=language,
            at=at,
            subject_of=subscription,
        )
    return subscription, token


def subscription_of(token: str) -> Subscription | None:
    """The subscription a link's secret opens, or None."""
    return Subscription.objects.filter(token_sha256=sha256(token.encode()).hexdigest()).first()


def confirm(subscription: Subscription, *, at: datetime) -> None:
    """Confirm by the link (double opt-in); confirming twice changes nothing."""
    if subscription.state == SubscriptionState.PENDING:
        SUBSCRIPTION.perform(subscription, "confirm", by=None, at=at)


def in_scope(call: Call, *, regions: Iterable[str], themes: Iterable[str] = ()) -> bool:
    """Whether a call concerns someone who follows these regions and themes (empty: all)."""
    regions, themes = set(regions), set(themes)
    return (not regions or not call.territory or bool(regions & set(call.territory))) and (
        not themes or not call.themes or bool(themes & set(call.themes))
    )


def tell_everyone(call: Call, *, at: datetime) -> tuple[int, int]:
    """Tell every confirmed subscriber and known place in scope, once each (promise G1); returns how many were."""
    told_subscriptions = set(call.alerts.filter(subscription__isnull=False).values_list("subscription_id", flat=True))
    told_places = set(call.alerts.filter(place__isnull=False).values_list("place_id", flat=True))
    context = {"call": call, "link": settings.SITE_URL + call.get_absolute_url()}
    subscribers = places = 0
    with transaction.atomic():
        for subscription in Subscription.objects.filter(state=SubscriptionState.CONFIRMED).exclude(
            pk__in=told_subscriptions
        ):
            if in_scope(call, regions=subscription.regions, themes=subscription.themes):
                message = mail.send(
                    to=subscription.email,
                    template="calls_opened",
                    context=context,
                    language=subscription.language,
                    at=at,
                    key=f"call:{call.pk}:subscription:{subscription.pk}",
                    subject_of=call,
                )
                Alert.objects.create(call=call, subscription=subscription, message=message, told_at=at)
                subscribers += 1
        known = KnownPlace.objects.exclude(email="").exclude(pk__in=told_places)
        for place in known.select_related("commune__department"):
            region = [place.commune.department.region_id] if place.commune else []
            if in_scope(call, regions=region):
                message = mail.send(
                    to=place.email,
                    template="calls_opened",
                    context=context,
                    at=at,
                    key=f"call:{call.pk}:place:{place.pk}",
                    subject_of=call,
                )
                Alert.objects.create(call=call, place=place, message=message, told_at=at)
                places += 1
        if subscribers or places:
            payload = {"subscribers": subscribers, "places": places}
            journal.append("calls.call.tell", subject=call, by=None, at=at, payload=payload)
    return subscribers, places
