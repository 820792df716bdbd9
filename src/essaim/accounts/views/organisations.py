"""Organisations one acts for: described, and who acts with us."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from essaim.accounts import actions
from essaim.accounts.access import MANAGERS, WRITERS, organisation_roles
from essaim.accounts.forms import InvitationForm, OrganisationForm, RoleForm
from essaim.accounts.models import Invitation, Membership, Organisation
from essaim.accounts.views import vault
from essaim.kernel import access, clock
from essaim.kernel.workflow import Refused


@never_cache
@require_GET
def organisation_list(request: HttpRequest) -> HttpResponse:
    """The organisations one acts for."""
    found = access.visible_to(request.user, Organisation).with_member_count().order_by("name")
    return render(request, "accounts/organisations.html", {"organisations": found})


@never_cache
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Describe a new organisation; whoever does becomes its representative."""
    form = OrganisationForm(request.POST or None, initial={"name": request.GET.get("nom", "")})
    if request.method == "POST" and form.is_valid():
        try:
            organisation = actions.create_organisation(by=request.user, at=clock.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("L’organisme est enregistré. Vous en êtes le représentant."))
            return redirect("accounts:organisation", organisation.public_id)
    return render(request, "accounts/organisation_form.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change what the organisation says of itself."""
    organisation = access.fetch(request.user, Organisation, public_id=public_id)
    form = OrganisationForm(request.POST or None, instance=organisation)
    if request.method == "POST" and form.is_valid():
        fresh = access.fetch(request.user, Organisation, public_id=public_id)
        try:
            actions.update_organisation(organisation=fresh, by=request.user, at=clock.now(), **form.cleaned_data)
        except (Refused, ValidationError) as refusal:
            form.add_error(None, refusal if isinstance(refusal, ValidationError) else str(refusal))
        else:
            messages.success(request, _("L’organisme est enregistré."))
            return redirect("accounts:organisation", organisation.public_id)
    context = {"form": form, "organisation": organisation}
    return render(request, "accounts/organisation_form.html", context, status=422 if form.errors else 200)


@never_cache
@require_GET
def organisation(request: HttpRequest, public_id: str) -> HttpResponse:
    """The organisation, its members, the invitations that wait."""
    return _page(request, access.fetch(request.user, Organisation, public_id=public_id))


def _page(request: HttpRequest, found: Organisation, form: InvitationForm | None = None) -> HttpResponse:
    held = organisation_roles(request.user, found.pk)
    members = Membership.objects.filter(organisation=found).select_related("person").order_by("since", "pk")
    context: dict[str, Any] = {
        "organisation": found,
        "can_manage": bool(held & MANAGERS),
        "can_edit": bool(held & WRITERS),
        "members": [
            (member, RoleForm(initial={"role": member.role}, auto_id=f"id_%s_{member.pk}")) for member in members
        ],
        "invitations": [
            (invitation, Membership.Role(invitation.role).label)
            for invitation in Invitation.objects.to("organisation", found.pk).waiting(clock.now())
        ],
        "form": form or InvitationForm(),
        "rows": vault.rows_of(found),
    }
    return render(request, "accounts/organisation.html", context, status=422 if form else 200)


@require_POST
def invite(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send a link to a colleague."""
    found = access.fetch(request.user, Organisation, public_id=public_id)
    form = InvitationForm(request.POST)
    if form.is_valid():
        try:
            actions.invite(
                scope="organisation", scope_id=found.pk, by=request.user, at=clock.now(), **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Invitation envoyée à %(email)s.") % {"email": form.cleaned_data["email"]})
            return redirect("accounts:organisation", found.public_id)
    return _page(request, found, form)


def _act(request: HttpRequest, found: Organisation, done: str, act: Any) -> HttpResponse:
    try:
        act()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    if not organisation_roles(request.user, found.pk):
        return redirect("accounts:organisations")
    return redirect("accounts:organisation", found.public_id)


@require_POST
def withdraw(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """Make an invitation useless."""
    found = access.fetch(request.user, Organisation, public_id=public_id)
    invitation = access.fetch(
        request.user, access.visible_to(request.user, Invitation).to("organisation", found.pk), pk=pk
    )
    return _act(
        request,
        found,
        _("L’invitation est retirée."),
        lambda: actions.withdraw(invitation=invitation, by=request.user, at=clock.now()),
    )


@require_POST
def change_role(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """Give a member another role."""
    found = access.fetch(request.user, Organisation, public_id=public_id)
    membership = access.fetch(request.user, Membership, organisation=found, pk=pk)
    return _act(
        request,
        found,
        _("Le rôle est changé."),
        lambda: actions.change_role(
            membership=membership, role=request.POST.get("role", ""), by=request.user, at=clock.now()
        ),
    )


@require_POST
def leave(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """Take oneself, or a member, out."""
    found = access.fetch(request.user, Organisation, public_id=public_id)
    membership = access.fetch(request.user, Membership, organisation=found, pk=pk)
    gone = _("Vous ne faites plus partie de l’organisme.") if membership.person_id == request.user.pk else ""
    return _act(
        request,
        found,
        gone or _("La personne ne fait plus partie de l’organisme."),
        lambda: actions.leave(membership=membership, by=request.user, at=clock.now()),
    )
