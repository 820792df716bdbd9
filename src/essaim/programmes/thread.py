"""The thread: seven linked cells from the Jam to the places, shown on every page of the chain.

This stage cannot look ahead, so each later stage registers what it knows of its cell; a cell nobody fills yet says what
will be there. What was computed is kept until the programme's journal grows: any act renews it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.utils.translation import get_language

from essaim.kernel.models import Log
from essaim.programmes.models import Programme
from essaim.ui.thread import CELLS


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of the thread, as people read it. `status`: "done", "current" (under way today) or "todo"."""

    key: str
    name: str
    status: str = "todo"
    sentence: str = ""
    url: str = ""
    figures: tuple[tuple[str, str], ...] = ()
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """The seven cells of a programme, as the `thread` tag wants them."""

    programme: str
    cells: tuple[Cell, ...]

    @property
    def urls(self) -> dict[str, str]:
        """Where each cell leads, for those that lead somewhere."""
        return {cell.key: cell.url for cell in self.cells if cell.url}

    @property
    def notes(self) -> dict[str, str]:
        """A short fact for each cell that has one."""
        return {cell.key: cell.sentence for cell in self.cells if cell.sentence}

    @property
    def reached(self) -> str:
        """The last cell where something has begun."""
        begun = [cell.key for cell in self.cells if cell.status != "todo"]
        return begun[-1] if begun else ""


Provider = Callable[[Programme, datetime], Cell | None]
_PROVIDERS: dict[str, Provider] = {}


def provides(key: str) -> Callable[[Provider], Provider]:
    """Register what a stage knows of one cell: `f(programme, at) -> Cell | None` (public facts only)."""

    def register(provider: Provider) -> Provider:
        if key not in CELLS or key in _PROVIDERS:
            raise ValueError(f"the cell {key} is unknown or provided twice")
        _PROVIDERS[key] = provider
        return provider

    return register


def thread_of(programme: Programme, *, at: datetime) -> Thread:
    """The thread of a programme; one query when nothing happened since the last time."""
    size = Log.objects.filter(name=programme.journal_log).values_list("size", flat=True).first() or 0
    # Whether a call is open depends on the clock, hence the minute in the key.
    key = f"thread:{programme.pk}:{size}:{get_language()}:{at:%Y%m%d%H%M}"
    cells: tuple[Cell, ...] | None = cache.get(key)
    if cells is None:
        cells = tuple(_cell(name, programme, at) for name in CELLS)
        cache.set(key, cells, 3600)
    return Thread(str(programme.title), cells)


def _cell(key: str, programme: Programme, at: datetime) -> Cell:
    provider = _PROVIDERS.get(key)
    return (provider(programme, at) if provider else None) or Cell(key=key, name=str(CELLS[key]))
