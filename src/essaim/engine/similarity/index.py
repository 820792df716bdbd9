"""Texts as vectors, neighbours, and the words two texts share.

A score is a cosine between tf-idf vectors, half on stems, half on the characters of stems (3 to 5 letters, which
forgives spelling), and, from 200 to 5,000 texts, on their latent semantics too (Deerwester et al. 1990), which brings
together wordings that share no word. A suggestion is never an action: it is to be shown, with its shared words.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from essaim.engine.refusal import Refusal
from essaim.engine.similarity.french import STOP_WORDS, fold, stem, words

Floats = npt.NDArray[np.float64]

LATENT_FROM, LATENT_TO = 200, 5_000  # texts: fewer teach too little, more cost too much
LATENT_SIZE = 150
SAME_THEME = 0.15  # share of the missing similarity that a common theme is worth
BLOCK = 512  # rows of the similarity matrix held at a time


@dataclass(frozen=True)
class Text:
    """A text to compare. `theme`: an optional label; two texts with the same one are likelier to say the same thing."""

    id: str
    text: str
    theme: str = ""


@dataclass(frozen=True)
class SimilarPair:
    """Two texts (a before b in the order given), their score from 0 to 1, the words they share, the rarest first."""

    a: str
    b: str
    score: float
    shared: tuple[str, ...]


@dataclass(frozen=True)
class Neighbour:
    """A text close to the one asked about."""

    id: str
    score: float
    shared: tuple[str, ...]


def similar(
    texts: Sequence[Text] | Mapping[str, str],
    *,
    themes: Mapping[str, str] | None = None,
    stop_words: Collection[str] = STOP_WORDS,
    threshold: float = 0.3,
    limit: int = 200,
) -> tuple[SimilarPair, ...]:
    """The closest pairs, best first (then by position), with score >= threshold, at most `limit`.

    texts: Texts, or a mapping id -> text; themes: id -> theme, over those of the texts. O(n^2) dot products.
    """
    index = SimilarityIndex(texts, themes=themes, stop_words=stop_words)
    found: list[tuple[float, int, int]] = []
    for begin in range(0, len(index), BLOCK):
        scores = index.scores(begin, min(begin + BLOCK, len(index)))
        rows, columns = np.nonzero(scores >= threshold)
        keep = rows + begin < columns
        rows, columns = rows[keep], columns[keep]
        found += zip(scores[rows, columns].tolist(), (rows + begin).tolist(), columns.tolist(), strict=True)
        if len(found) > 20 * limit:
            found = sorted(found, key=_best_first)[:limit]
    found.sort(key=_best_first)
    return tuple(
        SimilarPair(index.ids[a], index.ids[b], round(score, 4), index.shared(a, b)) for score, a, b in found[:limit]
    )


def _best_first(entry: tuple[float, int, int]) -> tuple[float, int, int]:
    """Decreasing score (to nine decimals, so that rounding noise does not order ties), then position."""
    score, a, b = entry
    return -round(score, 9), a, b


class SimilarityIndex:
    """Texts ready to be compared; build it once, then ask `nearest` while someone types (1,000 texts: a few ms)."""

    def __init__(
        self,
        texts: Sequence[Text] | Mapping[str, str],
        *,
        themes: Mapping[str, str] | None = None,
        stop_words: Collection[str] = STOP_WORDS,
    ) -> None:
        if isinstance(texts, Mapping):
            texts = [Text(key, value) for key, value in texts.items()]
        self.ids = tuple(text.id for text in texts)
        if len(set(self.ids)) < len(self.ids):
            twice = next(key for key, times in Counter(self.ids).items() if times > 1)
            raise Refusal(
                f"L’identifiant « {twice} » figure deux fois dans la liste des textes.",
                f"The identifier “{twice}” appears twice in the list of texts.",
                [twice],
            )
        self.themes = [(themes or {}).get(text.id, text.theme) for text in texts]
        self._theme_codes = np.array([self._code(theme) for theme in self.themes], dtype=np.int64)
        self.stop_words = frozenset(fold(word) for word in stop_words)
        self._words = [words(text.text, self.stop_words) for text in texts]
        self._stems = [[fold(stem(word)) for word in group] for group in self._words]
        self._on_words = _Vectors([Counter(group) for group in self._stems])
        self._on_letters = _Vectors([_letters(group) for group in self._stems])
        self._latent = _Latent(self._on_words.rows) if LATENT_FROM <= len(texts) <= LATENT_TO else None

    def __len__(self) -> int:
        return len(self.ids)

    def _code(self, theme: str) -> int:
        """Position of the first text of this theme, -1 for no theme."""
        return self.themes.index(theme) if theme in self.themes and theme else -1

    def scores(self, begin: int, end: int) -> Floats:
        """(end - begin, n) scores of some texts with all; a text with itself scores 0."""
        block = self._blend(self._on_words.rows[begin:end], self._on_letters.rows[begin:end])
        theme = self._theme_codes
        same = (theme[begin:end, None] == theme[None, :]) & (theme[begin:end, None] >= 0)
        block += SAME_THEME * same * (block > 0) * (1 - block)
        block[np.arange(end - begin), np.arange(begin, end)] = 0.0
        return np.clip(block, 0.0, 1.0)

    def nearest(self, text: str, *, theme: str = "", limit: int = 5, threshold: float = 0.2) -> tuple[Neighbour, ...]:
        """The texts closest to one being written, best first."""
        asked = words(text, self.stop_words)
        stems = [fold(stem(word)) for word in asked]
        row = self._blend(self._on_words.vector(Counter(stems)), self._on_letters.vector(_letters(stems)))[0]
        if theme:
            row += SAME_THEME * (self._theme_codes == self._code(theme)) * (row > 0) * (1 - row) * bool(theme)
        order = np.lexsort((np.arange(len(row)), -np.round(row, 9)))[:limit]
        known = dict(zip(stems, asked, strict=True))
        return tuple(
            Neighbour(self.ids[k], round(float(min(1.0, row[k])), 4), self._common(known, int(k)))
            for k in order
            if row[k] >= threshold
        )

    def shared(self, a: int, b: int) -> tuple[str, ...]:
        """Words of text a whose stem is in text b too, the rarest first."""
        return self._common(dict(zip(self._stems[a], self._words[a], strict=True)), b)

    def _common(self, known: Mapping[str, str], b: int) -> tuple[str, ...]:
        """The words of `known` (stem -> word) found in text b, the rarest first, then alphabetically."""
        common = set(known) & set(self._stems[b])
        return tuple(known[s] for s in sorted(common, key=lambda s: (-self._on_words.rarity(s), s)))

    def _blend(self, on_words: Any, on_letters: Any) -> Floats:
        """Mean of the cosines on words, letters and, when there is, latent meanings."""
        by_words: Floats = np.asarray((on_words @ self._on_words.rows.T).todense())
        by_letters: Floats = np.asarray((on_letters @ self._on_letters.rows.T).todense())
        if self._latent is None:
            return 0.5 * by_words + 0.5 * by_letters
        return 0.3 * by_words + 0.3 * by_letters + 0.4 * self._latent.cosines(by_words)


def _letters(stems: Sequence[str]) -> Counter[str]:
    """Runs of 3 to 5 characters of each stem, its ends marked by spaces."""
    runs: Counter[str] = Counter()
    for one in stems:
        padded = f" {one} "
        for size in (3, 4, 5):
            runs.update(padded[k : k + size] for k in range(len(padded) - size + 1))
    return runs


class _Vectors:
    """tf-idf vectors of unit length: (1 + log tf) x (1 + log((1 + n) / (1 + df)))."""

    def __init__(self, bags: Sequence[Counter[str]]) -> None:
        vocabulary = sorted({term for bag in bags for term in bag})
        self.column = {term: k for k, term in enumerate(vocabulary)}
        frequency = np.zeros(len(vocabulary))
        for bag in bags:
            for term in bag:
                frequency[self.column[term]] += 1
        self.weight = 1 + np.log((1 + len(bags)) / (1 + frequency))
        self.rows: Any = self._matrix(bags)

    def _matrix(self, bags: Sequence[Counter[str]]) -> Any:
        """Sparse (len(bags), vocabulary), rows of unit length; unknown terms are left out."""
        from scipy.sparse import csr_array

        data, columns, starts = [], [], [0]
        for bag in bags:
            known = sorted((self.column[term], count) for term, count in bag.items() if term in self.column)
            terms = [column for column, _ in known]
            row = (1 + np.log(np.array([count for _, count in known], dtype=np.float64))) * self.weight[
                np.array(terms, dtype=np.int64)
            ]
            norm = np.sqrt(row @ row) if len(row) else 1.0
            data.append(row / norm)
            columns += terms
            starts.append(len(columns))
        flat = np.concatenate(data) if data else np.zeros(0)
        return csr_array(
            (flat, np.array(columns, dtype=np.int64), np.array(starts)), shape=(len(bags), len(self.column))
        )

    def vector(self, bag: Counter[str]) -> Any:
        """The sparse row (1, vocabulary) of one more text."""
        return self._matrix([bag])

    def rarity(self, term: str) -> float:
        """Weight of a term: the rarer, the higher."""
        return float(self.weight[self.column[term]]) if term in self.column else 0.0


class _Latent:
    """The main directions of the texts' cosines; new texts are folded in through their cosines with the known ones."""

    def __init__(self, rows: Any) -> None:
        from scipy.sparse.linalg import eigsh

        n = rows.shape[0]
        size = min(LATENT_SIZE, n // 2)
        values, vectors = eigsh(rows @ rows.T, k=size, v0=np.ones(n), tol=1e-6)
        keep = values > 1e-9
        self.project = vectors[:, keep] / np.sqrt(values[keep])
        self.points = _unit(vectors[:, keep] * np.sqrt(values[keep]))

    def cosines(self, by_words: Floats) -> Floats:
        """(m, n) latent cosines of texts given by their (m, n) word cosines with the known texts."""
        found: Floats = np.maximum(0.0, _unit(by_words @ self.project) @ self.points.T)
        return found


def _unit(rows: Floats) -> Floats:
    """Rows of unit length; empty texts stay at zero."""
    norm = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
    unit: Floats = rows / np.where(norm > 1e-12, norm, 1.0)
    return unit
