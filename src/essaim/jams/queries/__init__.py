"""Reads of the Jam: lists with their figures, who supports what, what became of a proposal.

Below the models: functions take objects or querysets, and never import the models of this stage.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Count, Max, Q, Sum

from essaim.kernel.bilingual import as_bilingual

PUBLIC_PROPOSALS = ("submitted", "retained", "studied", "declined")
VERDICTS = ("retained", "studied", "declined")


class JamQuerySet(models.QuerySet[Any]):
    """Jams, with what their lists show."""

    def with_figures(self) -> JamQuerySet:
        """Add `participant_count`, `card_count`, `proposal_count`, `answered_count`, `retained_count`."""
        return self.annotate(
            participant_count=_count(self.model, "participants"),
            card_count=_count(self.model, "rounds__groups__cards"),
            proposal_count=_count(self.model, "proposals", Q(proposals__state__in=PUBLIC_PROPOSALS)),
            answered_count=_count(self.model, "proposals", Q(proposals__state__in=VERDICTS)),
            retained_count=_count(self.model, "proposals", Q(proposals__state="retained")),
        )


class ProposalQuerySet(models.QuerySet[Any]):
    """Proposals, with their support."""

    def public(self) -> ProposalQuerySet:
        """Those that were presented: neither drafts nor abandoned ones."""
        return self.filter(state__in=PUBLIC_PROPOSALS)

    def unanswered(self) -> ProposalQuerySet:
        """Presented, and still waiting for an answer."""
        return self.filter(state="submitted")

    def with_dots(self) -> ProposalQuerySet:
        """Add `dot_count`, the dots received, and `voter_count`, how many people gave some."""
        return self.annotate(dot_count=Sum("dots__count", default=0), voter_count=Count("dots", distinct=True))


def _count(model: type[models.Model], path: str, condition: Q | None = None) -> Any:
    """A correlated count: several of them in one query never multiply each other."""
    rows = model._base_manager.filter(pk=models.OuterRef("pk")).order_by().values("pk")
    return models.functions.Coalesce(
        models.Subquery(rows.annotate(n=Count(path, filter=condition)).values("n"), models.IntegerField()), 0
    )


# --- Themes -----------------------------------------------------------------------------------------------------------
def fold(text: str) -> str:
    """Letters and digits only, lower case, without accents: « Fab labs » and "fablabs" are the same word."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "".join(letter for letter in ascii_text.lower() if letter.isalnum())


def theme_code(jam: Any, said: str) -> str | None:
    """The code of the theme someone named by its code or its title; "" for no theme, None for one the Jam has not."""
    wanted = fold(said)
    if not wanted:
        return ""
    for theme in jam.themes:
        if wanted in {fold(name) for name in (theme["code"], *theme["title"].values())}:
            return str(theme["code"])
    return None


def theme_titles(jam: Any) -> dict[str, str]:
    """Code -> title in the reader's language, in the order of the Jam."""
    return {theme["code"]: str(as_bilingual(theme["title"])) for theme in jam.themes}


# --- Priorities -----------------------------------------------------------------------------------------------------
FEWEST_TOGETHER = 5


def support_by_role(dots: Iterable[tuple[int, int, Mapping[str, str], int]]) -> dict[int, dict[str, int]]:
    """From rows (proposal id, participant id, attributes, count): proposal id -> role -> dots, strongest first.

    Roles held by fewer than five voters are counted together under "", so that no one's own dots can be read.
    """
    rows = [(proposal, voter, str(attributes.get("role", "")), count) for proposal, voter, attributes, count in dots]
    voters: dict[str, set[int]] = {}
    for _proposal, voter, role, _count_given in rows:
        voters.setdefault(role, set()).add(voter)
    found: dict[int, Counter[str]] = {}
    for proposal, _voter, role, count in rows:
        shown = role if len(voters[role]) >= FEWEST_TOGETHER else ""
        found.setdefault(proposal, Counter())[shown] += count
    return {key: dict(sorted(roles.items(), key=lambda item: (-item[1], item[0]))) for key, roles in found.items()}


# --- The conductor's view ---------------------------------------------------------------------------------------------
def tables_at_a_glance(round_: Any) -> list[Any]:
    """The groups of a round with `people`, `cards_written`, `last_sign` (instant or None), in four queries or fewer."""
    groups = list(round_.groups.annotate(cards_written=Count("cards"), last_sign=Max("cards__written_at")))
    seated = dict(round_.seats.order_by().values_list("group").annotate(n=Count("pk")))
    for group in groups:
        group.people = seated.get(group.pk, 0)
    return groups


def current_round(jam: Any) -> Any | None:
    """The round under way, or None."""
    return jam.rounds.filter(started_at__isnull=False, ended_at__isnull=True).order_by("number").first()


def next_round(jam: Any) -> Any | None:
    """The first round not started yet, or None."""
    return jam.rounds.filter(started_at__isnull=True).order_by("number").first()


# --- What became of a proposal --------------------------------------------------------------------------------------
Became = Callable[[Any, datetime], "list[tuple[str, str]]"]
_BECAME: list[Became] = []


def tells_what_became(provider: Became) -> Became:
    """Register what a later stage knows of a proposal: `f(proposal, at) -> [(sentence, address)]`, all public."""
    _BECAME.append(provider)
    return provider


def became(proposal: Any, at: datetime) -> list[tuple[str, str]]:
    """What became of a proposal, told by the later stages in the order of the story."""
    return [line for provider in _BECAME for line in provider(proposal, at)]
