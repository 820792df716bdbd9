"""T6, T12, T13: the last seconds, the last ten minutes, and readers who must not slow applicants down."""

from __future__ import annotations

import math
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from bench.service.client import Answer, Browser, all_together, centile
from bench.service.measures import Measure
from bench.service.site import Site, site


def measures(database: str, *, share: float) -> Iterator[Measure]:
    """Fairness at the second, the crowd of the last minutes, the priority lane."""
    for people in (40,) if share < 0.2 else (40, 400):
        yield from fairness(database, people)
    yield lane(database, filings=max(40, round(150 * share)))
    yield from peak(database, applicants=round(2000 * share), seconds=round(600 * share))


def saturate(here: Site, stop: threading.Event, *, readers: int) -> list[Answer]:
    """Readers who ask for public pages without pause, until told."""
    seen: list[Answer] = []

    def read() -> None:
        browser = Browser(here.port)
        while not stop.is_set():
            seen.append(browser.get("/appels/ateliers-de-fabrication-numerique/" if len(seen) % 2 else "/appels/"))
        browser.leave()

    for _reader in range(readers):
        threading.Thread(target=read, daemon=True).start()
    return seen


def fairness(database: str, people: int) -> Iterator[Measure]:
    """Filings sent half a second before the closing, the site saturated; then a tenth of a second after."""
    for lead, asked in ((0.5, "all accepted"), (-0.1, "all refused, drafts kept")):
        with site(database, drafts=people) as here:
            drafts = here.ask("drafts")
            here.open()
            closing = float(here.ask("closing", str(20 + people / 20)))
            stop = threading.Event()
            saturate(here, stop, readers=32)
            answers = all_together(
                drafts, lambda draft: Browser(here.port, draft["session"], 120).file(draft), when=closing - lead
            )
            stop.set()
            held = here.ask("state")
        told = Counter(answer.status for answer in answers)
        sent_late = sum((answer.sent_at > closing) for answer in answers)
        if lead > 0:
            met = told[302] == people - sent_late and len(held["filings"]) == told[302]
            found = f"{told[302]} of {people} accepted ({sent_late} left after the closing)"
        else:
            refused = sum("clos depuis" in answer.body.decode("utf-8", "replace") for answer in answers)
            refused += sum(answer.status == 302 and "recepisse" not in answer.where for answer in answers)
            met = not held["filings"] and held["late"] == people and set(held["states"].values()) == {"draft"}
            found = f"{refused} of {people} told so, {len(held['filings'])} accepted, {held['late']} noted as late"
        where = f"{people} filings sent {abs(lead)} s {'before' if lead > 0 else 'after'} the closing, site saturated"
        yield Measure("T6", where, database, found, asked, met)


def lane(database: str, *, filings: int) -> Measure:
    """Filings while 200 readers ask for public pages."""
    with site(database, drafts=filings) as here:
        drafts = here.ask("drafts")
        here.open()
        stop = threading.Event()
        seen = saturate(here, stop, readers=200)
        time.sleep(2)
        times, start = [], time.perf_counter()
        for draft in drafts:
            browser = Browser(here.port, draft["session"])
            times.append(browser.file(draft))
            browser.leave()
        lasted = time.perf_counter() - start
        stop.set()
        time.sleep(1)
        held = here.ask("state")
    p95 = centile([answer.seconds for answer in times], 0.95)
    readers = Counter(answer.status for answer in seen)
    return Measure(
        "T13", f"{filings} filings one after another in {lasted:.0f} s, 200 readers at once", database,
        f"final POST p95 {p95:.2f} s, {len(held['filings'])} filed; readers' answers {dict(readers)}",
        "p95 ≤ 3 s, all filed", p95 <= 3 and len(held["filings"]) == filings,
    )  # fmt: skip


def peak(database: str, *, applicants: int, seconds: int) -> Iterator[Measure]:
    """Each applicant makes sixteen requests and files, a quarter of them in the last tenth of the time."""
    with site(database, drafts=applicants, closes_in=None) as here:
        drafts = here.ask("drafts")
        here.open()
        rng = random.Random(12)
        starts = sorted(rng.uniform(0, 0.9) if rng.random() < 0.75 else rng.uniform(0.9, 1) for _one in drafts)
        final: list[Answer] = []
        others: list[Answer] = []
        began, cpu = time.time(), here.cpu_seconds()

        def one(draft: dict[str, Any], at: float) -> None:
            time.sleep(max(0.0, began + at - time.time()))
            pages, last = journey(here, draft)
            others.extend(pages)
            final.append(last)

        threads = [
            threading.Thread(target=one, args=(draft, start * seconds))
            for draft, start in zip(drafts, starts, strict=True)
        ]
        threading.stack_size(256 * 1024)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        lasted, spent = time.time() - began, here.cpu_seconds() - cpu
        held = here.ask("state")
    asked = len(final) + len(others)
    errors = sum(not (answer.ok or answer.status == 304) for answer in [*final, *others])
    each = 1000 * spent / asked
    last_p95, p95 = (centile([answer.seconds for answer in answers], 0.95) for answers in (final, others))
    title = f"{applicants} applicants in {seconds} s, {asked / lasted:.0f} requests/s, {asked} requests"
    yield Measure(
        "T12", title, database,
        f"{errors} errors, {len(held['filings'])} filed; final POST p95 {last_p95:.2f} s, other pages p95 {p95:.2f} s",
        "0 errors, 0 lost, ≤ 3 s, ≤ 2 s",
        errors == 0 and len(held["filings"]) == applicants
        and last_p95 <= 3 and p95 <= 2,
    )  # fmt: skip
    yield Measure("T12", "mean CPU of these requests, door included", database, f"{each:.1f} ms", "≤ 26 ms", each <= 26)
    worst = max((answer.seconds for answer in final), default=math.nan)
    yield Measure("T8", "receipt on screen at the peak, worst", database, f"{worst:.2f} s", "≤ 3 s p95", None)


def journey(here: Site, draft: dict[str, Any]) -> tuple[list[Answer], Answer]:
    """Fifteen pages and savings, then the filing."""
    browser, one = Browser(here.port, draft["session"], 120), f"/candidatures/{draft['id']}/"
    pages = ["/appels/", "/candidatures/", one, f"{one}organisme/", f"{one}projet/", f"{one}budget/", f"{one}pieces/"]
    pages += [one, f"{one}projet/", f"{one}organisme/", f"{one}budget/", f"{one}pieces/", one, f"{one}verifier/"]
    answers = []
    for path in pages:
        answers.append(browser.get(path))
        time.sleep(0.2)
    last = browser.file(draft)
    answers.append(browser.get(f"{one}recepisse/"))
    browser.leave()
    return answers, last
