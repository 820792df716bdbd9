"""A part of the real territory: quick to load, large enough to be mistaken about."""

import pytest

DEPARTMENTS = {"13", "29", "35", "56", "69", "75", "973", "978"}
CITIES = {"42218": "Saint-Étienne", "51454": "Reims", "58194": "Nevers"}


@pytest.fixture(scope="session")
def reference_communes():
    """The rows of these communes in the committed table."""
    from essaim.places import reference

    return [row for row in reference.communes() if row["department_id"] in DEPARTMENTS or row["code"] in CITIES]


@pytest.fixture
def territory(db, reference_communes):
    """Eight departments with all their communes, and three cities, in the database."""
    from essaim.places import actions, reference
    from essaim.places.models import Commune, Department, Region

    actions.merge(Region, "code", reference.regions())
    actions.merge(Department, "code", reference.departments())
    actions.merge(Commune, "code", reference_communes)
