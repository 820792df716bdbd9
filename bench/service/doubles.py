"""T3, T4: the same click sent several times; many people at once on the embedded database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from bench.service.client import Browser, all_together, at_once
from bench.service.measures import Measure
from bench.service.site import Site, site


def measures(database: str, *, share: float) -> Iterator[Measure]:
    """k identical requests at once; then whole flows at 2, 8 and 30 at a time."""
    with site(database, drafts=160) as here:
        drafts = here.ask("drafts")
        here.open()
        for draft, times in zip(drafts[:6], (2, 5, 20, 2, 5, 20), strict=True):
            yield identical(database, here, draft, times)
        yield another_body(database, here, drafts[0])
        rest = iter(drafts[10:])
        for together in (2, 8, 30):
            yield flows(database, here, [next(rest) for _one in range(40)], together)


def identical(database: str, here: Site, draft: dict[str, Any], times: int) -> Measure:
    """The same POST, k times at once."""
    answers = all_together([draft] * times, lambda one: Browser(here.port, one["session"]).file(one), when=0)
    rows = len(here.ask("state")["filings"].get(draft["id"], []))
    same = len({answer.where for answer in answers if answer.status == 302})
    told = Counter(answer.status for answer in answers)
    return Measure(
        "T3", f"{times} identical filings at once", database,
        f"{rows} filing, answers {dict(told)}, {same} receipt", "1 filing, k times the same receipt",
        rows == 1 and told == {302: times} and same == 1,
    )  # fmt: skip


def another_body(database: str, here: Site, draft: dict[str, Any]) -> Measure:
    """The key of a filing, on another version."""
    key = f"{draft['id']}:{draft['version']}"
    answer = Browser(here.port, draft["session"]).file(draft | {"version": draft["version"] + 1}, key=key)
    rows = len(here.ask("state")["filings"].get(draft["id"], []))
    return Measure(
        "T3", "the key of a filing sent with another content", database,
        f"answer {answer.status}, {rows} filing", "409, nothing filed", answer.status == 409 and rows == 1,
    )  # fmt: skip


def flow(here: Site, draft: dict[str, Any]) -> list[int]:
    """From the list to the receipt; the answers."""
    browser, one = Browser(here.port, draft["session"]), f"/candidatures/{draft['id']}/"
    pages = ["/candidatures/", one, f"{one}organisme/", f"{one}projet/", f"{one}budget/", f"{one}pieces/"]
    seen = [browser.get(path).status for path in pages]
    page = browser.get(f"{one}verifier/")
    answers = [*seen, page.status, browser.file(draft).status, browser.get(f"{one}recepisse/").status]
    browser.leave()
    return answers


def flows(database: str, here: Site, drafts: list[Any], together: int) -> Measure:
    """Whole flows, so many at a time."""
    answers = at_once(drafts, lambda draft: flow(here, draft), together=together)
    wrong = sum(status not in (200, 302) for row in answers for status in row)
    return Measure(
        "T4", f"{len(drafts)} whole flows, {together} at a time ({sum(map(len, answers))} requests)", database,
        f"{wrong} errors", "0 errors", wrong == 0,
    )  # fmt: skip
