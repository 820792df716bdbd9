"""What an organisation tells of the de minimis aids it received: one by one, then that the list is complete."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from essaim.accounts.access import WRITERS
from essaim.accounts.models import Organisation, Person
from essaim.applications.actions.keeping import unkeepable
from essaim.applications.models import DeMinimisAid, DeMinimisStatement
from essaim.engine.money import MAX_CENTS
from essaim.kernel import access
from essaim.kernel.workflow import Refused
from essaim.ui.formats import money

MOST_AIDS = 200


def _may_write(organisation: Organisation, *, by: Person) -> None:
    if not WRITERS & access.roles(by, organisation):
        raise Refused(_("Seul un membre qui écrit pour cet organisme tient la liste de ses aides."))


def add_aid(
    organisation: Organisation,
    *,
    regime: str,
    granted_on: date,
    grantor: str,
    amount_cents: int,
    by: Person,
    at: datetime,
) -> DeMinimisAid:
    """Write an aid in the list; the same one written twice is there once."""
    _may_write(organisation, by=by)
    if regime not in DeMinimisAid.Regime.values:
        raise Refused(_("Choisissez le régime de l’aide."))
    if granted_on > at.date():
        raise Refused(_("Cette aide serait attribuée dans l’avenir : écrivez la date de la décision."))
    if problem := unkeepable(grantor):
        raise Refused(problem)
    if not grantor.strip() or len(grantor) > 200:
        raise Refused(_("Dites qui a attribué l’aide, en 200 caractères au plus."))
    if not 0 < amount_cents <= MAX_CENTS:
        raise Refused(_("Le montant de l’aide est entre 0,01 € et %(most)s.") % {"most": money(MAX_CENTS)})
    if organisation.de_minimis_aids.count() >= MOST_AIDS:
        raise Refused(_("La liste a déjà %(count)s aides : retirez les plus anciennes.") % {"count": MOST_AIDS})
    found, _created = DeMinimisAid.objects.get_or_create(
        organisation=organisation,
        regime=regime,
        granted_on=granted_on,
        grantor=grantor.strip(),
        amount_cents=amount_cents,
        defaults={"added_by": by, "added_at": at},
    )
    return found


def remove_aid(aid: DeMinimisAid, *, by: Person) -> None:
    """Take an aid out of the list; taking it twice changes nothing."""
    _may_write(aid.organisation, by=by)
    DeMinimisAid.objects.filter(pk=aid.pk).delete()


def declare_complete(organisation: Organisation, *, by: Person, at: datetime) -> None:
    """Say that the list, even empty, holds every aid received: only then is the room left known."""
    _may_write(organisation, by=by)
    with transaction.atomic():
        DeMinimisStatement.objects.update_or_create(organisation=organisation, defaults={"made_by": by, "made_at": at})
