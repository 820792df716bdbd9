"""What was done, by whom, in an order nobody can rewrite without being seen.

`append` writes one event inside the caller's transaction, hashes it into its programme's Merkle log and moves the head.
A verb must be declared, with its sentence and with the payload fields the public may read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.db import models, transaction

from essaim.kernel import merkle
from essaim.kernel.models import Event, Log

GENERAL_LOG = "essaim"
Label = Any  # a plain or lazily translated text


@dataclass(frozen=True, slots=True)
class Verb:
    """A kind of act: its sentence, and which payload fields are public (None: the act itself is not public)."""

    name: str
    label: Label
    public: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event just written stands: the head it made, and the proof (hexadecimal) that it is under it."""

    size: int
    root: str
    proof: tuple[str, ...]


VERBS: dict[str, Verb] = {}


def declare(name: str, *, label: Label, public: Iterable[str] | None = None) -> Verb:
    """Declare a verb once; `public` lists the payload fields anyone may read, None keeps the whole act private."""
    if name in VERBS:
        raise ValueError(f"the verb {name} is declared twice")
    VERBS[name] = Verb(name, label, None if public is None else frozenset(public))
    return VERBS[name]


def digest(text: str) -> str:
    """The SHA-256 of a text, in hexadecimal: what the journal keeps of words."""
    return sha256(text.encode()).hexdigest()


def canonical(event: Event) -> bytes:
    """The exact bytes of an event that are hashed: JSON, keys sorted, no spaces, UTF-8, instant in UTC."""
    return json.dumps(
        {
            "log": event.log,
            "seq": event.seq,
            "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": event.actor,
            "role": event.role,
            "verb": event.verb,
            "subject": f"{event.subject_type}:{event.subject_id}",
            "payload": event.payload,
        },
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    ).encode()


def log_of(subject: models.Model) -> str:
    """The log an object's acts go to: its programme's, or the site's."""
    return str(getattr(subject, "journal_log", GENERAL_LOG))


def append(
    verb: str,
    *,
    subject: models.Model,
    by: models.Model | None,
    at: datetime,
    role: str = "",
    payload: Mapping[str, Any] | None = None,
    log: str | None = None,
) -> Event:
    """Write one event and move the head of its log, inside the caller's transaction.

    `by` is None when the system acts; who acts without an account has a `journal_actor`. `payload` holds ids, amounts
    and digests, never words about people.
    Raises KeyError for an undeclared verb, and TransactionManagementError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("journal.append must be called inside a transaction")
    declared = VERBS[verb]
    name = log or log_of(subject)
    head = _locked_head(name)
    event = Event(
        log=name,
        seq=head.size,
        at=at,
        actor="" if by is None else str(getattr(by, "journal_actor", f"person:{by.pk}")),
        role=role or ("system" if by is None else ""),
        verb=declared.name,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        payload=dict(payload or {}),
    )
    leaf = merkle.leaf_hash(canonical(event))
    event.leaf = leaf.hex()
    event.save(force_insert=True)
    # What is left of the last leaf, smallest first, is all that its inclusion proof needs.
    proof = tuple(reversed(head.frontier))
    frontier = merkle.append([bytes.fromhex(part) for part in head.frontier], head.size, leaf)
    head.size += 1
    head.frontier = [part.hex() for part in frontier]
    head.root = merkle.frontier_root(frontier).hex()
    head.save(force_update=True)
    event.place = Place(size=head.size, root=head.root, proof=proof)
    return event


def _locked_head(name: str) -> Log:
    """The head of a log, which no one else moves until the end of the transaction; made the first time."""
    locked = Log.objects.select_for_update()
    head = locked.filter(name=name).first()
    if head is None:
        Log.objects.get_or_create(name=name, defaults={"root": merkle.EMPTY_ROOT.hex()})
        head = locked.get(name=name)
    return head


def events_of(subject: models.Model) -> models.QuerySet[Event]:
    """The acts on one object, in order."""
    return Event.objects.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))


def public_record(event: Event) -> dict[str, Any] | None:
    """What anyone may read of an event: the role but not the person, and the whitelisted fields; None if private."""
    verb = VERBS.get(event.verb)
    if verb is None or verb.public is None:
        return None
    return {
        "seq": event.seq,
        "at": event.at,
        "role": event.role,
        "verb": event.verb,
        "label": str(verb.label),
        "subject": f"{event.subject_type}:{event.subject_id}",
        "payload": {name: value for name, value in event.payload.items() if name in verb.public},
        "leaf": event.leaf,
    }
