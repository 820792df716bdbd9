"""The front door, before a small server of the test's own on a real socket."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from essaim.config.door import Door, Full, Lane, Places, lane_of

SECRET = "known-to-us-only"
FILE = "/candidatures/0b0f7a52-8f7f-4bb0-9a7d-0d7a2b7c9a11/verifier/"


class Behind:
    """What stands behind the door: keeps what it was asked, answers, or dies the first `deaths` times."""

    def __init__(self, answer: bytes = b"ok", *, deaths: int = 0) -> None:
        self.answer, self.deaths, self.asked = answer, deaths, []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = head.split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:] if line)}
        wanted = int(headers.get("content-length", "0"))
        body = b"" if wanted > 1000 else await reader.readexactly(wanted)
        self.asked.append((lines[0], headers, body))
        if self.deaths:
            self.deaths -= 1
        else:
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(self.answer), self.answer))
            await writer.drain()
        writer.close()


class Reader:
    """Whoever knocks: one request, and the answer received."""

    def __init__(
        self, path: str = "/appels/", *, method: str = "GET", body: bytes = b"", headers: dict[str, str] | None = None
    ) -> None:
        given = {"host": "essaim.example"} | (headers or {})
        self.scope: dict[str, Any] = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "client": ("192.0.2.7", 5000),
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        }
        self.body, self.status, self.answer = body, 0, b""

    async def receive(self) -> dict[str, Any]:
        """The body, in one piece."""
        return {"type": "http.request", "body": self.body, "more_body": False}

    async def send(self, message: dict[str, Any]) -> None:
        """Keep what comes."""
        self.status = message.get("status", self.status)
        self.answer += message.get("body", b"")

    async def knock(self, door: Door) -> "Reader":
        """Ask, to the end."""
        await door(self.scope, self.receive, self.send)
        return self


def at_the_door(tmp_path: Path, behind: Behind, visit: Callable[[Door], Any], **options: Any) -> Any:
    """Run `visit(door)` with a server behind."""

    async def main() -> Any:
        path = str(tmp_path / "s")
        async with await asyncio.start_unix_server(behind, path):
            return await visit(Door(path, secret=SECRET, **({"places": 2, "proxies": 0, "most_bytes": 1000} | options)))

    return asyncio.run(main())


def test_a_request_arrives_behind_whole_and_stamped_with_the_instant_it_came(tmp_path):
    behind, before = Behind(b"page"), time.time()
    reader = at_the_door(tmp_path, behind, Reader("/x/", method="POST", body=b"a=1").knock)
    line, headers, body = behind.asked[0]
    assert (reader.status, reader.answer) == (200, b"page")
    assert (line, body, headers["host"]) == ("POST /x/ HTTP/1.1", b"a=1", "essaim.example")
    assert before - 0.001 <= float(headers["x-essaim-stamp"]) <= time.time()
    assert headers["x-essaim-stamp-secret"] == SECRET
    assert headers["x-forwarded-for"] == "192.0.2.7"


def test_a_forged_stamp_or_address_is_replaced(tmp_path):
    forged = {"x-essaim-stamp": "1379109599", "x-essaim-stamp-secret": "guess", "x-forwarded-for": "203.0.113.9"}
    behind = Behind()
    at_the_door(tmp_path, behind, Reader(headers=forged).knock)
    headers = behind.asked[0][1]
    assert abs(float(headers["x-essaim-stamp"]) - time.time()) < 5
    assert headers["x-forwarded-for"] == "192.0.2.7"


def test_the_stamp_and_the_address_given_by_a_proxy_of_ours_are_kept(tmp_path):
    theirs = {"x-essaim-stamp": "1379109599.250", "x-essaim-stamp-secret": SECRET, "x-forwarded-for": "203.0.113.9"}
    behind = Behind()
    at_the_door(tmp_path, behind, Reader(headers=theirs).knock, proxies=1)
    headers = behind.asked[0][1]
    assert headers["x-essaim-stamp"] == "1379109599.250"
    assert headers["x-forwarded-for"] == "203.0.113.9, 192.0.2.7"


def test_what_is_too_large_is_told_behind_by_its_length_alone(tmp_path):
    behind = Behind(b"too large")
    announced = Reader("/x/", method="POST", body=b"-" * 2000, headers={"content-length": "2000"})
    in_pieces = Reader("/x/", method="POST", body=b"-" * 1001)

    async def visit(door: Door) -> None:
        await announced.knock(door)
        await in_pieces.knock(door)

    at_the_door(tmp_path, behind, visit)
    assert [headers["content-length"] for _line, headers, _body in behind.asked] == ["2000", "1001"]
    assert announced.answer == in_pieces.answer == b"too large"


@pytest.mark.parametrize(
    ("method", "path", "deaths", "status", "times"),
    [
        ("GET", "/appels/", 2, 200, 3),
        ("POST", FILE, 1, 200, 2),  # a filing has its key: asked twice, done once
        ("POST", "/autre/", 1, 502, 1),  # anything else might be done twice
        ("GET", "/appels/", 99, 502, 2),
    ],
)
def test_a_process_that_dies_costs_a_retry_or_a_sentence(tmp_path, method, path, deaths, status, times):
    behind = Behind(deaths=deaths)
    patience = 0.1 if deaths == 99 else 5
    reader = at_the_door(tmp_path, behind, Reader(path, method=method).knock, patience=patience)
    assert (reader.status, len(behind.asked)) == (status, times)
    if status == 502:
        assert "Le service redémarre. Ce qui était enregistré l’est toujours" in reader.answer.decode()


def test_nobody_behind_is_said(tmp_path):
    door = Door(str(tmp_path / "nobody"), places=1, secret=SECRET, proxies=0, most_bytes=1000, patience=0)
    assert asyncio.run(Reader("/x/", method="POST").knock(door)).status == 502


def test_a_form_sent_while_the_processes_restart_waits_for_them(tmp_path):
    behind, path = Behind(b"done"), str(tmp_path / "s")
    door = Door(path, places=1, secret=SECRET, proxies=0, most_bytes=1000)

    async def main() -> Reader:
        form = asyncio.create_task(Reader("/x/", method="POST", body=b"a=1").knock(door))
        await asyncio.sleep(0.1)
        async with await asyncio.start_unix_server(behind, path):
            return await form

    assert asyncio.run(main()).answer == b"done"
    assert len(behind.asked) == 1


def test_a_filing_goes_before_those_who_came_first():
    async def main() -> list[str]:
        places, order = Places(1), []

        async def visit(name: str, lane: Lane) -> None:
            async with places.taken(lane):
                order.append(name)
                await asyncio.sleep(0)

        visits = [visit("first", Lane.READING), visit("reader", Lane.READING), visit("signed in", Lane.SIGNED_IN)]
        visits += [visit("filing", Lane.FILING), visit("other filing", Lane.FILING)]
        await asyncio.gather(*visits)
        return order

    assert asyncio.run(main()) == ["first", "filing", "other filing", "signed in", "reader"]


def test_too_many_readers_are_asked_to_come_back_and_filings_never():
    async def main() -> None:
        places = Places(1, most_readers=1)
        async with places.taken(Lane.READING):
            waiting = asyncio.create_task(places._take(Lane.READING))
            await asyncio.sleep(0)
            with pytest.raises(Full):
                await places._take(Lane.READING)
            filing = asyncio.create_task(places._take(Lane.FILING))
            await asyncio.sleep(0)
            assert not filing.done()
        await filing
        places._give_back()
        await waiting

    asyncio.run(main())


def test_a_reader_who_leaves_while_waiting_gives_the_place_up():
    async def main() -> int:
        places = Places(1)
        await places._take(Lane.READING)
        waiting = asyncio.create_task(places._take(Lane.READING))
        await asyncio.sleep(0)
        waiting.cancel()
        places._give_back()
        return places.free

    assert asyncio.run(main()) == 1


def test_lanes():
    assert lane_of("POST", FILE, b"sessionid=x") is Lane.FILING
    assert lane_of("GET", FILE, b"csrftoken=y; sessionid=x") is Lane.SIGNED_IN
    assert lane_of("GET", "/appels/", b"__Host-session=x") is Lane.SIGNED_IN
    assert lane_of("POST", "/alertes/", b"") is Lane.SIGNED_IN
    assert lane_of("GET", "/appels/", b"nosessionid=x") is Lane.READING
