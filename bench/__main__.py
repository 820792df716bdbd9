"""`python -m bench [--quick] [--only NAME] [--no-write]`: the table on the screen and in docs/benchmarks.md."""

from __future__ import annotations

import argparse
import os

for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"  # one thread, as the engine's bars ask: before numpy is imported

import importlib  # noqa: E402 - after the environment
from pathlib import Path  # noqa: E402

from bench.report import document, line  # noqa: E402

PROBLEMS = ("grouping", "similarity", "votes", "assignment", "calibration", "portfolio", "explain", "opinions")


def main() -> None:
    """Run the problems asked for, print each figure as it comes, write the document."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, a minute or two; nothing is written")
    parser.add_argument("--only", choices=PROBLEMS, action="append", help="this problem only; nothing is written")
    parser.add_argument("--no-write", action="store_true", help="do not write docs/benchmarks.md")
    options = parser.parse_args()
    importlib.import_module("scipy.linalg")  # so that the first figure does not pay for it
    importlib.import_module("scipy.sparse.linalg")
    load, found = os.getloadavg(), []
    for name in options.only or PROBLEMS:
        for figure in importlib.import_module(f"bench.{name}").figures(options.quick):
            print(line(figure), flush=True)
            found.append(figure)
    if not (options.quick or options.only or options.no_write):
        text = document(found, load_before=load[0], load_after=os.getloadavg()[0])
        Path("docs/benchmarks.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
