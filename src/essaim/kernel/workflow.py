"""One way to change a state: a frozen table of transitions, declared beside the model in its `lifecycle.py`.

From one row come the button, the sentence when it is refused, the permission, the journal's verb, the generated
docs/lifecycles.md and the test matrix. A move is one transaction: compare and set the state, ask every need again,
run the effects, write one line in the journal, let later stages react.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from essaim.kernel import access, journal
from essaim.kernel.models import Event

M = TypeVar("M", bound=models.Model)
Need = Callable[..., "str | None"]
Effect = Callable[..., None]


class Refused(Exception):
    """A move or an action that cannot be; `str(error)` is the sentence shown, which says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One row of a lifecycle.

    `needs`: each `need(obj, *, by, at)` returns None or the sentence that refuses. `then`: each
    `effect(obj, *, by, at, **data)` runs inside the transaction. `reason`: the move is refused without a reason in
    words. `public`: payload fields anyone may read in the public record, None when the act is not public.
    `record(obj, data)`: what goes in the journal beside the states (ids, amounts, digests).
    """

    name: str
    source: frozenset[str]
    target: str
    by: frozenset[str]
    label: Any
    needs: tuple[Need, ...] = ()
    then: tuple[Effect, ...] = ()
    reason: bool = False
    public: tuple[str, ...] | None = None
    record: Callable[[Any, dict[str, Any]], dict[str, Any]] | None = None


def move(
    name: str, source: str | Iterable[str], target: str, *, by: str | Iterable[str], label: Any, **rest: Any
) -> Transition:
    """A row, written shortly: `move("open", DRAFT, OPEN, by="officer", label=_("Ouvrir"))`."""
    sources = [source] if isinstance(source, str) else source
    roles = [by] if isinstance(by, str) else by
    return Transition(
        name=name,
        source=frozenset(str(s) for s in sources),
        target=str(target),
        by=frozenset(roles),
        label=label,
        needs=tuple(rest.pop("needs", ())),
        then=tuple(rest.pop("then", ())),
        **rest,
    )


CHANGED = gettext_noop("Quelqu’un vient de modifier cet objet : rechargez la page pour voir où il en est.")
LIFECYCLES: dict[type[models.Model], Lifecycle[Any]] = {}
_REACTIONS: dict[str, list[Effect]] = {}


def on(verb: str) -> Callable[[Effect], Effect]:
    """Register a later stage's reaction `f(obj, *, by, at, event)` to a move; it runs in the same transaction."""

    def register(reaction: Effect) -> Effect:
        _REACTIONS.setdefault(verb, []).append(reaction)
        return reaction

    return register


def reactions_to(verb: str) -> tuple[Effect, ...]:
    """The reactions registered for a verb, in the order of the story."""
    return tuple(_REACTIONS.get(verb, ()))


@dataclass(slots=True)
class Lifecycle(Generic[M]):
    """The lifecycle of a model: `states` is its TextChoices, the first one is where objects begin."""

    model: type[M]
    states: type[models.TextChoices]
    transitions: tuple[Transition, ...]
    field: str = "state"
    table: dict[str, Transition] = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        self.table = {t.name: t for t in self.transitions}
        LIFECYCLES[self.model] = self
        for transition in self.transitions:
            journal.declare(self.verb(transition.name), label=transition.label, public=transition.public)

    def verb(self, name: str) -> str:
        """The journal's verb of a move: `calls.call.publish`."""
        return f"{self.model._meta.label_lower}.{name}"

    def why_not(self, obj: M, name: str, *, by: Any, at: datetime) -> str | None:
        """The first reason, in a sentence, why `by` cannot make this move now; None when it can."""
        transition = self.table[name]
        if not transition.by & access.roles(by, obj):
            return _("Cette action est réservée à : %(roles)s.") % {"roles": ", ".join(role_labels(transition.by))}
        state = getattr(obj, self.field)
        if state not in transition.source:
            return _("Cette action n’est pas possible dans l’état « %(state)s ».") % {"state": self.states(state).label}
        return _first_refusal(transition, obj, by=by, at=at)

    def available(self, obj: M, *, by: Any, at: datetime) -> list[Transition]:
        """The moves `by` can make now, in the table's order."""
        return [t for t in self.transitions if self.why_not(obj, t.name, by=by, at=at) is None]

    def perform(self, obj: M, name: str, *, by: Any, at: datetime, **data: Any) -> Event:
        """Make the move, wholly or not at all; returns its journal line. Raises Refused with the sentence to show."""
        transition, before = self._allowed(obj, name, by=by, at=at, data=data)
        used = self._used(obj, transition, by=by)
        with transaction.atomic():
            won = self.model._base_manager.filter(pk=obj.pk, **{self.field: before}).update(
                **{self.field: transition.target}
            )
            if not won:
                raise Refused(_(CHANGED))
            fresh = self.model._base_manager.get(pk=obj.pk)
            setattr(fresh, self.field, before)
            if refusal := _first_refusal(transition, fresh, by=by, at=at):
                raise Refused(refusal)
            setattr(fresh, self.field, transition.target)
            for effect in transition.then:
                effect(fresh, by=by, at=at, **data)
            event = self._record(fresh, transition, before, by=by, at=at, data=data, used=used)
            for reaction in reactions_to(self.verb(name)):
                reaction(fresh, by=by, at=at, event=event)
        obj.refresh_from_db()
        return event

    def perform_held(self, obj: M, name: str, *, by: Any, at: datetime, columns: dict[str, Any], **data: Any) -> Event:
        """The same for a row the caller holds: read inside the present transaction, after the lock every writer takes.

        Nothing is read again, and needs are asked once; the state is still compared and set, together with `columns`.
        """
        transition, before = self._allowed(obj, name, by=by, at=at, data=data)
        used = self._used(obj, transition, by=by)
        values = {self.field: transition.target, **columns}
        if not self.model._base_manager.filter(pk=obj.pk, **{self.field: before}).update(**values):
            raise Refused(_(CHANGED))
        for column, value in values.items():
            setattr(obj, column, value)
        for effect in transition.then:
            effect(obj, by=by, at=at, **data)
        event = self._record(obj, transition, before, by=by, at=at, data=data, used=used)
        for reaction in reactions_to(self.verb(name)):
            reaction(obj, by=by, at=at, event=event)
        return event

    def _allowed(self, obj: M, name: str, *, by: Any, at: datetime, data: dict[str, Any]) -> tuple[Transition, str]:
        """The row and the present state; raises the sentence that refuses."""
        if refusal := self.why_not(obj, name, by=by, at=at):
            raise Refused(refusal)
        transition = self.table[name]
        if transition.reason and not str(data.get("reason", "")).strip():
            raise Refused(_("Donnez une raison : elle accompagnera la décision."))
        return transition, getattr(obj, self.field)

    def _used(self, obj: M, transition: Transition, *, by: Any) -> str:
        """The role in which the move is made."""
        return min(transition.by & access.roles(by, obj), default="")

    def _record(
        self, obj: M, transition: Transition, before: str, *, by: Any, at: datetime, data: dict[str, Any], used: str
    ) -> Event:
        payload: dict[str, Any] = {"from": before, "to": transition.target}
        if reason := str(data.get("reason", "")).strip():
            payload["reason_sha256"] = journal.digest(reason)
        if transition.record:
            payload |= transition.record(obj, data)
        return journal.append(self.verb(transition.name), subject=obj, by=by, at=at, role=used, payload=payload)


def _first_refusal(transition: Transition, obj: Any, *, by: Any, at: datetime) -> str | None:
    for need in transition.needs:
        if refusal := need(obj, by=by, at=at):
            return refusal
    return None


def role_labels(names: Iterable[str]) -> list[str]:
    """Roles as people read them, sorted."""
    return sorted(str(access.ROLE_LABELS.get(name, name)) for name in names)


def state_constraint(states: type[models.TextChoices], name: str, field: str = "state") -> models.CheckConstraint:
    """The database constraint that goes with a lifecycle: only the states of the table."""
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": states.values}), name=name)
