"""The fault loop, as SQLite tests itself: make the n-th SQL statement of an operation fail, for n = 1, 2, 3... until it
succeeds, then the COMMIT; each time before it happens, and after it happened but before its answer came.
"""

from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection

KINDS = ("before", "after")


class Fault(OperationalError):
    """The failure put in."""


class Nth:
    """An execute wrapper that makes the n-th statement fail, `before` it reaches the database or `after`."""

    def __init__(self, n: int, kind: str) -> None:
        self.n, self.kind, self.count = n, kind, 0

    @property
    def fired(self) -> bool:
        """Whether there was an n-th statement."""
        return self.count >= self.n

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        if self.count == self.n and self.kind == "before":
            raise Fault(f"before statement {self.n}: {sql[:60]}")
        result = execute(sql, params, many, context)
        if self.count == self.n:
            raise Fault(f"after statement {self.n}: {sql[:60]}")
        return result


@contextmanager
def failing_commit(kind: str):
    """The COMMIT fails; with `after`, once it has become durable."""
    commit = connection._commit

    def fail() -> None:
        if kind == "after":
            commit()
        raise Fault(f"{kind} COMMIT")

    connection._commit = fail
    try:
        yield
    finally:
        connection._commit = commit


def run(operation: Callable[[Any], Any], *, prepare: Callable[[], Any], check: Callable[[Any, bool], None]) -> int:
    """Exercise every point of `operation(subject)`; returns how many there were.

    `prepare()` gives a new subject for each point. `check(subject, acknowledged)` asserts what must hold: all or
    nothing done, and a second try that gives exactly one. After a fault the connection is closed, as when it breaks.
    """
    points = 0
    for kind in KINDS:
        for n in range(1, 500):
            subject, fault, acknowledged = prepare(), Nth(n, kind), False
            try:
                with connection.execute_wrapper(fault):
                    operation(subject)
                    acknowledged = True
            except OperationalError:
                connection.close()
            check(subject, acknowledged)
            if not fault.fired:
                break
            points += 1
        subject = prepare()
        try:
            with failing_commit(kind):
                operation(subject)
        except OperationalError:
            connection.close()
        else:
            raise AssertionError("the COMMIT failed and success was told")
        check(subject, False)
        points += 1
    return points
