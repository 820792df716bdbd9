"""What the engine raises when a request cannot be satisfied: a sentence that says what is wrong and what to do."""

from collections.abc import Sequence


class Refusal(ValueError):
    """A request that cannot be satisfied, told in French (`str()`) and in English, with the smallest conflict found.

    `conflict` holds the identifiers of what conflicts (wishes, applications...), for an interface to point at.
    """

    def __init__(self, fr: str, en: str, conflict: Sequence[str] = ()) -> None:
        super().__init__(fr)
        self.fr = fr
        self.en = en
        self.conflict = tuple(conflict)
