"""The figures as text."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime

from bench.measure import Figure

INTRODUCTION = """# Benchmarks

What `make bench` measured: Essaim beside its peers, in the same run, on seeded instances (`bench/`). Written by
`bench`; do not edit. Times move by a factor of two with the load of the machine; ratios, values and gaps are stable.
*Ratio*: time of the peer over ours, for the same instance. Bars: those the engine was given before it was written.
Texts to compare are generated, each part of an idea said in one of four ways: their recalls tell methods apart, but are
not those of real texts.
"""


def line(figure: Figure) -> str:
    """One figure on the screen."""
    seconds = "" if figure.seconds is None else f"{figure.seconds:.3f} s"
    verdict = {None: "", True: "  met: ", False: "  MISSED: "}[figure.met]
    bar = figure.bar if verdict else ""
    return f"{figure.problem:<13}{figure.size:<46}{figure.who:<29}{seconds:>11}  {figure.result}{verdict}{bar}"


def document(figures: Sequence[Figure], *, load_before: float, load_after: float) -> str:
    """The whole document, in Markdown."""
    parts = [INTRODUCTION, machine(load_before, load_after)]
    for problem in dict.fromkeys(figure.problem for figure in figures):
        rows = [figure for figure in figures if figure.problem == problem]
        parts.append(f"## {problem}\n\n{rows_of(rows)}")
    parts.append(missed(figures))
    return "\n".join(parts)


def machine(load_before: float, load_after: float) -> str:
    """What it was measured on."""
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores ({platform.machine()}), one thread, "
        f"Python {platform.python_version()}, load average {load_before:.1f}"
        f" at the start, {load_after:.1f} at the end.\n"
    )


def rows_of(figures: Sequence[Figure]) -> str:
    """A table of figures."""
    rows = ["| instance | who | time | ratio | result | bar |", "|---|---|---|---|---|---|"]
    for figure in figures:
        seconds = "" if figure.seconds is None or figure.seconds == 0 else f"{figure.seconds:.3g} s"
        verdict = {None: figure.bar, True: f"{figure.bar}: met", False: f"{figure.bar}: **missed**"}[figure.met]
        who = f"**{figure.who}**" if figure.who == "Essaim" else figure.who
        rows.append(f"| {figure.size} | {who} | {seconds} | {ratio(figure, figures)} | {figure.result} | {verdict} |")
    return "\n".join(rows) + "\n"


def ratio(figure: Figure, figures: Sequence[Figure]) -> str:
    """Time of a peer over ours."""
    ours = next((one.seconds for one in figures if (one.size, one.who) == (figure.size, "Essaim")), None)
    if figure.who == "Essaim" or not ours or not figure.seconds:
        return ""
    times = figure.seconds / ours
    return f"{times:.0f} x" if times >= 10 else f"{times:.2g} x"


def missed(figures: Sequence[Figure]) -> str:
    """What misses its bar, and why."""
    rows = [
        f"- {one.problem}, {one.size}: {one.bar}, measured "
        f"{'' if one.seconds is None else f'{one.seconds:.3g} s; '}{one.result or 'see the table'}. "
        f"Why: {one.why or 'not known'}."
        for one in figures
        if one.met is False
    ]
    return "## What misses its bar, and why\n\n" + ("\n".join(rows) if rows else "Nothing in this run.") + "\n"
