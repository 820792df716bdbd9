"""A move: allowed by role, state and needs; whole or not at all; one winner; one line in the journal."""

import dataclasses
import subprocess
import sys
import time

import pytest
from django.db import models
from django.http import Http404

from essaim.kernel import access, checks, journal
from essaim.kernel.models import Event
from essaim.kernel.workflow import LIFECYCLES, Refused, move, on, reactions_to
from tests.kernel.sample.lifecycle import PAPER
from tests.kernel.sample.models import Leaf, Paper, PaperState

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def paper(person):
    return Paper.objects.create(title="Atelier", owner=person)


@pytest.fixture
def stranger(django_user_model):
    return django_user_model.objects.create_user("bob@example.org", name="Bob Exemple")


def test_move_changes_the_state_and_writes_one_line(paper, person, at):
    event = PAPER.perform(paper, "publish", by=person, at=at)
    assert (paper.state, paper.notes) == ("published", 1)
    assert [(e.pk, e.verb, e.role, e.actor, e.payload) for e in journal.events_of(paper)] == [
        (event.pk, "sample.paper.publish", "editor", f"person:{person.pk}", {"from": "draft", "to": "published"})
    ]


def test_move_is_refused_to_who_has_not_the_role(paper, stranger, at):
    with pytest.raises(Refused) as refused:
        PAPER.perform(paper, "publish", by=stranger, at=at)
    assert str(refused.value) == "Cette action est réservée à : le système, rédacteur."
    assert Event.objects.count() == 0


def test_move_is_refused_from_another_state(paper, person, at):
    with pytest.raises(Refused) as refused:
        PAPER.perform(paper, "withdraw", by=person, at=at, reason="erreur")
    assert str(refused.value) == "Cette action n’est pas possible dans l’état « Brouillon »."


def test_move_is_refused_by_a_need_in_its_own_words(paper, person, at):
    paper.title = ""
    paper.save()
    with pytest.raises(Refused) as refused:
        PAPER.perform(paper, "publish", by=person, at=at)
    assert str(refused.value) == "Donnez un titre au texte avant de le publier."


def test_needs_are_asked_again_on_what_the_database_holds(paper, person, at):
    Paper.objects.filter(pk=paper.pk).update(title="")  # someone else emptied it; our copy still has its title
    with pytest.raises(Refused) as refused:
        PAPER.perform(paper, "publish", by=person, at=at)
    assert str(refused.value) == "Donnez un titre au texte avant de le publier."
    paper.refresh_from_db()
    assert (paper.state, Event.objects.count()) == ("draft", 0)


def test_move_of_a_stale_copy_is_refused(paper, person, at):
    stale = Paper.objects.get(pk=paper.pk)
    PAPER.perform(paper, "publish", by=person, at=at)
    with pytest.raises(Refused) as refused:
        PAPER.perform(stale, "publish", by=person, at=at)
    assert str(refused.value) == ("Quelqu’un vient de modifier cet objet : rechargez la page pour voir où il en est.")
    assert Event.objects.count() == 1


def test_failing_effect_undoes_everything(paper, person, at):
    with pytest.raises(Refused, match="L’effet a échoué"):
        PAPER.perform(paper, "publish", by=person, at=at, break_effect=True)
    paper.refresh_from_db()
    assert (paper.state, paper.notes, Event.objects.count()) == ("draft", 0, 0)


def test_move_that_needs_a_reason_is_refused_without(paper, person, at):
    PAPER.perform(paper, "publish", by=person, at=at)
    with pytest.raises(Refused) as refused:
        PAPER.perform(paper, "withdraw", by=person, at=at, reason="  ")
    assert str(refused.value) == "Donnez une raison : elle accompagnera la décision."
    event = PAPER.perform(paper, "withdraw", by=person, at=at, reason="Une erreur s’y trouve.")
    assert event.payload["reason_sha256"] == journal.digest("Une erreur s’y trouve.")


def test_reaction_runs_in_the_same_transaction(paper, person, at):
    reached = []

    @on("sample.paper.publish")
    def react(obj, *, by, at, event):
        reached.append((obj.state, by, event.verb))
        raise Refused("La suite ne peut pas suivre.")

    try:
        with pytest.raises(Refused, match="La suite ne peut pas suivre"):
            PAPER.perform(paper, "publish", by=person, at=at)
    finally:
        from essaim.kernel import workflow

        workflow._REACTIONS["sample.paper.publish"].remove(react)
    assert reached == [("published", person, "sample.paper.publish")]
    assert (Paper.objects.get().state, Event.objects.count()) == ("draft", 0)
    assert reactions_to("sample.paper.publish") == ()


def test_available_moves_are_those_that_would_be_made(paper, person, stranger, at):
    assert [t.name for t in PAPER.available(paper, by=person, at=at)] == ["publish"]
    assert PAPER.available(paper, by=stranger, at=at) == []


def test_permission_answers_from_the_same_table(paper, person, stranger):
    assert person.has_perm("sample.publish_paper", paper)
    assert not stranger.has_perm("sample.publish_paper", paper)
    assert not person.has_perm("sample.burn_paper", paper)


def test_what_one_may_not_see_does_not_exist(paper, person, stranger):
    assert access.fetch(person, Paper, pk=paper.pk) == paper
    for lookup in ({"pk": 999999}, {"pk": "abc"}):
        with pytest.raises(Http404):
            access.fetch(person, Paper, **lookup)
    with pytest.raises(Http404):
        access.fetch(stranger, Paper, pk=paper.pk)


def test_policy_is_declared_once():
    with pytest.raises(ValueError, match="the access policy of Paper is declared twice"):
        access.declare(Paper, roles=lambda user, obj: frozenset(), visible_to=lambda user: Paper.objects.none())


def test_system_is_only_the_system(paper):
    assert access.roles(None, paper) == {"system"}


@pytest.mark.django_db(transaction=True)
def test_two_processes_racing_have_one_winner_and_one_line(process_env):
    papers = [Paper.objects.create(title=f"Texte {rank}") for rank in range(20)]
    ids = ",".join(str(paper.pk) for paper in papers)
    command = [sys.executable, "-m", "tests.kernel.sample.race_process", str(time.time() + 4), ids]
    racers = [subprocess.Popen(command, env=process_env, stdout=subprocess.PIPE, text=True) for _side in range(2)]
    won = [set(racer.communicate(timeout=60)[0].split()) for racer in racers]
    assert [racer.returncode for racer in racers] == [0, 0]
    assert won[0].isdisjoint(won[1])
    assert won[0] | won[1] == {str(paper.pk) for paper in papers}
    for paper in papers:
        paper.refresh_from_db()
        assert (paper.state, paper.notes, journal.events_of(paper).count()) == ("published", 1, 1)


def wrong(**changes):
    """The lifecycle of papers with something changed, not registered."""
    lifecycle = dataclasses.replace(PAPER)
    for name, value in changes.items():
        setattr(lifecycle, name, value)
    return lifecycle


@pytest.fixture
def undeclared(monkeypatch):
    """`dataclasses.replace` declares the verbs again: in a registry of its own."""
    monkeypatch.setattr(journal, "VERBS", {})
    monkeypatch.setitem(LIFECYCLES, Paper, PAPER)


def test_sound_lifecycle_has_no_problem():
    assert checks.problems_of(PAPER) == []


def test_transition_declared_twice_is_a_problem(undeclared):
    assert checks.problems_of(wrong(transitions=(*PAPER.transitions, PAPER.transitions[0]))) == [
        "The transition 'publish' is declared twice."
    ]


def test_unknown_state_is_a_problem(undeclared):
    lost = move("lose", PaperState.DRAFT, "lost", by="editor", label="Perdre")
    assert checks.problems_of(wrong(transitions=(*PAPER.transitions, lost))) == [
        "The state 'lost' is not one of ['draft', 'published', 'withdrawn']."
    ]


def test_state_out_of_reach_is_a_problem(undeclared):
    assert checks.problems_of(wrong(transitions=PAPER.transitions[:1])) == ["The state 'withdrawn' cannot be reached."]


def test_other_choices_and_default_are_problems(undeclared):
    class Other(models.TextChoices):
        PUBLISHED = "published", "Publié"
        DRAFT = "draft", "Brouillon"

    back = move("back", Other.PUBLISHED, Other.DRAFT, by="editor", label="Reprendre")
    assert checks.problems_of(wrong(states=Other, transitions=(back,))) == [
        "The choices of 'state' are not those of Other.",
        "'state' must begin at 'published'.",
        "No CheckConstraint keeps 'state' within Other.",
    ]


def test_missing_constraint_is_a_problem(undeclared, monkeypatch):
    monkeypatch.setattr(Paper._meta, "constraints", [])
    assert checks.problems_of(PAPER) == ["No CheckConstraint keeps 'state' within PaperState."]
    assert Leaf not in LIFECYCLES
