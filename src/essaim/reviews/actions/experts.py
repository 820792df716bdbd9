"""Experts of a call: who they are, what they may not read, the mail that tells them what they are given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.accounts.models import Membership, Person
from essaim.applications.models import Collaborator
from essaim.calls.models import Call
from essaim.kernel import access, journal, mail
from essaim.kernel.workflow import Refused
from essaim.reviews.models import Assignment, Conflict, Expert

journal.declare("reviews.expert.name", label=gettext_lazy("Nommer un expert"))
journal.declare("reviews.conflict.find", label=gettext_lazy("Relever les conflits d’intérêts"), public=("conflicts",))


def name_expert(
    call: Call,
    *,
    person: Person,
    specialties: Iterable[str] = (),
    region: str = "",
    organisation: str = "",
    loads: tuple[int, int] = (0, 15),
    by: Person | None,
    at: datetime,
) -> Expert:
    """Make a person an expert of a call, with least and most files they can read; naming twice changes nothing.

    `region`: INSEE code in the regions of the call's time. Raises Refused for loads that cannot be.
    """
    only_officer(call, by)
    if not 0 <= loads[0] <= loads[1]:
        raise Refused(_("La charge minimale dépasse la charge maximale : corrigez l’une ou l’autre."))
    with transaction.atomic():
        expert, created = Expert.objects.get_or_create(
            call=call,
            person=person,
            defaults={
                "specialties": sorted(specialties),
                "region": region,
                "organisation": organisation,
                "min_load": loads[0],
                "max_load": loads[1],
            },
        )
        if created:
            journal.append("reviews.expert.name", subject=expert, by=by, at=at, role=role_of(by))
    return expert


def find_organisation_conflicts(call: Call, *, at: datetime) -> int:
    """Write a conflict for each expert who is of the applicant's organisation, or writes the application.

    Members of the organisation, people of an organisation of the same name, and collaborators of the file. Returns how
    many are new; the journal holds one line for all of them.
    """
    experts = list(call.experts.all())
    known = set(Conflict.objects.filter(expert__call=call).values_list("expert_id", "application_id"))
    found = {
        pair: origin
        for pair, origin in _conflicts(call, {e.person_id: e for e in experts}).items()
        if pair not in known
    }
    if not found:
        return 0
    with transaction.atomic():
        Conflict.objects.bulk_create(
            [
                Conflict(expert_id=expert, application_id=application, origin=origin, declared_at=at)
                for (expert, application), origin in sorted(found.items())
            ],
            ignore_conflicts=True,
        )
        payload = {"conflicts": len(found), "pairs": sorted(map(list, found))}
        journal.append("reviews.conflict.find", subject=call, by=None, at=at, role="system", payload=payload)
    return len(found)


def _conflicts(call: Call, experts: dict[int, Expert]) -> dict[tuple[int, int], str]:
    """Each (expert, application) that cannot be, and why, from what is known of people and organisations."""
    files = list(call.applications.exclude(filed_at=None).values_list("pk", "organisation_id", "organisation__name"))
    found: dict[tuple[int, int], str] = {}
    for expert in experts.values():
        name = expert.organisation.strip().casefold()
        for application, _organisation, applicant in files:
            if name and name == (applicant or "").strip().casefold():
                found[expert.pk, application] = Conflict.Origin.ORGANISATION
    of_organisation: dict[int, list[int]] = {}
    for application, organisation, _name in files:
        of_organisation.setdefault(organisation, []).append(application)
    members = Membership.objects.filter(person_id__in=experts, organisation_id__in=[o for o in of_organisation if o])
    for person, organisation in members.values_list("person_id", "organisation_id"):
        for application in of_organisation[organisation]:
            found[experts[person].pk, application] = Conflict.Origin.ORGANISATION
    writers = Collaborator.objects.filter(application__call=call, person_id__in=experts)
    for person, application in writers.values_list("person_id", "application_id"):
        found[experts[person].pk, application] = Conflict.Origin.AUTHOR
    return found


def tell_experts(assignments: Sequence[Assignment], *, key: str, at: datetime) -> None:
    """Write to each expert what was just given to them: how many files, by when, where; once by `key`."""
    if not assignments:
        return
    counts = Counter(assignment.expert_id for assignment in assignments)
    due_on = min(assignment.due_on for assignment in assignments)
    experts = Expert.objects.filter(pk__in=counts).select_related("person", "call").order_by("pk")
    for expert in experts:
        mail.send(
            to=expert.person,
            template="reviews/assigned",
            context={
                "call": expert.call,
                "count": counts[expert.pk],
                "due_on": due_on,
                "link": settings.SITE_URL + reverse("reviews:mine"),
            },
            at=at,
            key=f"reviews-given:{key}:{expert.pk}",
            subject_of=expert,
        )


def only_officer(call: Call, by: Person | None) -> None:
    """Refuse who is not an officer of the call's programme; None is the system."""
    if by is not None and "officer" not in access.roles(by, call):
        raise Refused(_("Seul un chargé de programme s’occupe des experts et des affectations."))


def role_of(by: Person | None) -> str:
    """The role the journal keeps."""
    return "system" if by is None else "officer"
