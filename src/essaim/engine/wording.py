"""Numbers in sentences, in French and in English."""


def nombre(count: int, one: str, many: str) -> str:
    """French: 0 and 1 are singular. nombre(1, "expert possible", "experts possibles") -> "1 expert possible"."""
    return f"{count} {one if abs(count) < 2 else many}"


def number(count: int, one: str, many: str) -> str:
    """English: only 1 is singular."""
    return f"{count} {one if abs(count) == 1 else many}"
