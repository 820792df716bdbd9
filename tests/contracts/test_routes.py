"""Every route is in the access table, no row is stale, and an address once given keeps leading somewhere."""

import tomllib
from pathlib import Path

import pytest
from django.urls import resolve
from django.urls.exceptions import Resolver404

from essaim.kernel.access import ROLE_LABELS
from tests.contracts.routes import routes, sample

HERE = Path(__file__).resolve().parent
TABLE = tomllib.loads((HERE / "access_table.toml").read_text())
KEPT = (HERE / "routes.txt").read_text().splitlines()
WORDS = {"public", "demo", "signed_in"}


def test_every_route_has_a_row():
    assert [name for name in routes() if name not in TABLE] == []


def test_no_row_is_stale():
    assert [name for name in TABLE if name not in routes()] == []


def test_rows_are_sorted_and_well_formed():
    assert list(TABLE) == sorted(TABLE)
    for name, row in TABLE.items():
        assert set(row) <= {"who", "method"}, name
        assert row.get("method", "GET") in {"GET", "POST"}, name
        who = row["who"]
        assert who in WORDS if isinstance(who, str) else who and set(who) <= set(ROLE_LABELS), name


def test_every_address_is_written_down():
    """A new route: run `python -m tests.contracts.routes`, which adds its address to routes.txt for ever."""
    assert sorted(set(routes().values()) - set(KEPT)) == []


@pytest.mark.parametrize("address", KEPT)
def test_address_once_given_leads_somewhere(address):
    try:
        resolve(sample(address))
    except Resolver404:
        pytest.fail(f"/{address} led to a page: redirect it to where that page is now")
