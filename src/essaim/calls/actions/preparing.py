"""Preparing a call: the draft a retained proposal opens, its folder, the officer's corrections."""

from __future__ import annotations

import json
import tomllib
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.accounts.models import Person
from essaim.calls.models import Call, CallState
from essaim.engine import rules as engine
from essaim.jams.models import Proposal
from essaim.kernel import access, journal
from essaim.kernel.bilingual import Bilingual
from essaim.kernel.workflow import Refused
from essaim.programmes.actions import canonical_json, freeze_rules
from essaim.programmes.models import Programme, RuleSet

journal.declare("calls.call.draft", label=gettext_lazy("Préparer un appel"), public=("proposal",))
journal.declare("calls.call.load", label=gettext_lazy("Lire l’appel dans son dossier"), public=("sha256",))
journal.declare("calls.call.prepare", label=gettext_lazy("Compléter l’appel"))

TEXTS = ("title", "summary", "purpose", "who", "how_much", "spending", "commitments")
PUBLISHED_ALREADY = gettext_lazy(
    "Cet appel est déjà publié : son règlement ne change que par une nouvelle version motivée."
)


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

    `changes` replaces fields of the call (dates, slug). Refused once the call is published. Loading the same folder
    again keeps the same version of the rules.
    """
    if by is not None and "officer" not in access.roles(by, programme):
        raise Refused(_("Seul un chargé de programme prépare un appel."))
    content = read_folder(folder)
    fields = fields_of(content["call"]) | changes
    call = Call.objects.filter(origin=origin).first() if origin else Call.objects.filter(slug=fields["slug"]).first()
    call = call or Call(programme=programme, origin=origin)
    if call.state != CallState.DRAFT:
        raise Refused(str(PUBLISHED_ALREADY))
    with transaction.atomic():
        for name, value in fields.items():
            setattr(call, name, value)
        call.rule_set = _version_of(call, content, by=by, at=at)
        call.save()
        role = "system" if by is None else "officer"
        journal.append(
            "calls.call.load", subject=call, by=by, at=at, role=role, payload={"sha256": call.rule_set.sha256}
        )
    return call


def _version_of(call: Call, content: dict[str, Any], *, by: Person | None, at: datetime) -> RuleSet:
    """The frozen version of this content: the latest one when nothing changed, else a new one."""
    parts = {name: content[name] for name in ("rules", "form", "grid", "documents")}
    latest = RuleSet.objects.filter(call_slug=call.slug).order_by("-number").first()
    if latest is not None and latest.sha256 == sha256(canonical_json(parts).encode()).hexdigest():
        return latest
    reason = Bilingual(
        fr="Mise au point avant la publication de l’appel.", en="Corrections before the call was published."
    )
    return freeze_rules(call.programme, call_slug=call.slug, **parts, reason=reason if latest else None, by=by, at=at)


def prepare_call(call: Call, *, changes: dict[str, Any], by: Person | None, at: datetime) -> Call:
    """Correct the fields of a draft (dates, texts, contacts); the journal keeps which ones. Refused once published."""
    if by is not None and "officer" not in access.roles(by, call):
        raise Refused(_("Seul un chargé de programme prépare un appel."))
    with transaction.atomic():
        fresh = Call.objects.select_for_update().get(pk=call.pk)
        if fresh.state != CallState.DRAFT:
            raise Refused(str(PUBLISHED_ALREADY))
        changed = sorted(name for name, value in changes.items() if getattr(fresh, name) != value)
        if changed:
            for name in changed:
                setattr(fresh, name, changes[name])
            fresh.save(update_fields=changed)
            role = "system" if by is None else "officer"
            journal.append("calls.call.prepare", subject=fresh, by=by, at=at, role=role, payload={"fields": changed})
    return fresh


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
