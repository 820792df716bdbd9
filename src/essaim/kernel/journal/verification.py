"""Whether a log is what it was: which event was changed, deleted, reordered, or cut from the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from essaim.kernel import journal, merkle
from essaim.kernel.models import Event, Log


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the recomputation of one log found; `broken_at` is the rank of the first wrong event."""

    log: str
    events: int
    root: str
    broken_at: int | None
    sentence: str

    @property
    def ok(self) -> bool:
        """Whether nothing was found wrong."""
        return self.broken_at is None


def verify(log: str, events: Iterable[Event], *, size: int, root: str) -> Verdict:
    """Recompute every leaf and the root of a log, against the head (`size`, `root`) it claims."""
    frontier: list[bytes] = []
    count = 0
    for event in events:
        if event.seq != count:
            missing = event.seq > count
            text = (
                _("L’acte de rang %(rank)d manque : il a été effacé ou déplacé.")
                if missing
                else _("L’acte de rang %(rank)d est en double ou déplacé.")
            )
            return Verdict(log, count, merkle.frontier_root(frontier).hex(), count, text % {"rank": count})
        leaf = merkle.leaf_hash(journal.canonical(event))
        if leaf.hex() != event.leaf:
            text = _("L’acte de rang %(rank)d a été modifié après coup : son empreinte ne correspond plus.")
            return Verdict(log, count, merkle.frontier_root(frontier).hex(), count, text % {"rank": count})
        frontier = merkle.append(frontier, count, leaf)
        count += 1
    recomputed = merkle.frontier_root(frontier).hex()
    if count < size:
        text = _("Le registre est tronqué : %(found)d actes au lieu de %(expected)d.")
        return Verdict(log, count, recomputed, count, text % {"found": count, "expected": size})
    if count > size or recomputed != root:
        text = _(
            "La racine recalculée n’est pas celle de la tête du registre : un acte et son empreinte ont été réécrits."
        )
        return Verdict(log, count, recomputed, 0 if count == size else size, text)
    return Verdict(log, count, recomputed, None, _("Le registre est intact : %(count)d actes.") % {"count": count})


def verify_all() -> list[Verdict]:
    """The verdict on every log of this site."""
    heads = {head.name: head for head in Log.objects.all()}
    names = sorted(heads.keys() | set(Event.objects.order_by().values_list("log", flat=True).distinct()))
    verdicts = []
    for name in names:
        head = heads.get(name)
        events = Event.objects.filter(log=name).order_by("seq", "pk").iterator()
        verdicts.append(verify(name, events, size=head.size if head else 0, root=head.root if head else ""))
    return verdicts
