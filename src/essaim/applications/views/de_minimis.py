"""The list an organisation keeps of the de minimis aids it received, and the room left under the ceiling."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from essaim.accounts.access import WRITERS
from essaim.accounts.models import Organisation
from essaim.applications import actions
from essaim.applications.models import DeMinimisAid
from essaim.applications.queries import room_of
from essaim.applications.queries.de_minimis import CEILING_CENTS
from essaim.kernel import access, clock
from essaim.kernel.workflow import Refused
from essaim.ui.amounts import AmountField

DAYS = ["%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y"]


class AidForm(forms.Form):
    """An aid received."""

    use_required_attribute = False
    grantor = forms.CharField(label=gettext_lazy("Attribuée par"), max_length=200)
    granted_on = forms.DateField(
        label=gettext_lazy("Attribuée le"),
        help_text=gettext_lazy("Jour, mois, année, par exemple 01/12/2025."),
        input_formats=DAYS,
        error_messages={"invalid": gettext_lazy("Cette date ne se lit pas : écrivez par exemple 01/12/2025.")},
    )
    amount_cents = AmountField(label=gettext_lazy("Montant"))
    regime = forms.ChoiceField(label=gettext_lazy("Régime"), choices=DeMinimisAid.Regime.choices)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def de_minimis(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Read the list, add an aid, take one out, say that it is complete."""
    organisation = access.fetch(
        request.user,
        access.visible_to(request.user, Organisation)
        .select_related("de_minimis_statement__made_by")
        .prefetch_related("de_minimis_aids"),
        public_id=public_id,
    )
    form = AidForm(request.POST if "grantor" in request.POST else None)
    if request.method == "POST":
        try:
            if said := _act(request, organisation, form):
                messages.success(request, said)
                return redirect(request.path)
        except Refused as refusal:
            form.add_error(None, str(refusal)) if form.is_bound else messages.error(request, str(refusal))
    at = timezone.localdate(clock.now())
    context = {
        "organisation": organisation,
        "aids": organisation.de_minimis_aids.all(),
        "room": room_of(organisation, at),
        "statement": getattr(organisation, "de_minimis_statement", None),
        "may_write": bool(WRITERS & access.roles(request.user, organisation)),
        "ceiling": CEILING_CENTS,
        "form": form,
    }
    return render(request, "applications/de_minimis.html", context, status=422 if form.errors else 200)


def _act(request: HttpRequest, organisation: Organisation, form: AidForm) -> str:
    """Do what was asked; the sentence that says it is done, or "" when the form is to be corrected."""
    by, at = request.user, clock.now()
    if "remove" in request.POST:
        asked = request.POST["remove"]
        aids = organisation.de_minimis_aids.filter(pk=int(asked) if asked.isascii() and asked.isdigit() else 0)
        for aid in aids:
            actions.remove_aid(aid, by=by)  # type: ignore[arg-type]  # signed in: they read this page
        return _("L’aide est retirée de la liste.")
    if "complete" in request.POST:
        actions.declare_complete(organisation, by=by, at=at)  # type: ignore[arg-type]  # signed in
        return _("La liste est déclarée complète.")
    if not form.is_valid():
        return ""
    actions.add_aid(organisation, **form.cleaned_data, by=by, at=at)  # type: ignore[arg-type]  # signed in
    return _("L’aide est inscrite.")
