"""Who is what to an application: who writes it, who may file it, and, once it is filed, who instructs it.

A draft is sealed: the administration sees that it exists in no list and by no address. Later stages (experts, jurors)
add readers through `extend`, without this stage knowing them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from essaim.accounts.access import FILERS as ORGANISATION_FILERS
from essaim.accounts.access import organisation_roles, organisations_of
from essaim.accounts.models import Membership
from essaim.applications.models import (
    AnswerVersion,
    Application,
    ApplicationState,
    Collaborator,
    Comment,
    CompletionRequest,
    CostLine,
    DeMinimisAid,
    DeMinimisStatement,
    Document,
    Exchange,
    Filing,
    FundingLine,
    PaperArrival,
    Presence,
    VersionNotice,
)
from essaim.kernel import access
from essaim.programmes.access import programmes_of, team_roles

access.declare_roles(owner=_("porteur du dossier"))

FILERS = ORGANISATION_FILERS | {"owner"}
WRITERS = FILERS | {"editor"}
# Of the programme's team, who reads a filed application; and who reads only what is paid for.
INSTRUCTORS = ("officer", "decision_maker", "juror")
PAYERS = ("accountant",)
# Who reads what passes between the administration and the applicant: no juror, no expert, no accountant.
CORRESPONDENTS = WRITERS | {"reader", "officer", "decision_maker"}


@dataclass(frozen=True, slots=True)
class ReaderSource:
    """Readers a later stage adds: `roles(user, application)`, and `applications(user)`, ids of what they may see."""

    roles: Callable[[Any, Application], access.Roles]
    applications: Callable[[Any], Any]


reader_sources: list[ReaderSource] = []


def extend(*, roles: Callable[[Any, Application], access.Roles], applications: Callable[[Any], Any]) -> None:
    """Add readers of filed applications: `roles(user, application) -> frozenset`, and `applications(user)`, a queryset
    of the ids they may see (`.values("application_id")`); both must agree. Called by a later stage's access.py."""
    reader_sources.append(ReaderSource(roles, applications))


def application_roles(user: Any, application: Application) -> access.Roles:
    """Roles on an application and on all that it holds."""
    if user is None or not user.is_authenticated:
        return frozenset()
    roles = member_roles(user, application)
    if application.filed_at is not None:
        readers = {*INSTRUCTORS, *PAYERS} if application.state == ApplicationState.FUNDED else set(INSTRUCTORS)
        roles |= team_roles(user, application.call.programme_id) & readers
        for source in reader_sources:
            roles |= source.roles(user, application)
    return roles


def member_roles(user: Any, application: Application) -> access.Roles:
    """Roles among those who write an application: its collaborators and the members of its organisation, no one else.

    What members say to each other, and what an answer was before, is for them alone, filed or not.
    """
    if user is None or not user.is_authenticated:
        return frozenset()
    written, organisation = application.replaces_id or application.pk, application.organisation_id
    told: access.Roles | None = user.__dict__.get("_told_roles", {}).get((written, organisation))
    if told is not None:
        return told
    roles = collaborator_roles(user, written)
    return roles | organisation_roles(user, organisation) if organisation else roles


def with_roles_of(user: Any, applications: QuerySet[Application]) -> QuerySet[Application]:
    """The same applications, each with what `user` is among those who write it, for `tell_roles`."""
    written = Collaborator.objects.filter(
        person_id=user.pk, application_id=Coalesce(OuterRef("replaces_id"), OuterRef("pk"))
    )
    members = Membership.objects.filter(person_id=user.pk, organisation_id=OuterRef("organisation_id"))
    return applications.annotate(
        role_written=Subquery(written.values("role")[:1]), role_held=Subquery(members.values("role")[:1])
    )


def tell_roles(user: Any, application: Application) -> None:
    """Remember, for this person object, the roles `with_roles_of` read with an application: no query later."""
    roles = frozenset(role for role in (application.role_written, application.role_held) if role)  # type: ignore[attr-defined]
    key = (application.replaces_id or application.pk, application.organisation_id)
    user.__dict__.setdefault("_told_roles", {})[key] = roles


def written_by(user: Any) -> QuerySet[Application]:
    """One's own applications and those of one's organisations: the lists' side of `member_roles`."""
    if user is None or not user.is_authenticated:
        return Application.objects.none()
    written = Collaborator.objects.filter(person_id=user.pk).values("application_id")
    mine = Q(pk__in=written) | Q(replaces__in=written)
    return Application.objects.filter(mine | Q(organisation__in=organisations_of(user)))


def collaborator_roles(user: Any, application_id: int) -> access.Roles:
    """The role of a person among those who write an application, read once per person object (`forget`)."""
    known = user.__dict__.get("_applications")
    if known is None:
        known = user.__dict__["_applications"] = dict(
            Collaborator.objects.filter(person_id=user.pk).values_list("application_id", "role")
        )
    return frozenset({known[application_id]}) if application_id in known else frozenset()


def forget(user: Any) -> None:
    """Read the collaborations of a person again next time: they changed."""
    if user is not None:
        user.__dict__.pop("_applications", None)
        user.__dict__.pop("_told_roles", None)


def visible_applications(user: Any) -> QuerySet[Application]:
    """One's own and one's organisations', drafts included; and those one instructs or assesses, once filed."""
    if user is None or not user.is_authenticated:
        return Application.objects.none()
    written = Collaborator.objects.filter(person_id=user.pk).values("application_id")
    mine = Q(pk__in=written) | Q(replaces__in=written)
    filed = Q(call__programme__in=programmes_of(user, *INSTRUCTORS))
    filed |= Q(state=ApplicationState.FUNDED, call__programme__in=programmes_of(user, *PAYERS))
    for source in reader_sources:
        filed |= Q(pk__in=source.applications(user))
    ours = Q(organisation__in=organisations_of(user))
    return Application.objects.filter(mine | ours | (Q(filed_at__isnull=False) & filed))


def _part(model: Any) -> None:
    """What belongs to an application is read by its readers."""
    access.declare(
        model,
        roles=lambda user, part: application_roles(user, part.application),
        visible_to=lambda user: model.objects.filter(application__in=visible_applications(user).values("pk")),
    )


def _members_part(model: Any) -> None:
    """What is for those who write an application alone."""
    access.declare(
        model,
        roles=lambda user, part: member_roles(user, part.application),
        visible_to=lambda user: model.objects.filter(application__in=written_by(user).values("pk")),
    )


def _told_by_an_organisation(model: Any) -> None:
    """What an organisation says of itself is read by its members."""
    access.declare(
        model,
        roles=lambda user, row: organisation_roles(user, row.organisation_id),
        visible_to=lambda user: model.objects.filter(organisation__in=organisations_of(user)),
    )


access.declare(Application, roles=application_roles, visible_to=visible_applications)
for part in (Collaborator, CostLine, FundingLine, Document, Filing):
    _part(part)
for part in (AnswerVersion, Comment, Presence, VersionNotice):
    _members_part(part)


def correspondence_roles(user: Any, part: Any) -> access.Roles:
    """Roles on a request or a message: the applicant's side, and those who instruct."""
    return application_roles(user, part.application) & CORRESPONDENTS


def _correspondence(model: Any) -> None:
    """Read by the applicant's side at any time, and by those who instruct once the application is filed."""

    def visible(user: Any) -> Any:
        if user is None or not user.is_authenticated:
            return model.objects.none()
        mine = Q(application__in=Collaborator.objects.filter(person_id=user.pk).values("application_id"))
        ours = Q(application__organisation__in=organisations_of(user))
        team = Q(application__call__programme__in=programmes_of(user, "officer", "decision_maker"))
        return model.objects.filter(mine | ours | (Q(application__filed_at__isnull=False) & team))

    access.declare(model, roles=correspondence_roles, visible_to=visible)


for part in (CompletionRequest, Exchange, PaperArrival):
    _correspondence(part)
for told in (DeMinimisAid, DeMinimisStatement):
    _told_by_an_organisation(told)
