"""Amounts typed by people, and amounts shown to them."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.engine.money import MAX_CENTS, MoneyError, format_eur, format_percent, parse_cents


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("12 000,50 €", 1_200_050),
        ("12 000,50 EUR", 1_200_050),
        ("12000.5", 1_200_050),
        ("12.000,50", 1_200_050),
        ("12,000.50", 1_200_050),
        ("12\u00a0000,50\u00a0€", 1_200_050),
        ("12\u202f000,50\u202f€", 1_200_050),
        ("  12000,50 euros ", 1_200_050),
        ("€160,000", 16_000_000),
        ("€1,234,567.89", 123_456_789),
        ("1.234.567", 123_456_700),
        ("0", 0),
        ("007", 700),
        ("0,05", 5),
        ("10 000 000 000", MAX_CENTS),
    ],
)
def test_parse_cents_reads_what_people_type(text, cents):
    assert parse_cents(text) == cents


def test_parse_cents_reads_a_comma_as_thousands_in_english():
    assert parse_cents("160,000", lang="en") == 16_000_000


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (" \u00a0 ", "empty"),
        ("1e9", "not_a_number"),
        ("abc", "not_a_number"),
        ("€", "not_a_number"),
        ("12 €€", "not_a_number"),
        ("٣٤", "not_a_number"),
        ("12,", "not_a_number"),
        ("NaN", "not_a_number"),
        ("12 k€", "not_a_number"),
        ("=1+1", "not_a_number"),
        ("-5", "negative"),
        ("−5 €", "negative"),
        ("-€5", "negative"),
        ("12,3456", "too_many_decimals"),
        ("1 234,567", "too_many_decimals"),
        ("0,125", "too_many_decimals"),
        ("12,345", "ambiguous"),
        ("12.345", "ambiguous"),
        ("12 0000", "bad_grouping"),
        ("1.234 567", "not_a_number"),
        ("12,000,50", "bad_grouping"),
        ("10 000 000 000,01", "too_large"),
        ("9" * 5000, "too_large"),
    ],
)
def test_parse_cents_refuses_with_a_stable_code(text, code):
    with pytest.raises(MoneyError) as refusal:
        parse_cents(text)
    assert refusal.value.code == code
    assert len(refusal.value.params["text"]) <= 40


def test_a_refused_amount_says_what_to_do_in_both_languages():
    with pytest.raises(MoneyError) as refusal:
        parse_cents("12,345")
    assert str(refusal.value) == (
        "Le montant «\u00a012,345\u00a0» peut se lire de deux façons\u00a0: écrivez 12\u202f345 ou 12,34."
    )
    assert refusal.value.sentence("en") == "The amount “12,345” can be read in two ways: write 12\u202f345 or 12,34."
    assert refusal.value.params == {"text": "12,345", "thousands": "12\u202f345", "decimals": "12,34"}


def test_format_eur_is_typographic_and_hides_zero_cents():
    assert format_eur(16_000_000, "fr") == "160\u202f000\u00a0€"
    assert format_eur(16_000_000, "en") == "€160,000"
    assert format_eur(1_200_050, "fr") == "12\u202f000,50\u00a0€"
    assert format_eur(1_200_005, "en") == "€12,000.05"
    assert format_eur(-400_000, "fr") == "−4\u202f000\u00a0€"
    assert format_eur(0, "fr") == "0\u00a0€"


def test_format_percent_rounds_half_up_and_drops_useless_zeros():
    assert format_percent(Fraction(2, 3), "fr") == "66,7\u00a0%"
    assert format_percent(Fraction(2, 3), "en") == "66.7%"
    assert format_percent(Decimal("0.7"), "fr") == "70\u00a0%"
    assert format_percent(Fraction(1, 2000), "fr") == "0,1\u00a0%"
    assert format_percent(Fraction(-1, 8), "fr", digits=2) == "−12,5\u00a0%"
    assert format_percent(Fraction(12), "fr") == "1\u202f200\u00a0%"


@given(st.integers(0, MAX_CENTS), st.sampled_from(["fr", "en"]))
def test_an_amount_shown_reads_back_the_same(cents, lang):
    assert parse_cents(format_eur(cents, lang), lang) == cents


@given(st.text(max_size=60))
def test_parse_cents_answers_or_refuses_whatever_is_typed(text):
    try:
        cents = parse_cents(text)
    except MoneyError:
        return
    assert 0 <= cents <= MAX_CENTS
