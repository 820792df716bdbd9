"""What the commands write: JSON in a file or on the output, and on a terminal what is being computed."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import typer

from essaim.cli.reading import BadInput

Item = TypeVar("Item")


def write(document: Mapping[str, Any], out: Path | None) -> None:
    """The document as JSON, in `out` or on the standard output."""
    text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    if out is None:
        sys.stdout.write(text)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError:
        raise BadInput(f"« {out} » ne peut pas être écrit.") from None


def note(sentence: str) -> None:
    """A line for the person at the terminal, beside the JSON."""
    typer.echo(sentence, err=True)


@contextmanager
def working(what: str) -> Iterator[None]:
    """On a terminal, what is being computed and for how long."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        bars.add_task(what, total=None)
        yield


def followed(items: Iterable[Item], what: str, total: int) -> Iterator[Item]:
    """The same items, with a progress bar on a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bars:
        yield from bars.track(items, description=what, total=total)


def euros(cents: int) -> int | float:
    """Cents as euros for JSON: a whole number when it is one, else two decimals."""
    return cents // 100 if cents % 100 == 0 else cents / 100
