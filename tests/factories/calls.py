"""A call as tests need it: read from the folder of Fablabs 2013, then drafted, published or closed by its dates."""

from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from essaim.calls import actions
from essaim.calls.lifecycle import CALL
from essaim.programmes.actions import load_programme

FOLDER = Path(settings.PROGRAMMES_DIR) / "fablabs-2013"
BEFORE = datetime(2013, 6, 20, 8, tzinfo=UTC)


def make_call(*, published=True, programme=None, at=BEFORE, **changes):
    """The 2013 call; `changes` replaces its fields (dates, slug, zone, territory)."""
    programme = programme or load_programme(FOLDER, by=None, at=at)
    call = actions.load_call(FOLDER, programme=programme, by=None, at=at, **changes)
    if published:
        CALL.perform(call, "publish", by=None, at=at)
    return call
