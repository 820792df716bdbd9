"""T14, T15, T16, T18, T19, T20: what pages cost: SQL statements, CPU, weight, memory."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

from bench.service.client import Browser, all_together, at_once, centile
from bench.service.measures import Measure
from bench.service.site import Site, site

CALL = "/appels/ateliers-de-fabrication-numerique/"


def measures(database: str, *, share: float) -> Iterator[Measure]:
    """The filing, the call's page, the form; then weights and memory."""
    filings = max(60, round(400 * share))
    with site(database, drafts=filings + 10) as here:
        drafts = here.ask("drafts")
        here.open()
        inside = here.ask("inside", drafts[-1]["id"])
        yield from filing(database, here, drafts[:filings], inside["filing"])
        yield page(database, here, "T15", "call page", CALL, "", inside["call"], 15, 6, 120, share=share)
        one = drafts[-2]
        for name in ("organisme", "projet", "budget", "pieces"):
            path = f"/candidatures/{one['id']}/{name}/"
            yield page(
                database, here, "T16", f"form, {name}", path, one["session"], inside[name], 35, 12, 250, share=share
            )  # fmt: skip
        yield from weights(database, here, one)
        yield memory(database, here, share=share)


def filing(database: str, here: Site, drafts: list[Any], statements: int) -> Iterator[Measure]:
    """The final POST, eight at a time."""
    for draft in drafts[:5]:
        Browser(here.port, draft["session"]).file(draft)
    rest = drafts[5:]
    cpu, start = here.cpu_seconds(), time.perf_counter()
    answers = at_once(rest, lambda draft: Browser(here.port, draft["session"]).file(draft), together=8)
    lasted, spent = time.perf_counter() - start, here.cpu_seconds() - cpu
    each, good = 1000 * spent / len(rest), sum(answer.status == 302 for answer in answers)
    yield Measure(
        "T14", f"{len(rest)} filings, 8 at a time", database,
        f"{each:.0f} CPU ms and {statements} SQL each, {good / lasted:.1f} filings/s",
        "≤ 60 CPU ms, ≤ 15 SQL, ≥ 15/s", each <= 60 and statements <= 15 and good / lasted >= 15 and good == len(rest),
    )  # fmt: skip


def page(
    database: str,
    here: Site,
    target: str,
    name: str,
    path: str,
    session: str,
    statements: int,
    most_cpu: int,
    most_sql: int,
    most_ms: int,
    *,
    share: float,
) -> Measure:
    """A page asked for by eight people at once, again and again."""

    def ask(count: int) -> list[float]:
        browser = Browser(here.port, session)
        seen = [browser.get(path) for _again in range(count)]
        assert all(answer.status == 200 for answer in seen), (path, {answer.status for answer in seen})
        browser.leave()
        return [answer.seconds for answer in seen]

    at_once([3] * 8, ask, together=8)
    cpu, start = here.cpu_seconds(), time.perf_counter()
    times = [seconds for row in at_once([round(20 + 40 * share)] * 8, ask, together=8) for seconds in row]
    lasted, spent = time.perf_counter() - start, here.cpu_seconds() - cpu
    each, p95 = 1000 * spent / len(times), 1000 * centile(times, 0.95)
    return Measure(
        target, f"{name}, 8 at a time", database,
        f"{each:.1f} CPU ms and {statements} SQL, {len(times) / lasted:.0f}/s, p95 {p95:.0f} ms",
        f"≤ {most_cpu} CPU ms, ≤ {most_sql} SQL, p95 ≤ {most_ms} ms",
        each <= most_cpu and statements <= most_sql and p95 <= most_ms,
    )  # fmt: skip


def weights(database: str, here: Site, draft: dict[str, Any]) -> Iterator[Measure]:
    """A first visit, and the next page, as they travel (gzip)."""
    one = f"/candidatures/{draft['id']}/"
    pages = ["/", "/appels/", CALL, f"{CALL}reglement/", "/carte/", "/donnees/", "/verifier/", one]
    pages += [f"{one}{name}/" for name in ("organisme", "projet", "budget", "pieces", "verifier")]
    heaviest, second = (0, ""), (0, "")
    most, largest, inline = 0, 0, 0
    for path in pages:
        browser = Browser(here.port, draft["session"])
        page = browser.get(path)
        assets = set(re.findall(rb'(?:src|href)="(/static/[^"#]+)', page.body))
        found = {asset: browser.get(asset.decode()) for asset in assets}
        fonts: set[str] = set()
        for asset, answer in found.items():
            if b".css" in asset:
                fonts |= {name.decode() for name in re.findall(rb'url\("?(?:\.\./)*([^")]+\.woff2)', answer.body)}
        names = {font.rsplit("/", 1)[-1] for font in fonts}
        weight = page.weight + sum(answer.weight for answer in found.values()) + fonts_weight(browser, names)
        heaviest, second = max(heaviest, (weight, path)), max(second, (page.weight, path))
        most, largest = max(most, 1 + len(assets) + len(names)), max(largest, page.body.count(b"<") // 2)
        inline += len(re.findall(rb"<script(?![^>]*(?:src=|application/json))", page.body))
        browser.leave()
    yield Measure(
        "T19", f"{len(pages)} pages, first visit with fonts (gzip)", database,
        f"heaviest {heaviest[0] / 1024:.0f} KiB ({heaviest[1]}), at most {most} requests; then at most "
        f"{second[0] / 1024:.0f} KiB of HTML ({second[1]}); "
        f"about {largest} elements at most; {inline} inline scripts",
        "≤ 250 KiB, ≤ 20 requests, then ≤ 25 KiB, ≤ 1,200 elements, 0 inline",
        heaviest[0] <= 250 * 1024 and most <= 20 and second[0] <= 25 * 1024 and largest <= 1200 and inline == 0,
    )  # fmt: skip


def fonts_weight(browser: Browser, names: set[str]) -> int:
    """The weight of fonts, by their file names."""
    return sum(len(browser.get(f"/static/vendor/fonts/{name}").body) for name in names)


def memory(database: str, here: Site, *, share: float) -> Measure:
    """Memory of each process after a soak of public and private pages."""

    def soak(seconds: int) -> int:
        last = time.time() + seconds

        def read(_rank: int) -> int:
            browser, asked = Browser(here.port), 0
            while time.time() < last:
                browser.get(("/", CALL, "/carte/", "/appels/")[asked % 4])
                asked += 1
            browser.leave()
            return asked

        return sum(all_together(list(range(4)), read, when=0))

    soak(10 + round(50 * share))  # every page compiled, every cache filled
    before, asked = here.memory_mib(), soak(15 + round(285 * share))
    after = here.memory_mib()
    growth = max(after, default=0) - max(before, default=0)
    return Measure(
        "T20", f"memory (PSS) of a process after {asked} pages", database,
        f"{max(after):.0f} MiB, growth {growth:.1f} MiB", "≤ 150 MiB, growth ≤ 5 MiB",
        max(after) <= 150 and growth <= 5,
    )  # fmt: skip
