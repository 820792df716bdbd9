"""Who sees an application, who does what to it, in every state; roles and lists in agreement."""

import pytest
from django.contrib.auth.models import AnonymousUser

from essaim.applications import access as stage
from essaim.applications import actions
from essaim.applications.lifecycle import APPLICATION
from essaim.applications.models import Application, Collaborator, CostLine, Document, Filing, FundingLine
from essaim.kernel import access, journal
from essaim.kernel.workflow import Refused
from tests.factories import applications as factories
from tests.factories.applications import SUMMER, member
from tests.factories.jams import PersonFactory, TeamMemberFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]

PARTS = (Application, Collaborator, CostLine, Document, Filing, FundingLine)


@pytest.fixture
def people(draft, call):
    """Everybody who may come near an application."""
    organisation = draft.organisation
    return {
        "owner": draft.created_by,
        "representative": member(organisation),
        "mandated": member(organisation, "mandated"),
        "editor": member(organisation, "editor"),
        "reader": member(organisation, "reader"),
        "officer": TeamMemberFactory(programme=call.programme, officer=True).person,
        "decision_maker": TeamMemberFactory(programme=call.programme, decision_maker=True).person,
        "juror": TeamMemberFactory(programme=call.programme, role="juror").person,
        "accountant": TeamMemberFactory(programme=call.programme, role="accountant").person,
        "stranger": PersonFactory(),
        "anonymous": AnonymousUser(),
    }


def sees(people, application):
    return {
        name for name, user in people.items() if application in access.visible_to(user, Application)
    }  # fmt: skip


def set_state(application, state):
    """Put it in a state as if its story had led there."""
    filed = None if state == "draft" else SUMMER
    Application.objects.filter(pk=application.pk).update(state=state, filed_at=filed, number=None if not filed else 1)
    application.refresh_from_db()


def test_a_draft_is_sealed_and_a_filed_one_is_read_by_the_administration(people, draft):
    ours = {"owner", "representative", "mandated", "editor", "reader"}
    assert sees(people, draft) == ours
    set_state(draft, "filed")
    assert sees(people, draft) == {*ours, "officer", "decision_maker", "juror"}
    set_state(draft, "funded")
    assert sees(people, draft) == {*ours, "officer", "decision_maker", "juror", "accountant"}


def test_a_draft_withdrawn_stays_sealed(people, draft):
    actions.withdraw(draft, by=people["owner"], at=SUMMER)
    assert "officer" not in sees(people, draft)


@pytest.mark.parametrize("state", ["draft", "filed", "funded"])
def test_roles_and_lists_agree_on_everything(people, draft, state):
    set_state(draft, state)
    for user in people.values():
        holds = bool(access.roles(user, draft) - {"anyone"})
        assert holds == access.visible_to(user, Application).filter(pk=draft.pk).exists()
        for part in PARTS[1:]:
            for row in part.objects.all():
                assert bool(access.roles(user, row) - {"anyone"}) == holds
                assert access.visible_to(user, part).filter(pk=row.pk).exists() == holds


BY = {
    "file": {"owner", "representative", "mandated"},
    "file_late": {"owner", "representative", "mandated"},
    "refile": set(),  # there is no working copy here: tests/applications/test_revising.py
    "withdraw": {"owner", "representative", "mandated"},
    "admit": {"officer"},
    "reject_admissibility": {"officer"},
    "declare_ineligible": {"officer"},
    "fund": {"decision_maker"},
    "decline": {"decision_maker"},
}
FROM = {
    "file": {"draft"},
    "file_late": {"draft"},
    "refile": {"filed"},
    "withdraw": {"draft", "filed"},
    "admit": {"filed"},
    "reject_admissibility": {"filed"},
    "declare_ineligible": {"filed"},
    "fund": {"admissible"},
    "decline": {"admissible"},
}


def test_each_move_is_for_its_roles_in_its_states(people, draft):
    fundings = [("Appel", "requested", "asked", 4_800_000), ("Région", "public", "asked", 13_200_000)]
    actions.save_budget(draft, factories.COSTS, fundings, by=people["owner"], at=SUMMER)
    for state in APPLICATION.states.values:
        set_state(draft, state)
        for move in APPLICATION.transitions:
            able = {
                name
                for name, user in people.items()
                if APPLICATION.why_not(draft, move.name, by=user, at=SUMMER) is None
            }
            assert able == (BY[move.name] if state in FROM[move.name] else set()), (state, move.name)


def test_an_eligible_application_is_not_declared_ineligible(people, draft):
    set_state(draft, "filed")
    with pytest.raises(Refused) as refusal:
        actions.move_application(draft, "declare_ineligible", by=people["officer"], at=SUMMER, reason="Taux.")
    assert str(refusal.value) == (
        "Toutes les règles bloquantes sont respectées\xa0: ce dossier ne peut pas être déclaré inéligible."
    )


def test_admitting_against_a_rule_needs_a_named_reason(people, draft):
    fundings = [("Appel", "requested", "asked", 4_800_000), ("Région", "public", "asked", 13_200_000)]
    actions.save_budget(draft, factories.COSTS, fundings, by=people["owner"], at=SUMMER)
    actions.file_application(draft, by=people["owner"], at=SUMMER, key="k", acknowledged=True)
    with pytest.raises(Refused) as refusal:
        actions.move_application(draft, "admit", by=people["officer"], at=SUMMER)
    assert str(refusal.value) == (
        "Une règle bloquante n’est pas respectée (Montant de l’aide)\xa0: donnez la raison de cette dérogation."
    )
    event = actions.move_application(draft, "admit", by=people["officer"], at=SUMMER, reason="Lieu unique.")
    assert event.payload == {
        "from": "filed",
        "to": "admissible",
        "number": 1,
        "rules": ["montant-aide"],
        "reason_sha256": journal.digest("Lieu unique."),
    }
    assert draft.admissibility_reason == "Lieu unique."


def test_refusing_needs_a_reason_which_is_kept(people, draft):
    actions.file_application(draft, by=people["owner"], at=SUMMER, key="k")
    with pytest.raises(Refused) as refusal:
        actions.move_application(draft, "reject_admissibility", by=people["officer"], at=SUMMER)
    assert str(refusal.value) == "Donnez une raison\xa0: elle accompagnera la décision."
    actions.move_application(draft, "reject_admissibility", by=people["officer"], at=SUMMER, reason="Hors sujet.")
    assert (draft.state, draft.admissibility_reason) == ("inadmissible", "Hors sujet.")


def test_a_later_stage_adds_its_readers(people, draft, monkeypatch):
    expert = PersonFactory()
    monkeypatch.setattr(stage, "reader_sources", [])
    stage.extend(
        roles=lambda user, application: frozenset({"expert"} if user.pk == expert.pk else ()),
        applications=lambda user: Application.objects.filter(pk=draft.pk if user.pk == expert.pk else None).values(
            "pk"
        ),
    )
    assert not access.visible_to(expert, Application).exists()
    set_state(draft, "filed")
    assert access.roles(expert, draft) == {"anyone", "expert"}
    assert list(access.visible_to(expert, Application)) == [draft]
