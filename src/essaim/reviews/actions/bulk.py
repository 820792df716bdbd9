"""One act on many files: what would happen is said first, then each file in its own transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.accounts.models import Person
from essaim.applications import actions as applications
from essaim.applications.lifecycle import APPLICATION
from essaim.applications.models import Application, ApplicationState
from essaim.calls.models import Call
from essaim.kernel import clock, files, journal, tasks
from essaim.kernel.tasks import job
from essaim.kernel.workflow import Refused
from essaim.reviews.actions.handling import give_file, put_tag
from essaim.reviews.actions.instruction import admit_without_objection, only_instructor
from essaim.reviews.actions.printing import archive_of
from essaim.reviews.models import BulkAct

journal.declare("reviews.bulkact.order", label=gettext_lazy("Agir sur plusieurs dossiers"))

KEPT_EVERY = 25
Foreseen = tuple[Any, str]  # an application, and why the act would be refused on it ("" when it would be done)


def foresee(kind: str, rows: Iterable[Any], *, by: Person, at: datetime) -> list[Foreseen]:
    """What would happen to each file, from what is already known of it; nothing is written.

    `rows`: applications with their requests for completion. The act itself asks again, file by file.
    """
    refusals: dict[str, Callable[[Any], str]] = {
        BulkAct.Kind.ADMIT: lambda file: _cannot_admit(file, by=by, at=at),
        BulkAct.Kind.REQUEST: lambda file: applications.why_not_ask(file, by=by) or "",
        BulkAct.Kind.MESSAGE: lambda file: (
            _("Ce dossier a été retiré.") if file.state == ApplicationState.WITHDRAWN else ""
        ),
    }
    refuse = refusals.get(kind, lambda file: "")
    return [(file, refuse(file)) for file in rows]


def _cannot_admit(file: Any, *, by: Person, at: datetime) -> str:
    if refusal := APPLICATION.why_not(file, "admit", by=by, at=at):
        return refusal
    if file.unmet_blocking:
        return _("Une règle bloquante n’est pas respectée : à lire un par un.")
    return _("Une pièce obligatoire manque : à lire un par un.") if file.documents_lacking else ""


def order(call: Call, kind: str, *, chosen: list[int], arguments: dict[str, Any], by: Person, at: datetime) -> BulkAct:
    """Ask for an act on these files; a job carries it out, file by file. Refused: not an officer, none chosen."""
    only_instructor(call, by)
    if not chosen:
        raise Refused(_("Choisissez au moins un dossier."))
    with transaction.atomic():
        act = BulkAct.objects.create(
            call=call, kind=BulkAct.Kind(kind).value, arguments=arguments, chosen=chosen, made_by=by, made_at=at
        )
        journal.append(
            "reviews.bulkact.order",
            subject=act,
            by=by,
            at=at,
            role="officer",
            payload={"call": call.pk, "kind": act.kind, "files": len(chosen)},
        )
        act.job = carry_out.enqueue(act=act.pk, language=translation.get_language() or "fr")
        act.save(update_fields=["job"])
    act.refresh_from_db()
    return act


@job(attempts=3)
def carry_out(*, act: int, language: str = "fr") -> None:
    """Do an act on each file not done yet; taken again after a failure, it goes on where it stopped."""
    row = BulkAct.objects.select_related("call__programme", "made_by").get(pk=act)
    with translation.override(language):
        if row.kind == BulkAct.Kind.PRINT:
            _print(row)
        else:
            _one_by_one(row)
    row.finished_at = clock.now()
    row.save(update_fields=["results", "archive", "finished_at"])


def _one_by_one(act: BulkAct) -> None:
    done = {key for key, _sentence in act.results}
    left = [key for key in act.chosen if key not in done]
    for rank, key in enumerate(left, start=1):
        if tasks.is_cancelled(tasks.current_job()):
            return
        act.results.append([key, _do(act, key)])
        if rank % KEPT_EVERY == 0 or rank == len(left):
            BulkAct.objects.filter(pk=act.pk).update(results=act.results)
            _progress(act, len(act.results))


def _progress(act: BulkAct, done: int) -> None:
    said = _("%(done)d dossiers sur %(all)d") % {"done": done, "all": len(act.chosen)}
    tasks.progress(tasks.current_job(), done, len(act.chosen), said)


def _do(act: BulkAct, key: int) -> str:
    """The act on one file, in one transaction; the sentence that refuses, or ""."""
    files = Application.objects.whole().filter(call=act.call, pk=key)
    file = files.prefetch_related("ticks", "completion_requests", "call__checklist_items").first()
    if file is None:
        return _("Ce dossier n’existe plus.")
    try:
        with transaction.atomic():
            ACTS[BulkAct.Kind(act.kind)](act, file)
    except Refused as refusal:
        return str(refusal)
    return ""


def _admit(act: BulkAct, file: Application) -> None:
    if file.state != ApplicationState.ADMISSIBLE:  # done before the job was taken again
        admit_without_objection(file, by=act.made_by, at=act.made_at)


def _message(act: BulkAct, file: Application) -> None:
    if file.state == ApplicationState.WITHDRAWN:
        raise Refused(_("Ce dossier a été retiré."))
    text, key = act.arguments["text"], f"bulk:{act.pk}"
    applications.write_to_applicant(file, text=text, key=key, by=act.made_by, at=act.made_at)


def _request(act: BulkAct, file: Application) -> None:
    if file.completion_requests.filter(asked_at=act.made_at, asked_by=act.made_by).exists():
        return
    given = act.arguments
    applications.ask_completion(
        file,
        parts=given["parts"],
        why=given["why"],
        due_on=date.fromisoformat(given["due_on"]),
        by=act.made_by,
        at=act.made_at,
    )


def _handle(act: BulkAct, file: Application) -> None:
    given = act.arguments.get("person")
    to = Person.objects.filter(pk=given).first() if given else None
    give_file(file, to=to, by=act.made_by, at=act.made_at)


def _tag(act: BulkAct, file: Application) -> None:
    put_tag(file, word=act.arguments["word"], by=act.made_by, at=act.made_at)


ACTS: dict[BulkAct.Kind, Callable[[BulkAct, Application], None]] = {
    BulkAct.Kind.ADMIT: _admit,
    BulkAct.Kind.MESSAGE: _message,
    BulkAct.Kind.REQUEST: _request,
    BulkAct.Kind.HANDLE: _handle,
    BulkAct.Kind.TAG: _tag,
}


def _print(act: BulkAct) -> None:
    """One archive of the PDF of each file."""
    content = archive_of(act.call, act.chosen, at=act.made_at, progress=lambda done: _progress(act, done))
    name = f"dossiers-{act.call.slug}-{act.made_at:%Y%m%d-%H%M}.zip"
    act.archive = files.store_generated(content, name=name, content_type="application/zip", at=act.made_at)
    act.results = [[key, ""] for key in act.chosen]
