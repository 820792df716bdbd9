"""What tests of accounts share."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def cache_is_empty():
    """Rate limits live in the cache: each test starts without any."""
    cache.clear()


@pytest.fixture
def camille(db):
    """A person."""
    from essaim.accounts.models import Person

    return Person.objects.create_user("camille@example.org", name="Camille Durand")


@pytest.fixture
def dominique(db):
    """Another person."""
    from essaim.accounts.models import Person

    return Person.objects.create_user("dominique@example.org", name="Dominique Petit")
