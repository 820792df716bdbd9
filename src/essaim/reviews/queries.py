"""What is asked of reviews: what is unfinished, totals, and the affinities handed to the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from essaim.engine.similarity import stem, words

OUT_OF_TWENTY = 20_000  # thousandths of a point


def unfinished_criteria(
    grid: Mapping[str, Any], scores: Mapping[str, int], justifications: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The criteria without a score on the scale, or whose justification is too short."""
    least, scale = grid.get("justification_min_length", 0), grid["scale"]
    return [
        criterion
        for criterion in grid["criterion"]
        if not scale["min"] <= scores.get(criterion["code"], scale["min"] - 1) <= scale["max"]
        or len(justifications.get(criterion["code"], "").strip()) < least
    ]


def total_of(grid: Mapping[str, Any], scores: Mapping[str, int]) -> int:
    """The weighted mark in thousandths of a point out of 20, exact then rounded half up."""
    scale = grid["scale"]
    weights = sum(criterion["weight"] for criterion in grid["criterion"])
    share = sum(
        Fraction(criterion["weight"] * (scores[criterion["code"]] - scale["min"]), scale["max"] - scale["min"])
        for criterion in grid["criterion"]
    )
    return int(share * OUT_OF_TWENTY / weights + Fraction(1, 2))


def affinities(applications: Sequence[Any], experts: Sequence[Any]) -> npt.NDArray[np.float64]:
    """How well each expert knows each application's subject, between 0 and 1: shape (applications, experts).

    The share of the expert's specialties whose stems are all found in the application's title and texts (80 %), and
    another region than the applicant's, as distance helps judgement (20 %).
    """
    known = [[_stems(specialty) for specialty in expert.specialties] for expert in experts]
    matrix = np.zeros((len(applications), len(experts)))
    for i, application in enumerate(applications):
        texts = [application.title, *(value for value in application.answers.values() if isinstance(value, str))]
        found = _stems(" ".join(texts))
        region = application.commune.department.region_2013_id if application.commune else ""
        for j, expert in enumerate(experts):
            share = sum(specialty <= found for specialty in known[j]) / max(1, len(known[j]))
            matrix[i, j] = round(0.8 * share + (0.2 if region != expert.region else 0.0), 4)
    return matrix


def _stems(text: str) -> frozenset[str]:
    return frozenset(map(stem, words(text)))
