"""Writes on reference data: load the territory, take in known places, invent some for a demonstration."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from essaim.kernel import journal
from essaim.places import lifecycle, reference
from essaim.places.models import Commune, Department, KnownPlace, PlaceImport, PlaceKind, Region
from essaim.places.queries import CommuneArrays, commune_arrays

if TYPE_CHECKING:
    from essaim.accounts.models import Person

BATCH = 1000
INVENTED_SOURCE = "Démonstration"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many rows a write added, changed, and found already there."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(self.added + other.added, self.changed + other.changed, self.unchanged + other.unchanged)


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A known place read from a source, checked: what `import_places` writes. Degrees for the position.

    `line` is where it stands in the file; `remarks` are sentences about what is odd in it but does not prevent it.
    """

    source_id: str
    name: str
    kind: str
    latitude: float
    longitude: float
    commune_code: str = ""
    address: str = ""
    email: str = ""
    website: str = ""
    line: int = 0
    remarks: tuple[str, ...] = ()

    def fields(self) -> dict[str, Any]:
        """The fields of a KnownPlace that come from the source."""
        values = asdict(self)
        del values["line"], values["remarks"], values["source_id"]
        values["commune_id"] = values.pop("commune_code") or None
        return values


def merge(model: type[models.Model], key: str, rows: Sequence[dict[str, Any]]) -> Outcome:
    """Make the table hold these rows: create those missing, rewrite those that differ, touch nothing else."""
    names = [name for name in rows[0] if name != key]
    present = {values[0]: values[1:] for values in model._default_manager.values_list(key, *names)}
    missing, different = [], []
    for row in rows:
        before = present.get(row[key])
        if before is None:
            missing.append(row)
        elif before != tuple(row[name] for name in names):
            different.append(row)
    model._default_manager.bulk_create([model(**row) for row in missing], BATCH)
    model._default_manager.bulk_update([model(**row) for row in different], names, BATCH)
    return Outcome(len(missing), len(different), len(rows) - len(missing) - len(different))


@transaction.atomic
def load_reference(*, at: datetime) -> Outcome:
    """Load the regions, departments and communes of the committed tables; safe to call again (it then only compares).

    A commune that left the tables stays, since places may be attached to it.
    """
    outcome = merge(Region, "code", reference.regions())
    outcome += merge(Department, "code", reference.departments())
    outcome += merge(Commune, "code", reference.communes())
    if outcome.added or outcome.changed:
        record(lifecycle.REFERENCE_LOADED, outcome, source="INSEE, IGN", digest=reference.digest(), by=None, at=at)
    return outcome


@transaction.atomic
def import_places(rows: Iterable[PlaceRow], *, source: str, by: Person | None, at: datetime) -> Outcome:
    """Take in known places from one source, all or none; a place already known from it is brought up to date.

    A place of the source that is no longer in the rows stays. `by` is None when the command line acts.
    Raises ValueError, in a sentence, for an empty source or for an identifier given twice.
    """
    return write_places(list(rows), lifecycle.IMPORTED, source=source, invented=False, by=by, at=at)


@transaction.atomic
def add_invented_places(*, fablabs: int = 60, epn: int = 600, seed: int, at: datetime) -> Outcome:
    """Invent known places for a demonstration, at real communes drawn in proportion to their population.

    Same seed and same numbers, same places. Every one is marked `invented`. Needs the territory (`load_reference`).
    """
    arrays = commune_arrays()
    if not len(arrays.code):
        raise ValueError(_("Le territoire n’est pas chargé : lancez d’abord « essaim places load »."))
    rows = [
        *invent(PlaceKind.FABLAB, "Fab lab de démonstration", fablabs, arrays, seed),
        *invent(PlaceKind.EPN, "Espace public numérique de démonstration", epn, arrays, seed),
    ]
    return write_places(rows, lifecycle.INVENTED, source=INVENTED_SOURCE, invented=True, by=None, at=at)


def invent(kind: PlaceKind, title: str, count: int, arrays: CommuneArrays, seed: int) -> list[PlaceRow]:
    """`count` places at distinct communes, in a fixed order; a few hundred metres from the town hall."""
    draw = random.Random(f"{seed}:{kind}")
    # Efraimidis and Spirakis (2006): the largest u^(1/weight) are a weighted draw without repetition.
    keys = [(draw.random() ** (1 / max(int(people), 1)), i) for i, people in enumerate(arrays.population)]
    chosen = sorted(i for _key, i in sorted(keys, reverse=True)[:count])
    codes = [str(arrays.code[i]) for i in chosen]
    names = dict(Commune.objects.filter(code__in=codes).values_list("code", "name"))
    return [
        PlaceRow(
            source_id=f"{kind}-{code}",
            name=f"{title} {of(names[code])}",
            kind=kind,
            latitude=round(float(arrays.latitude[i]) + draw.uniform(-0.004, 0.004), 5),
            longitude=round(float(arrays.longitude[i]) + draw.uniform(-0.004, 0.004), 5),
            commune_code=code,
            # One in four has no address, as in real lists: the reach of a call shows who could not be told.
            email=f"{kind}.{code.lower()}@invente.example" if number % 4 else "",
        )
        for number, (code, i) in enumerate(zip(codes, chosen, strict=True))
    ]


def of(name: str) -> str:
    """« de » before the name of a commune: du Mans, des Lilas, de La Rochelle, d’Angers.

    >>> of("Le Mans"), of("Les Lilas"), of("La Rochelle"), of("Évry"), of("Brest")
    ('du Mans', 'des Lilas', 'de La Rochelle', 'd’Évry', 'de Brest')
    """
    for article, contracted in (("Le ", "du "), ("Les ", "des ")):
        if name.startswith(article):
            return contracted + name.removeprefix(article)
    return f"d’{name}" if name[0] in "AEIOUYÀÂÉÈÊËÎÏÔÖÙÛÜŒÆ" else f"de {name}"


def write_places(
    rows: Sequence[PlaceRow],
    verb: journal.Verb,
    *,
    source: str,
    invented: bool,
    by: Person | None,
    at: datetime,
) -> Outcome:
    """Create or update the places of one source, and write one journal line."""
    if not source.strip():
        raise ValueError(_("Dites d’où viennent ces lieux : la source est vide."))
    if len({row.source_id for row in rows}) < len(rows):
        raise ValueError(_("Deux lieux ont le même identifiant : chacun doit avoir le sien."))
    present = {place.source_id: place for place in KnownPlace.objects.filter(source=source)}
    missing, different = [], []
    for row in rows:
        fields = {**row.fields(), "invented": invented}
        place = present.get(row.source_id)
        if place is None:
            missing.append(KnownPlace(source=source, source_id=row.source_id, imported_at=at, **fields))
        elif any(getattr(place, name) != value for name, value in fields.items()):
            for name, value in {**fields, "imported_at": at}.items():
                setattr(place, name, value)
            different.append(place)
    KnownPlace.objects.bulk_create(missing, BATCH)
    if different:
        KnownPlace.objects.bulk_update(different, [*rows[0].fields(), "invented", "imported_at"], BATCH)
    outcome = Outcome(len(missing), len(different), len(rows) - len(missing) - len(different))
    content = json.dumps({row.source_id: row.fields() for row in rows}, sort_keys=True, ensure_ascii=False)
    record(verb, outcome, source=source, digest=journal.digest(content), by=by, at=at)
    return outcome


def record(
    verb: journal.Verb, outcome: Outcome, *, source: str, digest: str, by: Person | None, at: datetime
) -> PlaceImport:
    """Keep what was taken in, from where and when, and its line in the journal."""
    taken = PlaceImport.objects.create(source=source, digest=digest, at=at, **asdict(outcome))
    journal.append(verb.name, subject=taken, by=by, at=at, payload={**asdict(outcome), "digest": digest})
    return taken
