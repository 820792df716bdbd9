"""What an answer was before, what changed, and taking it back."""

from datetime import timedelta

import pytest

from essaim.applications import actions
from essaim.applications.actions import versions
from essaim.applications.models import AnswerVersion
from essaim.applications.queries.differences import differences
from essaim.kernel.workflow import Refused
from tests.factories.applications import SUMMER, member, rennes

pytestmark = pytest.mark.django_db

TEXT = "Le lieu accueille deux cents personnes par an. " * 6


def save(draft, value, *, by, at, code="project"):
    return actions.save_answers(draft, {code: value}, version=draft.version, by=by, at=at)


def kept(draft, code="project"):
    return [(row.value, row.by_id) for row in draft.versions.filter(code=code).order_by("pk")]


@pytest.fixture
def colleague(draft):
    return member(draft.organisation, "editor")


@pytest.fixture
def fresh(draft):
    AnswerVersion.objects.filter(application=draft).delete()
    return draft


def test_saves_of_one_spell_make_one_version_and_the_text_before_is_kept(fresh, owner):
    before = fresh.answers["project"]
    for minute in range(9):
        save(fresh, before + "Plus. " * (minute + 1), by=owner, at=SUMMER + timedelta(minutes=minute))
    assert kept(fresh) == [(before, None), (before + "Plus. " * 9, owner.pk)]


def test_after_ten_minutes_or_by_another_person_it_is_another_version(fresh, owner, colleague):
    before = fresh.answers["project"]
    save(fresh, before + "Un.", by=owner, at=SUMMER)
    save(fresh, before + "Un. Deux.", by=owner, at=SUMMER + timedelta(minutes=11))
    save(fresh, before + "Un. Deux. Trois.", by=colleague, at=SUMMER + timedelta(minutes=12))
    assert [by for _value, by in kept(fresh)] == [None, owner.pk, owner.pk, colleague.pk]


@pytest.mark.parametrize("loss", ["", TEXT[: len(TEXT) // 2], "Tout autre chose, aussi long. " * 10])
def test_a_text_that_loses_much_is_never_merged_over_what_was_there(fresh, owner, loss):
    save(fresh, TEXT, by=owner, at=SUMMER)
    save(fresh, loss, by=owner, at=SUMMER + timedelta(seconds=30))
    assert TEXT in [value for value, _by in kept(fresh)]
    assert kept(fresh)[-1] == (loss, owner.pk)


def test_a_text_eaten_little_by_little_keeps_its_long_version(fresh, owner):
    save(fresh, TEXT, by=owner, at=SUMMER)
    text = TEXT
    for second in range(1, 12):
        text = text[: -(len(text) // 8)]
        save(fresh, text, by=owner, at=SUMMER + timedelta(seconds=second))
    assert max(len(value) for value, _by in kept(fresh)) >= len(TEXT) - versions.LOSS


def test_an_answer_taken_back_is_a_new_version_and_loses_nothing(fresh, owner, colleague):
    before = fresh.answers["project"]
    save(fresh, TEXT, by=colleague, at=SUMMER)
    first = fresh.versions.filter(code="project").earliest("pk")
    actions.restore(fresh, first, by=owner, at=SUMMER + timedelta(minutes=1))
    fresh.refresh_from_db()
    assert fresh.answers["project"] == before
    assert [value for value, _by in kept(fresh)] == [before, TEXT, before]
    assert fresh.versions.latest("pk").restored_from == first


def test_a_place_is_taken_back_too(fresh, owner):
    actions.set_place(fresh, commune=rennes(), latitude=48.2, longitude=-1.7, by=owner, at=SUMMER)
    first = fresh.versions.filter(code="place").earliest("pk")
    actions.restore(fresh, first, by=owner, at=SUMMER + timedelta(hours=1))
    assert (fresh.latitude, fresh.longitude) == (48.11, -1.68)


def test_a_version_of_another_application_or_a_filed_one_is_not_taken_back(fresh, owner, call):
    from tests.factories.applications import draft as other_draft

    save(fresh, TEXT, by=owner, at=SUMMER)
    version = fresh.versions.latest("pk")
    with pytest.raises(Refused) as refusal:
        actions.restore(other_draft(call, by=owner, documents=False), version, by=owner, at=SUMMER)
    assert str(refusal.value) == "Cette version est celle d’un autre dossier."


def test_versions_of_an_answer_stay_within_their_limit(fresh, owner, monkeypatch):
    monkeypatch.setattr(versions, "MOST", 30)
    for rank in range(40):
        save(fresh, f"{rank} " * 60, by=owner, at=SUMMER + timedelta(minutes=11 * rank))
    rows = kept(fresh)
    assert len(rows) == 30
    assert rows[-1][0].startswith("39 ")
    assert rows[0][1] is None


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("Un lieu ouvert.", "Un grand lieu ouvert.", [("same", "Un "), ("added", "grand "), ("same", "lieu ouvert.")]),
        ("Rouge.", "Vert.", [("removed", "Rouge"), ("added", "Vert"), ("same", ".")]),
        ("", "Neuf", [("added", "Neuf")]),
        ("Pareil", "Pareil", [("same", "Pareil")]),
    ],
)
def test_differences_are_told_word_by_word(before, after, expected):
    assert [(piece.kind, piece.text) for piece in differences(before, after)] == expected


@pytest.mark.parametrize("words", [50, 5_000])
def test_differences_lose_nothing_however_long(words):
    before = " ".join(f"mot{n}." for n in range(words))
    after = " ".join(f"mot{n}{'x' * (n % 3)}." for n in range(words))
    pieces = differences(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == after
