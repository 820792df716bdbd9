"""T1, T10: nothing acknowledged is lost, doubled or half done, while processes are killed and the database crashes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from bench.service.client import Answer, Browser, at_once, hidden
from bench.service.measures import Measure
from bench.service.site import Site, site

EVERY = 4.0  # seconds between two kills
TOGETHER = 6


def measures(database: str, *, share: float) -> Iterator[Measure]:
    """Filings, then typing, each while a process that does the work is killed every four seconds."""
    filings = max(100, round(1000 * share))
    with site(database, drafts=filings) as here:
        drafts = here.ask("drafts")
        here.open()
        with Nemesis(here) as nemesis:
            answers = at_once(drafts, lambda draft: file_until_told(here, draft), together=TOGETHER)
        yield filed(database, here, drafts, answers, nemesis)
    with site(database, drafts=TOGETHER) as here:
        drafts = here.ask("drafts")
        here.open()
        with Nemesis(here) as nemesis:
            told = at_once(
                drafts, lambda draft: type_phones(here, draft, max(20, round(100 * share))), together=TOGETHER
            )
        yield kept(database, here, drafts, told, nemesis)


class Nemesis:
    """Kills one process at work every four seconds (SIGKILL), and on PostgreSQL crashes the database in turn."""

    def __init__(self, here: Site) -> None:
        self.here = here
        self.kills = self.crashes = 0
        self.enough = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self) -> Nemesis:
        self.thread.start()
        return self

    def __exit__(self, *_failure: Any) -> None:
        self.enough.set()
        self.thread.join()
        for _wait in range(200):
            if Browser(self.here.port).get("/robots.txt").status == 200:
                return
            time.sleep(0.1)

    def run(self) -> None:
        """Until told."""
        rng = random.Random(1)
        while not self.enough.wait(EVERY):
            workers = self.here.workers_now()
            if workers:
                os.kill(rng.choice(workers), signal.SIGKILL)
                self.kills += 1
            if os.environ.get("BENCH_PG_CRASH") and self.kills % 4 == 0:
                subprocess.run(["/bin/sh", "-c", os.environ["BENCH_PG_CRASH"]], check=True)
                self.crashes += 1


def file_until_told(here: Site, draft: dict[str, Any]) -> tuple[Answer, int]:
    """As a person does: file, and when there is no answer, file again. The last answer, and how many tries."""
    time.sleep(1)  # six people, one filing each second: the kills have the time to fall among them
    browser = Browser(here.port, draft["session"])
    for attempt in range(1, 61):
        answer = browser.file(draft)
        if answer.status == 302 and "recepisse" in answer.where:
            browser.leave()
            return answer, attempt
        time.sleep(0.5)
    return answer, attempt


def filed(database: str, here: Site, drafts: list[Any], answers: list[Any], nemesis: Nemesis) -> Measure:
    """Compare what was told with what the database holds."""
    held = here.ask("state")
    told = {draft["id"] for draft, (answer, _tries) in zip(drafts, answers, strict=True) if answer.status == 302}
    lost = sum(not held["filings"].get(name) for name in told)
    doubled = sum(len(rows) > 1 for rows in held["filings"].values()) + len(held["numbers"]) - len(set(held["numbers"]))
    halves = held["unsound"] + sum(
        (state == "filed") != bool(held["filings"].get(name)) for name, state in held["states"].items()
    )
    halves += abs(held["events"] - len(held["filings"]))
    tries = Counter(count for _answer, count in answers)
    again = sum(count for number, count in tries.items() if number > 1)
    return Measure(
        "T1",
        f"{len(drafts)} filings, {nemesis.kills} processes killed (SIGKILL), {nemesis.crashes} database crashes",
        database,
        f"acknowledged {len(told)}, lost {lost}, doubled {doubled}, halves {halves}; {again} asked more than once",
        "lost 0, doubled 0, halves 0",
        lost == doubled == halves == 0 and len(told) == len(drafts) and nemesis.kills > 0,
    )


def type_phones(here: Site, draft: dict[str, Any], times: int) -> str:
    """Type a telephone number again and again, as the page's autosave does; the last one that was acknowledged."""
    browser, path, told = Browser(here.port, draft["session"]), f"/candidatures/{draft['id']}/organisation/", ""
    for number in range(times):
        page = browser.get(path)
        if page.status != 200:
            time.sleep(0.2)
            continue
        phone = f"01 23 {number // 100:02} {number % 100:02} 00"
        fields = {"seen": hidden(page.body, "seen"), "contact_phone": phone}
        answer = browser.post(path, fields, autosave=True)
        if answer.status == 200 and b"saved_at" in answer.body:
            told = phone
        elif answer.status != 200:
            told = f"{told}|{phone}"  # no answer: it may be kept or not
    browser.leave()
    return told


def kept(database: str, here: Site, drafts: list[Any], told: list[str], nemesis: Nemesis) -> Measure:
    """What is held must be the last acknowledged, or one sent after it without an answer."""
    held = here.ask("state")["phones"]
    lost = sum(held[draft["id"]] not in last.split("|") for draft, last in zip(drafts, told, strict=True))
    return Measure(
        "T10",
        f"autosaves by {len(drafts)} people, {nemesis.kills} processes killed, {nemesis.crashes} database crashes",
        database,
        f"acknowledged and lost: {lost}",
        "0 lost",
        lost == 0 and nemesis.kills > 0,
    )
