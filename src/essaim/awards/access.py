"""Who is what to an award: the programme's team, and the people of the beneficiary."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from essaim.applications.access import FILERS
from essaim.awards.models import Agreement, Letter, Payment, Report
from essaim.kernel import access
from essaim.programmes.access import programmes_of, team_roles
from essaim.selections.access import decisions_visible_to, own_applications

access.declare_roles(beneficiary=_("bénéficiaire"), applicant=_("candidat"))
TEAM = ("officer", "decision_maker", "accountant")


def agreement_roles(user: Any, agreement: Agreement) -> access.Roles:
    """The team's roles; "applicant" for the people of the funded application, who read the agreement; and
    "beneficiary" for those of them who may sign, as they may file."""
    roles = team_roles(user, agreement.decision.selection.call.programme_id) & set(TEAM)
    if user is None or not user.is_authenticated:
        return roles
    return roles | _own_roles(user, agreement.decision.application_id)


def _own_roles(user: Any, application_id: int) -> access.Roles:
    """Read once per person object and application: a page asks it for each payment."""
    known = user.__dict__.setdefault("_award_roles", {})
    if application_id not in known:
        own = own_applications(user).filter(pk=application_id)
        signs = own.filter(
            Q(collaborators__person_id=user.pk, collaborators__role__in=FILERS)
            | Q(organisation__memberships__person_id=user.pk, organisation__memberships__role__in=FILERS)
        )
        if signs.exists():
            known[application_id] = frozenset({"applicant", "beneficiary"})
        else:
            known[application_id] = frozenset({"applicant"}) if own.exists() else frozenset()
    return known[application_id]


def agreements_visible_to(user: Any) -> QuerySet[Agreement]:
    """Those of the programmes one works for, and one's own."""
    return Agreement.objects.filter(
        Q(decision__selection__call__programme__in=programmes_of(user, *TEAM))
        | Q(decision__application__in=own_applications(user))
    )


access.declare(Agreement, roles=agreement_roles, visible_to=agreements_visible_to)
access.declare(
    Payment,
    roles=lambda user, payment: agreement_roles(user, payment.agreement),
    visible_to=lambda user: Payment.objects.filter(agreement__in=agreements_visible_to(user)),
)
access.declare(
    Report,
    roles=lambda user, report: agreement_roles(user, report.agreement),
    visible_to=lambda user: Report.objects.filter(agreement__in=agreements_visible_to(user)),
)
access.declare(
    Letter,
    roles=lambda user, letter: access.roles(user, letter.decision),
    visible_to=lambda user: Letter.objects.filter(decision__in=decisions_visible_to(user)),
)
