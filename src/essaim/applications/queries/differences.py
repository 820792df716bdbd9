"""What changed between two texts, word by word: as a person who compares two drafts marks them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

WORDS = re.compile(r"\s+|\w+|[^\w\s]")
SENTENCES = re.compile(r"[^.!?\n]*[.!?\n]*\s*")
# Comparing takes a time that grows with the square: longer texts are compared by sentences, then as a whole.
MOST_PARTS = 1_500


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text: "same", "removed" or "added"."""

    kind: str
    text: str


def differences(before: str, after: str) -> list[Piece]:
    """The pieces that make `after` of `before`: leaving out the removed ones gives `after`, the added ones `before`."""
    for cut in (WORDS, SENTENCES):
        one, other = cut.findall(before), cut.findall(after)
        start = _common(one, other)
        end = _common(one[start:][::-1], other[start:][::-1])
        middle, other_middle = one[start : len(one) - end], other[start : len(other) - end]
        if max(len(middle), len(other_middle)) <= MOST_PARTS:
            pieces = [Piece("same", "".join(one[:start])), *_compared(middle, other_middle)]
            return _joined([*pieces, Piece("same", "".join(one[len(one) - end :]))])
    return _joined([Piece("removed", before), Piece("added", after)])


def _common(one: list[str], other: list[str]) -> int:
    """How many parts two lists share at their beginning."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _compared(one: list[str], other: list[str]) -> list[Piece]:
    pieces = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(one[i1:i2])))
        else:
            pieces += [Piece("removed", "".join(one[i1:i2])), Piece("added", "".join(other[j1:j2]))]
    return pieces


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Without the empty ones, neighbours of a kind made one."""
    joined: list[Piece] = []
    for piece in pieces:
        if not piece.text:
            continue
        if joined and joined[-1].kind == piece.kind:
            joined[-1] = Piece(piece.kind, joined[-1].text + piece.text)
        else:
            joined.append(piece)
    return joined
