"""Jobs: asked for with the transaction, once per key, retried with a growing delay, given back when a worker dies."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from essaim.kernel import clock, tasks
from essaim.kernel.models import Job, Worker
from essaim.kernel.worker import reap, run_worker
from tests.kernel.sample import work

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture(autouse=True)
def seen():
    work.SEEN.clear()
    return work.SEEN


def hasten():
    """Make everything that waits due now."""
    DBTaskResult.objects.filter(status="READY").update(run_after=clock.now())


def test_job_runs_at_once_where_tasks_are_immediate(seen):
    job = work.note.enqueue(word="ici")
    assert (seen, job.state, job.attempts) == (["ici"], "done", 1)


def test_job_for_later_waits_for_its_hour_where_tasks_are_immediate(seen):
    hour = clock.now() + timedelta(hours=2)
    job = work.note.enqueue(at=hour, word="plus tard")
    assert (job.state, tasks.run_due(clock.now()), seen) == ("queued", 0, [])
    assert (tasks.run_due(hour), seen) == (1, ["plus tard"])


def test_job_waits_for_a_worker(real_queue, seen):
    job = work.note.enqueue(word="là-bas")
    assert (job.state, seen) == ("queued", [])
    run_worker(once=True)
    job.refresh_from_db()
    assert (job.state, seen) == ("done", ["là-bas"])


def test_job_is_not_asked_for_when_the_transaction_is_rolled_back(real_queue, seen):
    with transaction.atomic():
        work.note.enqueue(key="une fois", word="jamais")
        transaction.set_rollback(True)
    assert (Job.objects.count(), DBTaskResult.objects.count()) == (0, 0)


def test_same_key_is_the_same_job(real_queue, seen):
    first = work.note.enqueue(key="lettre 7", word="a")
    second = work.note.enqueue(key="lettre 7", word="b")
    other = work.note.enqueue(key="lettre 8", word="c")
    assert first.pk == second.pk
    assert other.pk != first.pk
    run_worker(once=True)
    assert work.note.enqueue(key="lettre 7", word="d").pk == first.pk
    run_worker(once=True)
    assert sorted(seen) == ["a", "c"]


def test_failure_is_tried_again_with_a_growing_delay(real_queue, seen):
    job = work.stumble.enqueue(times=2)
    delays = []
    for _attempt in range(3):
        hasten()
        before = clock.now()
        run_worker(once=True)
        job.refresh_from_db()
        if job.state == "queued":
            delays.append(round((job.run_after - before).total_seconds()))
            assert job.error == "ValueError: pas encore"
    assert (delays, job.state, job.attempts, job.error) == ([10, 20], "done", 3, "")


def test_failure_is_final_after_the_last_attempt(real_queue, seen):
    job = work.stumble.enqueue(times=99)
    for _attempt in range(5):
        hasten()
        run_worker(once=True)
    job.refresh_from_db()
    assert (job.state, job.attempts, seen) == ("failed", 3, ["stumble"] * 3)
    assert job.error == "ValueError: pas encore"


def test_giving_up_is_not_tried_again(real_queue):
    job = work.renounce.enqueue()
    run_worker(once=True)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error) == ("failed", 1, "GiveUp: inutile d’insister")


def test_failure_of_an_immediate_job_leaves_the_transaction_usable(seen):
    with transaction.atomic():
        job = work.renounce.enqueue()
        assert (job.state, Job.objects.count()) == ("failed", 1)


def test_delay_is_bounded():
    assert work.note.delay(1) == timedelta(seconds=10)
    assert work.note.delay(4) == timedelta(seconds=80)
    assert work.note.delay(60) == tasks.LONGEST_DELAY


def dead_worker(job, *, attempts=1):
    """Leave a task as a worker killed in the middle of it does."""
    Worker.objects.create(
        pk="mort", host="ici", pid=1, started_at=clock.now(), seen_at=clock.now(), lease_until=clock.now()
    )
    DBTaskResult.objects.filter(pk=job.queue_task).update(status="RUNNING", worker_ids=["mort"])
    Job.objects.filter(pk=job.pk).update(state="running", worker="mort", attempts=attempts)


def test_task_of_a_dead_worker_is_given_back(real_queue, seen):
    job = work.note.enqueue(word="repris")
    dead_worker(job)
    assert reap(clock.now() + timedelta(seconds=1)) == 1
    assert reap(clock.now() + timedelta(seconds=1)) == 0
    run_worker(once=True)
    job.refresh_from_db()
    assert (seen, job.state, job.attempts) == (["repris"], "done", 2)


def test_task_of_a_dead_worker_fails_after_the_last_attempt(real_queue, seen):
    job = work.note.enqueue(word="jamais")
    dead_worker(job, attempts=3)
    reap(clock.now() + timedelta(seconds=1))
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "WorkerDied: stopped in the middle of the task.")


def test_task_of_a_living_worker_is_left_to_it(real_queue):
    job = work.note.enqueue(word="en cours")
    dead_worker(job)
    Worker.objects.update(lease_until=clock.now() + timedelta(minutes=1))
    assert reap(clock.now()) == 0


def test_task_taken_but_not_begun_is_put_in_the_queue_again(real_queue, seen):
    job = work.note.enqueue(word="repris")
    DBTaskResult.objects.filter(pk=job.queue_task).update(status="RUNNING", worker_ids=["inconnu"])
    assert reap(clock.now()) == 1
    run_worker(once=True)
    job.refresh_from_db()
    assert (seen, job.state, job.attempts) == (["repris"], "done", 1)


def test_progress_is_kept_in_words(seen):
    job = work.count_to.enqueue(total=3)
    assert (job.progress_done, job.progress_total, job.progress_sentence) == (3, 3, "3 sur 3")


def test_running_job_stops_when_cancelled(seen):
    job = work.count_to.enqueue(total=9, cancel_at=2)
    assert (seen, job.state, job.finished) == ([1, 2], "cancelled", True)


def test_waiting_job_is_cancelled_at_once(real_queue, seen):
    job = work.note.enqueue(word="annulé")
    assert tasks.cancel(job.pk)
    assert tasks.is_cancelled(job.pk)
    run_worker(once=True)
    job.refresh_from_db()
    assert (seen, job.state) == ([], "cancelled")
    assert not tasks.cancel(job.pk)


def test_followed_job_stops_in_the_middle_and_is_not_tried_again(real_queue, seen, monkeypatch):
    monkeypatch.setattr(tasks, "LOOK_EVERY", 0)
    job = work.follow.enqueue(total=9, cancel_at=2)
    run_worker(once=True)
    job.refresh_from_db()
    assert (seen, job.state, job.attempts, job.finished) == ([1, 2], "cancelled", 1, True)
    assert (job.progress_done, job.progress_total, job.progress_sentence) == (2, 9, "Comptage\u00a0: 2 sur 9")


def test_followed_job_that_ended_before_it_was_stopped_is_done(real_queue, seen, monkeypatch):
    job = work.follow.enqueue(total=3, cancel_at=3)
    run_worker(once=True)
    job.refresh_from_db()
    assert (seen, job.state, job.cancel_requested) == ([1, 2, 3], "done", True)


def test_latest_job_is_found_by_its_arguments(real_queue, seen):
    work.note.enqueue(word="un")
    second = work.note.enqueue(word="deux")
    work.note.enqueue(word="trois")
    assert tasks.latest(work.note, word="deux") == second
    assert tasks.latest(work.note, word="quatre") is None


def test_tick_asks_once_in_each_period(real_queue, monkeypatch):
    monkeypatch.setattr(tasks, "PERIODIC", {tasks.forget_finished.name: tasks.forget_finished})
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert [tasks.tick(noon), tasks.tick(noon + timedelta(hours=3)), tasks.tick(noon + timedelta(days=1))] == [1, 0, 1]
    run_worker(once=True)
    assert {job.state for job in Job.objects.filter(name=tasks.forget_finished.name)} == {"done"}


def test_finished_jobs_are_forgotten_after_90_days_and_failed_ones_kept():
    old = clock.now() - timedelta(days=91)
    for state in ("done", "cancelled", "failed"):
        Job.objects.create(name=work.note.name, state=state, finished_at=old)
    Job.objects.create(name=work.note.name, state="done", finished_at=clock.now())
    tasks.forget_finished(at=clock.now())
    assert sorted(Job.objects.values_list("state", flat=True)) == ["done", "failed"]


def test_worker_that_stops_gives_its_lease_back(real_queue):
    run_worker(once=True)
    assert Worker.objects.count() == 0
