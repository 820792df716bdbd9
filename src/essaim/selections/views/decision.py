"""A decision, as the applicant reads it: yes or no first, then why, what would have changed it, what comes next."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from essaim.kernel import access, clock
from essaim.kernel.bilingual import as_bilingual
from essaim.selections.models import Decision, ScenarioLine
from essaim.selections.queries.reviewing import criteria_means, opinions
from essaim.selections.queries.territory import region_names
from essaim.selections.queries.words import parameter_sentences
from essaim.selections.views.shared import is_team, page_context
from essaim.ui.formats import money

RELATED = (
    "selection__call__programme",
    "application__organisation",
    "application__rule_set",
    "application__commune",
    "scenario",
    "decided_by",
)


@require_safe
def decision(request: HttpRequest, public_id: Any) -> HttpResponse:
    """One decision, for the applicant's people once it is published, for the team before."""
    found = access.fetch(
        request.user, access.visible_to(request.user, Decision).select_related(*RELATED), public_id=public_id
    )
    call, at = found.selection.call, clock.now()
    found.application.call = call
    line = ScenarioLine.objects.filter(scenario=found.scenario_id, application=found.application_id).first()
    context = page_context(
        call,
        at=at,
        decision=found,
        application=found.application,
        line=line,
        funded=found.outcome == Decision.Outcome.FUNDED,
        answer=_answer(found),
        reasons=[as_bilingual(reason) for reason in found.reasons],
        sentences=parameter_sentences(found.scenario, region_names(call)) if found.scenario else [],
        criteria=criteria_means(found.application) if line else [],
        opinions=opinions(found.application) if line else [],
        agreement=_readable_agreement(request.user, found),
        team=is_team(request, call),
        signatory=call.programme.team.filter(person=found.decided_by, role="decision_maker").first(),
    )
    return render(request, "selections/decision.html", context)


def _readable_agreement(user: Any, decision: Decision) -> Any:
    """The agreement a later stage drew from this decision, when there is one and this person may read it."""
    agreement = getattr(decision, "agreement", None)
    if agreement is None or not access.visible_to(user, type(agreement)).filter(pk=agreement.pk).exists():
        return None
    return agreement


def _answer(decision: Decision) -> str:
    """Yes or no, in the first line."""
    if decision.outcome == Decision.Outcome.FUNDED:
        return _("Oui : votre projet est retenu, %(sum)s vous sont accordés") % {"sum": money(decision.granted_cents)}
    words = {
        Decision.Outcome.DECLINED: _("Non : votre projet n’est pas retenu"),
        Decision.Outcome.INADMISSIBLE: _("Non : votre dossier est irrecevable"),
        Decision.Outcome.INELIGIBLE: _("Non : votre dossier est inéligible"),
    }
    return words[Decision.Outcome(decision.outcome)]
