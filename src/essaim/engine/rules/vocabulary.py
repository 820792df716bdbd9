"""What a rule may speak of: the table of facts, their types, their names, and how to say "change it".

A fact that can be adjusted by the applicant carries the verbs that lower and raise it; only those appear in advice.
A name ending in ``.*`` is a family: a call may use any member, and names it in the ``[facts]`` table of its rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from essaim.engine.money import Lang


@dataclass(frozen=True)
class Text:
    """A sentence in both languages."""

    fr: str
    en: str

    def say(self, lang: Lang) -> str:
        """The sentence in ``lang``."""
        return self.en if lang == "en" else self.fr

    def fill(self, **values: Text) -> Text:
        """Replace ``{name}`` by each value, language by language."""
        return Text(
            self.fr.format(**{name: text.fr for name, text in values.items()}),
            self.en.format(**{name: text.en for name, text in values.items()}),
        )


NOTHING: Final = Text("", "")

FactType = Literal["money", "number", "choice", "code", "text", "date", "yes_no", "documents", "lines"]

TYPES: Final[Mapping[FactType, str]] = {
    "money": "int, cents of euro (may be negative for a balance)",
    "number": "int",
    "choice": "str, one of the keys of the [labels] table",
    "code": "str, official INSEE code",
    "text": "str",
    "date": "datetime.date (never a datetime)",
    "yes_no": "bool",
    "documents": "collection of str, the codes of the documents given",
    "lines": "sequence of (category, cents)",
}


@dataclass(frozen=True)
class FactSpec:
    """One row of the vocabulary. ``lower`` and ``raise_`` may hold ``{by}`` and ``{to}``; ``below`` / ``above`` say a
    balance that is not zero, with ``{by}``."""

    name: str
    type: FactType
    title: Text
    feminine: bool = False
    lower: Text | None = None
    raise_: Text | None = None
    below: Text | None = None
    above: Text | None = None


def _money(name: str, fr: str, en: str, verbs: tuple[str, str, str, str] | None = None, f: bool = False) -> FactSpec:
    """A money row; ``verbs`` = lower fr, lower en, raise fr, raise en."""
    if verbs is None:
        return FactSpec(name, "money", Text(fr, en), f)
    return FactSpec(name, "money", Text(fr, en), f, Text(verbs[0], verbs[1]), Text(verbs[2], verbs[3]))


FACTS: Final[tuple[FactSpec, ...]] = (
    _money(
        "request",
        "l’aide demandée",
        "the grant requested",
        (
            "baissez la demande de {by}",
            "lower the request by {by}",
            "augmentez la demande de {by}",
            "raise the request by {by}",
        ),
        f=True,
    ),
    _money(
        "grant",
        "l’aide attribuée",
        "the grant awarded",
        (
            "baissez l’aide attribuée de {by}",
            "lower the award by {by}",
            "augmentez l’aide attribuée de {by}",
            "raise the award by {by}",
        ),
        f=True,
    ),
    _money(
        "cost",
        "le coût total du projet",
        "the total cost of the project",
        ("ramenez le coût à {to}", "bring the cost down to {to}", "portez le coût à {to}", "raise the cost to {to}"),
    ),
    _money(
        "eligible_base",
        "le total des dépenses éligibles",
        "the total of eligible costs",
        (
            "ramenez les dépenses éligibles à {to}",
            "bring eligible costs down to {to}",
            "portez les dépenses éligibles à {to}",
            "raise eligible costs to {to}",
        ),
    ),
    FactSpec(
        "balance",
        "money",
        Text("la différence entre ressources et dépenses", "the difference between resources and costs"),
        feminine=True,
        lower=Text(
            "baissez une ressource, ou ajoutez une dépense, d’autant", "lower a resource, or add a cost, by as much"
        ),
        raise_=Text(
            "ajoutez une ressource, ou baissez une dépense, d’autant", "add a resource, or lower a cost, by as much"
        ),
        below=Text("il manque {by} de ressources", "{by} of resources is missing"),
        above=Text("les ressources dépassent les dépenses de {by}", "resources exceed costs by {by}"),
    ),
    _money(
        "public_aid",
        "le total des aides publiques",
        "the total of public aid",
        (
            "baissez les aides publiques de {by}",
            "lower public aid by {by}",
            "augmentez les aides publiques de {by}",
            "raise public aid by {by}",
        ),
    ),
    *(
        _money(
            f"fundings.{kind}",
            fr,
            en,
            (f"ramenez {fr} à {{to}}", f"bring {en} down to {{to}}", f"portez {fr} à {{to}}", f"raise {en} to {{to}}"),
        )
        for kind, fr, en in (
            ("public", "le total des autres aides publiques", "the total of other public aid"),
            ("private", "le total des financements privés", "the total of private funding"),
            ("own", "l’autofinancement", "own funding"),
            ("in_kind", "le total des apports en nature", "the total of contributions in kind"),
            ("secured", "le total des ressources acquises", "the total of secured resources"),
        )
    ),
    _money(
        "spent",
        "le total des dépenses réalisées",
        "the total of costs actually met",
        (
            "ramenez les dépenses réalisées à {to}",
            "bring the costs met down to {to}",
            "portez les dépenses réalisées à {to}",
            "raise the costs met to {to}",
        ),
    ),
    _money("de_minimis.received", "le total des aides de minimis de trois ans", "the de minimis aid of three years"),
    _money("de_minimis.room", "la place qui reste sous le plafond de minimis",
           "the room left under the de minimis ceiling", f=True),
    FactSpec("plan.single_vat", "yes_no", Text("tout le budget est HT, ou tout est TTC", "the whole budget is "
                                               "without VAT, or all of it is with VAT")),
    FactSpec("lines", "lines", Text("les dépenses, ligne par ligne", "the costs, line by line"), feminine=True),
    FactSpec("documents", "documents", Text("les pièces jointes", "the documents attached"), feminine=True),
    FactSpec("applicant.kind", "choice", Text("le demandeur", "the applicant")),
    FactSpec("territory.region", "code", Text("la région du projet", "the region of the project"), feminine=True),
    FactSpec("territory.department", "code", Text("le département du projet", "the department of the project")),
    FactSpec("territory.commune", "code", Text("la commune du projet", "the commune of the project"), feminine=True),
    FactSpec("date.start", "date", Text("la date de début du projet", "the start date of the project"), feminine=True,
             lower=Text("avancez le début au {to}", "bring the start forward to {to}"),
             raise_=Text("reportez le début au {to}", "put the start back to {to}")),
    FactSpec("date.end", "date", Text("la date de fin du projet", "the end date of the project"), feminine=True,
             lower=Text("avancez la fin au {to}", "bring the end forward to {to}"),
             raise_=Text("reportez la fin au {to}", "put the end back to {to}")),
    FactSpec("date.filed", "date", Text("la date de dépôt", "the filing date"), feminine=True),
    FactSpec("text.*", "text", Text("un texte du formulaire", "a text of the form")),
    FactSpec("choice.*", "choice", Text("un choix du formulaire", "a choice of the form")),
    FactSpec("number.*", "number", Text("un nombre du formulaire", "a number of the form"),
             lower=Text("ramenez la valeur à {to}", "bring the value down to {to}"),
             raise_=Text("portez la valeur à {to}", "raise the value to {to}")),
    FactSpec("money.*", "money", Text("un montant du formulaire", "an amount of the form"),
             lower=Text("baissez ce montant de {by}", "lower this amount by {by}"),
             raise_=Text("augmentez ce montant de {by}", "raise this amount by {by}")),
    FactSpec("date.*", "date", Text("une date du formulaire", "a date of the form"), feminine=True,
             lower=Text("avancez la date au {to}", "bring the date forward to {to}"),
             raise_=Text("reportez la date au {to}", "put the date back to {to}")),
    FactSpec("commitment.*", "yes_no", Text("un engagement ou une déclaration", "a commitment or a statement")),
)  # fmt: skip

_BY_NAME: Final = {spec.name: spec for spec in FACTS}


def fact_spec(name: str) -> FactSpec | None:
    """The row of a fact, a family's row for its members, or None for a word that is not in the vocabulary."""
    if name in _BY_NAME and not name.endswith(".*"):
        return _BY_NAME[name]
    family, dot, member = name.partition(".")
    return _BY_NAME.get(f"{family}.*") if dot and member.replace("_", "").isalnum() else None


def facts_table(lang: Lang) -> str:
    """The vocabulary as a Markdown table, for the documentation and the officer's help."""
    head = "| fact | type | meaning |" if lang == "en" else "| fait | type | sens |"
    rows = (f"| `{spec.name}` | {TYPES[spec.type]} | {spec.title.say(lang)} |" for spec in FACTS)
    return "\n".join((head, "|---|---|---|", *rows))
