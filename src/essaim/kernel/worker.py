"""The process that does the work: takes tasks from the queue, keeps its lease, gives back what dead workers left."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from types import FrameType
from typing import Any

from django.conf import settings
from django.db import OperationalError, close_old_connections, connection, transaction
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from essaim.kernel import clock, tasks
from essaim.kernel.models import Job, Worker

logger = logging.getLogger("essaim.worker")
TICK_EVERY = 20.0


def reap(at: datetime) -> int:
    """Give back the tasks of workers whose lease has ended: tried again, or failed after the last attempt."""
    alive = set(Worker.objects.filter(lease_until__gte=at).values_list("pk", flat=True))
    given_back = 0
    for task in DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING):
        if task.worker_ids and task.worker_ids[-1] in alive:
            continue
        with transaction.atomic():
            dead = DBTaskResult.objects.filter(pk=task.pk, status=TaskResultStatus.RUNNING)
            if not dead.update(status=TaskResultStatus.FAILED, finished_at=at, traceback="The worker died."):
                continue
            given_back += 1
            job = Job.objects.filter(queue_task=str(task.pk)).first()
            if job is not None and job.state == Job.State.RUNNING:
                tasks.fail(job, reason="WorkerDied: stopped in the middle of the task.", delay=timedelta())
            elif job is not None and job.state == Job.State.QUEUED:
                tasks.requeue(job)
    Worker.objects.filter(lease_until__lt=at - timedelta(days=1)).delete()
    return given_back


class Loop:
    """One worker: its lease, its loop, and how it stops."""

    def __init__(self, *, interval: float, lease: timedelta, queues: Iterable[str] | None, echo: Callable[[str], Any]):
        self.id = uuid.uuid4().hex
        self.interval = interval
        self.lease = lease
        self.queues = list(queues) if queues is not None else None
        self.echo = echo
        self.stopping = threading.Event()
        self.ended = threading.Event()
        self.done = 0
        self._next_tick = 0.0

    def beat(self) -> None:
        """Renew the lease."""
        at = clock.now()
        Worker.objects.update_or_create(
            pk=self.id,
            defaults={"seen_at": at, "lease_until": at + self.lease},
            create_defaults={
                "host": socket.gethostname()[:200],
                "pid": os.getpid(),
                "started_at": at,
                "seen_at": at,
                "lease_until": at + self.lease,
            },
        )

    def keep_beating(self) -> None:
        """The heart: a thread of its own, so that a long task does not lose the lease."""
        while not self.ended.wait(self.lease.total_seconds() / 4):
            try:
                self.beat()
            except OperationalError:
                logger.warning("heartbeat delayed: the database is busy")
        connection.close()

    def stop(self, number: int, frame: FrameType | None) -> None:
        """First signal: finish the task under way, then stop. Second signal: stop now, another worker will redo it."""
        if self.stopping.is_set():
            raise SystemExit(1)
        self.echo("Arrêt demandé : la tâche en cours se termine (encore une fois Ctrl-C pour arrêter tout de suite).")
        self.stopping.set()

    def take(self) -> Any | None:
        """Take the next task that is due, so that no other worker can."""
        waiting = DBTaskResult.objects.ready().filter(backend_name="default")
        if self.queues is not None:
            waiting = waiting.filter(queue_name__in=self.queues)
        if not waiting.exists():
            return None  # looked at first without a write lock: an idle worker disturbs nobody
        with transaction.atomic():
            task = waiting.get_locked()
            if task is not None:
                task.claim(self.id)
            return task

    def do(self, task: Any) -> None:
        """Run one task and write how it ended, unless it was given to another meanwhile."""
        outcome: dict[str, Any] = {"status": TaskResultStatus.SUCCESSFUL}
        try:
            task.task.call(*task.args_kwargs["args"], **task.args_kwargs["kwargs"])
        except Exception as error:
            outcome = {
                "status": TaskResultStatus.FAILED,
                "exception_class_path": f"{type(error).__module__}.{type(error).__qualname__}",
                "traceback": f"{type(error).__name__}: {error}",
            }
        mine = DBTaskResult.objects.filter(pk=task.pk, status=TaskResultStatus.RUNNING)
        mine.update(finished_at=clock.now(), **outcome)
        self.done += 1

    def round(self) -> bool:
        """Housekeeping when its time has come, then one task; False when none was due."""
        if not connection.in_atomic_block:  # a test's transaction must not lose its connection
            close_old_connections()
        if time.monotonic() >= self._next_tick:
            self.beat()
            at = clock.now()
            reap(at)
            tasks.tick(at)
            self._next_tick = time.monotonic() + min(TICK_EVERY, self.lease.total_seconds() / 2)
        task = self.take()
        if task is None:
            return False
        self.do(task)
        return True

    def run(self, once: bool) -> int:
        """Work until told to stop, or (`once`) until nothing is due."""
        token = tasks.current_worker.set(self.id)
        heart = threading.Thread(target=self.keep_beating, name="heartbeat", daemon=True)
        if not connection.in_atomic_block:  # nor be waited for by another one
            heart.start()
        try:
            while not self.stopping.is_set():
                worked = self.round()
                if not worked and once:
                    break
                if not worked:
                    self.stopping.wait(self.interval)
        finally:
            self.ended.set()
            if heart.is_alive():
                heart.join(timeout=5)
            Worker.objects.filter(pk=self.id).delete()
            tasks.current_worker.reset(token)
        return self.done


def run_worker(
    once: bool = False,
    *,
    interval: float = 0.5,
    lease: timedelta | None = None,
    queues: Iterable[str] | None = None,
    echo: Callable[[str], Any] = logger.info,
) -> int:
    """Do the work of the queue: for ever, or with `once` all that is due. Returns how many tasks were done.

    SIGTERM and Ctrl-C let the task under way finish. `lease` (ESSAIM_WORKER_LEASE, 60 s) is how long after a worker's
    last sign of life its tasks are given to others. Also asks for periodic work, like `essaim tick`.
    """
    loop = Loop(interval=interval, lease=lease or timedelta(seconds=settings.WORKER_LEASE), queues=queues, echo=echo)
    if threading.current_thread() is not threading.main_thread():
        return loop.run(once)
    before = {number: signal.signal(number, loop.stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        return loop.run(once)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
