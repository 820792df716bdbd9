"""The same rules, the same verdicts, in the six places where they are asked."""

import random

import pytest
from django.db import transaction

from essaim.applications import actions
from essaim.applications.models import Application
from essaim.applications.queries import findings_of, plan_of
from essaim.applications.views import pages
from essaim.awards.models import Agreement
from essaim.awards.queries import award_findings, payment_findings
from essaim.calls.queries import simulate
from essaim.selections.models import Decision
from tests.factories import applications as factories
from tests.factories.applications import SUMMER
from tests.factories.calls import make_call

SEEDS = range(25)


def lines(rng):
    """A plan, often at the edges of the rules: rates near 70 %, requests near 50 000 and 200 000 €, balances off."""
    cost = rng.choice([7_142_857, 10_000_000, 20_000_000, 28_571_429, 40_000_000])
    request = rng.choice([cost * 7 // 10, cost * 7 // 10 + 1, 5_000_000, 4_999_999, 20_000_000, 20_000_001])
    rest = max(0, cost - request + rng.choice([0, 0, 0, 1, -1, 400_000]))
    kind = rng.choice(["public", "private", "own"])
    first = rng.randint(1, cost - 1)
    vat = rng.choice(["HT", "HT", "TTC"])
    costs = [("machines", "Laser", first), ("staff", "Poste", cost - first, None, None, vat)]
    return costs, [("Appel", "requested", "asked", request), ("Reste", kind, "asked", rest)]


def verdicts(found):
    return {one.rule: (one.status, str(one.margin), str(one.message), one.severity) for one in found}


@pytest.mark.django_db
def test_every_verdict_is_the_same_in_the_six_places(media):
    call = make_call()
    compared = 0
    for seed in SEEDS:
        rng = random.Random(seed)
        with transaction.atomic():
            draft = factories.draft(
                call, documents=rng.random() < 0.5, existing=rng.random() < 0.6, fast_start=rng.random() < 0.5,
                applicant_kind=rng.choice(["association", "company"]),
            )  # fmt: skip
            costs, fundings = lines(rng)
            actions.save_budget(draft, costs, fundings, by=draft.created_by, at=SUMMER)
        fresh = Application.objects.whole().get(pk=draft.pk)
        plan = plan_of(fresh)
        others = plan.resource_cents - plan.requested_cents
        said = simulate(
            fresh.rule_set, cost_cents=plan.cost_cents, request_cents=plan.requested_cents, others_cents=others
        )
        shown = pages.rules(fresh)
        places = {"simulator": verdicts(said.answered), "draft": verdicts([*shown["attention"], *shown["met"]])}
        filing = actions.file_application(fresh, by=fresh.created_by, at=SUMMER, key=f"k{seed}", acknowledged=True)
        filed = Application.objects.whole().get(pk=draft.pk)
        places["filing"] = {
            one["rule"]: (one["status"], one["margin"]["fr"], one["message"]["fr"], one["severity"])
            for one in filing.findings
        }
        places["admissibility"] = verdicts(findings_of(filed))
        decision = Decision(application=filed, outcome="funded", granted_cents=filed.requested_cents)
        places["award"] = verdicts(award_findings(decision))
        agreement = Agreement(decision=decision, amount_cents=filed.requested_cents)
        places["payment"] = verdicts(payment_findings(agreement))
        compared += check(places)
    assert compared > 25 * 40


def check(places):
    """Each rule says the same wherever it is asked; gives how many verdicts were compared."""
    count = 0
    for rule in {rule for found in places.values() for rule in found}:
        told = {place: found[rule] for place, found in places.items() if rule in found}
        assert len(set(told.values())) == 1, (rule, told)
        count += len(told)
    return count
