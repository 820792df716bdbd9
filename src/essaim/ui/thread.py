"""The thread: seven linked cells from the Jam to the places, the one sign used on every page of the story."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CELLS: dict[str, Promise] = {
    "jam": _("Jam"),
    "propositions": _("Propositions"),
    "appel": _("Appel"),
    "candidatures": _("Candidatures"),
    "choix": _("Choix"),
    "conventions": _("Conventions"),
    "lieux": _("Lieux"),
}


@dataclass(frozen=True)
class Cell:
    """One cell as drawn: `state` is done (behind), current (filled) or todo (ahead)."""

    key: str
    label: str
    url: str
    note: str
    state: str

    @property
    def linked(self) -> bool:
        """Whether one can walk to it."""
        return bool(self.url) and self.state != "current"


def cells(current: str, urls: Mapping[str, str], notes: Mapping[str, str], reached: str = "") -> list[Cell]:
    """The seven cells seen from `current`; the programme itself may have gone further, up to `reached`.

    `urls` and `notes` are keyed by cell; a missing address leaves the cell unlinked, a note is a short fact
    (« 25 juin 2013 », « 154 dossiers »). An unknown key raises ValueError.
    """
    unknown = ({current, reached, *urls, *notes} - {""}) - set(CELLS)
    if unknown:
        raise ValueError(f"unknown thread cells {sorted(unknown)}: choose among {list(CELLS)}")
    order = list(CELLS)
    last = order.index(reached or current or order[0])
    drawn = []
    for rank, (key, label) in enumerate(CELLS.items()):
        done = rank < last or (rank == last and bool(reached))
        state = "current" if key == current else "done" if done and (reached or current) else "todo"
        drawn.append(Cell(key, str(label), str(urls.get(key, "")), str(notes.get(key, "")), state))
    return drawn


def neighbours(drawn: list[Cell]) -> tuple[Cell | None, Cell | None]:
    """The nearest linked cell behind the current one, and the nearest ahead."""
    here = next((rank for rank, cell in enumerate(drawn) if cell.state == "current"), None)
    if here is None:
        return None, next((cell for cell in drawn if cell.linked), None)
    back = next((cell for cell in reversed(drawn[:here]) if cell.linked), None)
    forward = next((cell for cell in drawn[here + 1 :] if cell.linked), None)
    return back, forward
