"""Real data that is never committed; tests that use it skip without it."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def real(path: str) -> Path:
    """The path of a real file, or a skipped test."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"{path} is not here")
    return found
