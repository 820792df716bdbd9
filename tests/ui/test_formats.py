"""Amounts, shares, dates and durations as people write them."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from django.utils import translation

from essaim.ui import formats

NOW = datetime(2013, 9, 10, 8, 0, tzinfo=UTC)  # 10 h in Paris


@pytest.fixture(params=["fr"])
def _french(request):
    with translation.override(request.param):
        yield


@pytest.mark.usefixtures("_french")
class TestFrench:
    """French texts, exactly."""

    def test_money_groups_thousands(self):
        assert formats.money(16_000_000) == "160\u202f000\u00a0€"

    def test_percent_drops_useless_zeros(self):
        assert (formats.percent(Fraction(2, 3)), formats.percent(0.7)) == ("66,7\u00a0%", "70\u00a0%")

    def test_number_marks_thousands_and_decimals(self):
        assert (formats.number(12345), formats.number(-0.5, 1)) == ("12\u202f345", "\u22120,5")
        assert formats.number(Fraction(-40, 3), 1) == "\u221213,3"

    def test_day_of_the_first_is_ordinal(self):
        assert formats.day(date(2013, 9, 1)) == "1er\u00a0septembre 2013"

    def test_instant_names_its_zone(self):
        closing = datetime(2013, 9, 13, 21, 59, tzinfo=UTC)
        assert formats.instant(closing) == "vendredi 13\u00a0septembre 2013 à 23\u00a0h\u00a059 (heure de Paris)"
        there = formats.instant(closing, "Indian/Reunion")
        assert there == "samedi 14\u00a0septembre 2013 à 1\u00a0h\u00a059 (heure de La Réunion)"

    @pytest.mark.parametrize(
        ("delta", "said"),
        [
            (timedelta(seconds=20), "à l’instant"),
            (timedelta(minutes=1), "dans 1 minute"),
            (timedelta(hours=5), "dans 5 heures"),
            (timedelta(days=3), "dans 3 jours"),
            (timedelta(days=-3), "il y a 3 jours"),
            (timedelta(days=100), "dans 3 mois"),
            (timedelta(days=-800), "il y a 2 ans"),
        ],
    )
    def test_relative_counts_as_people_do(self, delta, said):
        assert formats.relative(NOW + delta, NOW) == said.replace("1 m", "1\u00a0m").replace("5 h", "5\u00a0h").replace(
            "3 j", "3\u00a0j"
        ).replace("3 m", "3\u00a0m").replace("2 a", "2\u00a0a")

    def test_relative_of_a_day_is_today(self):
        assert formats.relative(date(2013, 9, 10), NOW) == "aujourd’hui"


def test_english_instant_and_amount():
    with translation.override("en"):
        assert formats.money(16_000_050) == "€160,000.50"
        assert (
            formats.instant(datetime(2013, 9, 13, 21, 59, tzinfo=UTC))
            == "Friday 13\u00a0September 2013 at 23:59 (Paris time)"
        )
