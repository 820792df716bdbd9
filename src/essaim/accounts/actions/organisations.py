"""Organisations: created by whoever will represent them, described, and who may act for them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from essaim.accounts.access import MANAGERS, WRITERS, forget_roles, organisation_roles
from essaim.accounts.identifiers import clean_rna, clean_siret
from essaim.accounts.models import Membership, Organisation, Person
from essaim.kernel import journal
from essaim.kernel.workflow import Refused

IDENTIFIERS = ("siret", "rna")
FIELDS = ("name", "kind", *IDENTIFIERS, "register_number", "address", "commune_code", "email", "phone")


def _apply(organisation: Organisation, fields: Mapping[str, Any], at: datetime) -> None:
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise TypeError(f"an organisation has no {', '.join(sorted(unknown))}")
    values = {**fields}
    for name, clean in (("siret", clean_siret), ("rna", clean_rna)):
        if name in values:
            values[name] = clean(values[name])
    changed = any(name in values and values[name] != getattr(organisation, name) for name in IDENTIFIERS)
    for name, value in values.items():
        setattr(organisation, name, value)
    if changed:
        organisation.checked_at = at if organisation.siret or organisation.rna else None
    for name in IDENTIFIERS:
        _refuse_taken(organisation, name)


def _refuse_taken(organisation: Organisation, name: str) -> None:
    value = getattr(organisation, name)
    if value and Organisation.objects.filter(**{name: value}).exclude(pk=organisation.pk).exists():
        raise Refused(
            _("Un organisme porte déjà ce numéro (%(value)s) : demandez à son représentant de vous inviter.")
            % {"value": value}
        )


def _require(by: Person, organisation: Organisation, allowed: frozenset[str], sentence: str) -> str:
    held = organisation_roles(by, organisation.pk) & allowed
    if not held:
        raise Refused(sentence)
    return min(held)


def create_organisation(*, by: Person, at: datetime, invented: bool = False, **fields: Any) -> Organisation:
    """A new organisation, represented by `by`; its identifiers are checked offline.

    `fields`: name and kind, and any of siret, rna, register_number, address, commune_code, email, phone. Raises
    ValidationError for a wrong number, Refused when the number is already taken.
    """
    organisation = Organisation(invented=invented)
    _apply(organisation, fields, at)
    with transaction.atomic():
        organisation.save()
        Membership.objects.create(organisation=organisation, person=by, role="representative")
        journal.append("accounts.organisation_created", subject=organisation, by=by, at=at, role="representative")
    forget_roles(by)
    return organisation


def update_organisation(*, organisation: Organisation, by: Person, at: datetime, **fields: Any) -> Organisation:
    """Change what an organisation says of itself; `checked_at` moves when an identifier changes."""
    role = _require(
        by, organisation, WRITERS, _("Un lecteur ne peut pas modifier l’organisme : demandez un rôle de rédacteur.")
    )
    before = {name: getattr(organisation, name) for name in FIELDS}
    _apply(organisation, fields, at)
    changed = sorted(name for name in FIELDS if getattr(organisation, name) != before[name])
    if changed:
        with transaction.atomic():
            organisation.save()
            journal.append(
                "accounts.organisation_updated",
                subject=organisation,
                by=by,
                at=at,
                role=role,
                payload={"fields": changed},
            )
    return organisation


def _refuse_last_representative(membership: Membership) -> None:
    others = Membership.objects.filter(organisation_id=membership.organisation_id).exclude(pk=membership.pk)
    if membership.role == "representative" and not others.representatives().exists():
        raise Refused(_("Il doit rester au moins un représentant légal : donnez d’abord ce rôle à une autre personne."))


def change_role(*, membership: Membership, role: str, by: Person, at: datetime) -> Membership:
    """Give a member another role. A representative does it; the last one cannot lose the role."""
    held = _require(
        by, membership.organisation, MANAGERS, _("Seul un représentant légal peut changer les rôles de l’organisme.")
    )
    if role not in Membership.Role.values:
        raise Refused(_("Choisissez un rôle dans la liste."))
    if role == membership.role:
        return membership
    with transaction.atomic():
        if role != "representative":
            _refuse_last_representative(membership)
        before, membership.role = membership.role, role
        membership.save(update_fields=["role"])
        journal.append(
            "accounts.role_changed",
            subject=membership.organisation,
            by=by,
            at=at,
            role=held,
            payload={"person": membership.person_id, "from": before, "to": role},
        )
    forget_roles(membership.person)
    forget_roles(by)
    return membership


def leave(*, membership: Membership, by: Person, at: datetime) -> None:
    """Take a member out: oneself, or another when one is a representative. One representative must remain."""
    role = "self"
    if membership.person_id != by.pk:
        role = _require(
            by, membership.organisation, MANAGERS, _("Seul un représentant légal peut retirer quelqu’un d’autre.")
        )
    with transaction.atomic():
        _refuse_last_representative(membership)
        journal.append(
            "accounts.member_left",
            subject=membership.organisation,
            by=by,
            at=at,
            role=role,
            payload={"person": membership.person_id, "from": membership.role},
        )
        membership.delete()
    forget_roles(membership.person)
    forget_roles(by)
