"""How a Jam goes from an invitation to published answers, and a proposal from a draft to a reasoned answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from essaim.jams import access as _policies  # noqa: F401 - the tables below name its roles
from essaim.jams.models import Answer, Jam, JamState, Proposal, ProposalState
from essaim.kernel.workflow import Lifecycle, move
from essaim.programmes.models import TeamMember


# --- What a Jam's moves need -----------------------------------------------------------------------------------------
def has_rounds(jam: Jam, *, by: Any, at: datetime) -> str | None:
    """La Jam a au moins une session, avec sa question."""
    return None if jam.rounds.exists() else _("Ajoutez au moins une session avec sa question avant d’ouvrir.")


def everyone_has_a_seat(jam: Jam, *, by: Any, at: datetime) -> str | None:
    """Le placement de toutes les sessions est arrêté."""
    missing = jam.rounds.filter(seated_at__isnull=True).values_list("number", flat=True)
    if not missing:
        return None
    return _("Arrêtez d’abord le placement : il manque pour %(rounds)s.") % {
        "rounds": ngettext("la session %(n)s", "les sessions %(n)s", len(missing)) % {"n": enumeration(missing)}
    }


def no_round_under_way(jam: Jam, *, by: Any, at: datetime) -> str | None:
    """Aucune session n’est en cours."""
    current = jam.rounds.filter(started_at__isnull=False, ended_at__isnull=True).first()
    return current and _("La session %(n)d est encore en cours : terminez-la d’abord.") % {"n": current.number}


def no_draft_left(jam: Jam, *, by: Any, at: datetime) -> str | None:
    """Chaque proposition a été présentée ou abandonnée."""
    drafts = jam.proposals.filter(state=ProposalState.DRAFT).order_by("number").values_list("number", flat=True)
    return _sentence(
        drafts,
        lambda n: ngettext(
            "%(count)d proposition est encore en cours d’écriture : n° %(which)s. Présentez-la ou abandonnez-la.",
            "%(count)d propositions sont encore en cours d’écriture : n° %(which)s. Présentez-les ou abandonnez-les.",
            n,
        ),
    )


def every_proposal_answered(jam: Jam, *, by: Any, at: datetime) -> str | None:
    """Chaque proposition présentée a reçu une réponse."""
    waiting = jam.proposals.unanswered().order_by("number").values_list("number", flat=True)
    return _sentence(
        waiting,
        lambda n: ngettext(
            "%(count)d proposition attend encore une réponse : n° %(which)s.",
            "%(count)d propositions attendent encore une réponse : n° %(which)s.",
            n,
        ),
    )


def _sentence(numbers: Sequence[int], plural: Any) -> str | None:
    found = list(numbers)
    return plural(len(found)) % {"count": len(found), "which": enumeration(found)} if found else None


def enumeration(items: Sequence[Any]) -> str:
    """« 2, 5 et 9 »."""
    words = [str(item) for item in items]
    return _(" et ").join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _record_counts(jam: Jam, data: dict[str, Any]) -> dict[str, Any]:
    return {"participants": jam.participants.count(), "proposals": jam.proposals.public().count()}


JAM = Lifecycle(
    Jam,
    JamState,
    (
        move(
            "open", JamState.DRAFT, JamState.OPEN, by="facilitator",
            label=gettext_lazy("Ouvrir les inscriptions"), needs=[has_rounds], public=("from", "to"),
        ),
        move(
            "start", JamState.OPEN, JamState.RUNNING, by="facilitator",
            label=gettext_lazy("Commencer la Jam"), needs=[everyone_has_a_seat], public=("from", "to", "participants"),
            record=_record_counts,
        ),
        move(
            "finish", JamState.RUNNING, JamState.ANSWERING, by="facilitator",
            label=gettext_lazy("Lever la séance"), needs=[no_round_under_way],
            public=("from", "to", "participants", "proposals"), record=_record_counts,
        ),
        move(
            "close_answers", JamState.ANSWERING, JamState.CLOSED, by="decision_maker",
            label=gettext_lazy("Clore les réponses"), needs=[no_draft_left, every_proposal_answered],
            public=("from", "to", "participants", "proposals"), record=_record_counts,
        ),
    ),
)  # fmt: skip


# --- What a proposal's moves need ------------------------------------------------------------------------------------
def jam_still_writes(proposal: Proposal, *, by: Any, at: datetime) -> str | None:
    """La Jam est en cours, ou ses réponses ne sont pas closes."""
    if proposal.jam.state in {JamState.RUNNING, JamState.ANSWERING}:
        return None
    return _("Cette Jam ne recueille pas de propositions aujourd’hui.")


def is_whole(proposal: Proposal, *, by: Any, at: datetime) -> str | None:
    """La proposition a un titre, un problème et un levier."""
    names = {"title": _("un titre"), "problem": _("le problème"), "lever": _("le levier proposé")}
    missing = [label for field, label in names.items() if not getattr(proposal, field).strip()]
    return _("Écrivez encore %(what)s avant de présenter.") % {"what": enumeration(missing)} if missing else None


def session_is_over(proposal: Proposal, *, by: Any, at: datetime) -> str | None:
    """La séance est levée : la Jam attend ses réponses."""
    if proposal.jam.state == JamState.ANSWERING:
        return None
    return _("Les réponses se donnent une fois la séance levée, et avant leur clôture.")


def note_submission(proposal: Proposal, *, by: Any, at: datetime, **data: Any) -> None:
    """Keep when the group presented it."""
    Proposal.objects.filter(pk=proposal.pk).update(submitted_at=at)


def sign_answer(proposal: Proposal, *, by: Any, at: datetime, reason: str, **data: Any) -> None:
    """Write the answer: the verdict is the state just reached, signed with the decision maker's title."""
    member = TeamMember.objects.filter(
        programme=proposal.jam.programme_id, person=by, role=TeamMember.Role.DECISION_MAKER
    ).first()
    Answer.objects.create(
        proposal=proposal,
        verdict=proposal.state,
        reason=reason.strip(),
        author=by,
        author_title=member.title if member else "",
        answered_at=at,
    )


def _record_number(proposal: Proposal, data: dict[str, Any]) -> dict[str, Any]:
    return {"jam": proposal.jam_id, "number": proposal.number, "revision": proposal.revision}


def _answer(name: str, target: ProposalState, label: Any) -> Any:
    return move(
        name, ProposalState.SUBMITTED, target, by="decision_maker", label=label, reason=True,
        needs=[session_is_over], then=[sign_answer], record=_record_number,
        public=("from", "to", "number", "reason_sha256"),
    )  # fmt: skip


PROPOSAL = Lifecycle(
    Proposal,
    ProposalState,
    (
        move(
            "submit", ProposalState.DRAFT, ProposalState.SUBMITTED, by=("group_member", "facilitator"),
            label=gettext_lazy("Présenter la proposition"), needs=[jam_still_writes, is_whole],
            then=[note_submission], record=_record_number, public=("from", "to", "number"),
        ),
        move(
            "abandon", ProposalState.DRAFT, ProposalState.ABANDONED, by=("group_member", "facilitator"),
            label=gettext_lazy("Abandonner la proposition"), needs=[jam_still_writes],
            record=_record_number, public=("from", "to", "number"),
        ),
        _answer("retain", ProposalState.RETAINED, gettext_lazy("Retenir")),
        _answer("study", ProposalState.STUDIED, gettext_lazy("Mettre à l’étude")),
        _answer("decline", ProposalState.DECLINED, gettext_lazy("Écarter")),
    ),
)  # fmt: skip
