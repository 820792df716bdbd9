"""Real processes, killed in the middle of their work, on a real database."""

import signal
import subprocess
import sys
import time

import pytest
from django.core.mail.backends.locmem import EmailBackend  # noqa: F401 - loaded before the no-network fixture

from essaim.kernel import clock, mail
from essaim.kernel.models import Job, Message, Worker
from tests.kernel.sample import work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both]


@pytest.fixture
def start(process_env, tmp_path):
    """Start a worker process: plain, or stalling before or after its mail is accepted."""
    processes = []

    def begin(mode, *more):
        command = [sys.executable, "-m", "tests.kernel.sample.worker_process", mode, str(tmp_path / "marker"), *more]
        process = subprocess.Popen(
            command, env=process_env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        processes.append(process)
        return process

    yield begin
    for process in processes:
        process.kill()
        process.communicate()


def wait_for(condition, process, seconds=20.0):
    end = time.monotonic() + seconds
    while not condition():
        if process.poll() is not None:
            pytest.fail(f"the worker stopped by itself: {process.communicate()[0]}")
        if time.monotonic() > end:
            pytest.fail("nothing came in time")
        time.sleep(0.05)


def accepted(tmp_path):
    log = tmp_path / "marker.accepted"
    return log.read_text().split() if log.exists() else []


def ask(at):
    return mail.send(to="ada@example.org", template="paper", context={"title": "Atelier"}, at=at, key="reçu 1")


def test_mail_is_sent_once_when_the_worker_is_killed_before_the_server_accepts(real_queue, start, tmp_path, at):
    message = ask(at)
    first = start("before")
    wait_for((tmp_path / "marker").exists, first)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert (Message.objects.get().state, Job.objects.get(name=mail.deliver.name).state) == ("sending", "running")

    second = start("plain")
    wait_for(lambda: Message.objects.get().state == "sent", second)
    wait_for(lambda: Job.objects.get(name=mail.deliver.name).state == "done", second)
    second.terminate()
    assert second.wait(10) == 0
    assert accepted(tmp_path) == [message.message_id]
    assert [path.name for path in (tmp_path / "mail").iterdir()] == [f"{message.message_id[1:-1]}.eml"]


def test_mail_killed_after_acceptance_repeats_the_same_message_id(real_queue, start, tmp_path, at):
    message = ask(at)
    first = start("after")
    wait_for((tmp_path / "marker").exists, first)
    first.kill()
    first.wait()
    second = start("plain")
    wait_for(lambda: Message.objects.get().state == "sent", second)
    # What is promised there: recognisable as the same message, and one single file.
    assert accepted(tmp_path) == [message.message_id] * 2
    assert len(list((tmp_path / "mail").iterdir())) == 1


def test_two_workers_never_send_the_same_message(real_queue, start, tmp_path, at):
    messages = [mail.send(to="ada@example.org", template="paper", context={"title": str(n)}, at=at) for n in range(20)]
    both = [start("plain", "once"), start("plain", "once")]
    for process in both:
        assert process.wait(60) == 0
    assert sorted(accepted(tmp_path)) == sorted(message.message_id for message in messages)
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


def test_first_signal_lets_the_task_end_and_the_second_stops_now(real_queue, start, tmp_path):
    job = work.hang.enqueue(marker=str(tmp_path / "begun"))
    process = start("plain")
    wait_for((tmp_path / "begun").exists, process)
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 1
    assert Worker.objects.count() == 0
    job.refresh_from_db()
    assert job.state == "running"

    from essaim.kernel.worker import reap

    assert reap(clock.now()) == 1
    job.refresh_from_db()
    assert job.state == "queued"
