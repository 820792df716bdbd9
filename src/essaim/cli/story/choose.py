"""Third part: experts, scenarios, decisions, agreements, places."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from essaim.accounts.models import Person
from essaim.applications.models import Application
from essaim.awards import actions as awards
from essaim.awards.lifecycle import AGREEMENT, PAYMENT, REPORT
from essaim.awards.models import Agreement, Letter, Payment
from essaim.cli.story.projects import EXPERTS_KNOW
from essaim.cli.story.telling import Story
from essaim.kernel import clock
from essaim.places.models import Region
from essaim.programmes.actions import load_envelope
from essaim.programmes.queries import envelope_cents
from essaim.reviews import actions as reviews
from essaim.reviews.models import Assignment, AssignmentState, Expert
from essaim.selections import actions as selections
from essaim.territory.lifecycle import PLACE
from essaim.territory.models import FundedPlace

EXPERTS = 40
WORDS = {
    0: "Le dossier n’en dit rien, malgré la question posée.",
    1: "C’est à peine évoqué, sans chiffre ni partenaire.",
    2: "L’intention est là, mais rien ne permet de la vérifier.",
    3: "C’est correct et crédible, avec quelques imprécisions.",
    4: "C’est solide : le besoin est mesuré et les partenaires sont nommés.",
    5: "C’est excellent : chaque affirmation est prouvée par une pièce.",
}


def review(story: Story) -> None:
    """Forty experts, some in conflict; three reviews a file; each score with its justification."""
    officer = story.team["officer"]
    name_the_experts(story, officer)
    with story.at(story.when(2013, 9, 23)) as at:
        due_on = story.when(2013, 10, 11).date()
        reviews.compute_assignment(story.call, due_on=due_on, by=officer, at=at)
    with story.at(story.when(2013, 9, 25)) as at:
        recuse_some(story, at)
    severities = {
        expert.pk: story.rng.gauss(0, 0.5) for expert in Expert.objects.filter(call=story.call).order_by("pk")
    }
    mine = Assignment.objects.filter(expert__call=story.call, state=AssignmentState.ASSIGNED)
    assignments = list(mine.select_related("expert__person", "application__rule_set").order_by("pk"))
    with story.at(story.when(2013, 10, 8)) as at:
        for assignment in story.each("Expertises", assignments):
            score_one(story, assignment, severities[assignment.expert_id], at)


def name_the_experts(story: Story, officer: Person) -> None:
    """Specialties and regions drawn; loads of 6 to 15 files."""
    regions = list(Region.objects.of_2013().order_by("code").values_list("code", flat=True))
    with story.at(story.when(2013, 9, 21)) as at:
        for number in range(EXPERTS):
            person = (
                story.invented("expert@demo.example", "Hélène Fabre", "Experte")
                if number == 0
                else story.person(3000 + number)
            )
            reviews.name_expert(
                story.call,
                person=person,
                specialties=story.rng.sample(EXPERTS_KNOW, 3),
                region=story.rng.choice(regions),
                organisation="Organisme inventé",
                loads=(1 if number == 0 else 0, 15),  # the demonstration’s expert always has something to read
                by=officer,
                at=at,
            )


def recuse_some(story: Story, at: Any) -> None:
    """A dozen experts discover that they know an applicant, and hand the file back in one click."""
    every = list(Assignment.objects.filter(expert__call=story.call).select_related("expert__person").order_by("pk"))
    for assignment in story.rng.sample(every, min(12, len(every) // 4)):
        reviews.declare_conflict(assignment, note="Je connais ce porteur.", by=assignment.expert.person, at=at)


def score_one(story: Story, assignment: Assignment, severity: float, at: Any) -> None:
    """A score per criterion around the project's invented quality."""
    quality = story.projects[assignment.application_id].quality
    grid = assignment.application.rule_set.grid
    scores = {
        criterion["code"]: max(0, min(5, round(3 + 0.9 * quality - severity + story.rng.gauss(0, 0.6))))
        for criterion in grid["criterion"]
    }
    texts = {code: f"{WORDS[score]} (expertise inventée)" for code, score in scores.items()}
    person = assignment.expert.person
    reviews.save_review(assignment, scores=scores, justifications=texts, comment="", by=person, at=at)
    reviews.submit_review(assignment, by=person, at=at)


def choose(story: Story) -> None:
    """Four scenarios; the envelope is raised with its reason; one scenario is proposed, then taken by other eyes."""
    officer, decision_maker = story.team["officer"], story.team["decision_maker"]
    with story.at(story.when(2013, 10, 15)) as at:
        story.selection = selections.open_selection(story.call, by=officer, at=at)
        selections.rank(story.selection, seed=story.seed, by=officer, at=at)
    first = envelope_cents(story.programme)
    with story.at(story.when(2013, 12, 13, 7)) as at:
        load_envelope(story.folder, programme=story.programme, by=officer, at=at)
        raised = envelope_cents(story.programme)
        wanted: list[tuple[str, int, dict[str, Any]]] = [
            ("L’enveloppe annoncée en juin, demandes entières", first, {}),
            ("L’enveloppe relevée, demandes entières", raised, {"one_per_commune": True}),
            ("L’enveloppe relevée, aides partielles dès 70 %", raised, {"partial_permille": 700}),
            ("L’enveloppe relevée, au plus quatre dossiers en Île-de-France", raised, {"quotas": {"11": [0, 4]}}),
        ]
        scenarios = [
            selections.create_scenario(
                story.selection, title=title, budget_cents=budget, parameters=parameters, by=officer, at=at
            )
            for title, budget, parameters in wanted
        ]
    chosen = scenarios[1]
    for scenario in story.each("Scénarios", scenarios):
        with clock.telling(at):
            selections.compute_scenario(scenario, by=None, at=at, explained=scenario is chosen)
    chosen.refresh_from_db()
    with story.at(at):
        reason = "Demandes entières : chaque lieu aidé a de quoi ouvrir vraiment, et aucune commune n’en reçoit deux."
        selections.propose(chosen, reason=reason, by=officer, at=at)
    with story.at(story.when(2013, 12, 13, 9)) as at:
        reason = "Je retiens ce scénario : il dessert le plus d’habitants nouveaux à qualité égale."
        selections.ratify(chosen, reason=reason, by=decision_maker, at=at)
    story.selection.refresh_from_db()
    with story.at(story.when(2013, 12, 13, 10)) as at:
        selections.publish_results(story.selection, by=officer, at=at)
    story.counts["scenario"] = chosen.pk


def award(story: Story) -> None:
    """Agreements are signed, advances paid, places open, reports accepted, balances paid."""
    officer, decision_maker, accountant = (story.team[r] for r in ("officer", "decision_maker", "accountant"))
    agreements = Agreement.objects.filter(decision__selection=story.selection).order_by("number")
    for agreement in story.each("Conventions", list(agreements)):
        beneficiary = agreement.decision.application.created_by
        with story.at(story.when(2013, 12, 20)) as at:
            AGREEMENT.perform(agreement, "accept", by=beneficiary, at=at)
        with story.at(story.when(2014, 1, 10)) as at:
            AGREEMENT.perform(agreement, "sign", by=decision_maker, at=at)
        with story.at(story.when(2014, 1, 20)) as at:
            settle_payment(agreement, Payment.Kind.ADVANCE, beneficiary, accountant, at)
    places = FundedPlace.objects.filter(agreement__decision__selection=story.selection).order_by("slug")
    for rank, place in enumerate(story.each("Lieux", list(places))):
        with story.at(story.when(2014, 4, 1) + timedelta(days=9 * rank)) as at:
            PLACE.perform(place, "open", by=place.agreement.decision.application.created_by, at=at)
    for rank, agreement in enumerate(story.each("Comptes rendus", list(agreements.all()))):
        if rank % 5 == 4 or agreement.decision.application.created_by.demo_role:
            continue  # not everyone is on time: the desk shows who is late
        with story.at(story.when(2016, 1, 15)) as at:
            report_and_balance(story, agreement, officer, accountant, at)


def settle_payment(agreement: Agreement, kind: str, beneficiary: Person, accountant: Person, at: Any) -> None:
    """Claimed by the beneficiary, recorded by the accountant."""
    payment = agreement.payments.get(kind=kind)
    PAYMENT.perform(payment, "claim", by=beneficiary, at=at)
    awards.pay(payment, reference=f"M-{payment.pk:05d}", by=accountant, at=at)


def report_and_balance(story: Story, agreement: Agreement, officer: Person, accountant: Person, at: Any) -> None:
    """The final report, its acceptance, the balance."""
    beneficiary = agreement.decision.application.created_by
    people, companies = story.rng.randrange(200, 900), story.rng.randrange(10, 60)
    text = (
        f"L’atelier a accueilli {people} personnes et accompagné {companies} entreprises. Les machines prévues sont en "
        "service, l’animateur est recruté, et le lieu ouvre deux soirées par semaine. (Compte rendu inventé.)"
    )
    report = agreement.report
    indicators = {"people": people, "companies": companies, "hours": story.rng.choice((24, 30, 36))}
    awards.save_report(
        report, text=text, spent_cents=agreement.cost_cents, indicators=indicators, by=beneficiary, at=at
    )
    awards.submit_report(report, by=beneficiary, at=at)
    REPORT.perform(report, "accept", by=officer, at=at)
    settle_payment(agreement, Payment.Kind.BALANCE, beneficiary, accountant, at)
    agreement.refresh_from_db()
    AGREEMENT.perform(agreement, "close", by=officer, at=at)


def letters_of(story: Story) -> int:
    """How many letters left."""
    return Letter.objects.filter(decision__selection=story.selection).count()


def regions_of(story: Story) -> int:
    """How many regions of 2013 the filed applications come from."""
    filed = Application.objects.filter(call=story.call, filed_at__isnull=False)
    return filed.values("commune__department__region_2013").distinct().count()
