"""Processes kept alive."""

import os
import signal
import sys
import threading
import time

import pytest
import typer

from essaim.cli import processes
from essaim.cli.processes import Kept, stop, watch

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def test_a_process_that_ends_is_started_again(monkeypatch):
    monkeypatch.setattr(processes, "BRIEF", 0.0)
    kept = Kept(SLEEP, dict(os.environ)).start()
    first = kept.process
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert not kept.alive
    assert kept.revive()
    assert kept.alive
    assert kept.process.pid != first.pid
    stop([kept])
    assert not kept.alive


def test_one_that_cannot_live_is_said_and_all_stop(capsys):
    hopeless = Kept([sys.executable, "-c", "raise SystemExit(3)"], dict(os.environ)).start()
    began = time.monotonic()
    with pytest.raises(typer.Exit):
        watch([hopeless])
    assert hopeless.failures == processes.MOST_FAILURES
    assert time.monotonic() - began < 10
    assert "Un des processus s’arrête dès qu’il démarre" in capsys.readouterr().err


def test_one_that_will_not_end_is_killed(monkeypatch):
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    kept = Kept([sys.executable, "-c", stubborn], dict(os.environ)).start()
    time.sleep(0.5)
    wait = kept.process.wait
    monkeypatch.setattr(kept.process, "wait", lambda timeout=None: wait(0.2 if timeout else None))
    killer = threading.Thread(target=stop, args=([kept],))
    killer.start()
    killer.join(5)
    assert not killer.is_alive()
    wait()
    assert not kept.alive
