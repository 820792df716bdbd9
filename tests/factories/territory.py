"""A funded place with its whole way back: card, group, proposal, answer, call, application, decision, agreement."""

import factory

from essaim.places.models import KnownPlace
from essaim.territory.actions import announce_place
from tests.factories.applications import rennes
from tests.factories.awards import DECEMBER, AgreementFactory, selection
from tests.factories.jams import AnswerFactory, CardFactory, JamFactory, ParticipantFactory, ProposalFactory


class KnownPlaceFactory(factory.django.DjangoModelFactory):
    """A known fab lab at Rennes."""

    class Meta:
        model = KnownPlace

    name = factory.Sequence(lambda n: f"Fab lab connu {n}")
    kind = "fablab"
    commune = factory.LazyFunction(rennes)
    latitude = 48.11
    longitude = -1.68
    source = "essai"
    source_id = factory.Sequence(str)
    imported_at = DECEMBER


def origin():
    """The retained proposal the call comes from, with its card and its answer; the Jam's answers are closed."""
    call = selection().call
    if call.origin is None:
        jam = JamFactory(programme=call.programme, closed=True, slug="bercy")
        group = jam.rounds.get(number=2).groups.get(number=1)
        author = ParticipantFactory(jam=jam)
        proposal = ProposalFactory(jam=jam, group=group, retained=True, title="Des ateliers partout")
        card = CardFactory(group=group, author=author, text="Un atelier ouvert dans chaque ville")
        proposal.cards.add(card)
        AnswerFactory(proposal=proposal, reason="Un appel est ouvert.")
        call.origin = proposal
        call.save()
    return call.origin


def funded_place(**changes):
    """A place announced by a signed agreement."""
    origin()
    return announce_place(AgreementFactory(signed=True, **changes), at=DECEMBER)
