"""Processes kept alive: one that ends unasked is started again; one that cannot live is said, and all stop."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass

import typer

BRIEF = 3.0  # a life shorter than this, in seconds, is a failure to start
MOST_FAILURES = 3


@dataclass(slots=True)
class Kept:
    """A process, its command line and environment; `failures`: how many times in a row it hardly lived."""

    command: Sequence[str]
    environment: dict[str, str]
    failures: int = 0
    started: float = 0.0
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> Kept:
        """Start it, or start it again."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(self.command, env=self.environment)  # noqa: S603 - our own command
        return self

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    def revive(self) -> bool:
        """Start it again if it ended; False when it ends as soon as it starts."""
        if self.alive:
            return True
        self.failures = self.failures + 1 if time.monotonic() - self.started < BRIEF else 0
        if self.failures >= MOST_FAILURES:
            return False
        self.start()
        return True


def watch(processes: Sequence[Kept]) -> None:
    """Keep them alive, until one cannot be: raises typer.Exit(1)."""
    while all(kept.revive() for kept in processes):
        time.sleep(0.3)
    typer.echo("Un des processus s’arrête dès qu’il démarre : son message est ci-dessus. Tout s’arrête.", err=True)
    raise typer.Exit(1)


def stop(processes: Sequence[Kept]) -> None:
    """Ask each to end, then insist."""
    asked = [kept.process for kept in processes if kept.process is not None]
    for process in asked:
        if process.poll() is None:
            process.terminate()
    for process in asked:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
