import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.engine.draw import DrawError, announce, commitment, hash_chain, order, reveal, verify, vrs_order

SECRET = b"a secret of more than sixteen bytes"
RANDOMNESS = hashlib.sha256(b"round 657413").digest()
IDS = ("D-07", "D-03", "D-11")


def published(ids=IDS):
    announcement = announce(ids, commitment(SECRET), 657_413)
    return announcement, announcement.digest()


def drawn(ids=IDS):
    announcement, digest = published(ids)
    return reveal(announcement, announcement_digest=digest, drand_round=657_413, randomness=RANDOMNESS, secret=SECRET)


def test_vrs_order_gives_the_vectors_of_the_draft():
    secret = b"totally not a bikeshed"
    assert hash_chain(secret, 10).hex() == "950ea08d8d5fd3ae415b9967aba7a48aba39ca62a4d98f2e7fe25cb1b8f8c488"
    code = hash_chain(secret, 9)
    assert code.hex() == "5346f2efb5397a6788fc1f1d9c05c6d3f2abe9b7d16d8592a3695b6dbe9f2456"
    colours = ["lightpink", "bisque", "mediumvioletred", "darkgoldenrod", "blue", "lavenderblush"]
    assert [(key[:27], label) for key, label in vrs_order(b"1.2.3.4.5.6./" * 3, code, colours)] == [
        ("002ed527ae0a44a86c205d1cdba", "lavenderblush"),
        ("03f710be2b61a6f9c3f89aa5ab5", "blue"),
        ("08bab81380d7f0769cecf9969a8", "darkgoldenrod"),
        ("0c26494fa81f3aed8a9f66e77b7", "mediumvioletred"),
        ("0e1af5d1ccfd44de075cc0bb6d5", "bisque"),
        ("13a07cc9abf3b737e49a62b0634", "lightpink"),
    ]


@given(st.lists(st.text(min_size=1), unique=True, max_size=20), st.randoms(use_true_random=False))
def test_order_is_complete_and_does_not_depend_on_the_rows(ids, chance):
    shuffled = list(ids)
    chance.shuffle(shuffled)
    assert order(RANDOMNESS, SECRET, ids) == order(RANDOMNESS, SECRET, shuffled)
    assert sorted(order(RANDOMNESS, SECRET, ids)) == sorted(ids)


def test_reveal_draws_the_complete_order_and_says_what_is_not_verified():
    draw = drawn()
    assert sorted(draw.order) == sorted(IDS)
    assert draw.randomness_check.startswith("not verified")
    verify(draw)


@given(st.binary(min_size=16, max_size=40).filter(lambda other: other != SECRET))
def test_reveal_refuses_any_other_secret(other):
    announcement, digest = published()
    with pytest.raises(DrawError, match="n’est pas celui qui avait été engagé"):
        reveal(announcement, announcement_digest=digest, drand_round=657_413, randomness=RANDOMNESS, secret=other)


def test_reveal_refuses_another_round():
    announcement, digest = published()
    with pytest.raises(DrawError) as refusal:
        reveal(announcement, announcement_digest=digest, drand_round=657_414, randomness=RANDOMNESS, secret=SECRET)
    assert str(refusal.value) == "L’aléa est celui du tour 657414, le tour annoncé est le 657413."
    assert refusal.value.en == "The randomness is of round 657414, the announced round is 657413."


@pytest.mark.parametrize(
    "change",
    [{"ids": ("D-03", "D-07")}, {"commitment": "0" * 64}, {"drand_round": 1}, {"group_digest": "0" * 64}],
    ids=["ids", "commitment", "round", "digest"],
)
def test_reveal_refuses_an_announcement_rewritten_after_publication(change):
    announcement, digest = published()
    with pytest.raises(DrawError, match="n’est pas celle qui a été publiée"):
        reveal(
            replace(announcement, **change),
            announcement_digest=digest,
            drand_round=657_413,
            randomness=RANDOMNESS,
            secret=SECRET,
        )


def test_verify_refuses_an_order_rewritten():
    draw = drawn()
    with pytest.raises(DrawError, match="L’ordre publié n’est pas"):
        verify(replace(draw, order=draw.order[::-1]))


def test_verify_refuses_another_randomness():
    with pytest.raises(DrawError, match="L’ordre publié n’est pas"):
        verify(replace(drawn(), randomness=hashlib.sha256(b"another round").hexdigest()))


@pytest.mark.parametrize(
    ("ids", "commit", "number", "sentence"),
    [
        (("A",), "0" * 64, 1, "Un tirage au sort départage au moins deux dossiers."),
        (
            ("A", "A"),
            "0" * 64,
            1,
            "Les dossiers à départager doivent être distincts, non vides et sans espace aux bords.",
        ),
        (("A", "B"), "0" * 63, 1, "L’engagement doit être un SHA-256 en 64 chiffres hexadécimaux minuscules."),
        (("A", "B"), "0" * 64, 0, "Le numéro du tour drand est un nombre positif."),
    ],
)
def test_announce_refuses_with_a_sentence(ids, commit, number, sentence):
    with pytest.raises(DrawError) as refusal:
        announce(ids, commit, number)
    assert str(refusal.value) == sentence


def test_commitment_refuses_a_guessable_secret():
    with pytest.raises(DrawError, match="16 octets"):
        commitment(b"short")
