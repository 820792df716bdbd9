"""`python -m bench.service [--only NAME] [--share 0.25] [--write]`: the targets, measured from outside."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path

from bench.service.measures import Measure

PARTS = ("pages", "doubles", "crowd", "crash")
KEPT, KEPT_FROM = Path("bench/.measured"), 0.2
INTRODUCTION = """# Measures of the service

What `make bench-service` measured, from outside, on throwaway sites with two processes at work behind the front door
(`bench/service/`). The clients ran on the same machine, so times tell less than CPU. Written by `bench.service`; do not
edit.
"""


def main() -> None:
    """Measure, print each line as it comes; with --write, the document."""
    parser = argparse.ArgumentParser(prog="python -m bench.service", description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of the full sizes, at the same rates (0.05 is quick)")
    parser.add_argument("--only", choices=PARTS, action="append")
    parser.add_argument("--write", action="store_true", help="write docs/measures.md from what both databases gave")
    options = parser.parse_args()
    if options.write:
        Path("docs/measures.md").write_text(document(), encoding="utf-8")
        return
    database = "postgresql" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "sqlite"
    for part in options.only or PARTS:
        found: list[Measure] = []
        for measure in importlib.import_module(f"bench.service.{part}").measures(database, share=options.share):
            print(measure.row(), flush=True)
            found.append(measure)
        if options.share >= KEPT_FROM:
            KEPT.mkdir(exist_ok=True)
            rows = {"rows": [measure.row() for measure in found], "load": os.getloadavg()[0]}
            (KEPT / f"{part}-{database}.json").write_text(json.dumps(rows), encoding="utf-8")


def document() -> str:
    """The whole document, from the parts kept."""
    rows, loads = [], []
    for part in PARTS:
        for database in ("sqlite", "postgresql"):
            path = KEPT / f"{part}-{database}.json"
            if path.exists():
                kept = json.loads(path.read_text(encoding="utf-8"))
                rows += kept["rows"]
                loads.append(kept["load"])
    machine = (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores ({platform.machine()}), "
        f"Python {platform.python_version()}, load average {min(loads):.1f} to {max(loads):.1f}.\n"
    )
    head = "| target | what | database | found | asked | |\n|---|---|---|---|---|---|"
    return "\n".join([INTRODUCTION, machine, head, *rows]) + "\n"


if __name__ == "__main__":
    main()
