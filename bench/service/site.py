"""A throwaway site: its own data folder and database, its own processes, on a port of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TICK = os.sysconf("SC_CLK_TCK")
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Site:
    """`database`: "sqlite" or "postgresql" (DATABASE_URL is then set around us). `environment`: of its processes."""

    folder: Path
    database: str
    workers: int = 2
    port: int = 0
    environment: dict[str, str] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a module of ours in the site's environment."""
        done = subprocess.run([sys.executable, *words], env=self.environment, capture_output=True, text=True, cwd=ROOT)
        if done.returncode:
            raise RuntimeError(done.stdout[-2000:] + done.stderr[-4000:])
        return done

    def ask(self, *words: str) -> Any:
        """What `bench.service.prepare` answers (JSON on its last line)."""
        return json.loads(self.command("-m", "bench.service.prepare", *words).stdout.splitlines()[-1])

    def open(self, *, with_worker: bool = True) -> None:
        """Start the web processes, and the one in the background; wait for the first page."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        serve = ["serve", "--port", str(self.port), "--workers", str(self.workers)]
        for words in [serve, *([["worker"]] if with_worker else [])]:
            log = (self.folder / f"{words[0]}.log").open("ab")
            self.processes.append(
                subprocess.Popen(
                    [sys.executable, "-m", "essaim", *words], env=self.environment, stdout=log, stderr=log, cwd=ROOT
                )
            )
        for _attempt in range(300):
            with contextlib.suppress(urllib.error.URLError, OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/robots.txt", timeout=5).close()
                return
            time.sleep(0.1)
        raise RuntimeError("the site does not answer: " + (self.folder / "serve.log").read_text()[-2000:])

    def close(self) -> None:
        """Stop everything."""
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
        self.processes.clear()

    def tree(self) -> dict[int, str]:
        """The web processes: pid -> "door", "worker" (does the work) or "other"."""
        rows = dict(_processes())
        found: dict[int, str] = {}
        waiting = [self.processes[0].pid]
        while waiting:
            pid = waiting.pop()
            waiting += [child for child, (parent, _command) in rows.items() if parent == pid]
            command = rows.get(pid, (0, ""))[1]
            leaf = not any(parent == pid for parent, _command in rows.values())
            kind = "other"
            if leaf and "essaim.config.wsgi" in command:
                kind = "worker"
            elif leaf and "essaim.config.door" in command:
                kind = "door"
            found[pid] = kind
        return found

    def workers_now(self) -> list[int]:
        """The processes that do the work, at this moment."""
        return sorted(pid for pid, kind in self.tree().items() if kind == "worker")

    def cpu_seconds(self) -> float:
        """CPU time spent so far by the web processes, door included."""
        return sum(_cpu(pid) for pid in self.tree())

    def memory_mib(self) -> list[float]:
        """Proportional memory (PSS) of each process that does the work, in MiB."""
        return [_pss(pid) for pid in self.workers_now()]


@contextlib.contextmanager
def site(database: str, *, drafts: int, closes_in: float | None = None, workers: int = 2) -> Iterator[Site]:
    """A site with an open call and `drafts` drafts ready to be filed. `closes_in`: seconds (two months otherwise)."""
    with tempfile.TemporaryDirectory(prefix="essaim-bench-") as folder:
        environment = os.environ | {
            "ESSAIM_DATA_DIR": folder,
            "ESSAIM_MODE": "demo",
            "ESSAIM_TASKS": "queue",
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "DJANGO_SETTINGS_MODULE": "essaim.config.settings",
        }
        here = Site(Path(folder), database, workers, environment=environment)
        here.command("-m", "bench.service.prepare", "make", str(drafts))
        if closes_in is not None:
            here.ask("close", str(closes_in))
        try:
            yield here
        finally:
            here.close()


def _processes() -> Iterator[tuple[int, tuple[int, str]]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                yield int(entry.name), (parent, (entry / "cmdline").read_text().replace("\0", " "))


def _cpu(pid: int) -> float:
    with contextlib.suppress(OSError):
        fields = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK
    return 0.0


def _pss(pid: int) -> float:
    for row in (Path("/proc") / str(pid) / "smaps_rollup").read_text().splitlines():
        if row.startswith("Pss:"):
            return int(row.split()[1]) / 1024
    return 0.0
