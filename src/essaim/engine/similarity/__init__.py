"""Near-duplicate French texts: which ideas say the same thing, and in which words."""

from essaim.engine.similarity.french import STOP_WORDS, fold, stem, words
from essaim.engine.similarity.index import Neighbour, SimilarityIndex, SimilarPair, Text, similar

__all__ = ["STOP_WORDS", "Neighbour", "SimilarPair", "SimilarityIndex", "Text", "fold", "similar", "stem", "words"]
