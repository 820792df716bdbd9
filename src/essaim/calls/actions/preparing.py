"""Preparing a call: the draft a retained proposal opens, its folder, the officer's corrections."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.accounts.models import Person
from essaim.calls.actions.folder import Files, files_of
from essaim.calls.models import Call, CallState, Edition, EditionState
from essaim.calls.queries.content import call_content, fields_of, put_fields
from essaim.engine import rules as engine
from essaim.jams.models import Proposal
from essaim.kernel import access, journal, toml
from essaim.kernel.bilingual import Bilingual
from essaim.kernel.workflow import Refused
from essaim.programmes.actions import freeze_rules, version_digest
from essaim.programmes.models import Programme, RuleSet

journal.declare("calls.call.draft", label=gettext_lazy("Préparer un appel"), public=("proposal",))
journal.declare("calls.call.load", label=gettext_lazy("Lire l’appel dans son dossier"), public=("sha256",))
journal.declare("calls.call.prepare", label=gettext_lazy("Compléter l’appel"))

BEFORE_PUBLICATION = Bilingual(
    fr="Mise au point avant la publication de l’appel.", en="Corrections before the call was published."
)
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
    """What a call's folder holds, as plain JSON (instants are ISO texts): `call`, `rules` (canonical), `form`, `grid`,
    `documents` and `letters` (text by file name). Raises RuleSetError."""
    return read_files(files_of(folder))


def read_files(files: Files) -> dict[str, Any]:
    """The content of a call from its files by name, as `read_folder` gives it. Raises RuleSetError."""
    found: dict[str, Any] = {
        name: toml.loads(files[f"{name}.toml"].decode()) for name in ("call", "form", "grid", "documents")
    }
    rules = engine.load_rules(files["rules.toml"].decode())
    letters = {
        name.removeprefix("letters/"): body.decode() for name, body in files.items() if name.startswith("letters/")
    }
    return {**found, "rules": json.loads(engine.canonical_json(rules)), "letters": letters}


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
    files = files_of(folder)
    content = read_files(files)
    fields = fields_of(content["call"]) | changes
    call = Call.objects.filter(origin=origin).first() if origin else Call.objects.filter(slug=fields["slug"]).first()
    call = call or Call(programme=programme, origin=origin)
    if call.state != CallState.DRAFT:
        raise Refused(str(PUBLISHED_ALREADY))
    with transaction.atomic():
        for name, value in fields.items():
            setattr(call, name, value)
        content["call"] = call_content(call, content["call"])
        call.rule_set = _version_of(call, content, {name: body.decode() for name, body in files.items()}, by=by, at=at)
        call.save()
        role = "system" if by is None else "officer"
        journal.append(
            "calls.call.load", subject=call, by=by, at=at, role=role, payload={"sha256": call.rule_set.sha256}
        )
    return call


def _version_of(
    call: Call, content: dict[str, Any], sources: dict[str, str], *, by: Person | None, at: datetime
) -> RuleSet:
    """The frozen version of this content: the latest one when nothing changed, else a new one."""
    latest = RuleSet.objects.filter(call_slug=call.slug).order_by("-number").first()
    if latest is not None and latest.sha256 == version_digest(content):
        return latest
    reason = BEFORE_PUBLICATION if latest else None
    return freeze_rules(call.programme, call_slug=call.slug, **content, sources=sources, reason=reason, by=by, at=at)


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
            _follow(fresh, changed)
            role = "system" if by is None else "officer"
            journal.append("calls.call.prepare", subject=fresh, by=by, at=at, role=role, payload={"fields": changed})
    return fresh


def _follow(call: Call, changed: list[str]) -> None:
    """What is corrected here is corrected in the edition being written too: there is one next text."""
    edition = call.editions.filter(state=EditionState.DRAFT).first()
    if edition is not None:
        held = put_fields(edition.content.get("call", {}), call, changed)
        Edition.objects.filter(pk=edition.pk).update(
            content={**edition.content, "call": held}, version=edition.version + 1
        )
