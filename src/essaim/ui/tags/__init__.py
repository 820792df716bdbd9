"""The component tags, grouped by kind; `templatetags/ui.py` gathers them into the one library `ui`."""

from collections.abc import Collection


def one_of(value: str, allowed: Collection[str], what: str) -> str:
    """`value` if allowed; else a ValueError naming the choices, so that a misspelling fails at the first rendering."""
    if value not in allowed:
        raise ValueError(f"{what}={value!r}: choose among {sorted(allowed)}")
    return value
