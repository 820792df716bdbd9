"""The closing: postponed for everyone by two people, or passed by one applicant with a code, for a named reason."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.accounts.models import Person
from essaim.calls.lifecycle import EXTENSION
from essaim.calls.models import Call, CallState, Extension, ExtensionState, LateCode
from essaim.kernel import access, journal, mail, probe
from essaim.kernel.workflow import Refused
from essaim.ui.formats import instant

journal.declare(
    "calls.call.give_late_code",
    label=gettext_lazy("Donner un code de dépôt tardif"),
    public=("code", "limit", "expires_at", "reason_sha256"),
)
journal.declare("calls.call.cancel_late_code", label=gettext_lazy("Annuler un code de dépôt tardif"), public=("code",))
journal.declare(
    "calls.extension.propose",
    label=gettext_lazy("Proposer de reporter la clôture"),
    public=("call", "before", "closes_at", "lost_seconds", "why_sha256"),
)

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # 32 signs nobody takes for one another
LONGEST_CODE = timedelta(days=60)
MOST_FILINGS = 20
# The rule of a call that says nothing: [period.extension] of call.toml.
RULE = {"after_minutes": 5, "within_hours": 24, "at_least_hours": 24}


def rule_of(call: Call) -> dict[str, int]:
    """When measured unavailability proposes a postponement (after how many minutes, within how many hours before the
    closing), and of at least how long."""
    said = call.extension if isinstance(call.extension, dict) else {}
    return {name: int(said.get(name, value)) for name, value in RULE.items()}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The postponement the rule of the call proposes: the time lost, and the closing it leads to."""

    lost: timedelta
    closes_at: datetime


def suggestion(call: Call, *, at: datetime) -> Suggestion | None:
    """What the rule proposes for the unavailability measured in the last hours before the closing; None for nothing."""
    if call.state != CallState.PUBLISHED or call.closes_at is None:
        return None
    rule = rule_of(call)
    start = call.closes_at - timedelta(hours=rule["within_hours"])
    lost = probe.lost(start, min(at, call.closes_at))
    if lost is None or lost < timedelta(minutes=rule["after_minutes"]):
        return None
    return Suggestion(lost, max(call.closes_at, at) + max(timedelta(hours=rule["at_least_hours"]), lost))


def propose_extension(call: Call, *, closes_at: datetime, reason: str, by: Person, at: datetime) -> Extension:
    """Propose a later closing; someone else of the team approves it (`decide_extension`)."""
    if not {"officer", "decision_maker"} & access.roles(by, call):
        raise Refused(_("Seuls un chargé de programme ou un décideur proposent un report."))
    if call.state != CallState.PUBLISHED or call.closes_at is None:
        raise Refused(_("On ne reporte que la clôture d’un appel publié, avant ses résultats."))
    if not reason.strip():
        raise Refused(_("Donnez la raison du report : elle est publique."))
    if closes_at <= max(call.closes_at, at):
        raise Refused(
            _("La nouvelle clôture doit être à venir, et après le %(closing)s.")
            % {"closing": instant(call.closes_at, call.zone, seconds=True)}
        )
    found = suggestion(call, at=at)
    with transaction.atomic():
        Call.objects.select_for_update().get(pk=call.pk)
        if call.extensions.filter(state=ExtensionState.PROPOSED).exists():
            raise Refused(_("Un report est déjà proposé : approuvez-le ou écartez-le d’abord."))
        extension = Extension.objects.create(
            call=call,
            closes_at=closes_at,
            before=call.closes_at,
            lost_seconds=int(found.lost.total_seconds()) if found else 0,
            reason=reason.strip(),
            proposed_by=by,
            proposed_at=at,
        )
        payload = {
            "call": call.slug,
            "before": call.closes_at.isoformat(),
            "closes_at": closes_at.isoformat(),
            "lost_seconds": extension.lost_seconds,
            "why_sha256": journal.digest(extension.reason),
        }
        role = min({"officer", "decision_maker"} & access.roles(by, call))
        journal.append("calls.extension.propose", subject=extension, by=by, at=at, role=role, payload=payload)
    return extension


def decide_extension(extension: Extension, move: str, *, by: Person, at: datetime) -> None:
    """Approve or decline a postponement; who decides is written with the state, as the four eyes constraint asks."""
    with transaction.atomic():
        call = Call.objects.select_for_update().select_related("programme").get(pk=extension.call_id)
        held = Extension.objects.get(pk=extension.pk)
        held.call = call
        EXTENSION.perform_held(held, move, by=by, at=at, columns={"decided_by": by, "decided_at": at})
    extension.refresh_from_db()


def give_late_code(
    call: Call, *, email: str, reason: str, limit: int, expires_at: datetime, by: Person, at: datetime
) -> tuple[LateCode, str]:
    """Open the door to one applicant after the closing; the code is returned once, and mailed. Only its digest is kept.

    `limit`: how many filings (a replacement counts). Raises Refused with the sentence to show.
    """
    if "officer" not in access.roles(by, call):
        raise Refused(_("Seul un chargé de programme donne un code de dépôt tardif."))
    if call.state != CallState.PUBLISHED:
        raise Refused(_("Un code ne se donne que pour un appel publié, avant ses résultats."))
    if not reason.strip():
        raise Refused(_("Donnez la raison : elle reste attachée au code."))
    if not 1 <= limit <= MOST_FILINGS:
        raise Refused(_("Un code permet de 1 à %(most)s dépôts.") % {"most": MOST_FILINGS})
    if not at < expires_at <= at + LONGEST_CODE:
        raise Refused(_("Le code doit expirer dans les %(days)s jours à venir.") % {"days": LONGEST_CODE.days})
    try:
        validate_email(email.strip())
    except ValidationError:
        raise Refused(_("Cette adresse électronique n’en est pas une : corrigez-la.")) from None
    text = "-".join("".join(secrets.choice(ALPHABET) for _sign in range(4)) for _group in range(3))
    with transaction.atomic():
        code = LateCode.objects.create(
            call=call,
            email=email.strip(),
            reason=reason.strip(),
            code_sha256=journal.digest(normal(text)),
            limit=limit,
            expires_at=expires_at,
            created_by=by,
            created_at=at,
        )
        payload = {
            "code": code.pk,
            "limit": limit,
            "expires_at": expires_at.isoformat(),
            "reason_sha256": journal.digest(code.reason),
        }
        journal.append("calls.call.give_late_code", subject=call, by=by, at=at, role="officer", payload=payload)
        mail.send(
            to=code.email,
            template="calls_late_code",
            context={
                "call": call,
                "code": text,
                "late": code,
                "link": settings.SITE_URL + reverse("applications:late", args=[call.slug, text]),
            },
            at=at,
            subject_of=call,
        )
    return code, text


def cancel_late_code(code: LateCode, *, by: Person, at: datetime) -> None:
    """Take a code back; what was filed with it stays filed. Twice is once."""
    if "officer" not in access.roles(by, code):
        raise Refused(_("Seul un chargé de programme annule un code de dépôt tardif."))
    with transaction.atomic():
        if LateCode.objects.filter(pk=code.pk, cancelled_at=None).update(cancelled_at=at):
            journal.append(
                "calls.call.cancel_late_code",
                subject=code.call,
                by=by,
                at=at,
                role="officer",
                payload={"code": code.pk},
            )
    code.refresh_from_db()


def normal(text: str) -> str:
    """A code as it is compared: no spaces, no hyphens, capitals."""
    return "".join(sign for sign in text.upper() if sign.isalnum())


def find_late_code(call: Call, text: str, *, emails: Any, at: datetime) -> LateCode:
    """The code typed, when it opens this call to one of these addresses now; raises the sentence that refuses."""
    code = LateCode.objects.filter(call=call, code_sha256=journal.digest(normal(text))).first()
    if code is None or code.email.casefold() not in {email.casefold() for email in emails}:
        raise Refused(
            _("Ce code n’ouvre pas ce dossier : recopiez-le tel que vous l’avez reçu, depuis le compte qui l’a reçu.")
        )
    if code.cancelled_at is not None:
        raise Refused(_("Ce code a été annulé par le service : demandez-lui pourquoi."))
    if at > code.expires_at:
        raise Refused(
            _("Ce code a expiré le %(instant)s.") % {"instant": instant(code.expires_at, call.zone, seconds=True)}
        )
    if code.used >= code.limit:
        raise Refused(_("Ce code a déjà servi autant de fois qu’il le permet."))
    return code


def spend_late_code(code: LateCode) -> None:
    """Count one filing, inside the caller's transaction; never more than the limit, even at the same instant."""
    if not LateCode.objects.filter(pk=code.pk, used__lt=F("limit"), cancelled_at=None).update(used=F("used") + 1):
        raise Refused(_("Ce code a déjà servi autant de fois qu’il le permet."))
