"""Every error of a form.toml: types, choices, bounds, facts, columns, and conditions that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from essaim.calls.actions.faults import FolderFault, block_line, near, unknown_keys, untranslated
from essaim.calls.queries.form import CELLS
from essaim.engine import rules as engine
from essaim.engine.rules.vocabulary import fact_spec

FILE = "form.toml"
# What each type may give the rules.
TYPES: dict[str, frozenset[str]] = {
    "short_text": frozenset({"text"}),
    "long_text": frozenset({"text"}),
    "number": frozenset({"number"}),
    "money": frozenset({"money"}),
    "date": frozenset({"date"}),
    "choice": frozenset({"choice"}),
    "several": frozenset(),
    "yes_no": frozenset({"yes_no"}),
    "commune": frozenset({"code"}),
    "address": frozenset(),
    "siret": frozenset({"text"}),
    "file": frozenset(),
    "table": frozenset({"number"}),  # how many rows
    "declaration": frozenset({"yes_no"}),
    "email": frozenset({"text"}),
    "phone": frozenset({"text"}),
}
STEPS = ("organisation", "project")
LOOKS = ("radio", "select")
SECTION_KEYS = frozenset({"code", "title", "step", "help", "question", "source"})
COMMON = frozenset({"code", "type", "required", "label", "help", "example", "fact", "shown_if", "source"})
KEYS: dict[str, frozenset[str]] = {
    "short_text": frozenset({"min_length", "max_length"}),
    "long_text": frozenset({"min_length", "max_length"}),
    "number": frozenset({"min", "max", "decimals", "unit"}),
    "money": frozenset({"min", "max"}),
    "date": frozenset({"min", "max"}),
    "choice": frozenset({"choices", "look"}),
    "several": frozenset({"choices", "min_choices", "max_choices"}),
    "file": frozenset({"formats", "max_megabytes", "multiple"}),
    "table": frozenset({"column", "min_rows", "max_rows"}),
    "declaration": frozenset({"text"}),
}
BOUNDS = (
    ("min_length", "max_length"),
    ("min_choices", "max_choices"),
    ("min_rows", "max_rows"),
    ("min", "max"),
)
COUNTS = ("min_length", "max_length", "min_choices", "max_choices", "min_rows", "max_rows", "decimals", "max_megabytes")
TESTS = ("equals", "not", "one_of", "greater_than", "answered")


def form_faults(text: str, content: Mapping[str, Any], rules: engine.RuleSet | None) -> list[FolderFault]:
    """Every error of a form; `rules` (None when they cannot be read) names the choices."""
    return [*untranslated(FILE, text, content), *_FormCheck(text, content, rules).run()]


class _FormCheck:
    """One reading of a form: the faults found, the questions seen."""

    def __init__(self, text: str, content: Mapping[str, Any], rules: engine.RuleSet | None) -> None:
        self.text, self.content = text, content
        self.labels = {key for key, _title in rules.labels} if rules else None
        self.found: list[FolderFault] = []
        self.known: dict[str, Mapping[str, Any]] = {}
        self.facts: dict[str, str] = {}
        self.count = 0
        self.where = ""

    def fault(self, key: str, sentence: str) -> None:
        """Keep an error of the question being read."""
        line = block_line(self.text, "section.question", self.count, key)
        self.found.append(FolderFault(FILE, line, sentence, self.where))

    def run(self) -> list[FolderFault]:
        """All the faults, section by section."""
        sections = self.content.get("section", [])
        if not sections:
            sentence = _("Le formulaire n’a aucune section : ajoutez un bloc [[section]] et ses questions.")
            self.found.append(FolderFault(FILE, None, sentence))
        everything = [question for section in sections for question in section.get("question", [])]
        codes = [str(question.get("code", "")) for question in everything]
        self.known = dict(zip(codes, everything, strict=True))
        seen: set[str] = set()
        for number, section in enumerate(sections):
            self._section(number, section, [str(part.get("code", "")) for part in sections[:number]])
            for question in section.get("question", []):
                self._question(question, seen)
                seen.add(str(question.get("code", "")))
                self.count += 1
        return self.found

    def _section(self, number: int, section: Mapping[str, Any], before: list[str]) -> None:
        code = str(section.get("code", ""))

        def fault(key: str, sentence: str) -> None:
            self.found.append(FolderFault(FILE, block_line(self.text, "section", number, key), sentence, code))

        for key, sentence in unknown_keys(section, SECTION_KEYS):
            fault(key, sentence)
        if not code or code in before:
            fault("code", _("Chaque section a un « code » à elle : donnez-en un."))
        if not section.get("title"):
            fault("title", _("La section « %(code)s » n’a pas de titre : ajoutez « title ».") % {"code": code})
        if section.get("step", "project") not in STEPS:
            step = {"step": section["step"], "steps": ", ".join(STEPS)}
            fault("step", _("La page « %(step)s » n’existe pas : choisissez parmi %(steps)s.") % step)

    def _question(self, row: Mapping[str, Any], seen: set[str]) -> None:
        code = str(row.get("code", ""))
        self.where = code
        if not code.replace("_", "a").isalnum() or not code.isascii():
            self.fault("code", _("Le « code » d’une question s’écrit en lettres sans accent, chiffres et _."))
        if code in seen:
            self.fault("code", _("Deux questions portent le code « %(code)s » : changez-en un.") % {"code": code})
        kind = row.get("type")
        if kind not in TYPES:
            said = {"type": kind, "hint": near(str(kind), TYPES)}
            self.fault("type", _("Le type de question « %(type)s » n’existe pas%(hint)s.") % said)
            return
        for key, sentence in unknown_keys(row, COMMON | KEYS.get(str(kind), frozenset())):
            self.fault(key, sentence)
        if not row.get("label"):
            self.fault("label", _("La question « %(code)s » n’a pas de libellé : ajoutez « label ».") % {"code": code})
        self._bounds(row)
        self._choices(row, str(kind))
        self._fact(row, str(kind))
        self._columns(row, str(kind))
        self._conditions(row.get("shown_if"), code)

    def _bounds(self, row: Mapping[str, Any]) -> None:
        for key in COUNTS:
            if key in row and (type(row[key]) is not int or row[key] < 0):
                self.fault(key, _("« %(key)s » attend un nombre entier, 0 ou plus.") % {"key": key})
                return
        for low, high in BOUNDS:
            first, last = row.get(low), row.get(high)
            if type(first) is type(last) and first is not None and not isinstance(first, str) and first > last > 0:
                names = {"low": low, "high": high}
                sentence = _("« %(low)s » dépasse « %(high)s » : aucune réponse ne conviendrait.")
                self.fault(high, sentence % names)

    def _choices(self, row: Mapping[str, Any], kind: str) -> None:
        if kind not in {"choice", "several"}:
            return
        choices = row.get("choices", [])
        if not isinstance(choices, list) or len(choices) < 2:
            self.fault("choices", _("Donnez au moins deux réponses à choisir dans « choices »."))
            return
        for choice in dict.fromkeys(choices):
            if choices.count(choice) > 1:
                self.fault("choices", _("La réponse « %(code)s » est écrite deux fois.") % {"code": choice})
            if self.labels is not None and choice not in self.labels:
                sentence = _("« %(code)s » n’a pas de nom : ajoutez-le à la table [labels] de rules.toml.")
                self.fault("choices", sentence % {"code": choice})
        if row.get("look", "radio") not in LOOKS:
            self.fault("look", _("« look » vaut radio ou select."))

    def _fact(self, row: Mapping[str, Any], kind: str) -> None:
        fact = row.get("fact")
        if not fact:
            return
        spec = fact_spec(str(fact))
        if spec is None:
            names = [known.name for known in engine.FACTS]
            said = {"fact": fact, "hint": near(str(fact), names)}
            self.fault("fact", _("Le fait « %(fact)s » n’existe pas%(hint)s.") % said)
        elif spec.type not in TYPES[kind]:
            said = {"fact": fact, "type": kind}
            self.fault("fact", _("Une question de type %(type)s ne peut pas donner le fait « %(fact)s ».") % said)
        elif fact in self.facts:
            said = {"fact": fact, "other": self.facts[fact]}
            self.fault("fact", _("Le fait « %(fact)s » est déjà donné par la question « %(other)s ».") % said)
        self.facts.setdefault(str(fact), self.where)

    def _columns(self, row: Mapping[str, Any], kind: str) -> None:
        columns = row.get("column", [])
        if kind == "table" and not columns:
            self.fault("column", _("Un tableau a au moins une colonne : ajoutez un bloc [[section.question.column]]."))
        for column in columns:
            if column.get("type") not in CELLS:
                said = {"code": column.get("code", ""), "types": ", ".join(CELLS)}
                self.fault("column", _("La colonne « %(code)s » a un type parmi %(types)s.") % said)
            elif not column.get("code") or not column.get("label"):
                self.fault("column", _("Chaque colonne a un « code » et un « label »."))
            else:
                self._choices(column, str(column["type"]))

    def _conditions(self, condition: Any, code: str) -> None:
        for test in _tests(condition):
            asked = str(test.get("question", ""))
            target = self.known.get(asked)
            if target is None or asked == code:
                said = {"code": asked, "hint": near(asked, [known for known in self.known if known != code])}
                self.fault(
                    "shown_if",
                    _("La condition porte sur « %(code)s », qui n’est pas une autre question%(hint)s.") % said,
                )
                continue
            used = [name for name in TESTS if name in test]
            if len(used) != 1:
                self.fault("shown_if", _("La condition emploie un mot parmi %(words)s.") % {"words": ", ".join(TESTS)})
                continue
            self._compared(target, used[0], test[used[0]], asked)
        if code and code in set(_chain(self.known, code)):
            self.fault("shown_if", _("La condition revient à la question elle-même : personne ne la verrait."))

    def _compared(self, target: Mapping[str, Any], word: str, value: Any, asked: str) -> None:
        kind = target.get("type")
        names = {"code": asked}
        if word == "answered":
            if not isinstance(value, bool):
                self.fault("shown_if", _("« answered » vaut true ou false."))
        elif word == "greater_than":
            if kind not in {"number", "money", "date"}:
                self.fault(
                    "shown_if",
                    _("« greater_than » compare un nombre, un montant ou une date, pas « %(code)s ».") % names,
                )
        elif kind in {"choice", "several"}:
            given = value if isinstance(value, list) else [value]
            for one in given:
                if one not in target.get("choices", []):
                    said = {"value": one, **names}
                    self.fault("shown_if", _("« %(value)s » n’est pas une réponse de la question « %(code)s ».") % said)
        elif kind in {"yes_no", "declaration"} and not isinstance(value, bool):
            self.fault("shown_if", _("La question « %(code)s » se compare à true ou false.") % names)


def _tests(condition: Any) -> Iterator[Mapping[str, Any]]:
    """Every comparison of a condition, however nested."""
    if not isinstance(condition, Mapping):
        return
    groups = [part for op in ("all", "any") for part in condition.get(op, [])]
    if groups:
        for part in groups:
            yield from _tests(part)
    else:
        yield condition


def _chain(known: Mapping[str, Mapping[str, Any]], code: str) -> Iterator[str]:
    """The questions that decide, step by step, whether `code` is asked."""
    waiting, seen = [code], set()
    while waiting:
        for test in _tests(known.get(waiting.pop(), {}).get("shown_if")):
            asked = str(test.get("question", ""))
            yield asked
            if asked not in seen:
                seen.add(asked)
                waiting.append(asked)
