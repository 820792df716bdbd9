"""Filing: one short transaction that freezes, numbers, journals and signs; done once, however often it is asked."""

from __future__ import annotations

from copy import copy
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.accounts.models import Person
from essaim.applications.actions.letters import send_receipt
from essaim.applications.actions.revising import put_away, put_back
from essaim.applications.lifecycle import APPLICATION, call_is_open, complete, late, may_be_replaced
from essaim.applications.models import Application, ApplicationState, Filing
from essaim.applications.queries import missing_documents_of, unmet_of
from essaim.applications.queries.receipt import canonical, content_of, digest, statement_of
from essaim.calls.models import Call
from essaim.calls.queries import finding_as_json
from essaim.kernel import journal, signing
from essaim.kernel.models import Event
from essaim.kernel.workflow import Refused

journal.declare("applications.application.refuse_late", label=gettext_lazy("Refuser un dépôt arrivé après la clôture"))


def file_application(
    application: Application,
    *,
    by: Person,
    at: datetime,
    key: str,
    version: int | None = None,
    acknowledged: bool = False,
) -> Filing:
    """File an application that arrived at `at`; k identical requests give one filing and the same receipt.

    `key` names the request (given with the page); `version` is the one that was read there. Raises Refused: late (the
    instant is kept, the draft too), incomplete, changed since, rules or documents not acknowledged, key used for
    another content.
    """
    known = already_filed(application, key=key, version=version)
    if known is not None:
        return known
    if application.state == ApplicationState.DRAFT and application.replaces is None and late(application, at=at):
        refuse_late(application, by=by, at=at)
    try:
        return _file(application, by=by, at=at, key=key, version=version, acknowledged=acknowledged)
    except (Refused, IntegrityError):
        # Lost a race against the same request: give its receipt. Anything else is told.
        known = already_filed(application, key=key, version=version)
        if known is None:
            raise
        return known


def already_filed(application: Application, *, key: str, version: int | None) -> Filing | None:
    """The filing this very request already made; Refused when the key was used for something else."""
    known = Filing.objects.filter(key=key).first()
    if known is None:
        return None
    if known.application_id != application.original.pk or version not in (None, known.version):
        raise Refused(
            _(
                "Cet envoi porte la clé d’un autre dépôt : rechargez la page, relisez le dossier, "
                "puis déposez de nouveau."
            )
        )
    return known


def _file(
    application: Application, *, by: Person, at: datetime, key: str, version: int | None, acknowledged: bool
) -> Filing:
    if application.replaces is not None:
        return _file_again(application, by=by, at=at, key=key, version=version, acknowledged=acknowledged)
    with transaction.atomic():
        # The call's row is the lock that gives numbers one by one; SQLite has only one writer anyway.
        Call.objects.select_for_update().filter(pk=application.call_id).values_list("pk").get()
        fresh = Application.objects.whole().get(pk=application.pk)
        if version not in (None, fresh.version):
            raise Refused(_("Le dossier a changé depuis l’affichage de cette page : relisez-le, puis déposez."))
        unmet, missing = unmet_of(fresh), missing_documents_of(fresh)
        if (unmet or missing) and not acknowledged and fresh.state == ApplicationState.DRAFT:
            _ask_to_acknowledge(unmet, missing, fresh, by=by, at=at)
        _stamp(fresh, at=at)
        filing = _freeze(fresh, "file", number=1, key=key, unmet=unmet, missing=missing, by=by, at=at)
    for name, value in {"state": ApplicationState.FILED, "number": fresh.number, "filed_at": at}.items():
        setattr(application, name, value)
    return filing


def _freeze(
    fresh: Application,
    move: str,
    *,
    number: int,
    key: str,
    unmet: list[Any],
    missing: list[Any],
    by: Person,
    at: datetime,
) -> Filing:
    """Make the move, then keep what was filed: content, receipt, signature, and the letter to send."""
    content = content_of(fresh)
    sha256 = digest(content)
    # The move reloads what it is given: a copy, so that what was read for the content serves for the receipt.
    event = APPLICATION.perform(
        copy(fresh), move, by=by, at=at, sha256=sha256, files=len(content["documents"]), filing=number
    )
    statement = canonical(
        statement_of(fresh, content_sha256=sha256, event=event, at=at, missing=[str(row.title) for row in missing])
    )
    filing = Filing.objects.create(
        application=fresh,
        number=number,
        key=key,
        version=fresh.version,
        filed_by=by,
        filed_at=at,
        content=canonical(content),
        sha256=sha256,
        documents=content["documents"],
        findings=[finding_as_json(found) for found in unmet],
        event_seq=event.seq,
        receipt=statement,
        signature=signing.sign(statement.encode()),
    )
    send_receipt.enqueue(filing=filing.pk)
    return filing


def _file_again(
    working: Application, *, by: Person, at: datetime, key: str, version: int | None, acknowledged: bool
) -> Filing:
    """File a working copy: its content becomes that of the filed row, which keeps its number and its state."""
    with transaction.atomic():
        Application.objects.select_for_update().filter(pk=working.replaces_id).values_list("pk").get()
        filed = Application.objects.whole().get(pk=working.replaces_id)
        fresh = Application.objects.whole().get(pk=working.pk)
        if version not in (None, fresh.version):
            raise Refused(_("Le dossier a changé depuis l’affichage de cette page : relisez-le, puis déposez."))
        if refusal := may_be_replaced(filed, by=by, at=at):
            raise Refused(refusal)
        unmet, missing = unmet_of(fresh), missing_documents_of(fresh)
        if (unmet or missing) and not acknowledged:
            _ask_to_acknowledge(unmet, missing, fresh, by=by, at=at)
        replaced = filed.filings.order_by("-number")[0]
        put_back(fresh, filed, replaced=replaced)
        filed = Application.objects.whole().get(pk=filed.pk)
        filing = _freeze(
            filed, "refile", number=replaced.number + 1, key=key, unmet=unmet, missing=missing, by=by, at=at
        )
        put_away(fresh, at=at)
    working.put_away_at = at
    return filing


def _stamp(fresh: Application, *, at: datetime) -> None:
    """Give the instant of arrival and the next number of the call, just before the state that needs them."""
    if fresh.state == ApplicationState.DRAFT:
        last = Application.objects.filter(call_id=fresh.call_id).aggregate(last=Max("number"))["last"] or 0
        fresh.number, fresh.filed_at = last + 1, at
        Application.objects.filter(pk=fresh.pk, state=fresh.state).update(number=fresh.number, filed_at=at)


def _ask_to_acknowledge(unmet: list[Any], missing: list[Any], fresh: Application, *, by: Person, at: datetime) -> None:
    """Say first what cannot be acknowledged away; then which rules and documents must be."""
    refusal = None if fresh.replaces else APPLICATION.why_not(fresh, "file", by=by, at=at)
    if refusal := refusal or complete(fresh, by=by, at=at):
        raise Refused(refusal)
    names = [str(found.title) for found in unmet] + [str(row.title) for row in missing]
    raise Refused(
        _("Avant de déposer, cochez que vous avez lu ce qui n’est pas respecté ou manque : %(list)s.")
        % {"list": ", ".join(names)}
    )


def refuse_late(application: Application, *, by: Person, at: datetime) -> None:
    """Keep that a filing arrived late, once, then raise the sentence; the draft stays as it is."""
    with transaction.atomic():
        first = Application.objects.filter(pk=application.pk, refused_late_at=None).update(refused_late_at=at)
        if first:
            journal.append("applications.application.refuse_late", subject=application, by=by, at=at)
            application.refused_late_at = at
    raise Refused(str(call_is_open(application, by=by, at=at)))


def withdraw(application: Application, *, by: Person, at: datetime) -> Event:
    """Take the application back, draft or filed; it is not read any further."""
    return APPLICATION.perform(application, "withdraw", by=by, at=at)


def move_application(
    application: Application, name: str, *, by: Person | None, at: datetime, reason: str = ""
) -> Event:
    """Make one of the administration's moves: admit, reject_admissibility, declare_ineligible, fund, decline."""
    return APPLICATION.perform(application, name, by=by, at=at, reason=reason)
