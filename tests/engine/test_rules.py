"""Rules as data: read with every error, evaluated in three values, said with their exact margin."""

import ast
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import essaim.engine
from essaim.engine.rules import (
    FACTS,
    Change,
    RuleSet,
    RuleSetError,
    apply_changes,
    canonical_json,
    evaluate,
    facts_table,
    from_json,
    load_rules,
    sentence,
    sha256,
    summary,
)

ENGINE = Path(essaim.engine.__file__).parent
LABELS = """
[labels]
association = { fr = "une association", en = "an association" }
company = { fr = "une entreprise", en = "a company" }
staff = { fr = "personnel", en = "staff" }
statutes = { fr = "Statuts", en = "Statutes" }
bank = { fr = "RIB", en = "Bank details" }
11 = { fr = "l’Île-de-France", en = "Île-de-France" }
[facts]
"text.project" = { fr = "la description du projet", en = "the description of the project" }
"commitment.open" = { fr = "le lieu est ouvert au public", en = "the place is open to the public" }
"""


def block(check, rule_id="regle", severity="blocking", extra=""):
    return f"""
[[rule]]
id = "{rule_id}"
title = {{ fr = "Titre", en = "Title" }}
article = {{ fr = "Article 2", en = "Article 2" }}
severity = "{severity}"
met = {{ fr = "Respecté.", en = "Met." }}
not_met = {{ fr = "Non respecté.", en = "Not met." }}
{extra}
check = {check}
"""


def rules(*checks):
    return load_rules(LABELS + "".join(block(check, f"regle-{n}") for n, check in enumerate(checks)))


def ask(check, facts):
    return evaluate(rules(check), facts)[0]


RATE = '{ op = "ratio", numerator = "request", denominator = "cost", max = "70 %" }'
BETWEEN = (
    '{ op = "all", checks = [ { op = "ge", fact = "request", value = "50 000 €" }, '
    '{ op = "le", fact = "request", value = "200 000 €" } ] }'
)
EXAMPLES = [
    RATE,
    BETWEEN,
    '{ op = "ratio", numerator = "request", denominator = "cost", min = "1/3", max = 0.7 }',
    '{ op = "sum", categories = ["staff"], max = "20 000,50 €" }',
    '{ op = "sum", categories = ["staff"], max_share = "25 %" }',
    '{ op = "before", fact = "date.end", value = 2015-12-31 }',
    '{ op = "lt", fact = "date.start", other = "date.end" }',
    '{ op = "one_of", fact = "applicant.kind", values = ["association", "company"] }',
    '{ op = "territory_not_in", level = "region", codes = ["11"] }',
    '{ op = "text", fact = "text.project", min_length = 10 }',
    '{ op = "document", code = "statutes" }',
    '{ op = "any", checks = [ { op = "eq", fact = "commitment.open", value = true }, '
    '{ op = "not", check = { op = "lt", fact = "number.hours", value = 20 } } ] }',
    '{ op = "eq", fact = "balance", value = "0 €" }',
]


EVERY_OPERATOR = rules(*EXAMPLES)

# -- margins


def test_a_rate_above_the_maximum_says_both_ways_out_to_the_cent():
    finding = ask(RATE, {"request": 17_850_000, "cost": 25_000_000})
    assert finding.status == "not_met"
    assert finding.message.fr == "Non respecté."
    assert finding.margin.fr == (
        "71,4\u00a0% pour un maximum de 70\u00a0%\u00a0: baissez la demande de 3\u202f500\u00a0€, "
        "ou portez le coût à 255\u202f000\u00a0€."
    )
    assert finding.margin.en == (
        "71.4% for a maximum of 70%: lower the request by €3,500, or raise the cost to €255,000."
    )
    assert finding.advice == ((Change("request", 17_500_000),), (Change("cost", 25_500_000),))
    assert finding.figures == (("request", 17_850_000), ("cost", 25_000_000))


def test_a_met_rate_says_the_room_left():
    assert ask(RATE, {"request": 17_100_000, "cost": 25_000_000}).margin.fr == (
        "Il vous reste 4\u202f000\u00a0€ de marge."
    )
    assert ask(RATE, {"request": 17_500_000, "cost": 25_000_000}).margin.fr == "Vous êtes exactement à la limite."


def test_a_rate_one_cent_above_never_reads_as_the_maximum():
    assert ask(RATE, {"request": 17_500_001, "cost": 25_000_000}).margin.fr == (
        "70,000004\u00a0% pour un maximum de 70\u00a0%\u00a0: baissez la demande de 0,01\u00a0€, "
        "ou portez le coût à 250\u202f000,02\u00a0€."
    )


@pytest.mark.parametrize(
    ("check", "facts", "margin"),
    [
        (
            '{ op = "eq", fact = "balance", value = "0 €" }',
            {"balance": -400_000},
            "Il manque 4\u202f000\u00a0€ de ressources\u00a0: ajoutez une ressource, ou baissez une dépense, d’autant.",
        ),
        (
            '{ op = "before", fact = "date.end", value = 2015-12-31 }',
            {"date.end": date(2016, 1, 1)},
            "Le 1er janvier 2016, pour une limite fixée au 31 décembre 2015\u00a0: avancez la fin au 31 décembre 2015.",
        ),
        (
            '{ op = "before", fact = "date.end", value = 2015-12-31 }',
            {"date.end": date(2015, 12, 30)},
            "Il vous reste 1 jour de marge.",
        ),
        (
            '{ op = "text", fact = "text.project", min_length = 10 }',
            {"text.project": "  abc  "},
            "Il manque 7 caractères (3 sur 10).",
        ),
        ('{ op = "document", code = "bank" }', {"documents": []}, "Joignez la pièce «\u00a0RIB\u00a0»."),
        (
            '{ op = "one_of", fact = "applicant.kind", values = ["association", "company"] }',
            {"applicant.kind": "sci"},
            "Valeurs admises pour le demandeur\u00a0: une association ou une entreprise.",
        ),
        (
            '{ op = "territory_not_in", level = "region", codes = ["11"] }',
            {"territory.region": "11"},
            "L’appel n’est pas ouvert à l’Île-de-France.",
        ),
        (
            '{ op = "sum", categories = ["staff"], max = "10 €" }',
            {"lines": [("staff", 1_500), ("machines", 100)]},
            "15\u00a0€ pour un maximum de 10\u00a0€\u00a0: retirez 5\u00a0€ de dépenses «\u00a0personnel\u00a0».",
        ),
        (
            '{ op = "sum", categories = ["staff"], max_share = "25 %" }',
            {"lines": [("staff", 4_000), ("machines", 6_000)], "cost": 10_000},
            "40\u00a0% pour un maximum de 25\u00a0%\u00a0: retirez 20\u00a0€ de dépenses «\u00a0personnel\u00a0».",
        ),
        (RATE, {"request": 1}, "À renseigner\u00a0: le coût total du projet."),
        (RATE, {"request": 1, "cost": 0}, "À renseigner\u00a0: le coût total du projet."),
        (
            '{ op = "not", check = { op = "gt", fact = "request", value = "10 €" } }',
            {"request": 1_200},
            "12\u00a0€ pour un maximum de 10\u00a0€\u00a0: baissez la demande de 2\u00a0€.",
        ),
        (
            '{ op = "eq", fact = "commitment.open", value = true }',
            {},
            "À renseigner\u00a0: le lieu est ouvert au public (oui ou non).",
        ),
    ],
)
def test_a_margin_is_one_exact_french_sentence(check, facts, margin):
    assert ask(check, facts).margin.fr == margin


CENTS = st.integers(0, 10**9)
SHARES = st.fractions(min_value=0, max_value=2, max_denominator=400)


def toml_share(share):
    return f'"{share.numerator}/{share.denominator}"'


@given(CENTS, st.integers(1, 10**9), SHARES, st.sampled_from(["max", "min"]))
def test_the_advised_change_is_the_smallest_that_works(request, cost, share, bound):
    check = f'{{ op = "ratio", numerator = "request", denominator = "cost", {bound} = {toml_share(share)} }}'
    facts = {"request": request, "cost": cost}
    finding = ask(check, facts)
    for (change,) in finding.advice:
        after = apply_changes(facts, (change,))
        assert ask(check, after).status == "met"
        back = 1 if change.value < facts[change.fact] else -1
        assert ask(check, after | {change.fact: change.value + back}).status != "met"
    if finding.status == "not_met":
        assert any(change.fact == "request" for (change,) in finding.advice)


@given(CENTS, CENTS, st.sampled_from(["le", "ge", "lt", "gt", "eq"]))
def test_the_advised_amount_is_the_nearest_that_works(value, bound, op):
    check = f'{{ op = "{op}", fact = "request", value = "{bound // 100}.{bound % 100:02d} €" }}'
    finding = ask(check, {"request": value})
    for (change,) in finding.advice:
        assert ask(check, {"request": change.value}).status == "met"
        back = 1 if change.value < value else -1
        assert ask(check, {"request": change.value + back}).status == "not_met"
    impossible = op == "lt" and bound == 0
    assert bool(finding.advice) == (finding.status == "not_met" and not impossible)


@given(st.lists(st.tuples(st.sampled_from(["staff", "machines"]), CENTS), max_size=5), SHARES.filter(lambda s: s < 1))
def test_advice_on_a_share_of_the_cost_counts_the_cost_that_moves(lines, share):
    check = f'{{ op = "sum", categories = ["staff"], max_share = {toml_share(share)} }}'
    facts = {"lines": lines, "cost": sum(cents for _, cents in lines)}
    for (change,) in ask(check, facts).advice:
        after = apply_changes(facts, (change,))
        assert after["cost"] == sum(cents for _, cents in after["lines"])
        assert ask(check, after).status in ("met", "unknown")
        one_more = apply_changes(facts, (Change(change.fact, change.value + 1),))
        assert ask(check, one_more).status == "not_met"


@given(CENTS, st.integers(1, 10**9))
def test_the_room_left_can_be_used_to_the_last_cent(request, cost):
    room = cost * 7 // 10 - request
    assert (ask(RATE, {"request": request, "cost": cost}).status == "met") == (room >= 0)
    if room >= 0:
        assert ask(RATE, {"request": request + room, "cost": cost}).margin.fr == "Vous êtes exactement à la limite."
        assert ask(RATE, {"request": request + room + 1, "cost": cost}).status == "not_met"


def test_a_date_at_the_edge_of_the_calendar_gets_no_impossible_advice():
    check = '{ op = "lt", fact = "date.start", other = "date.end" }'
    assert ask(check, {"date.start": date.min, "date.end": date.min}).advice == ((Change("date.end", date(1, 1, 2)),),)


# -- evaluation

FACT_SETS = st.fixed_dictionaries(
    {},
    optional={
        "request": CENTS,
        "cost": CENTS,
        "balance": st.integers(-(10**6), 10**6),
        "lines": st.lists(st.tuples(st.sampled_from(["staff", "machines"]), CENTS), max_size=4),
        "date.start": st.dates(),
        "date.end": st.dates(),
        "applicant.kind": st.sampled_from(["association", "sci"]),
        "territory.region": st.sampled_from(["11", "84"]),
        "text.project": st.text(max_size=15),
        "documents": st.lists(st.sampled_from(["statutes", "bank"])),
        "commitment.open": st.booleans(),
        "number.hours": st.integers(0, 60),
    },
)


@given(FACT_SETS, st.permutations(range(len(EXAMPLES))))
def test_evaluation_does_not_depend_on_the_order_of_rules(facts, order):
    ruleset = EVERY_OPERATOR
    shuffled = RuleSet(tuple(ruleset.rules[n] for n in order), ruleset.facts, ruleset.labels)
    assert set(evaluate(ruleset, facts)) == set(evaluate(shuffled, facts))
    assert summary(evaluate(ruleset, facts)) == summary(evaluate(shuffled, facts))


@given(FACT_SETS)
def test_every_advice_makes_its_rule_met_and_every_margin_is_in_both_languages(facts):
    ruleset = EVERY_OPERATOR
    for number, finding in enumerate(evaluate(ruleset, facts)):
        assert bool(finding.margin.fr) == bool(finding.margin.en)
        assert bool(finding.missing) == (finding.status == "unknown")
        for option in finding.advice:
            assert evaluate(ruleset, apply_changes(facts, option))[number].status == "met"


def test_a_missing_fact_counts_only_when_it_could_change_the_answer():
    either = (
        '{ op = "any", checks = [ { op = "gt", fact = "fundings.public", value = "0 €" }, '
        '{ op = "gt", fact = "fundings.own", value = "0 €" } ] }'
    )
    assert ask(either, {"fundings.public": 1}).status == "met"
    assert ask(either, {"fundings.public": 0}).status == "unknown"
    assert ask(either, {"fundings.public": 0}).missing == ("fundings.own",)
    assert ask(either, {"fundings.public": 0, "fundings.own": 0}).status == "not_met"


def test_only_blocking_rules_decide_eligibility():
    toml = LABELS + block(RATE, "taux") + block('{ op = "document", code = "bank" }', "rib", "warning")
    ruleset = load_rules(toml)
    assert summary(evaluate(ruleset, {"request": 70, "cost": 100, "documents": []})) == "yes"
    assert summary(evaluate(ruleset, {"request": 71, "cost": 100, "documents": ["bank"]})) == "no"
    assert summary(evaluate(ruleset, {"request": 70})) == "unknown"


def test_a_phase_selects_its_rules():
    toml = LABELS + block(RATE, "taux") + block(BETWEEN, "montant", extra='phases = ["filing"]')
    ruleset = load_rules(toml)
    assert [finding.rule_id for finding in evaluate(ruleset, {}, "simulator")] == ["taux"]
    assert [finding.rule_id for finding in evaluate(ruleset, {}, "filing")] == ["taux", "montant"]


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"request": 1.0, "cost": 2}, "fact 'request' must be whole cents \\(int\\), not 1.0"),
        ({"request": True, "cost": 2}, "fact 'request' must be whole cents \\(int\\), not True"),
    ],
)
def test_a_float_is_never_money(facts, message):
    with pytest.raises(TypeError, match=message):
        ask(RATE, facts)


def test_a_datetime_is_not_a_date():
    with pytest.raises(TypeError, match="a date without time"):
        ask('{ op = "before", fact = "date.end", value = 2015-12-31 }', {"date.end": datetime(2015, 1, 1)})


def test_the_engine_of_money_and_rules_holds_no_float():
    for path in [ENGINE / "money.py", ENGINE / "budget.py", *(ENGINE / "rules").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), path
            assert not (isinstance(node, ast.Name) and node.id == "float"), path
            assert not isinstance(node, ast.Div) or path.parent.name == "rules", path


# -- sentences


@pytest.mark.parametrize(
    ("check", "fr", "en"),
    [
        (
            BETWEEN,
            "L’aide demandée est comprise entre 50\u202f000\u00a0€ et 200\u202f000\u00a0€.",
            "The grant requested is between €50,000 and €200,000.",
        ),
        (
            RATE,
            "L’aide demandée ne dépasse pas 70\u00a0% du coût total du projet.",
            "The grant requested does not exceed 70% of the total cost of the project.",
        ),
        (
            '{ op = "sum", categories = ["staff"], max_share = "25 %" }',
            "Le total des dépenses «\u00a0personnel\u00a0» ne dépasse pas 25\u00a0% du coût total du projet.",
            "The total of costs “staff” does not exceed 25% of the total cost of the project.",
        ),
        (
            '{ op = "one_of", fact = "applicant.kind", values = ["association", "company"] }',
            "Le demandeur est une association ou une entreprise.",
            "The applicant is an association or a company.",
        ),
        (
            '{ op = "any", checks = [ { op = "eq", fact = "commitment.open", value = true }, '
            '{ op = "document", code = "bank" } ] }',
            "Soit le lieu est ouvert au public, soit la pièce «\u00a0RIB\u00a0» est jointe.",
            "Either the place is open to the public, or the document “Bank details” is attached.",
        ),
        (
            '{ op = "lt", fact = "date.start", other = "date.end" }',
            "La date de début du projet vient avant la date de fin du projet.",
            "The start date of the project comes before the end date of the project.",
        ),
        (
            '{ op = "lt", fact = "request", other = "cost" }',
            "L’aide demandée reste en dessous du coût total du projet.",
            "The grant requested stays below the total cost of the project.",
        ),
    ],
)
def test_a_rule_is_said_in_one_sentence(check, fr, en):
    ruleset = rules(check)
    assert sentence(ruleset, ruleset.rules[0], "fr") == fr
    assert sentence(ruleset, ruleset.rules[0], "en") == en


# -- reading


@given(st.permutations(EXAMPLES))
def test_toml_json_and_back_is_the_same_rule_set(checks):
    ruleset = rules(*checks)
    again = from_json(canonical_json(ruleset))
    assert again == ruleset
    assert sha256(again) == sha256(ruleset)
    assert canonical_json(again) == canonical_json(ruleset)


def test_the_fingerprint_ignores_layout_but_not_content():
    toml = LABELS + block(RATE)
    assert sha256(load_rules("# remarque\n" + toml.replace('"70 %"', "0.70"))) == sha256(load_rules(toml))
    assert sha256(load_rules(toml.replace('"70 %"', '"71 %"'))) != sha256(load_rules(toml))


def test_every_error_is_told_at_once_with_its_line():
    toml = block('{ op = "ratio", numerator = "request", denominator = "cout", max = "70 %" }', "Taux") + block(
        '{ op = "ge", fact = "request", value = 50000.5 }', "montant", "bloking"
    )
    with pytest.raises(RuleSetError) as refusal:
        load_rules(toml)
    assert [fault.say("fr") for fault in refusal.value.faults] == [
        "Ligne 3, règle «\u00a0Taux\u00a0»\u00a0: «\u00a0id\u00a0» attend un nom court en minuscules, "
        "par exemple «\u00a0taux-maximum\u00a0».",
        "Ligne 10, règle «\u00a0Taux\u00a0»\u00a0: Fait inconnu\u00a0: «\u00a0cout\u00a0»\u00a0; "
        "vouliez-vous dire «\u00a0cost\u00a0»\u00a0?",
        "Ligne 16, règle «\u00a0montant\u00a0»\u00a0: Mot inconnu\u00a0: «\u00a0bloking\u00a0»\u00a0; "
        "vouliez-vous dire «\u00a0blocking\u00a0»\u00a0?",
        "Ligne 20, règle «\u00a0montant\u00a0»\u00a0: «\u00a0value\u00a0» attend un montant entre guillemets, "
        '"50 000 €".',
    ]
    assert refusal.value.faults[1].say("en") == "Line 10, rule “Taux”: Unknown fact “cout”: did you mean “cost”?"


@pytest.mark.parametrize(
    ("toml", "line"),
    [
        ("[[rule]]\nid = oops", 2),
        ("", None),
        ("rule = 3", 1),
        (block('{ op = "eval", code = "1+1" }'), 10),
        (block("[]"), 10),
        (block('{ op = "all", checks = [] }'), 10),
        (block('{ op = "document", code = "bank" }'), 10),
        (block('{ op = "le", fact = "text.project", value = "a" }'), 10),
        (block('{ op = "le", fact = "request" }'), 10),
        (block('{ op = "sum", categories = ["a"], min = "20 €", max = "10 €" }'), 10),
        (block(RATE) + block(RATE), 13),
        (block(RATE).replace("article", "artikle"), 5),
        (block(RATE, extra='phases = ["filling"]'), 9),
        (block('{ op = "ge", fact = "request", value = "1e9" }'), 10),
        (block('{ op = "before", fact = "date.end", value = 2015-12-31T00:00:00 }'), 10),
    ],
)
def test_a_faulty_file_is_refused_with_its_line(toml, line):
    with pytest.raises(RuleSetError) as refusal:
        load_rules(toml)
    assert line in [fault.line for fault in refusal.value.faults]
    assert str(refusal.value)


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text):
    for reader in (load_rules, from_json):
        with pytest.raises(RuleSetError):
            reader(text)


def test_the_vocabulary_printed_in_the_guide_is_the_one_in_force():
    guide = (Path(__file__).parents[2] / "programmes" / "README.md").read_text(encoding="utf-8")
    assert guide.endswith(facts_table("en") + "\n")
    assert len({spec.name for spec in FACTS}) == len(FACTS)
