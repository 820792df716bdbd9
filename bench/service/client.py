"""An applicant's browser, at its simplest: a session, one kept connection, times."""

from __future__ import annotations

import gzip
import http.client
import re
import socket
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

CSRF = "benchbenchbenchbenchbenchbench32"
Item = TypeVar("Item")


@dataclass(frozen=True)
class Answer:
    """`status`: 0 when the connection broke before an answer; `seconds`: to the last byte; `weight`: compressed."""

    status: int
    seconds: float
    where: str = ""
    body: bytes = b""
    sent_at: float = 0.0
    weight: int = 0

    @property
    def ok(self) -> bool:
        """A page, or a page to go to."""
        return self.status in (200, 302)


@dataclass
class Browser:
    """Speaks for one applicant (`session`), or for a reader ("")."""

    port: int
    session: str = ""
    timeout: float = 60
    connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def get(self, path: str) -> Answer:
        """A page."""
        return self._ask("GET", path, None)

    def post(self, path: str, fields: dict[str, str], *, autosave: bool = False) -> Answer:
        """A form."""
        return self._ask("POST", path, fields, autosave=autosave)

    def file(self, draft: dict[str, Any], *, key: str = "") -> Answer:
        """The last click: file this draft."""
        fields = {"key": key or f"{draft['id']}:{draft['version']}", "version": str(draft["version"])}
        return self.post(f"/candidatures/{draft['id']}/verifier/", fields | {"acknowledged": "on"})

    def _ask(self, method: str, path: str, fields: dict[str, str] | None, *, autosave: bool = False) -> Answer:
        headers = {"Cookie": f"csrftoken={CSRF}", "Accept-Language": "fr", "Accept-Encoding": "gzip"}
        if self.session:
            headers["Cookie"] += f"; sessionid={self.session}"
        body = None
        if fields is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": CSRF}
            if autosave:
                headers["X-Requested-With"] = "autosave"
            body = urllib.parse.urlencode({"csrfmiddlewaretoken": CSRF} | fields)
        sent_at, start = time.time(), time.perf_counter()
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
                self.connection.connect()
                self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
            content = response.read()
            weight = len(content)
            if response.headers.get("Content-Encoding") == "gzip":
                content = gzip.decompress(content)
        except (OSError, http.client.HTTPException):
            self.leave()
            return Answer(0, time.perf_counter() - start, sent_at=sent_at)
        seconds = time.perf_counter() - start
        if response.will_close:
            self.leave()
        return Answer(response.status, seconds, response.headers.get("Location", ""), content, sent_at, weight)

    def leave(self) -> None:
        """Close the connection."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def hidden(page: bytes, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rb'name="%s"[^>]*value="([^"]*)"' % name.encode(), page)
    return found[1].decode().replace("&quot;", '"').replace("&#x27;", "'").replace("&amp;", "&") if found else ""


def at_once(items: Iterable[Item], work: Callable[[Item], Any], *, together: int) -> list[Any]:
    """`work` on each, so many at a time, in order."""
    with ThreadPoolExecutor(together) as pool:
        return list(pool.map(work, items))


def all_together(items: list[Item], work: Callable[[Item], Any], *, when: float) -> list[Any]:
    """`work` on each in a thread of its own, all at the instant `when` (Unix time)."""
    answers: list[Any] = [None] * len(items)

    def one(rank: int) -> None:
        time.sleep(max(0.0, when - time.time()))
        answers[rank] = work(items[rank])

    threads = [threading.Thread(target=one, args=(rank,)) for rank in range(len(items))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def centile(values: list[float], share: float) -> float:
    """The value below which lies this share of them (nearest rank)."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, max(0, round(share * len(ranked)) - 1))] if ranked else float("nan")
