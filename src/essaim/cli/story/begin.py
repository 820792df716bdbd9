"""First part: the programme, its team, the places known, and the Jam."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from essaim.calls.actions import confirm, subscribe
from essaim.calls.views.alerts import region_choices
from essaim.cli.story import people
from essaim.cli.story.telling import TEAM, Story
from essaim.cli.story.workshop import CARDS, PROPOSALS, InventedProposal
from essaim.jams import actions as jams
from essaim.jams.lifecycle import JAM, PROPOSAL
from essaim.jams.models import Group, Participant, Proposal, Round
from essaim.places import actions as places
from essaim.programmes import actions as programmes

VERDICTS = {"retained": "retain", "studied": "study", "declined": "decline"}


def found_the_programme(story: Story) -> None:
    """The programme from its folder, its team, the territory, the places known (invented), the first envelope."""
    with story.at(story.when(2013, 6, 20)) as at:
        places.load_reference(at=at)
        story.programme = programmes.load_programme(story.folder, by=None, at=at)
        for role, email, name, title, shown in TEAM:
            story.team[role] = story.invented(email, name, shown)
            programmes.join_team(story.programme, person=story.team[role], role=role, title=title, by=None, at=at)
        places.add_invented_places(fablabs=60, epn=600, seed=story.seed, at=at)
    with story.at(story.when(2013, 6, 21)) as at:
        followers(story, at)


def followers(story: Story, at: datetime) -> None:
    """Twenty-four people who asked to be told of calls, some for their region only, and confirmed."""
    regions = sorted(code for code, _name in region_choices(at))  # those of the day: 22 and overseas before 2016
    for number in range(24):
        wanted = [] if number % 3 else [regions[number % len(regions)]]
        subscription, _token = subscribe(email=f"abonne.{number}@invente.example", regions=wanted, at=at)
        if number != 7:  # one never confirms: nothing else is sent there
            confirm(subscription, at=at)


def hold_the_jam(story: Story) -> None:
    """One morning: a hundred people, two rounds of six groups, cards, proposals, priorities."""
    facilitator = story.team["facilitator"]
    with story.at(story.when(2013, 6, 22)) as at:
        story.jam = jams.load_jam(story.folder, programme=story.programme, by=facilitator, at=at)
        JAM.perform(story.jam, "open", by=facilitator, at=at)
    with story.at(story.when(2013, 6, 24)) as at:
        for found in story.each("Jam : inscriptions", people.participants(story.rng)):
            jams.register(
                jam=story.jam,
                name=found.name,
                organisation=found.organisation,
                attributes=found.attributes,
                at=at,
                invented=True,
            )
        jams.seat_rounds(jam=story.jam, by=facilitator, at=at, seed=story.seed)
        jams.freeze_seating(jam=story.jam, by=facilitator, at=at)
    with story.at(story.when(2013, 6, 25, 7)) as at:
        JAM.perform(story.jam, "start", by=facilitator, at=at)
    for round_ in story.jam.rounds.order_by("number"):
        work_one_round(story, round_)
    with story.at(story.when(2013, 6, 25, 10, 30)):
        give_priorities(story)
    with story.at(story.when(2013, 6, 25, 11)) as at:
        JAM.perform(story.jam, "finish", by=facilitator, at=at)


def work_one_round(story: Story, round_: Round) -> None:
    """Each table writes cards and brings one proposal."""
    begin = story.when(2013, 6, 25, 7 if round_.number == 1 else 8, 15 if round_.number == 1 else 45)
    facilitator = story.team["facilitator"]
    with story.at(begin) as at:
        jams.start_round(round_=round_, by=facilitator, at=at)
        proposals = {p.group: p for p in PROPOSALS if p.round == round_.number}
        groups = list(round_.groups.order_by("number"))
        for group in story.each(f"Jam : session {round_.number}", groups):
            write_at_a_table(story, group, proposals[group.number])
    with story.at(begin + timedelta(minutes=70)) as at:
        jams.end_round(round_=round_, by=facilitator, at=at)


def write_at_a_table(story: Story, group: Group, invented: InventedProposal) -> None:
    """Cards of the table's people, on the proposal's theme first, then the proposal itself."""
    rng = story.rng
    themes = {str(theme["title"]["fr"]).split(" ")[0].casefold(): theme["code"] for theme in story.jam.themes}
    seated = list(Participant.objects.filter(seats__group=group).order_by("pk"))
    others = [text for theme, texts in CARDS.items() if theme != invented.theme for text in texts]
    texts = [*CARDS[invented.theme], *rng.sample(others, 4)]
    code = next((code for word, code in themes.items() if word.startswith(invented.theme[:6].casefold())), "")
    at = group.round.started_at or story.when(2013, 6, 25, 8)
    cards = [
        jams.write_card(
            group=group,
            text=text,
            theme=code if rank < len(CARDS[invented.theme]) else "",
            key=UUID(int=rng.getrandbits(128), version=4),
            by=seated[rank % len(seated)],
            at=at + timedelta(minutes=5 + rank),
        )
        for rank, text in enumerate(texts)
    ]
    proposal = jams.draft_proposal(
        group=group,
        title=invented.title,
        problem=invented.problem,
        lever=invented.lever,
        who_acts=invented.who_acts,
        dissent=invented.dissent,
        theme=code,
        cards=cards[: len(CARDS[invented.theme])],
        by=seated[0],
        at=at + timedelta(minutes=50),
    )
    PROPOSAL.perform(proposal, "submit", by=story.team["facilitator"], at=at + timedelta(minutes=65))


def give_priorities(story: Story) -> None:
    """Each participant puts dots on what matters to them."""
    proposals = list(story.jam.proposals.order_by("number"))
    at = story.when(2013, 6, 25, 10, 30)
    weights = [6 if p.title == "Des ateliers de fabrication sur tout le territoire" else 2 for p in proposals]
    participants = list(story.jam.participants.order_by("pk"))
    for participant in story.each("Jam : priorités", participants):
        chosen = story.rng.choices(proposals, weights, k=story.jam.dots_each)
        jams.give_dots(dots={p: chosen.count(p) for p in proposals if p in chosen}, by=participant, at=at)


def answer_every_proposal(story: Story) -> None:
    """The decision maker answers each proposal with a reason; closing is refused while one has none."""
    decision_maker = story.team["decision_maker"]
    answers = {p.title: p for p in PROPOSALS}
    with story.at(story.when(2013, 6, 25, 11, 30)) as at:
        for proposal in Proposal.objects.filter(jam=story.jam).order_by("number"):
            answer = answers[proposal.title]
            PROPOSAL.perform(proposal, VERDICTS[answer.verdict], by=decision_maker, at=at, reason=answer.reason)
        JAM.perform(story.jam, "close_answers", by=decision_maker, at=at)
