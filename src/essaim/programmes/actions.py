"""Writes on programmes: loading one from its folder, changing the envelope, freezing rules, naming the team."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.accounts.models import Person
from essaim.engine import money
from essaim.kernel import access, journal
from essaim.kernel.bilingual import Bilingual
from essaim.kernel.workflow import Refused
from essaim.programmes.models import EnvelopeChange, Programme, RuleSet, TeamMember

journal.declare("programmes.programme.create", label=gettext_lazy("Ouvrir le programme"), public=("slug",))
journal.declare(
    "programmes.envelope.change",
    label=gettext_lazy("Changer l’enveloppe"),
    public=("amount_cents", "before_cents", "decided_on", "reason_sha256"),
)
journal.declare(
    "programmes.rules.freeze",
    label=gettext_lazy("Figer le règlement"),
    public=("call", "number", "sha256", "rules_sha256", "reason_sha256"),
)
journal.declare("programmes.team.join", label=gettext_lazy("Nommer un membre de l’équipe"), public=("role",))


def canonical_json(content: Any) -> str:
    """JSON whose bytes depend on the content only: keys sorted, no spaces."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def load_programme(folder: Path, *, by: Person | None, at: datetime) -> Programme:
    """Create the programme described in `folder`/programme.toml, or give the same one if it exists."""
    content = tomllib.loads((folder / "programme.toml").read_text(encoding="utf-8"))
    existing = Programme.objects.filter(slug=content["slug"]).first()
    if existing:
        return existing
    contact = content["contact"]
    administration = content["administration"]
    with transaction.atomic():
        programme = Programme.objects.create(
            slug=content["slug"],
            title=Bilingual(content["title"]),
            summary=Bilingual(content["summary"]),
            description=Bilingual(content.get("description", {})),
            administration=Bilingual(administration["name"]),
            administration_code=administration["code"],
            administration_siret=administration.get("siret", ""),
            milestones=json.loads(json.dumps(content.get("milestone", []), default=str)),
            contact_name=contact.get("service", administration["name"]["fr"]),
            contact_email=contact["email"],
            contact_phone=contact.get("telephone", ""),
            contact_address=contact.get("postal_address", ""),
            featured=content.get("featured", False),
            demonstration=content.get("demonstration", False),
            created_at=at,
        )
        journal.append(
            "programmes.programme.create",
            subject=programme,
            by=by,
            at=at,
            role="system",
            payload={"slug": programme.slug},
        )
    return programme


def load_envelope(
    folder: Path, *, programme: Programme, by: Person | None, at: datetime, until: date | None = None
) -> list[EnvelopeChange]:
    """Add the lines of the folder's envelope, up to the day `until`, that are not in the history yet, oldest first."""
    content = tomllib.loads((folder / "programme.toml").read_text(encoding="utf-8"))
    known = set(programme.envelope_changes.values_list("decided_on", "amount_cents"))
    added = []
    for line in content.get("envelope", []):
        amount_cents = money.parse_cents(line["amount"])
        if (line["date"], amount_cents) not in known and (until is None or line["date"] <= until):
            added.append(
                change_envelope(
                    programme,
                    amount_cents=amount_cents,
                    decided_on=line["date"],
                    author=Bilingual(line["author"]),
                    reason=Bilingual(line["reason"]),
                    effect=Bilingual(line.get("effect", {})),
                    by=by,
                    at=at,
                )
            )
    return added


def change_envelope(
    programme: Programme,
    *,
    amount_cents: int,
    decided_on: date,
    author: Bilingual | str,
    reason: Bilingual,
    effect: Bilingual | None = None,
    by: Person | None,
    at: datetime,
) -> EnvelopeChange:
    """Add a line to the envelope’s public history (promise G4). Raises Refused without a reason."""
    if by is not None and "officer" not in access.roles(by, programme):
        raise Refused(_("Seul un chargé de programme inscrit un changement d’enveloppe."))
    if not str(reason.get("fr", "")).strip():
        raise Refused(_("Donnez la raison du changement : elle sera publique."))
    if amount_cents < 0:
        raise Refused(_("L’enveloppe ne peut pas être négative."))
    with transaction.atomic():
        before = programme.envelope_changes.order_by("-decided_on", "-pk").first()
        change = EnvelopeChange.objects.create(
            programme=programme,
            amount_cents=amount_cents,
            decided_on=decided_on,
            author=author,
            reason=reason,
            effect=effect or Bilingual(),
            recorded_by=by,
            recorded_at=at,
        )
        payload = {
            "amount_cents": amount_cents,
            "before_cents": before.amount_cents if before else 0,
            "decided_on": decided_on.isoformat(),
            "reason_sha256": journal.digest(canonical_json(reason)),
        }
        role = "system" if by is None else "officer"
        journal.append("programmes.envelope.change", subject=change, by=by, at=at, role=role, payload=payload)
    return change


def version_digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of all that a version holds: rules, form, grid, documents, call (texts, dates) and letters."""
    return sha256(canonical_json(dict(content)).encode()).hexdigest()


def freeze_rules(
    programme: Programme,
    *,
    call_slug: str,
    rules: Any,
    form: Any,
    grid: Any,
    documents: Any,
    call: Any = None,
    letters: Any = None,
    sources: Mapping[str, str] | None = None,
    reason: Bilingual | None = None,
    by: Person | None,
    at: datetime,
) -> RuleSet:
    """Freeze a new immutable version of a call; from the second version on, a reason is compulsory."""
    with transaction.atomic():
        number = RuleSet.objects.filter(call_slug=call_slug).count() + 1
        if number > 1 and not (reason and str(reason.get("fr", "")).strip()):
            raise Refused(_("Donnez la raison du changement de règlement : elle sera publique."))
        whole = {"rules": rules, "form": form, "grid": grid, "documents": documents}
        whole |= {"call": call or {}, "letters": letters or {}}
        rule_set = RuleSet.objects.create(
            programme=programme,
            call_slug=call_slug,
            number=number,
            rules_sha256=sha256(canonical_json(rules).encode()).hexdigest(),
            sha256=version_digest(whole),
            sources=dict(sources or {}),
            reason=reason or Bilingual(),
            frozen_at=at,
            **whole,
        )
        payload = {
            "call": call_slug,
            "number": number,
            "sha256": rule_set.sha256,
            "rules_sha256": rule_set.rules_sha256,
            "reason_sha256": journal.digest(canonical_json(reason or {})),
        }
        role = "system" if by is None else "officer"
        journal.append("programmes.rules.freeze", subject=rule_set, by=by, at=at, role=role, payload=payload)
    return rule_set


def join_team(
    programme: Programme, *, person: Person, role: str, title: str = "", by: Person | None, at: datetime
) -> TeamMember:
    """Give a person a role in the programme's team; giving it twice changes nothing."""
    with transaction.atomic():
        member, created = TeamMember.objects.get_or_create(
            programme=programme, person=person, role=role, defaults={"title": title}
        )
        if created:
            journal.append(
                "programmes.team.join",
                subject=member,
                by=by,
                at=at,
                role="system" if by is None else "officer",
                payload={"role": role, "person": person.pk},
            )
    return member
