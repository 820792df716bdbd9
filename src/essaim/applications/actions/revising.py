"""Changing a file after its filing: a working copy is written; what is filed stays what is read, until filed again.

A working copy is an `Application` row that `replaces` the filed one. There is one per file, put away when it is filed
or abandoned, and taken out again with the filed content. Its parts, as named in `only` and by `part_of`: the code of a
question, "budget", "documents" or "document:<code>" for one of them, "place", "organisation".
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.accounts.models import Person
from essaim.applications.access import WRITERS
from essaim.applications.lifecycle import call_is_open
from essaim.applications.models import (
    Application,
    ApplicationState,
    CostLine,
    Document,
    Filing,
    FundingLine,
    KeptFile,
)
from essaim.applications.queries.form import questions_of
from essaim.kernel import access, journal
from essaim.kernel.workflow import Refused

journal.declare("applications.application.revise", label=gettext_lazy("Rouvrir pour modifier"))
journal.declare("applications.application.abandon_revision", label=gettext_lazy("Abandonner les modifications"))

# The columns that are what the applicant says; the others are who, when and where the file stands.
CONTENT = {
    "answers": None,
    "title": None,
    "organisation_id": "organisation",
    "commune_id": "place",
    "latitude": "place",
    "longitude": "place",
    "cost_cents": "budget",
    "requested_cents": "budget",
}
LINES: dict[type[models.Model], str] = {Document: "documents", CostLine: "budget", FundingLine: "budget"}


def revise(
    application: Application,
    *,
    by: Person | None,
    at: datetime,
    only: Iterable[str] | None = None,
    until: datetime | None = None,
) -> Application:
    """Open the working copy of a filed application, or give the one already open.

    Without `only`: by one of its writers, until the closing; everything may be changed. With `only` (codes of
    questions, "budget", "documents", "place"): a request for completion, by an officer of the programme or by the
    system, whatever the closing; the other parts are those of the filing and cannot be changed; it can be filed until
    `until`, or for as long as the file is not decided when None. Calling again with `only` replaces what is reopened.
    Raises Refused with the sentence to show.
    """
    if application.replaces is not None:
        raise Refused(_("Ceci est déjà la copie de travail d’un dossier déposé."))
    parts = None if only is None else sorted(set(only))
    _may_revise(application, parts, by=by, at=at)
    with transaction.atomic():
        # The filed row is the lock: two people who ask at once write in the same copy.
        filed = Application.objects.select_for_update().get(pk=application.pk)
        if filed.state != ApplicationState.FILED:
            raise Refused(_not_filed(filed))
        copy = Application.objects.filter(replaces=filed).first()
        if copy is not None and copy.put_away_at is None and parts in (None, copy.only):
            if copy.until != until and parts is not None:
                copy.until = until
                copy.save(update_fields=["until"])
            return _linked(application, copy)
        fresh = copy is None or copy.put_away_at is not None
        copy = _taken_out(filed, copy, by=by, at=at)
        if fresh:
            carry(filed, copy)
            if parts is None and copy.rule_set_id != filed.call.rule_set_id:  # filed again, it is under today's version
                copy.rule_set = filed.call.rule_set
                copy.save(update_fields=["rule_set"])
        elif parts is not None:
            carry(filed, copy, only=_others(filed, parts))
        copy.only, copy.until = parts, until
        copy.save(update_fields=["only", "until"])
        journal.append(
            "applications.application.revise",
            subject=filed,
            by=by,
            at=at,
            role=min((WRITERS | {"officer"}) & access.roles(by, filed), default=""),
            payload={"number": filed.number, **({"only": parts} if parts is not None else {})},
        )
    return _linked(application, copy)


def abandon_revision(application: Application, *, by: Person, at: datetime) -> None:
    """Put the working copy away (`application` is the copy or the filed row): the filed version stays what is read.

    Abandoning twice changes nothing.
    """
    filed = application.original
    if not WRITERS & access.roles(by, filed):
        raise Refused(_("Vous pouvez lire ce dossier, pas l’écrire : demandez à son porteur."))
    with transaction.atomic():
        gone = Application.objects.filter(replaces=filed, put_away_at=None).update(put_away_at=at)
        if gone:
            journal.append(
                "applications.application.abandon_revision",
                subject=filed,
                by=by,
                at=at,
                role=min(WRITERS & access.roles(by, filed), default=""),
                payload={"number": filed.number},
            )
    for row in (filed, application):
        if row._state.fields_cache.get("revision") is not None:
            row.revision.refresh_from_db()
    if application.replaces is not None:
        application.put_away_at = application.put_away_at or at


def put_back(copy: Application, filed: Application, *, replaced: Filing) -> None:
    """Carry the working copy's content onto the filed row, inside the caller's transaction that files it again.

    Files the new content no longer has are kept with the filing that named them.
    """
    before = list(filed.documents.select_related("file"))
    carry(copy, filed, only=copy.only)
    now = set(filed.documents.values_list("slot", "file__sha256"))
    KeptFile.objects.bulk_create(
        KeptFile(filing=replaced, file=row.file, slot=row.slot, name=row.name)
        for row in before
        if (row.slot, row.file.sha256) not in now
    )
    filed.version, filed.saved_at = copy.version, copy.saved_at
    if copy.only is None:
        filed.rule_set = copy.rule_set
    filed.save(update_fields=["version", "saved_at", "rule_set"])


def put_away(copy: Application, *, at: datetime) -> None:
    """Close a working copy, filed or abandoned; its row stays, for the next time and for those who still show it."""
    copy.put_away_at = at
    copy.save(update_fields=["put_away_at"])


def carry(source: Application, target: Application, *, only: Iterable[str] | None = None) -> None:
    """Copy content from one row to another: everything, or these parts; files by reference, lines anew.

    Every part carried grows the target's version, so that a page shown before does not overwrite it.
    """
    parts = None if only is None else set(only)
    codes = set(questions_of(source.rule_set)) if parts is None else parts & set(questions_of(source.rule_set))
    given = {code: value for code, value in source.answers.items() if parts is None or code in codes}
    kept = {} if parts is None else {code: value for code, value in target.answers.items() if code not in codes}
    target.answers = {**kept, **given}
    target.title = source.title if parts is None else " ".join(str(target.answers.get("title") or "").split())[:140]
    for column, part in CONTENT.items():
        if part is not None and (parts is None or part in parts):
            setattr(target, column, getattr(source, column))
    target.version += 1
    target.touched = {}
    target.save(update_fields=["version", "touched", *(name.removesuffix("_id") for name in CONTENT)])
    for model, part in LINES.items():
        slots = None if parts is None or part in parts else _slots(parts) if model is Document else frozenset()
        if slots is None or slots:
            _carry_lines(model, source, target, slots)
    target.__dict__.pop("_prefetched_objects_cache", None)


def _slots(parts: Iterable[str]) -> frozenset[str]:
    """The codes of the documents named one by one."""
    return frozenset(part.removeprefix("document:") for part in parts if part.startswith("document:"))


def _carry_lines(model: Any, source: Application, target: Application, slots: frozenset[str] | None) -> None:
    """Rows that belong to an application, written anew for another. `slots`: only these documents, all when None."""
    rows = model._default_manager.all() if slots is None else model._default_manager.filter(slot__in=slots)
    rows.filter(application=target).delete()
    copies = []
    for row in rows.filter(application=source):
        row.pk, row.application_id = None, target.pk
        row._state.adding = True
        copies.append(row)
    model._default_manager.bulk_create(copies)


def _may_revise(application: Application, parts: list[str] | None, *, by: Person | None, at: datetime) -> None:
    """Raise the sentence that refuses to open a working copy."""
    roles = access.roles(by, application)
    if parts is None:
        if not WRITERS & roles:
            raise Refused(_("Vous pouvez lire ce dossier, pas l’écrire : demandez à son porteur."))
        if application.state == ApplicationState.FILED and (refusal := call_is_open(application, by=by, at=at)):
            raise Refused(_("Le dépôt ne se modifie plus. %(reason)s") % {"reason": refusal})
    elif not {"officer", access.SYSTEM} & roles:
        raise Refused(_("Seul un chargé de programme demande un complément."))
    elif unknown := set(parts) - _parts_of(application):
        raise KeyError(f"the form has no such part: {', '.join(sorted(unknown))}")
    if application.state != ApplicationState.FILED:
        raise Refused(_not_filed(application))


def _not_filed(application: Application) -> str:
    if application.state == ApplicationState.DRAFT:
        return _("Ce dossier est un brouillon : il se modifie sur ses propres pages.")
    return _("Ce dossier est « %(state)s » : il ne se modifie plus.") % {"state": application.get_state_display()}


def _taken_out(filed: Application, copy: Application | None, *, by: Person | None, at: datetime) -> Application:
    """The working copy's row, made or taken out again, its version beyond all that was ever shown."""
    if copy is None:
        copy = Application(replaces=filed, created_by=by or filed.created_by, invented=filed.invented)
        copy.created_at = at
    copy.call_id, copy.rule_set = filed.call_id, filed.rule_set
    copy.put_away_at, copy.saved_at = None, at
    copy.version = max(copy.version, filed.version)
    copy.save()
    return copy


def _others(filed: Application, parts: list[str]) -> set[str]:
    """All the parts but these."""
    others = (_parts_of(filed) | {"organisation"}) - {"documents"} - set(parts)
    return {part for part in others if not (part.startswith("document:") and "documents" in parts)}


def _parts_of(application: Application) -> set[str]:
    """All that a request for completion may reopen."""
    documents = {f"document:{row['code']}" for row in application.rule_set.documents.get("document", [])}
    return {"budget", "documents", "place", *documents, *questions_of(application.rule_set)}


def _linked(application: Application, copy: Application) -> Application:
    """The copy, knowing the very row it was asked for; and that row knowing it."""
    copy.replaces = application
    copy.call = application.call
    if copy.rule_set_id == application.rule_set_id:
        copy.rule_set = application.rule_set
    application._state.fields_cache["revision"] = copy
    return copy
