"""The plain values views hand to the component tags."""

from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a form or of a procedure; `state` is what is true of it today."""

    label: str
    url: str = ""
    state: Literal["done", "current", "todo", "error"] = "todo"
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar of a bar chart; `text` is the value as people read it (« 160 000 € »), `emphasis` tints it."""

    label: str
    value: int | float
    text: str
    url: str = ""
    emphasis: bool = False


@dataclass(frozen=True, kw_only=True)
class Level:
    """One level of a step chart: from `since` on, the quantity is `value` (read as `text`), because of `note`."""

    since: date
    value: int | float
    text: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a data table; `numeric` aligns it right; `key` is the entry of each row's mapping."""

    key: str
    label: str
    numeric: bool = False
