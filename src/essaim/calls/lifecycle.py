"""The life of a call, and of a subscription to alerts."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.calls.models import (
    Call,
    CallState,
    Edition,
    EditionState,
    Extension,
    ExtensionState,
    Subscription,
    SubscriptionState,
)
from essaim.kernel.access import ANYONE, SYSTEM
from essaim.kernel.journal import digest
from essaim.kernel.workflow import Lifecycle, move


def missing_of(call: Call) -> list[tuple[str, str]]:
    """(field, name as people read it) of all that a call still lacks to be published."""
    return [
        (field, str(name))
        for field, name, value in (
            ("title", _("le titre"), call.title),
            ("purpose", _("l’objet"), call.purpose),
            ("who", _("qui peut candidater"), call.who),
            ("how_much", _("les montants"), call.how_much),
            ("opens_at", _("la date d’ouverture"), call.opens_at),
            ("closes_at", _("la date de clôture"), call.closes_at),
            ("rule_set", _("le règlement"), call.rule_set_id),
            ("silence", _("la règle en cas de silence"), call.silence),
            ("appeal", _("les voies de recours"), call.appeal),
            ("late", _("la règle en cas de retard"), call.late),
            ("service_name", _("le nom du service"), call.service_name),
            ("service_email", _("l’adresse électronique du service"), call.service_email),
            ("service_address", _("l’adresse postale du service"), call.service_address),
            ("service_phone", _("le téléphone du service"), call.service_phone),
        )
        if not value
    ]


def everything_said(call: Call, *, by: Any, at: datetime) -> str | None:
    """Textes, dates, règlement et service responsable sont complets (R112-11-1 CRPA)."""
    missing = ", ".join(name for _field, name in missing_of(call))
    return _("Avant de publier, complétez : %(list)s.") % {"list": missing} if missing else None


def closes_later(call: Call, *, by: Any, at: datetime) -> str | None:
    """La clôture est après l’ouverture, et à venir."""
    if call.opens_at and call.closes_at and call.closes_at <= max(call.opens_at, at):
        return _("La clôture doit être à venir, et après l’ouverture : corrigez les dates.")
    return None


def stamp_publication(call: Call, *, by: Any, at: datetime, **data: Any) -> None:
    """Keep the instant of publication."""
    call.published_at = at
    call.save(update_fields=["published_at"])


def rules_of(call: Call, data: dict[str, Any]) -> dict[str, Any]:
    """What the journal keeps of a publication: the dates and the digest of the rules."""
    assert call.rule_set
    assert call.opens_at
    assert call.closes_at
    return {
        "rules_sha256": call.rule_set.rules_sha256,
        "opens_at": call.opens_at.isoformat(),
        "closes_at": call.closes_at.isoformat(),
    }


def take_version(call: Call, *, by: Any, at: datetime, rule_set: Any, changes: dict[str, Any], **data: Any) -> None:
    """Give the call its new version, and the texts and dates that go with it."""
    for name, value in changes.items():
        setattr(call, name, value)
    call.rule_set = rule_set
    call.save(update_fields=["rule_set", *changes])


def version_of(call: Call, data: dict[str, Any]) -> dict[str, Any]:
    """What the journal keeps of a new version: its number and its digests."""
    assert call.rule_set
    return {
        "number": call.rule_set.number,
        "sha256": call.rule_set.sha256,
        "rules_sha256": call.rule_set.rules_sha256,
    }


CALL = Lifecycle(
    Call,
    CallState,
    (
        move(
            "publish",
            CallState.DRAFT,
            CallState.PUBLISHED,
            by={"officer", SYSTEM},
            label=gettext_lazy("Publier l’appel"),
            needs=[everything_said, closes_later],
            then=[stamp_publication],
            record=rules_of,
            public=("from", "to", "rules_sha256", "opens_at", "closes_at"),
        ),
        move(
            "revise",
            CallState.PUBLISHED,
            CallState.PUBLISHED,
            by={"officer", SYSTEM},
            label=gettext_lazy("Publier une nouvelle version"),
            reason=True,
            then=[take_version],
            record=version_of,
            public=("number", "sha256", "rules_sha256", "reason_sha256"),
        ),
        move(
            "settle",
            CallState.PUBLISHED,
            CallState.SETTLED,
            by={"officer", "decision_maker", SYSTEM},
            label=gettext_lazy("Publier les résultats"),
            public=("from", "to"),
        ),
        move(
            "withdraw",
            CallState.PUBLISHED,
            CallState.WITHDRAWN,
            by="officer",
            label=gettext_lazy("Retirer l’appel"),
            reason=True,
            public=("from", "to", "reason_sha256"),
        ),
    ),
)


EDITION = Lifecycle(
    Edition,
    EditionState,
    (
        move(
            "publish",
            EditionState.DRAFT,
            EditionState.PUBLISHED,
            by={"officer", SYSTEM},
            label=gettext_lazy("Publier cette édition"),
        ),
        move(
            "abandon",
            EditionState.DRAFT,
            EditionState.ABANDONED,
            by={"officer", SYSTEM},
            label=gettext_lazy("Abandonner cette édition"),
        ),
    ),
)


def stamp_confirmation(subscription: Subscription, *, by: Any, at: datetime, **data: Any) -> None:
    """Keep the instant of the double opt-in."""
    subscription.confirmed_at = at
    subscription.save(update_fields=["confirmed_at"])


SUBSCRIPTION = Lifecycle(
    Subscription,
    SubscriptionState,
    (
        move(
            "confirm",
            SubscriptionState.PENDING,
            SubscriptionState.CONFIRMED,
            by={ANYONE, SYSTEM},
            label=gettext_lazy("Confirmer l’abonnement"),
            then=[stamp_confirmation],
        ),
        move(
            "end",
            {SubscriptionState.PENDING, SubscriptionState.CONFIRMED},
            SubscriptionState.ENDED,
            by={ANYONE, SYSTEM},
            label=gettext_lazy("Arrêter l’abonnement"),
        ),
    ),
)


def by_someone_else(extension: Extension, *, by: Any, at: datetime) -> str | None:
    """Une autre personne que celle qui propose (quatre yeux)."""
    if by is None or by.pk == extension.proposed_by_id:
        return _("Un report s’approuve à deux : demandez à une autre personne de l’équipe du programme.")
    return None


def still_as_proposed(extension: Extension, *, by: Any, at: datetime) -> str | None:
    """La clôture n’a pas bougé depuis la proposition, et la nouvelle est à venir."""
    if extension.call.closes_at != extension.before:
        return _("La clôture a changé depuis cette proposition : écartez-la, puis proposez-en une autre.")
    if extension.closes_at <= at:
        return _("La nouvelle clôture proposée est déjà passée : écartez-la, puis proposez-en une autre.")
    return None


def move_the_closing(extension: Extension, *, by: Any, at: datetime, **data: Any) -> None:
    """The closing is one datum: every page, reminder, calendar and receipt reads it there."""
    call = extension.call
    call.closes_at = extension.closes_at
    call.save(update_fields=["closes_at"])


def extension_record(extension: Extension, data: dict[str, Any]) -> dict[str, Any]:
    """Both closings, the time lost, and the digest of the reason given."""
    return {
        "call": extension.call.slug,
        "before": extension.before.isoformat(),
        "closes_at": extension.closes_at.isoformat(),
        "lost_seconds": extension.lost_seconds,
        "why_sha256": digest(extension.reason),
    }


EXTENSION = Lifecycle(
    Extension,
    ExtensionState,
    (
        move(
            "approve",
            ExtensionState.PROPOSED,
            ExtensionState.APPROVED,
            by={"officer", "decision_maker"},
            label=gettext_lazy("Reporter la clôture"),
            needs=[by_someone_else, still_as_proposed],
            then=[move_the_closing],
            record=extension_record,
            public=("from", "to", "call", "before", "closes_at", "lost_seconds", "why_sha256"),
        ),
        move(
            "decline",
            ExtensionState.PROPOSED,
            ExtensionState.DECLINED,
            by={"officer", "decision_maker"},
            label=gettext_lazy("Écarter le report proposé"),
            record=extension_record,
            public=("from", "to", "call", "before", "closes_at", "lost_seconds", "why_sha256"),
        ),
    ),
)
