"""A part of the real territory: quick to load, large enough to be mistaken about."""

from datetime import UTC, datetime

import pytest

from essaim.places import actions, reference
from essaim.places.models import Commune, Department, Region

AT = datetime(2013, 6, 10, 12, 0, tzinfo=UTC)
DEPARTMENTS = {"13", "29", "35", "42", "51", "56", "58", "69", "75", "973", "978"}


@pytest.fixture(scope="session")
def reference_communes():
    return [row for row in reference.communes() if row["department_id"] in DEPARTMENTS]


@pytest.fixture
def territory(db, reference_communes):
    """Eleven departments with all their communes, in the database."""
    actions.merge(Region, "code", reference.regions())
    actions.merge(Department, "code", reference.departments())
    actions.merge(Commune, "code", reference_communes)
