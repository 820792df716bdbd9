"""What every change of a draft shares: who may write it, what can be kept at all, the version it makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from essaim.applications.access import WRITERS
from essaim.applications.models import Application, ApplicationState
from essaim.calls.queries import is_late
from essaim.kernel import access
from essaim.kernel.workflow import Refused
from essaim.ui.formats import number

LONGEST_TEXT = 100_000


@dataclass(frozen=True, slots=True)
class Conflict:
    """The same field changed by someone else meanwhile: `theirs` is kept, `yours` is shown beside it."""

    code: str
    label: str
    theirs: Any
    yours: Any


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a save. `refused`: the sentence for each answer that cannot be kept. `changed`: something was."""

    version: int
    saved_at: datetime
    conflicts: tuple[Conflict, ...] = ()
    refused: Mapping[str, str] | None = None
    changed: bool = True


def writable(application: Application, *, by: Any) -> None:
    """Raise the sentence that refuses when `by` may not write in this application, or when it is filed."""
    if not WRITERS & access.roles(by, application):
        raise Refused(_("Vous pouvez lire ce dossier, pas l’écrire : demandez à son porteur."))
    if application.state == ApplicationState.WITHDRAWN:
        raise Refused(_("Ce dossier a été retiré : commencez-en un autre."))
    if application.state != ApplicationState.DRAFT:
        raise Refused(
            _("Ce dossier est déposé : choisissez « Modifier et redéposer » pour le changer avant la clôture.")
        )
    if application.put_away_at is not None:
        raise Refused(
            _("Ces modifications ont été déposées ou abandonnées : rouvrez le dossier pour en faire d’autres.")
        )


def frozen(application: Application, *, at: datetime) -> None:
    """Raise the sentence that refuses while a draft that asked to file itself waits for that, the call being closed:
    what is written after the closing cannot be in what is filed as of the closing."""
    if application.files_itself_for_id is not None and is_late(application.call, at=at):
        raise Refused(
            _("L’appel est clos : la version enregistrée avant la clôture va être déposée, comme vous l’avez demandé.")
        )


def not_reopened(application: Application, part: str) -> str:
    """Why a part of a working copy cannot be changed, or "": a request for completion reopens only what it names.

    `part`: the code of a question, "budget", "document:<code>", "place" or "organisation".
    """
    only = application.only
    if only is None or part in only or (part.startswith("document:") and "documents" in only):
        return ""
    return _("Cette partie n’est pas rouverte : la demande de complément ne porte pas sur elle.")


def writer_role(application: Application, *, by: Any) -> str:
    """In which role `by` writes, for the journal."""
    return min(WRITERS & access.roles(by, application), default="")


def unkeepable(value: Any) -> str:
    """Why a text cannot be kept at all, or "": characters no database takes, or far too long."""
    for text in _texts(value):
        if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
            return _(
                "Ce texte contient un caractère invisible qui ne peut pas être gardé : effacez-le ou recopiez le texte."
            )
        if len(text) > LONGEST_TEXT:
            return _("Ce texte dépasse %(limit)s caractères : joignez-le plutôt comme pièce.") % {
                "limit": number(LONGEST_TEXT)
            }
    return ""


def _texts(value: Any) -> Iterator[str]:
    """Every text in an answer, be it a table."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(part)


def forget_prefetched(application: Application) -> None:
    """Lines read before are not the lines any more."""
    application.__dict__.pop("_prefetched_objects_cache", None)


def save_draft(application: Application, *, at: datetime, touched: str, **fields: Any) -> None:
    """Change columns of a draft, and its version; refused when it was filed meanwhile, or is not reopened."""
    if refusal := not_reopened(application, touched):
        raise Refused(refusal)
    with transaction.atomic():
        fresh = Application.objects.select_for_update().get(pk=application.pk)
        frozen(fresh, at=at)
        if fresh.state != ApplicationState.DRAFT or fresh.put_away_at is not None:
            raise Refused(_("Ce dossier vient d’être déposé : il ne se modifie plus."))
        fresh.version += 1
        fresh.touched = {**fresh.touched, touched: fresh.version}
        fresh.saved_at = at
        for name, value in fields.items():
            setattr(fresh, name, value)
        fresh.save(update_fields=["version", "touched", "saved_at", *fields])
    for name in ("version", "touched", "saved_at", *fields):
        setattr(application, name, getattr(fresh, name))
