"""Work in the background, with promises: done at least once, retried, once per key, given back if a worker dies.

`@job` gives a function an `.enqueue(...)`. The row is written in the caller's transaction: no commit, no work. The
queue is Django Tasks' (django-tasks-db); a `Job` keeps the rest: attempts, key, progress, cancellation.
A job may run more than once (its worker died before it could say it was done): what it does outside the database must
bear repetition, as `mail` does.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import F, Q
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django_tasks import default_task_backend
from django_tasks import task as queue_task

from essaim.engine.progress import Cancelled, Progress, Step
from essaim.kernel import clock
from essaim.kernel.models import Job

logger = logging.getLogger("essaim.tasks")

LONGEST_DELAY = timedelta(hours=6)
KEPT_FOR = timedelta(days=90)
LOOK_EVERY = 0.3  # seconds between two looks at whether a long computation was stopped
_current: ContextVar[str] = ContextVar("current_job", default="")
# Whether the job being done stops by itself: once it has returned, it is done, even if asked to stop too late.
_heeds: ContextVar[bool] = ContextVar("heeds_cancellation", default=False)
# Which worker runs here; empty where tasks are immediate.
current_worker: ContextVar[str] = ContextVar("current_worker", default="")


class GiveUp(Exception):
    """Raised by a job whose failure no further attempt can cure; its text is the reason kept."""


@dataclass(frozen=True, slots=True)
class Work:
    """A function that can be done in the background, and how hard to try."""

    function: Callable[..., Any]
    name: str
    attempts: int
    queue: str
    backoff: timedelta
    every: timedelta | None = None

    def __call__(self, **arguments: Any) -> Any:
        """Do it here and now."""
        return self.function(**arguments)

    def delay(self, attempt: int) -> timedelta:
        """How long to wait after the failure of attempt number `attempt` (1 is the first): doubled each time."""
        return min(self.backoff * (1 << min(attempt - 1, 20)), LONGEST_DELAY)

    def enqueue(self, *, key: str | None = None, at: datetime | None = None, **arguments: Any) -> Job:
        """Ask for it once this transaction is committed, not before `at`; the same `key` is asked for once, ever.

        `arguments` are JSON values. Returns the job, the earlier one when the key is known.
        """
        if key is None:
            job = Job(name=self.name, arguments=arguments, run_after=at)
            if not immediate():
                # The queue's row first: the job is then written once, knowing it.
                with transaction.atomic(savepoint=False):
                    task = queue_run.using(queue_name=self.queue, run_after=at).enqueue(job_id=str(job.pk))
                    job.queue_task = str(task.id)
                    job.save(force_insert=True)
                return job
            job.save(force_insert=True)
        else:
            job, created = Job.objects.get_or_create(
                name=self.name, key=key, defaults={"arguments": arguments, "run_after": at}
            )
            if not created:
                return job
        _put_in_queue(job, self)
        job.refresh_from_db()
        return job


PERIODIC: dict[str, Work] = {}


def job(
    *, attempts: int = 5, queue: str = "default", backoff: timedelta = timedelta(seconds=30)
) -> Callable[[Callable[..., Any]], Work]:
    """Make a module's function a job: `attempts` in all, waiting `backoff`, then twice that, then four times..."""

    def decorate(function: Callable[..., Any]) -> Work:
        return Work(function, f"{function.__module__}.{function.__qualname__}", attempts, queue, backoff)

    return decorate


def periodic(*, every: timedelta, attempts: int = 3) -> Callable[[Callable[..., Any]], Work]:
    """Make `f(*, at)` a job that `tick` asks for once in each period; a period missed is not made up for."""

    def decorate(function: Callable[..., Any]) -> Work:
        name = f"{function.__module__}.{function.__qualname__}"
        PERIODIC[name] = Work(function, name, attempts, "default", timedelta(seconds=30), every)
        return PERIODIC[name]

    return decorate


def tick(at: datetime) -> int:
    """Ask for the periodic work of the period `at` falls in; safe to repeat. Returns how many jobs were asked for."""
    asked = 0
    for work in PERIODIC.values():
        assert work.every is not None
        slot = int(at.timestamp() // work.every.total_seconds())
        if not Job.objects.filter(name=work.name, key=str(slot)).exists():
            work.enqueue(key=str(slot), at_instant=at.astimezone(UTC).isoformat())
            asked += 1
    return asked


def immediate() -> bool:
    """Whether jobs run where they are asked for (tests), instead of in a worker."""
    return not default_task_backend.supports_defer


def _put_in_queue(job: Job, work: Work) -> None:
    """Write the queue's row in the current transaction; where tasks are immediate, run it unless it is for later."""
    if immediate():
        if job.run_after is None or job.run_after <= clock.now():
            queue_run.enqueue(job_id=str(job.pk))
        return
    task = queue_run.using(queue_name=work.queue, run_after=job.run_after)
    with transaction.atomic():
        result = task.enqueue(job_id=str(job.pk))
        Job.objects.filter(pk=job.pk).update(queue_task=str(result.id))


DONE_UNLESS_CANCELLED = models.Case(
    models.When(cancel_requested=True, then=models.Value(Job.State.CANCELLED.value)),
    default=models.Value(Job.State.DONE.value),
)


@queue_task()
def queue_run(job_id: str) -> None:
    """The only function the queue knows: make one attempt at a job."""
    run(job_id)


def run(job_id: str) -> None:
    """Make one attempt: take the job if it still waits, do it, and write how it ended; raises what the work raised."""
    worker, at = current_worker.get(), clock.now()
    taken = Job.objects.filter(pk=job_id, state=Job.State.QUEUED).update(
        state=Job.State.RUNNING, attempts=F("attempts") + 1, worker=worker, started_at=at
    )
    if not taken:
        return
    job = Job.objects.get(pk=job_id)
    work = import_string(job.name)
    token, heeds = _current.set(str(job.pk)), _heeds.set(False)
    try:
        work.function(**_arguments(work, job))
        end: Any = Job.State.DONE if _heeds.get() else DONE_UNLESS_CANCELLED
    except Cancelled:
        end = Job.State.CANCELLED
    except Exception as error:
        logger.exception("job failed: %s %s", job.name, job.pk)
        fail(job, reason=f"{type(error).__name__}: {error}", final=isinstance(error, GiveUp))
        raise
    finally:
        _current.reset(token)
        _heeds.reset(heeds)
    ended = Q(state=Job.State.RUNNING, worker=worker, attempts=job.attempts)
    Job.objects.filter(ended, pk=job.pk).update(state=end, finished_at=clock.now(), error="")


def _arguments(work: Work, job: Job) -> dict[str, Any]:
    if work.every is None:
        return dict(job.arguments)
    return {"at": datetime.fromisoformat(job.arguments["at_instant"])}


def fail(job: Job, *, reason: str, final: bool = False, delay: timedelta | None = None) -> None:
    """Write a failed attempt: the job waits for the next one, or is failed for good. Nothing if it moved meanwhile."""
    work = import_string(job.name)
    at = clock.now()
    mine = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts, worker=job.worker)
    with transaction.atomic():
        if mine.filter(cancel_requested=True).update(state=Job.State.CANCELLED, error=reason, finished_at=at):
            return
        if final or job.attempts >= work.attempts:
            mine.update(state=Job.State.FAILED, error=reason, finished_at=at)
            return
        later = at + (work.delay(job.attempts) if delay is None else delay)
        if mine.update(state=Job.State.QUEUED, error=reason, run_after=later, worker=""):
            job.refresh_from_db()
            _put_in_queue(job, work)


def requeue(job: Job) -> None:
    """Put in the queue again a job that waits but whose row in the queue was lost."""
    _put_in_queue(job, import_string(job.name))


def run_due(at: datetime) -> int:
    """Where tasks are immediate: run the jobs that waited for their hour (retries too). Returns how many were run."""
    due = Job.objects.filter(Q(run_after__isnull=True) | Q(run_after__lte=at), state=Job.State.QUEUED)
    waiting = [str(pk) for pk in due.order_by("run_after", "created_at").values_list("pk", flat=True)]
    for job_id in waiting:
        queue_run.enqueue(job_id=job_id)
    return len(waiting)


def current_job() -> str:
    """The id of the job being done here, empty outside of one."""
    return _current.get()


def progress(job_id: str | UUID, done: int, total: int, sentence: str = "") -> None:
    """Say how far a long job is; `sentence` is read by people ("35 dossiers sur 154")."""
    Job.objects.filter(pk=job_id).update(progress_done=done, progress_total=total, progress_sentence=sentence[:300])


def cancel(job_id: str | UUID) -> bool:
    """Ask for a job not to be done: at once if it waits, at its next look at `is_cancelled` if it runs."""
    waiting = Job.objects.filter(pk=job_id, state=Job.State.QUEUED)
    if waiting.update(state=Job.State.CANCELLED, cancel_requested=True, finished_at=clock.now()):
        return True
    return bool(Job.objects.filter(pk=job_id, state=Job.State.RUNNING).update(cancel_requested=True))


def is_cancelled(job_id: str | UUID) -> bool:
    """Whether someone asked for this job to stop."""
    return Job.objects.filter(pk=job_id, cancel_requested=True).exists()


KEEPING = Step("Enregistrement du résultat", "Keeping the result")


def followed() -> Progress:
    """What a job gives the engine as `progress`: keeps how far it is, in the language in force, and stops when asked.

    Raises Cancelled out of the computation, at most `LOOK_EVERY` seconds after someone asked; the job then ends
    cancelled, and is not tried again.
    """
    job_id, last, english = current_job(), 0.0, (get_language() or "fr").startswith("en")
    kept: Step | None = None
    _heeds.set(True)

    def report(done: int, total: int, step: Step) -> None:
        nonlocal last, kept
        now = time.monotonic()
        if step == kept and done < total and now - last < LOOK_EVERY:
            return
        last, kept = now, step
        if is_cancelled(job_id):
            raise Cancelled
        counted = "" if total < 2 else f": {done} of {total}" if english else f"\u00a0: {done} sur {total}"
        progress(job_id, done, total, (step.en if english else step.fr) + counted)

    return report


def last_look(report: Progress | None) -> None:
    """The last occasion to stop, inside the transaction that writes the answer: if asked, nothing is written."""
    if report is not None:
        report(1, 1, KEEPING)


def _asked(work: Work, about: dict[str, Any]) -> models.QuerySet[Job]:
    return Job.objects.filter(name=work.name, **{f"arguments__{name}": value for name, value in about.items()})


def latest(work: Work, **about: Any) -> Job | None:
    """The last job asked for with these arguments (among others), whatever its state."""
    return _asked(work, about).order_by("-created_at").first()


def ask(work: Work, *, about: dict[str, Any], **more: Any) -> Job:
    """Ask for a job on a subject, one at a time: while one waits or runs, a second click finds that one."""
    ended = _asked(work, about).filter(finished_at__isnull=False).count()
    subject = ":".join(f"{name}={value}" for name, value in about.items())
    return work.enqueue(key=f"{subject}:{ended}", **about, **more)


def stop(found: Job | None) -> None:
    """Ask for a job to stop, when there is one and it is not finished."""
    if found is not None and not found.finished:
        cancel(found.pk)


def shown(found: Job | None, *, polled: bool, may_stop: bool, since: datetime | None = None) -> dict[str, Any]:
    """What `ui/_calculation.html` tells of a job: under way, stopped, failed and why, or just done when `polled`.

    A job that is done is told by its result, and one finished before `since` (a later result) no more.
    """
    old = found is not None and since is not None and found.created_at < since
    if found is None or found.state == Job.State.DONE or (old and found.finished):
        return {"job": None, "polled": polled, "job_sentence": "", "may_stop": may_stop}
    known = found.error.startswith("GiveUp: ")
    sentence = found.error.removeprefix("GiveUp: ") if known else ""
    return {"job": found, "polled": polled, "job_sentence": sentence, "may_stop": may_stop}


@periodic(every=timedelta(days=1))
def forget_finished(*, at: datetime) -> None:
    """Erase the jobs finished long ago; failed ones stay until someone has looked at them."""
    from django_tasks_db.models import DBTaskResult

    old = at - KEPT_FOR
    Job.objects.filter(state__in=[Job.State.DONE, Job.State.CANCELLED], finished_at__lt=old).delete()
    DBTaskResult.objects.filter(finished_at__lt=old).delete()
