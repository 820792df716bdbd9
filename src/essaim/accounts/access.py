"""Who is what to a person and to an organisation: oneself, and the role held in the organisation."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from essaim.accounts.models import Invitation, Membership, Organisation, Person, VaultDocument, VaultVersion
from essaim.kernel import access

access.declare_roles(
    self=_("la personne elle-même"),
    colleague=_("collègue"),
    representative=_("représentant légal"),
    mandated=_("mandataire"),
    editor=_("rédacteur"),
    reader=_("lecteur"),
    invited=_("personne invitée"),
)

# Who may write in the organisation's name, and who may commit it.
MANAGERS = frozenset({"representative"})
FILERS = frozenset({"representative", "mandated"})
WRITERS = FILERS | {"editor"}


def signed_in(user: Any) -> bool:
    """Whether `user` is a person with an account, signed in."""
    return user is not None and user.is_authenticated


def organisation_roles(user: Any, organisation_id: int) -> access.Roles:
    """The role of a person in an organisation, read once per person object (`forget_roles` after a change)."""
    if not signed_in(user):
        return frozenset()
    known = user.__dict__.get("_organisation_roles")
    if known is None:
        rows = Membership.objects.filter(person_id=user.pk).values_list("organisation_id", "role")
        known = user.__dict__["_organisation_roles"] = dict(rows)
    return frozenset({known[organisation_id]}) if organisation_id in known else frozenset()


def forget_roles(user: Any) -> None:
    """Read the roles again next time: memberships changed."""
    user.__dict__.pop("_organisation_roles", None)


def organisations_of(user: Any, *roles: str) -> Any:
    """The ids of the organisations where `user` has one of these roles (any role if none is named), as a subquery."""
    if not signed_in(user):
        return Membership.objects.none().values("organisation_id")
    rows = Membership.objects.filter(person_id=user.pk)
    return (rows.filter(role__in=roles) if roles else rows).values("organisation_id")


def person_roles(user: Any, person: Person) -> access.Roles:
    """Oneself, or a colleague through an organisation."""
    if not signed_in(user):
        return frozenset()
    if user.pk == person.pk:
        return frozenset({"self"})
    shared = Membership.objects.filter(person=person, organisation__in=organisations_of(user)).exists()
    return frozenset({"colleague"}) if shared else frozenset()


def invitation_roles(user: Any, invitation: Invitation) -> access.Roles:
    """The person invited, or whoever manages the organisation invited to."""
    if not signed_in(user):
        return frozenset()
    held = organisation_roles(user, invitation.scope_id) if invitation.scope == "organisation" else frozenset()
    return held | ({"invited"} if invitation.email.lower() == user.email.lower() else frozenset())


def visible_people(user: Any) -> Any:
    """Oneself and the people of one's organisations."""
    if not signed_in(user):
        return Person.objects.none()
    members = Membership.objects.filter(organisation__in=organisations_of(user)).values("person_id")
    return Person.objects.filter(Q(pk=user.pk) | Q(pk__in=members))


def visible_invitations(user: Any) -> Any:
    """Those sent to one's own address, and those of the organisations one acts for."""
    if not signed_in(user):
        return Invitation.objects.none()
    return Invitation.objects.filter(
        Q(email__iexact=user.email) | Q(scope="organisation", scope_id__in=organisations_of(user))
    )


access.declare(Person, roles=person_roles, visible_to=visible_people)
access.declare(
    Organisation,
    roles=lambda user, organisation: organisation_roles(user, organisation.pk),
    visible_to=lambda user: Organisation.objects.filter(pk__in=organisations_of(user)),
)
access.declare(
    Membership,
    roles=lambda user, membership: organisation_roles(user, membership.organisation_id),
    visible_to=lambda user: Membership.objects.filter(organisation__in=organisations_of(user)),
)
access.declare(Invitation, roles=invitation_roles, visible_to=visible_invitations)
access.declare(
    VaultDocument,
    roles=lambda user, document: organisation_roles(user, document.organisation_id),
    visible_to=lambda user: VaultDocument.objects.filter(organisation__in=organisations_of(user)),
)
access.declare(
    VaultVersion,
    roles=lambda user, version: organisation_roles(user, version.document.organisation_id),
    visible_to=lambda user: VaultVersion.objects.filter(document__organisation__in=organisations_of(user)),
)
