"""What is wrong in a rules file, and on which line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from essaim.engine.money import NBSP, Lang
from essaim.engine.rules.vocabulary import Text


@dataclass(frozen=True)
class RuleFault:
    """One error of a rules file: ``line`` from 1 (None when it cannot be told), ``rule`` its id ("" outside a rule)."""

    line: int | None
    rule: str
    text: Text

    def say(self, lang: Lang) -> str:
        """« Ligne 12, règle « taux » : … »."""
        english = lang == "en"
        place = [] if self.line is None else [f"{'line' if english else 'ligne'} {self.line}"]
        if self.rule:
            place.append(f"rule “{self.rule}”" if english else f"règle «{NBSP}{self.rule}{NBSP}»")
        prefix = ", ".join(place)
        if not prefix:
            return self.text.say(lang)
        return prefix[0].upper() + prefix[1:] + (": " if english else f"{NBSP}: ") + self.text.say(lang)


class RuleSetError(ValueError):
    """The rules cannot be read; ``faults`` lists every error found, in the order of the file. ``str()`` is French."""

    def __init__(self, faults: tuple[RuleFault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(fault.say("fr") for fault in faults))


def syntax_fault(message: str, toml_text: str) -> RuleFault:
    """A file that is not TOML: the parser's own words, after what to look at."""
    found = re.search(r"at line (\d+)", message)
    line = int(found[1]) if found else toml_text.count("\n") + 1
    detail = message.split(" (at ")[0]
    return RuleFault(
        line,
        "",
        Text(
            f"Le fichier n’est pas du TOML correct{NBSP}: vérifiez les guillemets, les accolades et les crochets "
            f"({detail}).",
            f"The file is not correct TOML: check quotes, braces and brackets ({detail}).",
        ),
    )


class Lines:
    """Where things are in the file: tomllib gives no positions, so headers and keys are searched for."""

    def __init__(self, text: str) -> None:
        self.lines = text.splitlines()
        heads = [number for number, line in enumerate(self.lines) if re.match(r"\s*\[\[\s*rule\s*\]\]", line)]
        self.spans = list(zip(heads, [*heads[1:], len(self.lines)], strict=False))

    def find(self, rule: int | None, key: str) -> int | None:
        """Line (from 1) of ``key`` in the nth rule, else of the rule's header; outside any rule, of the key alone."""
        if rule is None:
            start, end = 0, self.spans[0][0] if self.spans else len(self.lines)
        elif rule < len(self.spans):
            start, end = self.spans[rule]
        else:
            return None
        pattern = re.compile(rf'(?:^|[\s{{,.\[])"?{re.escape(key)}"?\s*(?:=|\.|\])')
        for number in range(start, end):
            if key and pattern.search(self.lines[number].split("#")[0]):
                return number + 1
        return None if rule is None else start + 1
