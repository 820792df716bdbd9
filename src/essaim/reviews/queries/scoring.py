"""Marks of a review, and the affinities handed to the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from essaim.applications.queries import tells_regions_of_2013
from essaim.engine.assignment import Reason
from essaim.engine.similarity import stem, words
from essaim.kernel.bilingual import Bilingual

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
        found, region = _stems(" ".join(texts)), region_of(application)
        for j, expert in enumerate(experts):
            share = sum(specialty <= found for specialty in known[j]) / max(1, len(known[j]))
            matrix[i, j] = round(0.8 * share + (0.2 if region != expert.region else 0.0), 4)
    return matrix


def region_of(application: Any) -> str:
    """The code of an application's region, in the regions of its call's time; "" without a commune."""
    if application.commune is None:
        return ""
    department = application.commune.department
    return str(department.region_2013_id if tells_regions_of_2013(application.call) else department.region_id)


def _stems(text: str) -> frozenset[str]:
    return frozenset(map(stem, words(text)))


def pair_sentence(reason: Reason, *, open_to: int, recused: int) -> Bilingual:
    """Why this expert for this file, in one sentence of each language; it names nobody, since names may be erased.

    `open_to`: experts without a conflict for the file; `recused`: those set aside by one who know it better.
    """
    score, busier = f"{reason.score:.2f}", len(reason.busier)
    rank_fr = "la meilleure affinité" if reason.rank == 1 else f"la {reason.rank}e affinité"
    rank_en = "The best affinity" if reason.rank == 1 else f"Affinity number {reason.rank}"
    french = [f"A {rank_fr} avec le sujet ({score.replace('.', ',')} sur 1) parmi {_many(open_to, 'expert possible')}"]
    english = [f"{rank_en} with the subject ({score} out of 1) among {open_to} possible expert{'s' * (open_to > 1)}"]
    if busier:
        french.append(
            f"{busier} mieux placés sont plus utiles à d’autres dossiers"
            if busier > 1
            else "un mieux placé est plus utile à un autre dossier"
        )
        english.append(f"{busier} better placed {'are' if busier > 1 else 'is'} more useful elsewhere")
    if recused:
        french.append(f"{recused} mieux placés sont en conflit" if recused > 1 else "un mieux placé est en conflit")
        english.append(f"{recused} better placed {'have' if recused > 1 else 'has'} a conflict")
    return Bilingual(fr="\u00a0; ".join(french) + ".", en="; ".join(english) + ".")


def _many(count: int, words: str) -> str:
    """A French count: « 1 expert possible », « 37 experts possibles »."""
    return f"{count} {words}" if count < 2 else f"{count} " + " ".join(f"{word}s" for word in words.split())
