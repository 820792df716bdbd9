"""The checklist of admissibility: points of rules, of documents and the officers' own, each ticked by someone."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.accounts.models import Person
from essaim.applications.models import Application, ApplicationState
from essaim.calls.models import Call
from essaim.kernel import journal
from essaim.kernel.workflow import Refused
from essaim.reviews.actions.instruction import only_instructor
from essaim.reviews.models import ChecklistItem, Tick
from essaim.reviews.queries import points_of

journal.declare("reviews.tick.set", label=gettext_lazy("Vérifier un point de recevabilité"))
journal.declare("reviews.checklistitem.add", label=gettext_lazy("Ajouter un point à vérifier"))
journal.declare("reviews.checklistitem.drop", label=gettext_lazy("Retirer un point à vérifier"))

MOST_ITEMS = 30


def tick(
    application: Application, *, point: str, holds: bool | None, remark: str = "", by: Person, at: datetime
) -> Tick | None:
    """Say that a point holds or not, with a remark; None takes the answer back. The same answer again changes nothing.

    Raises Refused: not an officer, the decision was made, a point this file does not have.
    """
    only_instructor(application.call, by)
    if application.state != ApplicationState.FILED:
        raise Refused(_("La recevabilité de ce dossier est décidée : la liste ne change plus."))
    if point not in {found.code for found in points_of(application)}:
        raise Refused(_("Ce point n’est plus dans la liste : rechargez la page."))
    said = " ".join(remark.replace("\x00", "").split())[:300]
    known = Tick.objects.filter(application=application, point=point).first()
    if (known.holds, known.remark) == (holds, said) if known else holds is None:
        return known
    with transaction.atomic():
        if holds is None:
            Tick.objects.filter(application=application, point=point).delete()
            row = None
        else:
            values = {"holds": holds, "remark": said, "ticked_by": by, "ticked_at": at}
            row, _made = Tick.objects.update_or_create(application=application, point=point, defaults=values)
        journal.append(
            "reviews.tick.set",
            subject=row or known or application,
            by=by,
            at=at,
            role="officer",
            payload={"application": application.pk, "point": point, "holds": holds},
        )
    return row


def add_item(call: Call, *, text: str, by: Person, at: datetime) -> ChecklistItem:
    """Add a point of one's own to the checklist of every file of a call; the same text again is the same point."""
    only_instructor(call, by)
    said = " ".join(text.replace("\x00", "").split())[:200]
    if not said:
        raise Refused(_("Écrivez le point à vérifier."))
    kept = ChecklistItem.objects.filter(call=call, dropped_at=None)
    if known := kept.filter(text=said).first():
        return known
    if kept.count() >= MOST_ITEMS:
        raise Refused(_("Trente points au plus : retirez-en un d’abord."))
    with transaction.atomic():
        item = ChecklistItem.objects.create(call=call, text=said, added_by=by, added_at=at)
        journal.append(
            "reviews.checklistitem.add", subject=item, by=by, at=at, role="officer", payload={"call": call.pk}
        )
    return item


def drop_item(item: ChecklistItem, *, by: Person, at: datetime) -> None:
    """Take a point off the checklist; what was ticked stays in the journal."""
    only_instructor(item.call, by)
    with transaction.atomic():
        if ChecklistItem.objects.filter(pk=item.pk, dropped_at=None).update(dropped_at=at):
            journal.append(
                "reviews.checklistitem.drop",
                subject=item,
                by=by,
                at=at,
                role="officer",
                payload={"call": item.call_id},
            )
