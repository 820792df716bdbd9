"""Ranks of many draws at once, and what is shared by those that nothing tells apart."""

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def ranks_of(quality: Floats) -> Ints:
    """(draws, n) rank of each application in each draw, 1 is best."""
    ranks = np.empty(quality.shape, dtype=np.int64)
    numbers = np.broadcast_to(np.arange(1, quality.shape[1] + 1), quality.shape)
    np.put_along_axis(ranks, np.argsort(-quality, axis=1), numbers, axis=1)
    return ranks


def shared_by(values: npt.NDArray[Any], twins: Ints) -> Floats:
    """Give twins the mean of their values: their draws differ only by chance."""
    total: Floats = np.bincount(twins, values) / np.bincount(twins)
    return total[twins]
