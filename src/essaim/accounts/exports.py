"""A copy of everything the site knows about a person: JSON, and a ZIP with a page one can read."""

import io
import json
import zipfile
from datetime import date, datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.utils.translation import gettext as _

from essaim.accounts.models import Invitation, Membership, Person
from essaim.accounts.personal_data import gather, personal_data
from essaim.kernel import mail
from essaim.kernel.models import Event


@personal_data("compte")
def account(person: Person) -> dict[str, Any]:
    """The person's own row."""
    return {
        "identifiant": str(person.public_id),
        "adresse": person.email,
        "nom": person.name,
        "langue": person.language,
        "créé le": person.date_joined,
        "dernière connexion": person.last_login,
        "personne inventée": person.invented,
    }


@personal_data("organismes")
def organisations(person: Person) -> list[dict[str, Any]]:
    """The organisations the person acts for, with the role."""
    rows = Membership.objects.filter(person=person).select_related("organisation").order_by("pk")
    return [
        {"organisme": row.organisation.name, "siret": row.organisation.siret, "rôle": row.role, "depuis": row.since}
        for row in rows
    ]


@personal_data("invitations")
def invitations(person: Person) -> list[dict[str, Any]]:
    """The invitations the person received or sent."""
    received = Invitation.objects.filter(email__iexact=person.email)
    sent = Invitation.objects.filter(invited_by=person)
    return [
        {"à quoi": row.scope, "rôle": row.role, "adresse": row.email, "le": row.created_at, "acceptée": row.accepted_at}
        for row in (received | sent).order_by("pk")
    ]


@personal_data("messages")
def messages(person: Person) -> list[dict[str, Any]]:
    """The messages sent to the person."""
    return [
        {"le": row.created_at, "objet": row.subject, "texte": row.text, "adresse": row.address}
        for row in mail.messages_of(person)
    ]


@personal_data("connexions")
def sessions(person: Person) -> dict[str, Any]:
    """Open sessions and means of sign-in, without their secrets."""
    return {
        "sessions": [
            {
                "ouverte le": row.created_at,
                "vue le": row.last_seen_at,
                "adresse IP": row.ip,
                "navigateur": row.user_agent,
            }
            for row in UserSession.objects.filter(user=person).order_by("pk")
        ],
        "moyens": [
            {"type": row.type, "créé le": row.created_at, "utilisé le": row.last_used_at}
            for row in Authenticator.objects.filter(user=person).order_by("pk")
        ],
    }


@personal_data("actes")
def acts(person: Person) -> list[dict[str, Any]]:
    """What the journal keeps of the person's acts."""
    rows = Event.objects.filter(actor=f"person:{person.pk}").order_by("at", "seq")
    return [{"le": row.at, "acte": row.verb, "objet": f"{row.subject_type}:{row.subject_id}"} for row in rows]


def as_json(person: Person, *, at: datetime) -> bytes:
    """The export as JSON, UTF-8, dates in ISO 8601."""
    data = {"exporté le": at, **gather(person)}
    return json.dumps(data, ensure_ascii=False, indent=2, default=_plain).encode()


def as_zip(person: Person, *, at: datetime) -> bytes:
    """A ZIP with `donnees.json` and `lisez-moi.txt`, the same in words."""
    buffer = io.BytesIO()
    stamp = at.timetuple()[:6]
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (
            ("donnees.json", as_json(person, at=at)),
            ("lisez-moi.txt", _in_words(gather(person), at).encode()),
        ):
            archive.writestr(zipfile.ZipInfo(name, date_time=stamp), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _in_words(data: dict[str, Any], at: datetime) -> str:
    lines = [_("Vos données sur Essaim, copiées le %(at)s (UTC)") % {"at": f"{at:%Y-%m-%d %H:%M}"}, ""]
    for heading, value in data.items():
        lines += [heading.upper(), "=" * len(heading), *_lines(value, 0), ""]
    return "\n".join(lines)


def _lines(value: Any, depth: int) -> list[str]:
    pad = "  " * depth
    if isinstance(value, dict):
        out = []
        for name, inner in value.items():
            if isinstance(inner, dict | list):
                out += [f"{pad}{name} :", *_lines(inner, depth + 1)]
            else:
                out.append(f"{pad}{name} : {_plain(inner) if inner not in (None, '') else '-'}")
        return out
    if isinstance(value, list):
        return [line for item in value for line in (*_lines(item, depth), "")] or [f"{pad}-"]
    return [f"{pad}{_plain(value)}"]
