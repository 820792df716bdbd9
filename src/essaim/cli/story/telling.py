"""The story told from its first card to its funded places, through the actions the site calls: no shortcut writes."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction

from essaim.accounts.models import Person
from essaim.calls.models import Call
from essaim.cli.story import people, projects
from essaim.jams.models import Jam
from essaim.kernel import clock, tasks
from essaim.programmes.models import Programme
from essaim.selections.models import Selection

T = TypeVar("T")
BASE = datetime(2013, 6, 20, 8, 0, tzinfo=UTC)

TEAM = (
    ("officer", "officier@demo.example", "Ada Morvan", "Chargée de programme", "Chargée de programme"),
    ("decision_maker", "decideur@demo.example", "Paul Chevalier", "Ministre (inventé)", "Décideur"),
    ("facilitator", "animateur@demo.example", "Léa Rivière", "Animatrice de la Jam", "Animatrice"),
    ("juror", "jure@demo.example", "Karim Haddad", "Juré", "Juré"),
    ("accountant", "comptable@demo.example", "Odile Perrin", "Agente comptable", "Comptable"),
)


@dataclass(slots=True)
class Story:
    """What is being told: the seed, how many applications, the shift of the clock, and what exists so far."""

    seed: int = 1
    applications: int = 154
    start: datetime = BASE
    slug: str = "fablabs-2013"
    progress: Callable[[str, Sequence[Any]], Iterable[Any]] = lambda title, items: items
    rng: random.Random = field(init=False)
    programme: Programme = field(init=False)
    jam: Jam = field(init=False)
    call: Call = field(init=False)
    selection: Selection = field(init=False)
    team: dict[str, Person] = field(default_factory=dict)
    counts: dict[str, Any] = field(default_factory=dict)
    projects: dict[int, projects.InventedProject] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)

    @property
    def folder(self) -> Path:
        """The programme's folder."""
        return Path(settings.PROGRAMMES_DIR) / self.slug

    def when(self, year: int, month: int, day: int, hour: int = 9, minute: int = 0, second: int = 0) -> datetime:
        """An instant of the story (UTC), moved as the clock's start was moved."""
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC) + (self.start - BASE)

    @contextmanager
    def at(self, instant: datetime) -> Iterator[datetime]:
        """Everything inside happens at this instant, in one transaction; what was waiting for its hour is then done."""
        with clock.telling(instant), transaction.atomic():
            yield instant
            if tasks.immediate():
                tasks.run_due(instant)

    def each(self, title: str, items: Iterable[T]) -> Iterable[T]:
        """Items, with a progress bar."""
        found: Iterable[T] = self.progress(title, list(items))
        return found

    def invented(self, email: str, name: str, role: str = "") -> Person:
        """An invented person's account."""
        known = Person.objects.filter(email=email).first()
        return known or Person.objects.create_user(email, name=name, invented=True, demo_role=role)

    def person(self, number: int) -> Person:
        """One more invented person."""
        found = people.person(self.rng, number)
        return self.invented(found.email, found.name)
