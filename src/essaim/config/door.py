"""The front door: a light process that accepts every request at once, notes when, and lets in first what cannot wait.

Behind it, the processes that do the work may be full for a minute: what decides whether a filing is in time is the
stamp given here (the proxy's own, when one stands in front: docs/settings.md). A request is read whole before it takes
a place behind, and its answer too before it is sent, so that a slow line holds nobody up. Places go to filings first,
then to whoever is signed in, then to readers, who are asked to come back when too many wait. A process that dies in
the middle costs a retry or a sentence, never a connection cut.
"""

from __future__ import annotations

import asyncio
import hmac
import os
import re
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from enum import IntEnum
from heapq import heappop, heappush
from itertools import count
from typing import IO, Any

import h11

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

FILING = re.compile(r"^/candidatures/[0-9a-f-]{36}/verifier/$")
SESSION = re.compile(rb"(?:^|; )(?:sessionid|__Host-session)=")
IN_MEMORY = 2**20
PIECE = 2**16
# Readers who wait beyond this many are asked to come back; about three seconds of reading on two cores.
MOST_READERS = 256
# How long, in seconds, a reader waits for a process that died to be replaced (it takes two), asking this often.
PATIENCE, PAUSE = 10.0, 0.25
# Headers of one connection (RFC 9110, 7.6.1), and those only the door may set.
OURS = {b"x-essaim-stamp", b"x-essaim-stamp-secret", b"x-forwarded-for", b"content-length"}
HOP = {b"connection", b"keep-alive", b"te", b"trailer", b"transfer-encoding", b"upgrade", b"proxy-connection"}


class Lane(IntEnum):
    """Who goes first when places are short."""

    FILING = 0
    SIGNED_IN = 1
    READING = 2


class Full(Exception):
    """Too many readers wait already."""


class Gone(Exception):
    """The process behind went away before the end of its answer; `asked`: once it had, perhaps, begun to work."""

    def __init__(self, *, asked: bool = True) -> None:
        super().__init__()
        self.asked = asked


class Places:
    """As many places behind as can work at once, given by lane, then by arrival."""

    def __init__(self, total: int, *, most_readers: int = MOST_READERS) -> None:
        self.free, self.most_readers = total, most_readers
        self.waiting: list[tuple[Lane, int, asyncio.Future[None]]] = []
        self.readers, self.arrivals = 0, count()

    @asynccontextmanager
    async def taken(self, lane: Lane) -> AsyncIterator[None]:
        """Hold a place. Raises Full to a reader when too many wait."""
        await self._take(lane)
        try:
            yield
        finally:
            self._give_back()

    async def _take(self, lane: Lane) -> None:
        if self.free:
            self.free -= 1
            return
        reading = lane is Lane.READING
        if reading and self.readers >= self.most_readers:
            raise Full
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self.waiting, (lane, next(self.arrivals), turn))
        self.readers += reading
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._give_back()
            raise
        finally:
            self.readers -= reading

    def _give_back(self) -> None:
        while self.waiting:
            turn = heappop(self.waiting)[2]
            if not turn.done():
                turn.set_result(None)
                return
        self.free += 1


def lane_of(method: str, path: str, cookies: bytes) -> Lane:
    """The lane of a request, from its first lines alone."""
    if method == "POST" and FILING.match(path):
        return Lane.FILING
    return Lane.SIGNED_IN if method == "POST" or SESSION.search(cookies) else Lane.READING


class Door:
    """The ASGI application.

    `socket`: where the processes behind listen; `places`: how many requests they work on at once; `secret`: what they
    know us by; `proxies`: how many proxies of ours stand in front; `most_bytes`: the largest request they take.
    """

    def __init__(
        self, socket: str, *, places: int, secret: str, proxies: int, most_bytes: int, patience: float = PATIENCE
    ) -> None:
        self.socket, self.secret, self.proxies, self.most_bytes = socket, secret.encode(), proxies, most_bytes
        self.places, self.patience = Places(places), patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stamp, read, wait for a place, pass on, answer."""
        if scope["type"] != "http":
            return
        headers = self._headers(scope, stamp=time.time())
        lane = lane_of(scope["method"], scope["path"], dict(scope["headers"]).get(b"cookie", b""))
        with _kept() as body, _kept() as answer:
            length = await self._read(scope, receive, body)
            if length is None:
                return
            if length or scope["method"] == "POST":
                headers.append((b"content-length", b"%d" % length))
            try:
                async with self.places.taken(lane):
                    start = await self._pass_on(scope, headers, body, answer, may_repeat=lane is Lane.FILING)
            except Full:
                await _say(send, 503, retry_after=5)
            except Gone:
                await _say(send, 502, retry_after=1)
            else:
                await _send(send, start, answer)

    async def _read(self, scope: Scope, receive: Receive, body: IO[bytes]) -> int | None:
        """Keep the body; its length. One too large is not kept: its length alone is told behind, which refuses it.
        None when the reader left before its end."""
        announced = dict(scope["headers"]).get(b"content-length", b"")
        if announced.isdigit() and int(announced) > self.most_bytes:
            return int(announced)
        length = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            length += len(message.get("body", b""))
            if length <= self.most_bytes:
                body.write(message.get("body", b""))
            if not message.get("more_body"):
                if length > self.most_bytes:
                    body.truncate(0)
                return length

    def _headers(self, scope: Scope, *, stamp: float) -> Headers:
        """What is passed behind: the request's own, without what only the door, or a proxy of ours, may say."""
        given = dict(scope["headers"])
        stamped = b"%.3f" % stamp
        if hmac.compare_digest(given.get(b"x-essaim-stamp-secret", b""), self.secret):
            stamped = given.get(b"x-essaim-stamp", stamped)
        before = given.get(b"x-forwarded-for", b"") if self.proxies else b""
        client = (scope.get("client") or ("",))[0].encode()
        return [
            *((name, value) for name, value in scope["headers"] if name not in HOP | OURS),
            (b"x-forwarded-for", b", ".join(part for part in (before, client) if part)),
            (b"x-essaim-stamp", stamped),
            (b"x-essaim-stamp-secret", self.secret),
            (b"connection", b"close"),
        ]

    async def _pass_on(
        self, scope: Scope, headers: Headers, body: IO[bytes], answer: IO[bytes], *, may_repeat: bool
    ) -> h11.Response:
        """Ask behind; ask again when nobody was there, or when asking twice cannot do twice (a filing has its key)."""
        may_repeat = may_repeat or scope["method"] in ("GET", "HEAD")
        last = time.monotonic() + self.patience
        while True:
            answer.seek(0)
            answer.truncate()
            try:
                return await self._ask(scope, headers, body, answer)
            except Gone as gone:
                if (gone.asked and not may_repeat) or time.monotonic() > last:
                    raise
            await asyncio.sleep(PAUSE)

    async def _ask(self, scope: Scope, headers: Headers, body: IO[bytes], answer: IO[bytes]) -> h11.Response:
        """One request on a connection of its own; its answer, whole. Raises Gone."""
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        http = h11.Connection(h11.CLIENT, max_incomplete_event_size=2**18)
        try:
            reader, writer = await asyncio.open_unix_connection(self.socket)
        except OSError:
            raise Gone(asked=False) from None
        try:
            try:
                target = scope["raw_path"] + query
                writer.write(http.send(h11.Request(method=scope["method"], target=target, headers=headers)) or b"")
                body.seek(0)
                while piece := body.read(PIECE):
                    writer.write(http.send(h11.Data(piece)) or b"")
                    await writer.drain()
                return await _answer(http, reader, answer)
            finally:
                writer.close()
        except (OSError, h11.RemoteProtocolError):
            raise Gone from None


def _kept() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)


async def _answer(http: h11.Connection, reader: asyncio.StreamReader, answer: IO[bytes]) -> h11.Response:
    """Read an answer to its end: its body into `answer`, its first lines returned."""
    start = None
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            http.receive_data(await reader.read(PIECE))
        elif isinstance(event, h11.Response):
            start = event
        elif isinstance(event, h11.Data):
            answer.write(event.data)
        elif isinstance(event, h11.EndOfMessage) and start is not None:
            return start
        elif not isinstance(event, h11.InformationalResponse):
            raise Gone


async def _send(send: Send, start: h11.Response, answer: IO[bytes]) -> None:
    """Pass an answer on."""
    headers = [(name, value) for name, value in start.headers if name not in HOP]
    await send({"type": "http.response.start", "status": start.status_code, "headers": headers})
    answer.seek(0)
    while piece := answer.read(PIECE):
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


SENTENCES = {
    503: (
        "Beaucoup de monde en ce moment : rechargez cette page dans quelques secondes.",
        "Many people right now: reload this page in a few seconds.",
    ),
    502: (
        "Le service redémarre. Ce qui était enregistré l’est toujours : rechargez cette page.",
        "The service is restarting. What was saved still is: reload this page.",
    ),
}


async def _say(send: Send, status: int, *, retry_after: int) -> None:
    """A page of one sentence, in both languages, that needs nothing from behind."""
    french, english = SENTENCES[status]
    page = (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{french}</title>'
        '<meta name="viewport" content="width=device-width"></head>'
        f'<body><main><h1>{french}</h1><p lang="en">{english}</p></main></body></html>'
    ).encode()
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"retry-after", b"%d" % retry_after),
        (b"cache-control", b"no-store"),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),
        (b"content-length", b"%d" % len(page)),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": page, "more_body": False})


def application_from(environment: Mapping[str, str]) -> Door:
    """The door that `essaim serve` asks for."""
    return Door(
        environment["ESSAIM_DOOR_SOCKET"],
        places=int(environment["ESSAIM_DOOR_PLACES"]),
        secret=environment["ESSAIM_TRUSTED_STAMP"],
        proxies=int(environment.get("ESSAIM_DOOR_PROXIES", "0")),
        most_bytes=int(environment["ESSAIM_DOOR_MOST_BYTES"]),
    )


def __getattr__(name: str) -> Door:
    """`application`, made when the server asks for it."""
    if name == "application":
        return application_from(os.environ)
    raise AttributeError(name)
