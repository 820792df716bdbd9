"""De minimis aid over three rolling years, to the day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from essaim.engine.de_minimis import CEILING_CENTS, Aid, received_cents, room_cents, window_start
from essaim.engine.rules import evaluate, load_rules

DAY = date(2026, 11, 23)


def aid(day, cents, regime="general"):
    return Aid(regime, day, cents)


def test_an_aid_counts_three_years_less_a_day():
    assert window_start(DAY) == date(2023, 11, 23)
    assert window_start(date(2024, 2, 29)) == date(2021, 2, 28)
    assert received_cents([aid(date(2023, 11, 23), 100)], DAY) == 0
    assert received_cents([aid(date(2023, 11, 24), 100)], DAY) == 100


def test_agriculture_and_fisheries_count_general_interest_does_not():
    aids = [aid(DAY, 1, "agriculture"), aid(DAY, 2, "fisheries"), aid(DAY, 4, "sgei"), aid(DAY, 8)]
    assert received_cents(aids, DAY) == 11
    assert room_cents(aids, DAY) == CEILING_CENTS - 11


@given(st.lists(st.tuples(st.integers(-1500, 300), st.integers(1, 10**8)), max_size=8), st.integers(0, 1500))
def test_the_room_never_shrinks_as_days_pass_without_aid(rows, later):
    aids = [aid(DAY + timedelta(days=days), cents) for days, cents in rows]
    after = DAY + timedelta(days=later)
    assert 0 <= room_cents(aids, DAY) <= room_cents(aids, after) <= CEILING_CENTS


RULES = load_rules("""
[[rule]]
id = "de-minimis"
title = { fr = "Plafond", en = "Ceiling" }
article = { fr = "Règlement (UE) 2023/2831, article 3", en = "Regulation (EU) 2023/2831, article 3" }
severity = "blocking"
met = { fr = "Le plafond est respecté.", en = "The ceiling is respected." }
not_met = { fr = "Le plafond est dépassé.", en = "The ceiling is exceeded." }
check = { op = "le", fact = "request", other = "de_minimis.room" }
""")


def test_a_rule_compares_the_request_with_the_room_left_and_says_what_to_lower():
    (found,) = evaluate(RULES, {"request": 8_000_000, "de_minimis.room": 5_000_000})
    assert found.status == "not_met"
    assert (
        found.margin.fr
        == "80\u202f000\u00a0€ pour un maximum de 50\u202f000\u00a0€\u00a0: baissez la demande de 30\u202f000\u00a0€."
    )
    assert evaluate(RULES, {"request": 8_000_000})[0].status == "unknown"
