"""Filing: one short transaction that freezes, numbers, journals and signs; done once, however often it is asked."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.accounts.models import Person
from essaim.applications.actions.completion import answer_completion
from essaim.applications.actions.letters import send_receipt, writers_of
from essaim.applications.actions.paper import filed_on_paper
from essaim.applications.actions.revising import put_away, put_back
from essaim.applications.actions.standing import standing
from essaim.applications.lifecycle import APPLICATION, call_is_open, complete, may_be_replaced
from essaim.applications.models import Application, ApplicationState, Filing
from essaim.applications.queries import findings_of, missing_documents_of, unmet_of
from essaim.applications.queries.receipt import canonical, content_of, digest, statement_of
from essaim.calls.actions import find_late_code
from essaim.calls.models import Call, LateCode
from essaim.calls.queries import finding_as_json, is_late
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
    code: str = "",
    automatic: bool = False,
) -> Filing:
    """File an application that arrived at `at`; k identical requests give one filing and the same receipt.

    `key` names the request (given with the page); `version` is the one that was read there. A working copy is filed
    onto the file it replaces. `code`: a late code, which lets a draft in after the closing. Raises Refused: late (the
    instant is kept, the draft too), incomplete, changed since, rules or documents not acknowledged; KeyReused: the key
    was used for another content.
    """
    draft = application.state == ApplicationState.DRAFT and application.put_away_at is None
    # A draft has no filing of its own yet: the unique key itself tells, further down, one used for something else.
    known = None if draft else already_filed(application, key=key, version=version)
    if known is not None:
        return known
    asked = _Asked(key, version, acknowledged, automatic, None)
    if draft and application.replaces_id is None and is_late(application.call, at=at):
        if not code.strip():
            refuse_late(application, by=by, at=at)
        emails = {by.email, *(person.email for person in writers_of(application))}
        asked = asked._replace(late_code=find_late_code(application.call, code, emails=emails, at=at))
    act = _file_first if application.replaces_id is None else _file_again
    try:
        return act(application, asked, by=by, at=at)
    except (Refused, IntegrityError):
        # Lost a race against the same request: give its receipt. Anything else is told.
        known = already_filed(application, key=key, version=version)
        if known is None:
            raise
        return known


class _Asked(NamedTuple):
    """What a request to file says."""

    key: str
    version: int | None
    acknowledged: bool
    automatic: bool
    late_code: LateCode | None

    @property
    def mode(self) -> str:
        """How it came, as the receipt says it."""
        return "late_code" if self.late_code else "automatic" if self.automatic else "applicant"


class KeyReused(Refused):
    """The key of this request already served for another filing."""


def already_filed(application: Application, *, key: str, version: int | None) -> Filing | None:
    """The filing this very request already made; KeyReused when the key was used for something else."""
    known = Filing.objects.filter(key=key).first()
    if known is None:
        return None
    if known.application_id != (application.replaces_id or application.pk) or version not in (None, known.version):
        raise KeyReused(
            _(
                "Cet envoi porte la clé d’un autre dépôt : rechargez la page, relisez le dossier, "
                "puis déposez de nouveau."
            )
        )
    return known


def _file_first(application: Application, asked: _Asked, *, by: Person, at: datetime) -> Filing:
    """File a draft: it takes the next number of its call."""
    with transaction.atomic():
        # The call's row is the lock, and the counter: numbers are given one by one, none is looked for.
        Call.objects.filter(pk=application.call_id).update(last_number=F("last_number") + 1)
        fresh = Application.objects.whole().get(pk=application.pk)
        move = "file_late" if asked.late_code else "file"
        checked = _ready(fresh, move, asked, by=by, at=at)
        columns = {"number": fresh.call.last_number, "filed_at": at}
        filing = _freeze(fresh, move, asked, number=1, checked=checked, columns=columns, by=by, at=at)
    for name in ("state", *columns):
        setattr(application, name, getattr(fresh, name))
    return filing


def _file_again(application: Application, asked: _Asked, *, by: Person, at: datetime) -> Filing:
    """File a working copy: its content becomes that of the filed row, which keeps its number and its state."""
    with transaction.atomic():
        Application.objects.select_for_update().filter(pk=application.replaces_id).values_list("pk").get()
        whole = Application.objects.whole()
        filed, copy = (whole.get(pk=pk) for pk in (application.replaces_id, application.pk))
        copy.replaces = filed
        checked = _ready(copy, "refile", asked, by=by, at=at)
        replaced = filed.filings.order_by("-number")[0]
        put_back(copy, filed, replaced=replaced)
        filed, number = whole.get(pk=filed.pk), replaced.number + 1
        filing = _freeze(filed, "refile", asked, number=number, checked=checked, columns={}, by=by, at=at)
        put_away(copy, at=at)
    application.put_away_at = at
    return filing


class Checked(NamedTuple):
    """What the rules say and what is missing of what is about to be filed."""

    unmet: list[Any]
    missing: list[Any]


def _ready(fresh: Application, move: str, asked: _Asked, *, by: Person, at: datetime) -> Checked:
    """What was acknowledged, or the sentence that refuses: what cannot be acknowledged away, then what must be."""
    if asked.version not in (None, fresh.version):
        raise Refused(_("Le dossier a changé depuis l’affichage de cette page : relisez-le, puis déposez."))
    if fresh.replaces is not None and (refusal := may_be_replaced(fresh.replaces, by=by, at=at)):
        raise Refused(refusal)
    checked = Checked(unmet_of(fresh), missing_documents_of(fresh))
    if (not checked.unmet and not checked.missing) or asked.acknowledged:
        return checked
    refusal = None if fresh.replaces else APPLICATION.why_not(fresh, move, by=by, at=at)
    if refusal := refusal or complete(fresh, by=by, at=at):
        raise Refused(refusal)
    names = [str(row.title) for row in (*checked.unmet, *checked.missing)]
    raise Refused(
        _("Avant de déposer, cochez que vous avez lu ce qui n’est pas respecté ou manque : %(list)s.")
        % {"list": ", ".join(names)}
    )


def _freeze(
    fresh: Application,
    move: str,
    asked: _Asked,
    *,
    number: int,
    checked: Checked,
    columns: dict[str, Any],
    by: Person,
    at: datetime,
) -> Filing:
    """Make the move, then keep what was filed: content, receipt, signature, and the letter to send."""
    content = content_of(fresh)
    sha256 = digest(content)
    # What the administration will read of the rules, computed here once and for all.
    before, fresh.filed_at = fresh.filed_at, fresh.filed_at or at
    findings = findings_of(fresh, phase="admissibility")
    fresh.filed_at = before
    columns = {**columns, **standing(fresh, findings, lacking=len(checked.missing))}
    record = {"sha256": sha256, "files": len(content["documents"]), "filing": number, "automatic": asked.automatic}
    record["late_code"] = asked.late_code
    event = APPLICATION.perform_held(fresh, move, by=by, at=at, columns=columns, **record)
    missing = [str(row.title) for row in checked.missing]
    said = {"content": content, "sha256": sha256, "event": event, "missing": missing, "number": number}
    said["mode"] = "completion" if move == "refile" and fresh.open_revision and fresh.open_revision.only else asked.mode
    statement = canonical(statement_of(fresh, at=at, **said))
    filing = Filing.objects.create(
        application=fresh,
        number=number,
        key=asked.key,
        version=fresh.version,
        filed_by=by,
        filed_at=at,
        content=canonical(content),
        sha256=sha256,
        documents=content["documents"],
        findings=[finding_as_json(found) for found in findings],
        event_seq=event.seq,
        receipt=statement,
        signature=signing.sign(statement.encode()),
        automatic=asked.automatic,
        late_code=asked.late_code,
    )
    if number > 1:
        answer_completion(fresh, filing=filing, by=by, at=at)
    filed_on_paper(fresh, by=by, at=at)
    send_receipt.enqueue(filing=filing.pk)
    return filing


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
