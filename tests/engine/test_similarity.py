"""Near-duplicates: French stems, accents, shared words, themes."""

import json
from pathlib import Path

import pytest

from essaim.engine.refusal import Refusal
from essaim.engine.similarity import SimilarityIndex, Text, fold, similar, stem, words

NAUGHTY = Path(__file__).parents[3] / "shared" / "data" / "hostile" / "blns.json"

CARDS = [
    Text("a", "Un fablab mobile qui passe de village en village"),
    Text("b", "Faire passer un FABLAB mobile dans les villages"),
    Text("c", "Une recyclerie de quartier ouverte le samedi", "environnement"),
    Text("d", "Un lieu pour réparer les objets au lieu de les jeter", "environnement"),
    Text("e", "Des cours de code pour les seniors"),
]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("continuellement", "continuel"),
        ("continuation", "continu"),
        ("majestueusement", "majestu"),
        ("mobilité", "mobil"),
        ("activité", "activ"),
        ("finissaient", "fin"),
        ("mangeait", "mang"),
        ("chevaux", "cheval"),
        ("ateliers", "ateli"),
        ("première", "premi"),
        ("quartiers", "quarti"),
        ("nationalisation", "nationalis"),
        ("constamment", "const"),
        ("anciennes", "ancien"),
        ("question", "question"),
        ("publique", "publiqu"),
        ("joyeux", "joyeux"),
        ("nous", "nous"),
        ("a", "a"),
        ("", ""),
    ],
)
def test_stem_is_the_snowball_one(word: str, expected: str) -> None:
    assert stem(word) == expected


def test_words_are_folded_and_stop_words_left_out() -> None:
    assert words("L’œuvre à l'école, et LES élèves !") == ["oeuvre", "ecole", "eleves"]
    assert words("le vélo", frozenset()) == ["le", "velo"]
    assert fold("Çà et Là") == "ca et la"


def test_similar_puts_the_near_copy_first_and_shows_shared_words() -> None:
    first = similar(CARDS)[0]
    assert (first.a, first.b) == ("a", "b")
    assert first.shared == ("fablab", "mobile", "passe", "village")
    assert 0.7 < first.score <= 1


def test_identical_texts_score_one_and_empty_texts_nothing() -> None:
    pairs = similar({"x": "Un jardin partagé", "y": "un JARDIN partage", "z": "", "t": "!!!"})
    assert [(pair.a, pair.b, pair.score) for pair in pairs] == [("x", "y", 1.0)]


def test_same_theme_raises_the_score() -> None:
    texts = {"x": "réparer un vélo cassé", "y": "atelier vélo du samedi"}
    plain = similar(texts, threshold=0)[0].score
    assert similar(texts, themes={"x": "mobilité", "y": "mobilité"}, threshold=0)[0].score > plain
    assert similar(texts, themes={"x": "mobilité", "y": "sport"}, threshold=0)[0].score == plain


def test_nearest_answers_while_typing() -> None:
    index = SimilarityIndex(CARDS)
    assert [found.id for found in index.nearest("fablab des villages", limit=2)] == ["a", "b"]
    assert index.nearest("zzz") == ()


def test_stop_words_can_be_edited() -> None:
    texts = {"x": "projet jardin", "y": "projet four"}
    assert similar(texts, threshold=0.1) != ()
    assert similar(texts, stop_words=["Projet"], threshold=0.1) == ()


def test_many_texts_are_compared_on_their_meaning_too() -> None:
    texts = {f"{k:03}": f"sujet{k % 40} idée{k % 7} mot{k} lieu{k % 11}" for k in range(220)}
    pairs = similar(texts, limit=10)
    assert len(pairs) == 10
    assert pairs == similar(texts, limit=10)
    assert [pair.score for pair in pairs] == sorted((pair.score for pair in pairs), reverse=True)


@pytest.mark.skipif(not NAUGHTY.exists(), reason="the naughty strings are not here")
def test_naughty_strings_are_compared_without_harm() -> None:
    strings = json.loads(NAUGHTY.read_text(encoding="utf-8"))
    pairs = similar([Text(str(k), text) for k, text in enumerate(strings)])
    assert all(0 <= pair.score <= 1 for pair in pairs)


def test_duplicate_ids_are_refused() -> None:
    with pytest.raises(Refusal) as refused:
        similar([Text("a", "x"), Text("a", "y")])
    assert str(refused.value) == "L’identifiant « a » figure deux fois dans la liste des textes."
