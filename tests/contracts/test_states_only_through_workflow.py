"""A state changes through its lifecycle and nowhere else: the sources of every app are read, not run."""

import ast
from pathlib import Path

import pytest
from django.db import models

from essaim.kernel.workflow import LIFECYCLES

SRC = Path(__file__).resolve().parents[2] / "src"
# A job of the queue or a message has states too, but is no object of the story: the worker, not a person, moves it.
JOBS = ("essaim/kernel/tasks.py", "essaim/kernel/worker.py", "essaim/kernel/mail.py", "essaim/kernel/mailbox.py")


def modules():
    """The sources that could write a state: all but migrations, the mechanism itself and the queue."""
    for path in sorted((SRC / "essaim").rglob("*.py")):
        place = path.relative_to(SRC).as_posix()
        if "/migrations/" not in place and place not in {"essaim/kernel/workflow.py", *JOBS}:
            yield place


def fields():
    """The names of the fields that hold a state."""
    return {lifecycle.field for lifecycle in LIFECYCLES.values()}


def writes(tree, field_names):
    """Where a tree assigns a state or gives one to update()."""
    for node in ast.walk(tree):
        targets = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        for target in targets:
            if isinstance(target, ast.Attribute) and target.attr in field_names:
                yield node.lineno, ast.unparse(target)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            named = {keyword.arg for keyword in node.keywords}
            if node.func.attr == "update" and named & field_names:
                yield node.lineno, ast.unparse(node.func)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "setattr":
            second = node.args[1] if len(node.args) > 1 else None
            if isinstance(second, ast.Constant) and second.value in field_names:
                yield node.lineno, ast.unparse(node)


def test_no_source_writes_a_state():
    found = [
        f"{place}:{line}: {what}"
        for place in modules()
        for line, what in writes(ast.parse((SRC / place).read_text()), fields())
    ]
    assert found == []


@pytest.mark.parametrize(
    "fault",
    [
        "call.state = 'open'",
        "Call.objects.filter(pk=1).update(state='open')",
        "setattr(call, 'state', 'open')",
        "self.call.state: str = 'open'",
    ],
)
def test_write_is_seen(fault):
    assert len(list(writes(ast.parse(fault), {"state"}))) == 1


def test_every_state_field_of_a_stage_has_a_lifecycle():
    from django.apps import apps

    stages = {"jams", "calls", "applications", "reviews", "selections", "awards", "territory"}
    without = {
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in stages
        and any(field.name == "state" and isinstance(field, models.CharField) for field in model._meta.fields)
        and model not in LIFECYCLES
    }
    assert without == set()
