"""Each type of question: read with a helpful sentence, kept as typed, said the same everywhere."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from essaim.applications.queries.saying import said_answer
from essaim.calls.queries.answers import certified
from essaim.calls.queries.form import TYPES, asked_codes, question_from, sections_of

NBSP = "\u00a0"


def question(kind, **row):
    """A question of this type, as its form writes it."""
    labels = {code: {"fr": code.capitalize(), "en": code} for code in ("wood", "metal", "textile")}
    return question_from({"code": "q", "type": kind, "label": {"fr": "Question", "en": "Question"}, **row}, labels)


WOOD = {"choices": ["wood", "metal", "textile"]}
COLUMNS = {
    "column": [
        {"code": "name", "type": "short_text", "label": {"fr": "Nom"}, "required": True},
        {"code": "price", "type": "money", "label": {"fr": "Prix"}},
    ]
}


@pytest.mark.parametrize(
    ("kind", "row", "typed", "value", "said"),
    [
        ("short_text", {}, " Un nom ", "Un nom", "Un nom"),
        ("long_text", {}, "Deux\r\nlignes", "Deux\nlignes", "Deux\nlignes"),
        ("number", {}, "1 200", 1200, "1\u202f200"),
        ("number", {"decimals": 2, "unit": {"fr": "m²"}}, "12,5", Decimal("12.5"), f"12,50{NBSP}m²"),
        ("number", {"min": -5}, "-3", -3, "\u22123"),
        ("money", {}, "12 000,50 €", 1_200_050, f"12\u202f000,50{NBSP}€"),
        ("date", {}, "1/12/2013", date(2013, 12, 1), f"1er{NBSP}décembre 2013"),
        ("choice", WOOD, "metal", "metal", "Metal"),
        ("several", WOOD, ["textile", "wood"], ["wood", "textile"], "Wood, Textile"),
        ("yes_no", {}, "non", False, "Non"),
        ("commune", {}, {"code": "35238", "name": "Rennes"}, {"code": "35238", "name": "Rennes"}, "Rennes"),
        (
            "address",
            {},
            {"street": " 3 rue  du Four ", "postcode": "35000", "town": "Rennes"},
            {"street": "3 rue du Four", "postcode": "35000", "town": "Rennes"},
            "3 rue du Four, 35000 Rennes",
        ),
        ("siret", {}, "356 000 000 00048", "35600000000048", "35600000000048"),
        ("siret", {}, "356 000 000 00013", None, "356 000 000 00013"),
        ("email", {}, "nadia@essai.example", "nadia@essai.example", "nadia@essai.example"),
        ("phone", {}, "01 99 00 13 13", "01 99 00 13 13", "01 99 00 13 13"),
        ("declaration", {}, True, True, "Oui"),
        (
            "table",
            COLUMNS,
            [{"name": "Scie", "price": "100"}, {"name": "Tour", "price": ""}],
            [{"name": "Scie", "price": 10_000}, {"name": "Tour", "price": None}],
            f"Scie · 100{NBSP}€\nTour · ",
        ),
    ],
)
def test_an_answer_is_read_and_said(kind, row, typed, value, said):
    asked = question(kind, **row)
    assert asked.read(typed)[0] == value
    assert said_answer(asked, typed).text == said


@pytest.mark.parametrize(
    ("kind", "row", "typed", "sentence"),
    [
        (
            "short_text",
            {"max_length": 4},
            "douze",
            "Ce texte dépasse de 1 caractère la limite de 4 : raccourcissez-le.",
        ),
        ("long_text", {"min_length": 7}, "douze", "Ce texte est trop court : ajoutez au moins 2 caractères."),
        ("number", {}, "beaucoup", "« beaucoup » n’est pas un nombre : écrivez-le en chiffres."),
        ("number", {}, "2,5", "« 2,5 » n’est pas un nombre entier : arrondissez-le."),
        ("number", {}, "-1", "Ce nombre est négatif : écrivez-le sans signe moins."),
        ("number", {"decimals": 1}, "2,55", "« 2,55 » a plus de 1 décimale : arrondissez-le."),
        ("number", {"max": 9, "unit": {"fr": "ans"}}, "12", "Le maximum est 9 ans : vous avez écrit 12 ans."),
        ("number", {"min": 3}, "1", "Le minimum est 3 : vous avez écrit 1."),
        ("money", {"min": "50 €"}, "12", "Le minimum est 50 € : vous avez écrit 12 €."),
        ("date", {}, "demain", "« demain » n’est pas une date : écrivez par exemple 01/12/2013."),
        (
            "date",
            {"min": "2014-01-01"},
            "31/12/2013",
            "Cette date est trop tôt : choisissez le 1er janvier 2014 ou après.",
        ),
        (
            "date",
            {"max": "2014-01-01"},
            "02/01/2014",
            "Cette date est trop tard : choisissez le 1er janvier 2014 ou avant.",
        ),
        ("choice", WOOD, "stone", "Choisissez une des réponses proposées."),
        ("several", {**WOOD, "max_choices": 1}, ["wood", "metal"], "Cochez au plus 1 réponse : il y en a 2."),
        ("yes_no", {}, "peut-être", "Répondez par oui ou par non."),
        ("commune", {}, {"code": "Rennes"}, "Choisissez la commune dans la liste trouvée par la recherche."),
        (
            "address",
            {},
            {"street": "3 rue", "postcode": "350", "town": "R"},
            "Un code postal compte 5 chiffres, par exemple 35000.",
        ),
        ("address", {}, {"street": "", "postcode": "35000"}, "Écrivez le numéro et la rue, ou le lieu-dit."),
        ("siret", {}, "123", "Un SIRET compte 14 chiffres : celui-ci en a 3."),
        ("email", {}, "nadia", "« nadia » n’est pas une adresse électronique : vérifiez-la."),
        ("phone", {}, "bureau", "« bureau » n’est pas un numéro de téléphone : écrivez par exemple 01 99 00 13 13."),
        ("table", COLUMNS, [{"name": "", "price": "3"}], "Ligne 1, « Nom » : remplissez cette case."),
        ("table", {**COLUMNS, "min_rows": 2}, [{"name": "Scie"}], "Ajoutez 1 ligne : il en faut au moins 2."),
        (
            "table",
            {**COLUMNS, "max_rows": 1},
            [{"name": "A"}, {"name": "B"}],
            "Retirez 1 ligne : il en faut au plus 1.",
        ),
    ],
)
def test_what_cannot_be_read_says_what_to_write(kind, row, typed, sentence):
    told = question(kind, **row).read(typed)[1]
    assert told.replace(NBSP, " ").replace("\u202f", " ") == sentence


def test_every_type_reads_nothing_as_nothing():
    for kind in TYPES:
        assert question(kind).read("") == (None, "")


def test_a_declaration_certifies_one_text_and_no_other():
    first = question("declaration", text={"fr": "Je dis vrai.", "en": "I tell the truth."})
    kept = {"certified": certified(first)}
    assert first.read(kept) == (True, "")
    assert said_answer(first, kept).certified == "Je dis vrai."
    changed = question("declaration", text={"fr": "Je dis tout.", "en": "I tell the truth."})
    assert changed.read(kept)[1].replace(NBSP, " ") == (
        "Le texte à certifier a changé depuis votre accord : relisez-le, puis cochez de nouveau."
    )


def form(*rows):
    """A frozen form of one section, with these conditions: code, type, shown_if."""
    asked = [
        {"code": code, "type": kind, "label": {"fr": code}, "shown_if": shown_if, **extra}
        for code, kind, shown_if, *more in rows
        for extra in [more[0] if more else {}]
    ]
    sections = [{"code": "s", "title": {"fr": "S"}, "question": asked}]
    return sections_of(SimpleNamespace(rules={}, form={"section": sections}))[0].questions


@pytest.mark.parametrize(
    ("condition", "answers", "shown"),
    [
        ({"question": "yes", "equals": False}, {"yes": "non"}, True),
        ({"question": "yes", "equals": False}, {"yes": True}, False),
        ({"question": "yes", "equals": False}, {}, False),
        ({"question": "kind", "one_of": ["wood", "metal"]}, {"kind": "metal"}, True),
        ({"question": "kind", "not": "wood"}, {"kind": "wood"}, False),
        ({"question": "kind", "not": "wood"}, {"kind": "textile"}, True),
        ({"question": "many", "equals": "wood"}, {"many": ["metal", "wood"]}, True),
        ({"question": "cost", "greater_than": "10 000 €"}, {"cost": "10 000"}, False),
        ({"question": "cost", "greater_than": "10 000 €"}, {"cost": "10 000,01"}, True),
        ({"question": "staff", "greater_than": 5}, {"staff": "6"}, True),
        ({"question": "staff", "answered": False}, {}, True),
        ({"question": "staff", "answered": True}, {"staff": "beaucoup"}, False),
        ({"all": [{"question": "yes", "equals": True}, {"question": "staff", "answered": True}]}, {"yes": True}, False),
        ({"any": [{"question": "yes", "equals": True}, {"question": "staff", "answered": True}]}, {"yes": True}, True),
        ({"question": "elsewhere", "equals": "1"}, {"elsewhere": "1"}, False),
    ],
)
def test_a_question_is_asked_when_its_condition_holds(condition, answers, shown):
    questions = form(
        ("yes", "yes_no", None),
        ("kind", "choice", None, WOOD),
        ("many", "several", None, WOOD),
        ("cost", "money", None),
        ("staff", "number", None),
        ("then", "short_text", condition),
    )
    assert ("then" in asked_codes(questions, answers)) is shown


def test_an_answer_to_a_question_no_longer_asked_does_not_count():
    questions = form(
        ("first", "yes_no", None),
        ("second", "yes_no", {"question": "first", "equals": True}),
        ("third", "short_text", {"question": "second", "equals": True}),
    )
    assert asked_codes(questions, {"first": True, "second": True}) == {"first", "second", "third"}
    assert asked_codes(questions, {"first": False, "second": True}) == {"first"}


def test_conditions_that_lead_back_to_themselves_are_never_met():
    loop = form(
        ("a", "yes_no", {"question": "b", "answered": True}), ("b", "yes_no", {"question": "a", "answered": True})
    )
    assert asked_codes(loop, {"a": True, "b": True}) == frozenset()
