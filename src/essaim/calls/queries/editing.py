"""A call's content as the editor's pages cut it: one item a page, found by its code, read and put back."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from copy import deepcopy
from hashlib import sha256
from typing import Any

from essaim.engine.rules.vocabulary import fact_spec

Content = dict[str, Any]


def mark(item: Any) -> str:
    """A short fingerprint of what a page shows, to know whether someone changed that very thing since."""
    text = json.dumps(item, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return sha256(text.encode()).hexdigest()[:16]


def new_code(words: str, taken: Iterable[str], *, joint: str = "_", longest: int = 40) -> str:
    """A code made of a label's first words, unlike those taken: « Surface du lieu » gives `surface_du_lieu`."""
    plain = unicodedata.normalize("NFKD", words.lower()).encode("ascii", "ignore").decode()
    parts = re.findall(r"[a-z0-9]+", plain)
    code = joint.join(parts)[:longest].strip(joint) or "sans" + joint + "nom"
    found, number, known = code, 2, set(taken)
    while found in known:
        found, number = f"{code[: longest - 4]}{joint}{number}", number + 1
    return found


def moved(items: list[Any], index: int, by: int) -> list[Any]:
    """The list with one item moved up (-1) or down (1); at an end, it stays."""
    rest = [*items[:index], *items[index + 1 :]]
    place = min(max(index + by, 0), len(rest))
    return [*rest[:place], items[index], *rest[place:]]


def index_of(items: Iterable[Mapping[str, Any]], code: str, key: str = "code") -> int:
    """Where the item of that code is. Raises KeyError when it is nowhere."""
    for index, item in enumerate(items):
        if item.get(key) == code:
            return index
    raise KeyError(code)


def questions_in(form: Mapping[str, Any]) -> list[Content]:
    """Every question of a form, in order."""
    return [question for section in form.get("section", []) for question in section.get("question", [])]


def place_of(form: Mapping[str, Any], code: str) -> tuple[int, int]:
    """(section, rank in it) of a question. Raises KeyError."""
    for number, section in enumerate(form.get("section", [])):
        for rank, question in enumerate(section.get("question", [])):
            if question.get("code") == code:
                return number, rank
    raise KeyError(code)


def move_question(form: Content, code: str, by: int) -> Content:
    """The form with a question moved one place; beyond an end of its section, into the next one."""
    found = deepcopy(form)
    number, rank = place_of(found, code)
    questions = found["section"][number]["question"]
    if 0 <= rank + by < len(questions):
        found["section"][number]["question"] = moved(questions, rank, by)
    elif 0 <= number + by < len(found["section"]):
        neighbour = found["section"][number + by].setdefault("question", [])
        neighbour.insert(0 if by > 0 else len(neighbour), questions.pop(rank))
    return found


def question_item(form: Mapping[str, Any], rules: Mapping[str, Any], code: str) -> Content:
    """A question as its page edits it: choices with their names, conditions as rows, its name in the rules."""
    number, rank = place_of(form, code)
    item = deepcopy(form["section"][number]["question"][rank])
    labels = rules.get("labels", {})
    if "choices" in item:
        item["choices"] = [{"code": choice, "label": labels.get(choice, {})} for choice in item["choices"]]
    item |= {key: value for key, value in conditions_as_rows(item.pop("shown_if", None)).items() if value}
    if item.get("fact") in rules.get("facts", {}):
        item["fact_name"] = deepcopy(rules["facts"][item["fact"]])
    return item


def conditions_as_rows(condition: Any) -> Content:
    """`join` and `tests` (question, op, value as text) of a condition; `kept` when it is too deep for a page."""
    if not condition:
        return {}
    join = next((op for op in ("all", "any") if op in condition), "")
    parts = condition[join] if join else [condition]
    if any("all" in part or "any" in part for part in parts):
        return {"kept": deepcopy(condition)}
    rows = [_as_row(part) for part in parts]
    return {"join": join or "all", "tests": rows}


def _as_row(test: Mapping[str, Any]) -> Content:
    op = next((key for key in test if key != "question"), "answered")
    value = test.get(op, True)
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return {"question": test.get("question", ""), "op": op, "value": {"True": "oui", "False": "non"}.get(text, text)}


def conditions_from_rows(item: Mapping[str, Any], kinds: Mapping[str, str]) -> Any:
    """The condition that rows write, values in the type of the question they compare; None when there is none."""
    if item.get("kept"):
        return item["kept"]
    tests = [_from_row(row, kinds) for row in item.get("tests", []) if row.get("question")]
    if not tests:
        return None
    return tests[0] if len(tests) == 1 else {item.get("join") or "all": tests}


def _from_row(row: Mapping[str, Any], kinds: Mapping[str, str]) -> Content:
    op, text = row.get("op") or "equals", str(row.get("value") or "").strip()
    yes = text.lower() in {"", "oui", "yes", "true"}
    value: Any = text
    if op == "answered":
        value = yes
    elif op == "one_of":
        value = [part.strip() for part in text.split(",") if part.strip()]
    elif kinds.get(row["question"]) in {"yes_no", "declaration"}:
        value = yes
    elif kinds.get(row["question"]) == "number" and re.fullmatch(r"-?\d{1,12}", text):
        value = int(text)
    return {"question": row["question"], op: value}


def put_question(form: Content, code: str, item: Mapping[str, Any]) -> Content:
    """The form with a question as its page wrote it (see `question_item`)."""
    found = deepcopy(form)
    number, rank = place_of(found, code)
    kinds = {question["code"]: question["type"] for question in questions_in(found)}
    condition = conditions_from_rows(item, kinds)
    left_out = {"join", "tests", "kept", "fact_name", "choices"}
    written = {key: value for key, value in item.items() if key not in left_out}
    if item.get("choices"):
        written["choices"] = [choice["code"] for choice in coded(item["choices"])]
    if item.get("column"):
        written["column"] = coded(item["column"])
    if condition:
        written["shown_if"] = condition
    found["section"][number]["question"][rank] = written
    return found


def coded(rows: Iterable[Mapping[str, Any]]) -> list[Content]:
    """Rows that have a code each: those without one take it from their label."""
    found: list[Content] = []
    for row in rows:
        label = row.get("label", {})
        code = row.get("code") or new_code(label.get("fr") or label.get("en") or "", [one["code"] for one in found])
        found.append({"code": code, **{key: value for key, value in row.items() if key != "code"}})
    return found


def name_choices(rules: Content, item: Mapping[str, Any]) -> Content:
    """The rules with the names a question's page gave to its choices and to its fact."""
    found = deepcopy(rules)
    for choice in coded(item.get("choices", [])):
        if choice.get("label"):
            found.setdefault("labels", {})[choice["code"]] = choice["label"]
    spec = fact_spec(str(item.get("fact") or ""))
    name = item.get("fact_name")
    if spec is not None and spec.name.endswith(".*"):  # a fact of this call alone is named, or no sentence could
        name = name or found.get("facts", {}).get(item["fact"]) or item.get("label")
    if spec is not None and name and set(name) == {"fr", "en"}:
        found.setdefault("facts", {})[item["fact"]] = name
    return found


def replaced(items: list[Content], code: str, item: Content, key: str = "code") -> list[Content]:
    """The list with the item of that code replaced."""
    return [item if held.get(key) == code else held for held in items]


def check_at(check: Any, path: tuple[int, ...]) -> Any:
    """A check inside another: the path gives its rank among the checks, level by level. Raises KeyError."""
    for rank in path:
        inside = check.get("checks") or ([check["check"]] if "check" in check else [])
        if not 0 <= rank < len(inside):
            raise KeyError(path)
        check = inside[rank]
    return check


def put_check(check: Any, path: tuple[int, ...], new: Any) -> Any:
    """A check with one inside it replaced, added (rank just after the last), or taken away (`new` is None)."""
    if not path:
        return deepcopy(new)
    found, rank = deepcopy(check), path[0]
    if "check" in found:
        inner = put_check(found["check"], path[1:], new)
        return {**found, "check": inner} if inner is not None else None
    inside = list(found.get("checks", []))
    if rank == len(inside):
        inside.append(deepcopy(new))
    elif 0 <= rank < len(inside):
        inner = put_check(inside[rank], path[1:], new)
        inside[rank : rank + 1] = [inner] if inner is not None else []
    else:
        raise KeyError(path)
    return {**found, "checks": inside}
