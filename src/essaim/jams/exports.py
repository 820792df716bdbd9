"""Cards and proposals as files: no name of a participant, and what is invented says so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from essaim.jams.models import Card, Jam, ParticipantRole, Proposal
from essaim.jams.queries import theme_titles

ROLES = dict(ParticipantRole.choices)


def cards(jam: Jam, rows: Iterable[Card]) -> tuple[list[str], list[list[Any]]]:
    """Headers and rows: round, table, theme, text, where the author speaks from, proposal it went into."""
    titles = theme_titles(jam)
    headers = ["session", "table", "theme", "idee", "role_auteur", "proposition", "ecrite_le", "invente"]
    lines = [
        [
            card.group.round.number,
            card.group.number,
            titles.get(card.theme, card.theme),
            card.text,
            str(ROLES.get(card.author.role, card.author.role)) if card.author else "",
            card.proposal.number if card.proposal else "",
            card.written_at,
            _invented(card.author and card.author.invented),
        ]
        for card in rows
    ]
    return headers, lines


def proposals(jam: Jam, rows: Iterable[Proposal]) -> tuple[list[str], list[list[Any]]]:
    """Headers and rows: the words of each proposal, its dots, the answer with its reason and its author."""
    titles = theme_titles(jam)
    headers = [
        "numero", "session", "table", "titre", "theme", "probleme", "levier", "qui_agit", "desaccords", "points",
        "etat", "raison", "repondu_par", "qualite", "repondu_le", "invente",
    ]  # fmt: skip
    lines = []
    for row in rows:
        answer = getattr(row, "answer", None)
        lines.append(
            [
                row.number, row.group.round.number, row.group.number, row.title, titles.get(row.theme, row.theme),
                row.problem, row.lever, row.who_acts, row.dissent, row.dot_count, row.get_state_display(),
                *([answer.reason, str(answer.author), answer.author_title, answer.answered_at] if answer else [""] * 4),
                _invented(jam.programme.demonstration),
            ]
        )  # fmt: skip
    return headers, lines


def _invented(invented: Any) -> str:
    return _("inventé pour la démonstration") if invented else ""
