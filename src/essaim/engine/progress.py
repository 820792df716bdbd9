"""Long computations say how far they are, and can be stopped.

A front function (`select`, `explain`, `seat`, `assign`, `calibrate`...) takes `progress`, a plain callable, and opens
`following(progress)`; what it calls, however deep, says `tell(done, total, step)` between phases and `look()` inside
them, down to the nodes of the solver. The callable may raise `Cancelled`: nothing is answered then, and nothing was
changed, since the engine writes nowhere. Without a callable both cost a look at a variable. Never a result depends on
it: the same input gives the same answer, followed or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple


class Step(NamedTuple):
    """What is being computed, in a few words, in French and in English."""

    fr: str
    en: str


Progress = Callable[[int, int, Step], None]
"""Called with (done, total, step); total is 0 when nobody knows how much is left. May raise Cancelled."""


class Cancelled(Exception):
    """Raised by a `Progress` so that the computation stops; the front functions let it through."""


_following: ContextVar[tuple[Progress, list[tuple[int, int, Step]]] | None] = ContextVar("following", default=None)


@contextmanager
def following(progress: Progress | None) -> Iterator[None]:
    """Tell `progress` of what is computed inside; None: keep telling whoever follows already, if anyone does."""
    if progress is None:
        yield
        return
    token = _following.set((progress, []))
    try:
        yield
    finally:
        _following.reset(token)


def tell(done: int, total: int, step: Step) -> None:
    """Say that `done` parts of `total` of a step are made. Raises Cancelled when whoever follows wants it stopped."""
    held = _following.get()
    if held is not None:
        progress, last = held
        last[:] = [(done, total, step)]
        progress(done, total, step)


def look() -> None:
    """Say again what was last said, from inside a phase: the occasion to be stopped."""
    held = _following.get()
    if held is not None and held[1]:
        held[0](*held[1][0])


def followed() -> bool:
    """Whether anyone follows."""
    return _following.get() is not None
