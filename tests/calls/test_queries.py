"""Rules, reach and open data of a call."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from essaim.calls import actions, queries
from essaim.engine import rules as engine
from essaim.kernel.bilingual import Bilingual
from essaim.places.models import KnownPlace, Region
from essaim.programmes.actions import freeze_rules

pytestmark = pytest.mark.django_db
TOML = engine.load_rules((Path(settings.PROGRAMMES_DIR) / "fablabs-2013" / "rules.toml").read_text(encoding="utf-8"))
NUMBERS = [
    (25_000_000, 18_000_000, 7_000_000),
    (25_000_000, 17_500_000, 7_500_000),
    (10_000_000, 4_800_000, 5_200_000),
    (40_000_000, 21_000_000, 19_000_000),
    (20_000_000, 14_000_000, 0),
    (1, 1, 0),
    (25_000_000, 16_000_000, 8_600_000),
]


@pytest.mark.parametrize("numbers", NUMBERS)
def test_simulator_and_frozen_rules_and_toml_give_the_same_verdicts(call, numbers):
    cost, request, others = numbers
    facts = queries.simulation_facts(cost_cents=cost, request_cents=request, others_cents=others)
    from_toml = {found.rule_id: (found.status, found.margin.fr) for found in engine.evaluate(TOML, facts)}
    frozen = {found.rule: (found.status, found.margin["fr"]) for found in queries.findings(call.rule_set, facts)}
    assert frozen == from_toml
    simulation = queries.simulate(call.rule_set, cost_cents=cost, request_cents=request, others_cents=others)
    assert {found.rule: (found.status, found.margin["fr"]) for found in simulation.answered} == {
        rule: verdict
        for rule, verdict in frozen.items()
        if verdict[0] != "unknown" and "simulator" in next(r for r in TOML.rules if r.id == rule).phases
    }
    assert len(simulation.answered) + len(simulation.later) == len(TOML.rules)


def test_every_phase_gives_the_same_verdict_to_the_same_facts(call):
    facts = queries.simulation_facts(cost_cents=25_000_000, request_cents=18_000_000, others_cents=7_000_000)
    verdicts = {
        phase: {found.rule: found.status for found in queries.findings(call.rule_set, facts, phase=phase)}
        for phase in engine.PHASES
    }
    for rule in TOML.rules:
        assert len({verdicts[phase][rule.id] for phase in rule.phases}) == 1


def test_a_new_version_says_what_it_changes(call, story):
    rules = {**call.rule_set.rules, "rule": [dict(rule) for rule in call.rule_set.rules["rule"]]}
    rules["rule"][1]["check"] = {**rules["rule"][1]["check"], "max": "4/5"}
    removed = rules["rule"].pop()
    version = freeze_rules(
        call.programme,
        call_slug=call.slug,
        rules=rules,
        form={},
        grid={},
        documents={},
        reason=Bilingual(fr="Taux relevé."),
        by=None,
        at=story,
    )
    changes = queries.changes_between(call.rule_set, version)
    assert [(change.kind, change.title["fr"]) for change in changes] == [
        ("changed", "Part de l’aide dans le coût"),
        ("removed", removed["title"]["fr"]),
    ]
    assert "70\u00a0%" in changes[0].before["fr"]
    assert "80\u00a0%" in changes[0].after["fr"]


def test_loading_the_same_folder_again_keeps_the_same_version(draft, story):
    from tests.factories.calls import FOLDER

    dates = {"opens_at": draft.opens_at, "closes_at": draft.closes_at}
    again = actions.load_call(FOLDER, programme=draft.programme, by=None, at=story, **dates)
    assert (again.pk, again.rule_set_id, again.rule_set.number) == (draft.pk, draft.rule_set_id, 1)


def test_dispositif_has_the_fields_of_the_schema(call):
    dispositif = queries.as_dispositif(call)
    assert set(dispositif) >= {
        "id",
        "titre",
        "description",
        "eligibilite",
        "types_aides",
        "porteurs",
        "cibles",
        "eligibilite_geographique",
        "date_ouverture",
        "date_cloture",
        "date_mise_a_jour",
    }
    assert (dispositif["id"], dispositif["date_ouverture"], dispositif["date_cloture"]) == (
        "ateliers-de-fabrication-numerique",
        "2013-06-25",
        "2013-09-13",
    )
    assert dispositif["cibles"][:2] == ["une association", "une entreprise"]
    assert dispositif["porteurs"] == ["DGCIS, bureau des ateliers de fabrication numérique"]


@pytest.mark.parametrize(
    ("regions", "themes", "concerned"),
    [([], [], True), (["53"], [], True), (["11"], [], False), ([], ["fablabs"], True), ([], ["x"], False)],
)
def test_scope_is_territory_and_theme(call, regions, themes, concerned):
    call.territory = ["53"]
    assert queries.in_scope(call, regions=regions, themes=themes) is concerned


def test_moments_are_in_order_with_the_next_one_current(call, story):
    found = queries.moments(call, at=story)
    assert [(moment.title, moment.state) for moment in found] == [
        ("Ouverture", "done"),
        ("Clôture", "current"),
        ("Sélection", "todo"),
        ("Annonce des résultats", "todo"),
    ]
    after = queries.moments(call, at=datetime(2014, 1, 1, tzinfo=UTC))
    assert {moment.state for moment in after} == {"done"}


def test_reach_counts_by_region_and_says_why_not(call, story, territory):
    values = {"latitude": 48.0, "longitude": 2.0, "source": "essai", "imported_at": story}
    for number, (code, email) in enumerate(
        [("29019", "a@x.example"), ("29019", ""), ("75056", "b@x.example"), (None, "")]
    ):
        KnownPlace.objects.create(name=f"L{number}", commune_id=code, email=email, source_id=str(number), **values)
    subscription, _token = actions.subscribe(email="s@x.example", regions=["53"], at=story)
    actions.confirm(subscription, at=story)
    actions.subscribe(email="jamais@x.example", at=story)
    actions.tell_everyone(call, at=story)
    reach = queries.reach_of(call, places=KnownPlace.objects.all(), regions=Region.objects.all(), pending=1)
    assert [(row.region, row.places, row.told, row.subscribers) for row in reach.rows] == [
        ("Bretagne", 2, 1, 1),
        ("Sans région précise", 1, 0, 0),
        ("Île-de-France", 1, 1, 0),
    ]
    assert dict(reach.reasons) == {"Aucune adresse électronique connue.": 2, "Abonnement jamais confirmé.": 1}
    assert (reach.places, reach.told, reach.subscribers, reach.last_told_at) == (4, 2, 1, story)
