"""People of the room: they join with a code, from a phone, with or without an account, and may change phone."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.jams.actions.seating import require_facilitator, seat_latecomer
from essaim.jams.models import Jam, JamState, Participant
from essaim.kernel import journal
from essaim.kernel.workflow import Refused

journal.declare("jams.participant.register", label=gettext_lazy("Rejoindre la Jam"), public=())
journal.declare("jams.participant.renew_code", label=gettext_lazy("Rendre sa place à une personne"))
journal.declare("jams.participant.return", label=gettext_lazy("Revenir depuis un autre appareil"))

# After so many wrong personal codes, only the facilitator can let this person back in.
MOST_FAILURES = 10


@dataclass(frozen=True, slots=True)
class Entry:
    """What a person receives once, on joining: the token their device keeps, and the code they keep; unpacks in two."""

    participant: Participant
    device_token: str
    personal_code: str = ""

    def __iter__(self) -> Any:
        return iter((self.participant, self.device_token))


def device_digest(token: str) -> str:
    """What is kept of a device's token."""
    return sha256(token.encode()).hexdigest()


def _code_digest(jam: Jam, code: str) -> str:
    """What is kept of a personal code: keyed by the site's secret, since a million codes are soon tried."""
    return salted_hmac("essaim.jams.return", f"{jam.pk}:{code}", algorithm="sha256").hexdigest()


def register(
    *,
    jam: Jam,
    name: str,
    organisation: str = "",
    attributes: Mapping[str, str],
    person: Any = None,
    at: datetime,
    invented: bool = False,
) -> Entry:
    """Join a Jam: gives `(participant, device_token)`, and the personal code as `.personal_code`, all shown once.

    Someone with an account who joins again comes back as the same participant, on the new device. Who arrives once the
    seating is frozen is given a place at the smallest table of each round that has not ended.
    Raises Refused when the Jam does not take people in today, or without a name.
    """
    name = " ".join(name.split())
    if not name:
        raise Refused(_("Écrivez votre prénom et votre nom : votre table les verra."))
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        jam = Jam.objects.select_for_update().get(pk=jam.pk)
        known = person and jam.participants.filter(person=person).first()
        if known:
            return _take_device(known, token, at=at)
        if jam.state not in {JamState.OPEN, JamState.RUNNING}:
            raise Refused(_why_closed(jam))
        code = _free_code(jam)
        participant = Participant.objects.create(
            jam=jam,
            person=person,
            name=name,
            organisation=organisation.strip(),
            attributes=dict(attributes),
            device_sha256=device_digest(token),
            return_digest=_code_digest(jam, code),
            joined_at=at,
            invented=invented,
        )
        payload = {"jam": jam.pk, "invented": invented}
        journal.append(
            "jams.participant.register", subject=participant, by=participant, at=at, role="participant", payload=payload
        )
        seat_latecomer(participant)
    return Entry(participant, token, code)


def _why_closed(jam: Jam) -> str:
    if jam.state == JamState.DRAFT:
        return _("Les inscriptions à cette Jam ne sont pas encore ouvertes.")
    return _("Cette Jam est terminée : lisez ses propositions et les réponses données.")


def _free_code(jam: Jam) -> str:
    """Six figures nobody else of this Jam has."""
    while True:
        code = f"{secrets.randbelow(10**6):06d}"
        if not jam.participants.filter(return_digest=_code_digest(jam, code)).exists():
            return code


def come_back(*, jam: Jam, name: str, code: str, at: datetime) -> Entry:
    """Find one's place from another device with one's name and personal code; the earlier device gives way.

    Raises Refused for a wrong pair (the same sentence whichever is wrong), and after ten wrong codes for a name.
    """
    wrong = _("Ce nom et ce code personnel ne vont pas ensemble. Vérifiez-les, ou demandez à l’animateur.")
    same_name = list(jam.participants.filter(name__iexact=" ".join(name.split())))
    digest = _code_digest(jam, "".join(code.split()))
    for participant in same_name:
        if participant.return_failures >= MOST_FAILURES:
            raise Refused(_("Trop d’essais avec ce nom : demandez à l’animateur de vous rendre votre place."))
        if participant.return_digest and constant_time_compare(participant.return_digest, digest):
            return _take_device(participant, secrets.token_urlsafe(24), at=at)
    Participant.objects.filter(pk__in=[p.pk for p in same_name]).update(return_failures=F("return_failures") + 1)
    raise Refused(wrong)


def renew_code(*, participant: Participant, by: Any, at: datetime) -> str:
    """The facilitator gives someone their place back: a new personal code, shown once, and the tries forgotten."""
    require_facilitator(by, participant.jam)
    code = _free_code(participant.jam)
    with transaction.atomic():
        participant.return_digest = _code_digest(participant.jam, code)
        participant.return_failures = 0
        participant.save(update_fields=["return_digest", "return_failures"])
        journal.append("jams.participant.renew_code", subject=participant, by=by, at=at, role="facilitator")
    return code


@transaction.atomic
def _take_device(participant: Participant, token: str, *, at: datetime) -> Entry:
    participant.device_sha256 = device_digest(token)
    participant.return_failures = 0
    participant.save(update_fields=["device_sha256", "return_failures"])
    journal.append("jams.participant.return", subject=participant, by=participant, at=at, role="participant")
    return Entry(participant, token)
