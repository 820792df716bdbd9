"""What tables write: cards, one idea each, and the proposals they bring to the decision maker."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from essaim.jams.models import Card, Group, Jam, JamState, Participant, Proposal, ProposalState
from essaim.jams.queries import theme_code
from essaim.kernel import access, journal
from essaim.kernel.workflow import Refused

journal.declare("jams.card.write", label=gettext_lazy("Écrire une carte"), public=("round", "table", "sha256"))
journal.declare("jams.proposal.draft", label=gettext_lazy("Commencer une proposition"), public=("number",))
journal.declare("jams.proposal.amend", label=gettext_lazy("Modifier une proposition"), public=("number", "revision"))

LONGEST_CARD = 500
WORDS = ("title", "problem", "lever", "who_acts", "dissent", "theme")


def write_card(
    *, group: Group, text: str, theme: str = "", key: UUID | None = None, by: Participant, at: datetime
) -> Card:
    """Put one idea on the table; the same `key` and words sent again give the first card.

    Raises Refused, with a sentence, for an empty or too long text, another table than one's own, a round that is not
    under way, or a theme that is not the Jam's.
    """
    key = key or uuid4()
    text = text.strip()
    known = Card.objects.filter(key=key, author=by).first()
    if known and known.text == text:
        return known
    key = uuid5(key, text) if known else key  # the back button, then other words: another card
    code = _check_card(group, text, theme, by)
    with transaction.atomic():
        card, created = Card.objects.get_or_create(
            key=key, defaults={"group": group, "author": by, "text": text, "theme": code, "written_at": at}
        )
        if not created:
            return card
        payload = {"round": group.round.number, "table": group.number, "sha256": journal.digest(text)}
        journal.append("jams.card.write", subject=card, by=by, at=at, role="group_member", payload=payload)
    return card


def _check_card(group: Group, text: str, theme: str, by: Participant) -> str:
    """The code of the theme. Raises Refused with the first reason why this card cannot be written."""
    jam = group.round.jam
    if not text:
        raise Refused(_("Écrivez votre idée avant de l’envoyer."))
    if len(text) > LONGEST_CARD:
        over = len(text) - LONGEST_CARD
        raise Refused(
            ngettext(
                "Une carte tient en 500 caractères : retirez-en %(n)d, ou écrivez deux cartes.",
                "Une carte tient en 500 caractères : retirez-en %(n)d, ou écrivez deux cartes.",
                over,
            )
            % {"n": over}
        )
    if jam.state != JamState.RUNNING:
        raise Refused(_("Cette Jam ne recueille pas de cartes aujourd’hui. Votre texte n’est pas perdu : copiez-le."))
    if not group.round.under_way:
        raise Refused(
            _("La session %(n)d n’est pas en cours : gardez votre idée pour la proposition de votre groupe.")
            % {"n": group.round.number}
        )
    if "group_member" not in access.roles(by, group):
        raise Refused(_("Vous n’êtes pas à cette table pour cette session : écrivez à la vôtre."))
    return _known_theme(jam, theme)


def _known_theme(jam: Jam, theme: str) -> str:
    code = theme_code(jam, theme)
    if code is None:
        raise Refused(_("Ce thème n’est pas de ceux de la Jam : choisissez-en un dans la liste."))
    return code


def draft_proposal(
    *,
    group: Group,
    title: str,
    problem: str = "",
    lever: str = "",
    who_acts: str = "",
    dissent: str = "",
    theme: str = "",
    cards: Iterable[Card] = (),
    key: UUID | None = None,
    by: Any,
    at: datetime,
) -> Proposal:
    """A group begins a proposal, which takes the Jam's next number; `cards` of the group that it comes from.

    `by` is a participant seated there, or the facilitator. The same `key` sent again gives the first proposal.
    Raises Refused without a title, from another table, before the round starts or once the answers are closed.
    """
    key = key or uuid4()
    known = Proposal.objects.filter(key=key, group=group).first()
    if known:
        return known
    words = _words(title=title, problem=problem, lever=lever, who_acts=who_acts, dissent=dissent, theme=theme)
    words["theme"] = _known_theme(group.round.jam, theme)
    role = _writer_role(group, by)
    with transaction.atomic():
        jam = Jam.objects.select_for_update().get(pk=group.round.jam_id)
        if jam.state != JamState.RUNNING or group.round.started_at is None:
            raise Refused(_("Les propositions s’écrivent pendant la Jam, une fois la session commencée."))
        number = (jam.proposals.aggregate(last=Max("number"))["last"] or 0) + 1
        proposal = Proposal.objects.create(jam=jam, group=group, number=number, key=key, **words)
        _attach(proposal, cards)
        payload = {"number": number, "table": group.number, "round": group.round.number}
        journal.append("jams.proposal.draft", subject=proposal, by=by, at=at, role=role, payload=payload)
    return proposal


def amend_proposal(
    *, proposal: Proposal, revision: int, cards: Iterable[Card] | None = None, by: Any, at: datetime, **words: str
) -> Proposal:
    """Change the words of a draft: `words` among title, problem, lever, who_acts, dissent, theme.

    `revision` is the one that was read: raises Refused when someone of the group changed it since, so that no word is
    overwritten unseen; and once the proposal was presented.
    """
    role = _writer_role(proposal.group, by)
    kept = {name: getattr(proposal, name) for name in WORDS}
    words = _words(**(kept | words))
    words["theme"] = _known_theme(proposal.jam, words["theme"])
    with transaction.atomic():
        current = Proposal.objects.select_for_update().get(pk=proposal.pk)
        if current.state != ProposalState.DRAFT:
            raise Refused(_("Cette proposition a été présentée : son texte ne change plus."))
        if current.jam.state not in {JamState.RUNNING, JamState.ANSWERING}:
            raise Refused(_("Cette Jam est terminée : ses propositions ne changent plus."))
        if current.revision != revision:
            raise Refused(
                _("Quelqu’un de votre groupe vient de modifier cette proposition : relisez sa version, puis la vôtre.")
            )
        Proposal.objects.filter(pk=proposal.pk).update(revision=revision + 1, **words)
        if cards is not None:
            current.cards.update(proposal=None)
            _attach(current, cards)
        payload = {"number": current.number, "revision": revision + 1}
        journal.append("jams.proposal.amend", subject=current, by=by, at=at, role=role, payload=payload)
    proposal.refresh_from_db()
    return proposal


def _writer_role(group: Group, by: Any) -> str:
    for role in ("group_member", "facilitator"):
        if role in access.roles(by, group):
            return role
    raise Refused(_("Seules les personnes de cette table et l’animateur écrivent sa proposition."))


def _words(**words: str) -> dict[str, str]:
    """The words of a proposal, trimmed, each within its column. Raises Refused for no title or too long a text."""
    found = {name: value.strip() for name, value in words.items()}
    if not found["title"]:
        raise Refused(_("Donnez un titre à la proposition."))
    for name, value in found.items():
        field = Proposal._meta.get_field(name)
        if len(value) > field.max_length:
            raise Refused(
                _("« %(field)s » dépasse %(limit)d caractères : retirez-en %(over)d.")
                % {"field": field.verbose_name, "limit": field.max_length, "over": len(value) - field.max_length}
            )
    return found


def _attach(proposal: Proposal, cards: Iterable[Card]) -> None:
    """Say which cards of the group the proposal comes from; cards of another group are left where they are."""
    ids = [card.pk for card in cards]
    Card.objects.filter(pk__in=ids, group__round__jam=proposal.jam_id).update(proposal=proposal)
