"""The next content of a call: opened from the live call, saved part by part, checked, published as a frozen version."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.accounts.models import Person
from essaim.calls.actions.faults import FolderFault
from essaim.calls.actions.folder import check_files
from essaim.calls.actions.preparing import BEFORE_PUBLICATION
from essaim.calls.lifecycle import CALL, EDITION
from essaim.calls.models import Call, CallState, Edition, EditionState
from essaim.calls.queries.content import PARTS, canonical_rules, content_of, fields_of, texts_of_content
from essaim.kernel import access, journal
from essaim.kernel.bilingual import Bilingual
from essaim.kernel.workflow import Refused
from essaim.programmes.actions import freeze_rules, version_digest
from essaim.programmes.models import RuleSet

journal.declare("calls.edition.open", label=gettext_lazy("Préparer une nouvelle version de l’appel"))
journal.declare("calls.edition.save", label=gettext_lazy("Écrire la nouvelle version de l’appel"))

FROZEN_AFTER_CLOSING = ("rules", "form", "grid", "documents")


class Stale(Refused):
    """Someone else saved the edition since the page was read."""


def edition_of(call: Call, *, by: Person | None, at: datetime) -> Edition:
    """The edition of a call being written: the one already open, or a new one filled from the call as it stands."""
    _officer(call, by)
    known = written_edition(call)
    if known is not None:
        return known
    if call.state not in {CallState.DRAFT, CallState.PUBLISHED}:
        raise Refused(_("Cet appel ne change plus : ses résultats sont publiés, ou il a été retiré."))
    last = call.editions.order_by("-number").first()
    try:
        with transaction.atomic():
            edition = Edition.objects.create(
                call=call,
                number=last.number + 1 if last else 1,
                content=content_of(call),
                sources=dict(call.rule_set.sources) if call.rule_set else {},
                based_on=call.rule_set,
                created_by=by,
                created_at=at,
                saved_at=at,
            )
            _journal("calls.edition.open", edition, by=by, at=at, payload={"number": edition.number})
    except IntegrityError:  # two pages opened at once: one edition
        return call.editions.get(state=EditionState.DRAFT)
    return edition


def written_edition(call: Call) -> Edition | None:
    """The edition being written, or None."""
    return call.editions.filter(state=EditionState.DRAFT).select_related("call", "based_on").first()


def save_edition(
    edition: Edition, part: str, content: Any, *, version: int, by: Person | None, at: datetime
) -> Edition:
    """Keep one part ("call", "rules", "form", "grid", "documents", "letters") as given, right or not.

    `version` is the one the page was read at. Raises Stale when someone saved since, Refused once it is published,
    KeyError for another part.
    """
    if part not in PARTS:
        raise KeyError(part)
    _officer(edition.call, by)
    with transaction.atomic():
        fresh = Edition.objects.select_for_update().get(pk=edition.pk)
        if fresh.state != EditionState.DRAFT:
            raise Refused(_("Cette version est déjà publiée ou abandonnée : ouvrez-en une nouvelle."))
        if fresh.version != version:
            raise Stale(
                _("Quelqu’un a enregistré cette version entre-temps : rechargez la page pour reprendre son texte.")
            )
        if fresh.content.get(part) != content:
            fresh.content = {**fresh.content, part: content}
            fresh.version += 1
            fresh.saved_at = at
            fresh.save(update_fields=["content", "version", "saved_at"])
            _journal("calls.edition.save", fresh, by=by, at=at, payload={"part": part, "version": fresh.version})
    for name in ("content", "version", "saved_at", "state"):
        setattr(edition, name, getattr(fresh, name))
    return edition


def check_edition(edition: Edition) -> list[FolderFault]:
    """Every error that prevents publishing: the same checks as a folder's, then the dates of a published call."""
    texts = texts_of_content(edition.content, edition.sources)
    return [*check_files({name: text.encode() for name, text in texts.items()}), *_moved_dates(edition)]


def publish_edition(edition: Edition, *, reason: Bilingual | None, by: Person | None, at: datetime) -> RuleSet:
    """Freeze the edition as the call's next version; twice gives the same one.

    A draft call is published with it. A published call is revised: `reason` is public, compulsory in French and in
    English, and the drafts of applications are told (reactions of later stages). Raises Refused with what to correct.
    """
    if edition.state == EditionState.PUBLISHED and edition.result is not None:
        return edition.result
    call = Call.objects.get(pk=edition.call_id)
    _officer(call, by)
    if faults := check_edition(edition):
        shown = " ".join(str(fault) for fault in faults[:3])
        raise Refused(_("Avant de publier, corrigez : %(faults)s") % {"faults": shown})
    content = deepcopy(edition.content) | {"rules": canonical_rules(edition.content["rules"])}
    with transaction.atomic():
        EDITION.perform(edition, "publish", by=by, at=at)
        if call.state == CallState.DRAFT:
            result = _publish(call, content, edition.sources, by=by, at=at)
        else:
            result = _revise(call, content, edition, reason, by=by, at=at)
        Edition.objects.filter(pk=edition.pk).update(result=result)
    edition.refresh_from_db()
    return result


def abandon_edition(edition: Edition, *, by: Person | None, at: datetime) -> None:
    """Give up what was being written; the call stays as it is."""
    EDITION.perform(edition, "abandon", by=by, at=at)


def _publish(
    call: Call, content: dict[str, Any], sources: dict[str, str], *, by: Person | None, at: datetime
) -> RuleSet:
    for name, value in fields_of(content["call"]).items():
        setattr(call, name, value)
    if call.rule_set is None or call.rule_set.sha256 != version_digest(content):
        call.rule_set = _freeze(call, content, sources, BEFORE_PUBLICATION if call.rule_set else None, by=by, at=at)
    call.save()
    CALL.perform(call, "publish", by=by, at=at)
    assert call.rule_set is not None
    return call.rule_set


def _revise(
    call: Call, content: dict[str, Any], edition: Edition, reason: Bilingual | None, *, by: Person | None, at: datetime
) -> RuleSet:
    missing = [language for language in ("fr", "en") if not str((reason or {}).get(language, "")).strip()]
    if missing or reason is None:
        raise Refused(_("Donnez la raison du changement, en français et en anglais : elle sera publique."))
    _keep_the_closing(call, content)
    before = content_of(call)
    changed = [part for part in PARTS if content[part] != before[part]]
    if not changed:
        raise Refused(_("Cette version dit la même chose que l’appel publié : il n’y a rien à publier."))
    if call.closes_at and at > call.closes_at and set(changed) & set(FROZEN_AFTER_CLOSING):
        raise Refused(
            _("L’appel est clos : les règles, le formulaire, la grille et les pièces ne changent plus, par équité.")
        )
    version = _freeze(call, content, edition.sources, reason, by=by, at=at)
    changes = fields_of(content["call"])
    CALL.perform(call, "revise", by=by, at=at, reason=reason["fr"], rule_set=version, changes=changes)
    return version


def _keep_the_closing(call: Call, content: dict[str, Any]) -> None:
    """An edition opened before the closing was extended keeps the extended one: the deadline is one datum."""
    live = content_of(call)["call"].get("period", {})
    content["call"]["period"] = {**content["call"].get("period", {}), "closes_at": live.get("closes_at")}


def _freeze(
    call: Call,
    content: dict[str, Any],
    sources: dict[str, str],
    reason: Bilingual | None,
    *,
    by: Person | None,
    at: datetime,
) -> RuleSet:
    return freeze_rules(call.programme, call_slug=call.slug, **content, sources=sources, reason=reason, by=by, at=at)


def _moved_dates(edition: Edition) -> list[FolderFault]:
    """What an edition may not change once the call is published: its address, its numbers' prefix, its closing."""
    call = edition.call
    if call.state == CallState.DRAFT:
        return []
    asked = fields_of(edition.content.get("call", {}))
    found = []
    for key, value in (("slug", call.slug), ("reference", call.reference)):
        if asked[key] != value:
            sentence = _("« %(key)s » ne change plus une fois l’appel publié : remettez « %(value)s ».")
            found.append(FolderFault("call.toml", None, sentence % {"key": key, "value": value}, key))
    based = edition.based_on.call if edition.based_on else {}
    if asked["closes_at"] not in {call.closes_at, fields_of(based)["closes_at"]}:
        sentence = _(
            "La clôture ne change pas ici : elle n’est jamais avancée, et une prolongation se décide à deux personnes."
        )
        found.append(FolderFault("call.toml", None, sentence, "closes_at"))
    return found


def _officer(call: Call, by: Person | None) -> None:
    if by is not None and "officer" not in access.roles(by, call):
        raise Refused(_("Seul un chargé de programme prépare un appel."))


def _journal(verb: str, edition: Edition, *, by: Person | None, at: datetime, payload: dict[str, Any]) -> None:
    role = "system" if by is None else "officer"
    journal.append(verb, subject=edition, by=by, at=at, role=role, payload=payload)
