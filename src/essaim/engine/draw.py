"""A public draw that nobody can bias, and that anyone can replay: commit, wait for public randomness, reveal.

Process (draft-thomson-elegy-vrs, "A Verifiable Random Selection Process"):
1. announce, before the randomness exists: the tie group, the funder's commitment SHA-256(secret), a future drand round;
2. the round is published by the drand network: the funder could not choose it;
3. reveal the secret: the drand network could not know it, and the commitment forbids changing it.
The order is HKDF (RFC 5869, SHA-256): key = Extract(salt = secret, IKM = randomness), then Expand(key, label) for each
label, sorted as bytes: always a complete order, hence a waiting list. Nothing here reads a clock or invents randomness.
The signature of the drand round is not verified here: the randomness is an input, and the record says so.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from essaim.engine.refusal import Refusal

KIND = "essaim.draw/1"
NOT_VERIFIED = "not verified: compare the randomness of this round with the drand network's own publication"


class DrawError(Refusal):
    """The draw cannot be announced, or does not agree with its announcement; the sentence says where it breaks."""


@dataclass(frozen=True)
class Announcement:
    """What is published before the randomness exists. `group_digest` is the SHA-256 of the canonical JSON of the
    ids.
    """

    ids: tuple[str, ...]
    commitment: str
    drand_round: int
    group_digest: str
    kind: str = KIND

    def digest(self) -> str:
        """SHA-256 of the canonical JSON of the announcement: the line to publish, or to put in the journal."""
        return hashlib.sha256(canonical(asdict(self))).hexdigest()


@dataclass(frozen=True)
class Draw:
    """The result: the complete order (a waiting list) and everything needed to recompute it."""

    announcement: Announcement
    announcement_digest: str
    randomness: str
    secret: str
    order: tuple[str, ...]
    keys: tuple[str, ...]
    randomness_check: str = NOT_VERIFIED


def canonical(document: object) -> bytes:
    """Canonical JSON: sorted keys, no spaces, UTF-8."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def hash_chain(secret: bytes, times: int) -> bytes:
    """SHA-256 applied `times` times: the commitments of successive draws under one secret (section 2.3 of the
    draft).
    """
    for _ in range(times):
        secret = hashlib.sha256(secret).digest()
    return secret


def commitment(secret: bytes) -> str:
    """The public commitment to a secret, in hexadecimal. The secret must hold at least 16 bytes that nobody can
    guess.
    """
    if len(secret) < 16:
        raise DrawError(
            "Le secret doit avoir au moins 16 octets : un plus court pourrait être deviné à partir de son engagement.",
            "The secret must hold at least 16 bytes: a shorter one could be guessed from its commitment.",
        )
    return hash_chain(secret, 1).hex()


def vrs_order(randomness: bytes, secret: bytes, labels: Iterable[str]) -> list[tuple[str, str]]:
    """(HKDF output in hexadecimal, label), sorted: the VRS order of the labels. Labels must be distinct."""
    key = hmac.new(secret, randomness, hashlib.sha256).digest()
    ranked = [(hmac.new(key, label.encode() + b"\x01", hashlib.sha256).hexdigest(), label) for label in labels]
    return sorted(ranked)


def order(randomness: bytes, secret: bytes, ids: Iterable[str]) -> tuple[str, ...]:
    """The ids in the order of the draw; the same whatever the order in which they are given."""
    return tuple(label for _, label in vrs_order(randomness, secret, ids))


def announce(ids: Sequence[str], secret_commitment: str, drand_round: int) -> Announcement:
    """Fix the tie group, the funder's commitment (hexadecimal SHA-256) and the future drand round.

    Raises DrawError when fewer than two ids are given, one appears twice or is empty, the commitment is not 64
    hexadecimal digits, or the round is not a positive number.
    """
    labels = tuple(sorted(ids))
    if len(labels) < 2:
        raise DrawError(
            "Un tirage au sort départage au moins deux dossiers.",
            "A draw needs at least two applications.",
        )
    if len(set(labels)) != len(labels) or any(not label or label != label.strip() for label in labels):
        raise DrawError(
            "Les dossiers à départager doivent être distincts, non vides et sans espace aux bords.",
            "The applications to draw must be distinct, non-empty and without spaces at either end.",
        )
    if len(secret_commitment) != 64 or set(secret_commitment) - set("0123456789abcdef"):
        raise DrawError(
            "L’engagement doit être un SHA-256 en 64 chiffres hexadécimaux minuscules.",
            "The commitment must be a SHA-256 in 64 lower-case hexadecimal digits.",
        )
    if drand_round < 1:
        raise DrawError(
            "Le numéro du tour drand est un nombre positif.",
            "The drand round must be a positive number.",
        )
    group = hashlib.sha256(canonical(list(labels))).hexdigest()
    return Announcement(labels, secret_commitment, drand_round, group)


def reveal(
    announcement: Announcement, *, announcement_digest: str, drand_round: int, randomness: bytes, secret: bytes
) -> Draw:
    """Open the secret once the randomness of the announced round is public, and draw the complete order.

    announcement_digest: as published before the round; randomness: the 32 bytes published by drand for that round.
    Raises DrawError, saying which part does not agree, when anything differs from the announcement.
    """
    if announcement.digest() != announcement_digest:
        raise DrawError(
            "L’annonce n’est pas celle qui a été publiée : son empreinte diffère.",
            "The announcement is not the one published: its digest differs.",
        )
    if announcement != announce(announcement.ids, announcement.commitment, announcement.drand_round):
        raise DrawError(
            "L’annonce se contredit : son groupe ne correspond pas à son empreinte.",
            "The announcement contradicts itself: its group does not match its digest.",
        )
    if drand_round != announcement.drand_round:
        raise DrawError(
            f"L’aléa est celui du tour {drand_round}, le tour annoncé est le {announcement.drand_round}.",
            f"The randomness is of round {drand_round}, the announced round is {announcement.drand_round}.",
        )
    if len(randomness) != 32:
        raise DrawError(
            "L’aléa d’un tour drand fait 32 octets.",
            "The randomness of a drand round is 32 bytes.",
        )
    if not hmac.compare_digest(commitment(secret), announcement.commitment):
        raise DrawError(
            "Le secret révélé n’est pas celui qui avait été engagé.",
            "The secret revealed is not the one committed to.",
        )
    ranked = vrs_order(randomness, secret, announcement.ids)
    return Draw(
        announcement=announcement,
        announcement_digest=announcement_digest,
        randomness=randomness.hex(),
        secret=secret.hex(),
        order=tuple(label for _, label in ranked),
        keys=tuple(key for key, _ in ranked),
    )


def verify(draw: Draw) -> None:
    """Recompute a published draw from its own parts; raises DrawError saying where it breaks."""
    again = reveal(
        draw.announcement,
        announcement_digest=draw.announcement_digest,
        drand_round=draw.announcement.drand_round,
        randomness=bytes.fromhex(draw.randomness),
        secret=bytes.fromhex(draw.secret),
    )
    if again.order != draw.order or again.keys != draw.keys:
        raise DrawError(
            "L’ordre publié n’est pas celui que donnent le secret et l’aléa.",
            "The published order is not the one that the secret and the randomness give.",
        )
