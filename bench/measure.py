"""One figure: who solved what, in how long, how well, and whether the bar is met."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Figure:
    """seconds: None when not run; result: quality in words, or why it was not run; bar: what is asked of Essaim;
    met: whether it is; why: when it is not."""

    problem: str
    size: str
    who: str
    seconds: float | None
    result: str
    bar: str = ""
    met: bool | None = None
    why: str = ""


def timed(work: Callable[[], Answer], *, times: int = 1) -> tuple[float, Answer]:
    """The shortest of some runs, in seconds, and the last answer."""
    shortest = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        answer = work()
        shortest = min(shortest, time.perf_counter() - start)
    return shortest, answer


def peer(name: str) -> Any | None:
    """A module to compare with, or None when it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def absent(problem: str, size: str, who: str) -> Figure:
    """The line of a peer that is not installed."""
    return Figure(problem, size, who, None, "absent")
