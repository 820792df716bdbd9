"""What each role sees of awards, and that "what am I to it" never contradicts "may I see it"."""

import pytest
from django.contrib.auth.models import AnonymousUser

from essaim.accounts.models import Membership
from essaim.applications.models import Collaborator
from essaim.awards.access import TEAM
from essaim.awards.models import Agreement, Letter, Payment, Report
from essaim.kernel import access
from tests.factories.awards import AgreementFactory
from tests.factories.jams import PersonFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both, pytest.mark.usefixtures("media")]


def test_roles_and_visibility_agree(officer, decision_maker, accountant, juror, stranger):
    one, other = AgreementFactory(), AgreementFactory()
    owner = one.decision.application.created_by
    reader = PersonFactory()
    Collaborator.objects.create(application=one.decision.application, person=reader, role="reader")
    people = (officer, decision_maker, accountant, juror, stranger, owner, reader, AnonymousUser())
    for person in people:
        seen = set(access.visible_to(person, Agreement))
        for agreement in (one, other):
            assert bool(access.roles(person, agreement) - {"anyone"}) == (agreement in seen), (person, agreement)
        assert set(access.visible_to(person, Payment)) == set(Payment.objects.filter(agreement__in=seen))
        assert set(access.visible_to(person, Report)) == set(Report.objects.filter(agreement__in=seen))
    assert set(access.visible_to(owner, Agreement)) == {one}
    for person in (officer, decision_maker, accountant):
        assert access.roles(person, one) & set(TEAM)


@pytest.mark.parametrize(
    ("role", "signs"), [("representative", True), ("mandated", True), ("editor", False), ("reader", False)]
)
def test_who_may_file_may_sign_and_others_only_read(role, signs):
    agreement = AgreementFactory()
    person = PersonFactory()
    Membership.objects.create(organisation=agreement.decision.application.organisation, person=person, role=role)
    assert ("beneficiary" in access.roles(person, agreement)) is signs
    assert list(access.visible_to(person, Agreement).distinct()) == [agreement]


def test_a_letter_is_the_teams_and_the_applicants(officer, stranger, at):
    from essaim.awards.actions import send_letter
    from tests.factories.awards import DecisionFactory

    letter = send_letter(DecisionFactory(declined=True), at=at)
    owner = letter.decision.application.created_by
    assert [list(access.visible_to(who, Letter).distinct()) for who in (officer, owner, stranger)] == [
        [letter],
        [letter],
        [],
    ]
