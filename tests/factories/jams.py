"""A Jam as tests need it: rounds with their tables, people seated, cards, proposals."""

from datetime import UTC, date, datetime, timedelta

import factory

from essaim.accounts.models import Person
from essaim.jams.models import Answer, Card, Group, Jam, JamState, Participant, Proposal, ProposalState, Round, Seat
from essaim.programmes.models import Programme, TeamMember

MORNING = datetime(2013, 6, 25, 7, 0, tzinfo=UTC)


class PersonFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Person

    email = factory.Sequence(lambda n: f"personne{n}@example.org")
    name = factory.Sequence(lambda n: f"Personne Numéro{n}")


class ProgrammeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Programme
        django_get_or_create = ("slug",)

    slug = "fablabs-2013"
    title = {"fr": "Ateliers de fabrication numérique", "en": "Fab labs"}
    summary = {"fr": "Un programme.", "en": "A programme."}
    administration = "DGCIS"
    contact_name = "Bureau de l’économie numérique"
    contact_email = "contact@example.org"
    contact_phone = "01 00 00 00 00"
    contact_address = "1 place de l’Exemple, Paris"
    created_at = MORNING


class TeamMemberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TeamMember

    programme = factory.SubFactory(ProgrammeFactory)
    person = factory.SubFactory(PersonFactory)
    role = TeamMember.Role.FACILITATOR

    class Params:
        facilitator = factory.Trait(role=TeamMember.Role.FACILITATOR)
        decision_maker = factory.Trait(role=TeamMember.Role.DECISION_MAKER, title="Ministre déléguée")
        officer = factory.Trait(role=TeamMember.Role.OFFICER)


class JamFactory(factory.django.DjangoModelFactory):
    """A Jam with its rounds: `JamFactory(rounds=2, tables=2)`; `seated=4` registers and seats four people."""

    class Meta:
        model = Jam
        skip_postgeneration_save = True

    programme = factory.SubFactory(ProgrammeFactory)
    slug = factory.Sequence(lambda n: f"jam-{n}")
    title = {"fr": "Bercy Jam", "en": "Bercy Jam (English)"}
    summary = {"fr": "Une matinée de travail.", "en": "A working morning."}
    promise = {"fr": "Chaque proposition recevra une réponse.", "en": "Every proposal will be answered."}
    place = {"fr": "Bercy, Paris", "en": "Bercy, Paris (France)"}
    organisers = "Le ministère, un collectif"
    starts_at = MORNING
    ends_at = MORNING + timedelta(hours=5)
    answers_due_on = date(2013, 7, 25)
    join_code = factory.Sequence(lambda n: f"BJ{n:04d}")
    dots_each = 5
    themes = [
        {"code": "fablabs", "title": {"fr": "Fab labs", "en": "Fab labs"}},
        {"code": "education", "title": {"fr": "Éducation", "en": "Education"}},
    ]
    state = JamState.OPEN

    class Params:
        draft = factory.Trait(state=JamState.DRAFT)
        running = factory.Trait(state=JamState.RUNNING)
        answering = factory.Trait(state=JamState.ANSWERING)
        closed = factory.Trait(state=JamState.CLOSED)

    @factory.post_generation
    def rounds(self, create, extracted, tables=2, **kwargs):
        for number in range(1, (2 if extracted is None else extracted) + 1):
            RoundFactory(jam=self, number=number, tables=tables)


class RoundFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Round
        skip_postgeneration_save = True

    jam = factory.SubFactory(JamFactory, rounds=0)
    number = 1
    question = factory.LazyAttribute(lambda r: {"fr": f"Question {r.number} ?", "en": f"Question {r.number}?"})
    minutes = 60
    tables = 2

    class Params:
        under_way = factory.Trait(seated_at=MORNING, started_at=MORNING + timedelta(hours=1))

    @factory.post_generation
    def groups(self, create, extracted, **kwargs):
        Group.objects.bulk_create(Group(round=self, number=table) for table in range(1, self.tables + 1))


class ParticipantFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Participant

    jam = factory.SubFactory(JamFactory)
    name = factory.Sequence(lambda n: f"Participante {n}")
    organisation = factory.Sequence(lambda n: f"Organisme {n % 3}")
    attributes = factory.Sequence(lambda n: {"role": ["fondateur", "association", "agent_public"][n % 3]})
    joined_at = MORNING


class SeatFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Seat

    participant = factory.SubFactory(ParticipantFactory)
    group = None
    round = factory.SelfAttribute("group.round")


class CardFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Card

    text = factory.Sequence(lambda n: f"Idée {n}")
    theme = "fablabs"
    written_at = MORNING + timedelta(hours=1)


class ProposalFactory(factory.django.DjangoModelFactory):
    """A draft of the Jam's first table, unless told otherwise (`submitted=True`, `group=`)."""

    class Meta:
        model = Proposal

    jam = factory.SubFactory(JamFactory, running=True)
    group = factory.LazyAttribute(lambda p: Group.objects.filter(round__jam=p.jam).first())
    number = factory.LazyAttribute(lambda p: p.jam.proposals.count() + 1)
    title = factory.LazyAttribute(lambda p: f"Proposition {p.number}")
    problem = "Les lieux manquent d’animateurs."
    lever = "Financer des animateurs."

    class Params:
        submitted = factory.Trait(state=ProposalState.SUBMITTED, submitted_at=MORNING + timedelta(hours=3))
        retained = factory.Trait(state=ProposalState.RETAINED, submitted_at=MORNING + timedelta(hours=3))


class AnswerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Answer

    verdict = ProposalState.RETAINED
    reason = "Un appel sera ouvert."
    author = factory.SubFactory(PersonFactory)
    author_title = "Ministre déléguée"
    answered_at = MORNING + timedelta(days=1)
