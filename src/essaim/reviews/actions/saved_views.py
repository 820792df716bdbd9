"""Saved views of the officers' list: private or shared, one of them found first."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.utils.translation import gettext as _

from essaim.accounts.models import Person
from essaim.calls.models import Call
from essaim.kernel import access
from essaim.kernel.workflow import Refused
from essaim.reviews.access import TEAM
from essaim.reviews.models import DefaultView, SavedView

# What a view does not keep: where one is in the list, which view it was, the file asked for.
NOT_KEPT = {"page", "vue", "format"}


def save_view(call: Call, *, name: str, query: str, shared: bool, first: bool, by: Person, at: datetime) -> SavedView:
    """Keep the filters, columns and order of an address under a name; the same name again replaces it."""
    if not set(TEAM) & access.roles(by, call):
        raise Refused(_("Les vues enregistrées sont réservées à l’équipe du programme."))
    said = " ".join(name.replace("\x00", "").split())[:60]
    if not said:
        raise Refused(_("Donnez un nom à cette vue."))
    kept = urlencode([(key, value) for key, value in parse_qsl(query) if key not in NOT_KEPT])
    if len(kept) > 2000:
        raise Refused(_("Cette vue a trop de filtres pour être enregistrée : retirez-en."))
    with transaction.atomic():
        view, _made = SavedView.objects.update_or_create(
            call=call, owner=by, name=said, defaults={"query": kept, "shared": shared, "saved_at": at}
        )
        if first:
            open_first(view, by=by)
        else:
            DefaultView.objects.filter(person=by, view=view).delete()
    return view


def open_first(view: SavedView, *, by: Person) -> None:
    """Make a view one reads the one found first when opening the list."""
    if not access.roles(by, view) & set(TEAM):
        raise Refused(_("Cette vue n’est pas partagée avec vous."))
    DefaultView.objects.update_or_create(person=by, call=view.call, defaults={"view": view})


def forget_view(view: SavedView, *, by: Person) -> None:
    """Take a view of one's own away; who had it first finds the whole list again."""
    if view.owner_id != by.pk:
        raise Refused(_("Cette vue appartient à %(name)s, qui seul peut la retirer.") % {"name": view.owner})
    view.delete()
