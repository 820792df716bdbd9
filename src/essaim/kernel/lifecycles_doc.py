"""docs/lifecycles.md, written from the transition tables themselves."""

from collections.abc import Mapping
from typing import Any

from django.utils import translation

from essaim.kernel.workflow import LIFECYCLES, Lifecycle, Transition, role_labels

HEADER = """# Lifecycles

Generated from the transition tables (`lifecycle.py` of each stage) by `make docs`; do not edit.
"""


def document() -> str:
    """The whole document, in French as on screen, lifecycles in the order of the model's name."""
    with translation.override("fr"):
        parts = [_section(LIFECYCLES[model]) for model in sorted(LIFECYCLES, key=lambda m: m._meta.label)]
    return HEADER + "\n" + "\n".join(parts)


def _section(lifecycle: Lifecycle[Any]) -> str:
    states = dict(lifecycle.states.choices)
    name = str(lifecycle.model._meta.verbose_name)
    lines = [
        f"## {name[:1].upper()}{name[1:]} (`{lifecycle.model._meta.label_lower}`)",
        "",
        "États : " + ", ".join(f"{states[value]} (`{value}`)" for value in lifecycle.states.values) + ".",
        "",
        "| transition | de | vers | qui | conditions | public |",
        "|---|---|---|---|---|---|",
        *[_row(transition, states) for transition in lifecycle.transitions],
        "",
    ]
    return "\n".join(lines)


def _row(transition: Transition, states: Mapping[str, object]) -> str:
    sources = ", ".join(sorted(str(states[s]) for s in transition.source))
    needs = [(need.__doc__ or need.__name__).strip().splitlines()[0] for need in transition.needs]
    if transition.reason:
        needs.append("Une raison est donnée.")
    public = "oui" if transition.public is not None else "non"
    return (
        f"| {transition.label} (`{transition.name}`) | {sources} | {states[transition.target]} "
        f"| {', '.join(role_labels(transition.by))} | {' '.join(needs)} | {public} |"
    )
