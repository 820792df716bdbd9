"""Jobs of the tests; `SEEN` records what they did in this process."""

import time
from datetime import timedelta
from pathlib import Path

from essaim.kernel.tasks import GiveUp, current_job, is_cancelled, job, progress

SEEN = []


@job(attempts=3, backoff=timedelta(seconds=10))
def note(*, word):
    """Record a word."""
    SEEN.append(word)


@job(attempts=3, backoff=timedelta(seconds=10))
def stumble(*, times):
    """Fail the first `times` times."""
    SEEN.append("stumble")
    if SEEN.count("stumble") <= times:
        raise ValueError("pas encore")


@job(attempts=3)
def renounce():
    """Fail for good."""
    raise GiveUp("inutile d’insister")


@job()
def count_to(*, total, cancel_at=0):
    """A long job that says how far it is."""
    from essaim.kernel.tasks import cancel

    for done in range(1, total + 1):
        if is_cancelled(current_job()):
            return
        SEEN.append(done)
        progress(current_job(), done, total, f"{done} sur {total}")
        if done == cancel_at:
            cancel(current_job())


@job(attempts=3)
def follow(*, total, cancel_at=0):
    """A computation that is followed: it stops by raising."""
    from essaim.engine.progress import Step
    from essaim.kernel.tasks import cancel, followed

    report = followed()
    for done in range(1, total + 1):
        report(done, total, Step("Comptage", "Counting"))
        SEEN.append(done)
        if done == cancel_at:
            cancel(current_job())


@job(attempts=2)
def hang(*, marker):
    """Say that it began, then never end."""
    Path(marker).write_text("begun")
    time.sleep(600)
