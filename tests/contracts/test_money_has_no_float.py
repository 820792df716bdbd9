"""Money, budgets and rules are exact: no float is written there, and none is made."""

import ast
from pathlib import Path

import pytest

ENGINE = Path(__file__).resolve().parents[2] / "src" / "essaim" / "engine"
EXACT = [ENGINE / "money.py", ENGINE / "budget.py", *sorted((ENGINE / "rules").glob("*.py"))]


def floats(tree):
    """Where a tree writes a float literal, names or names the type other than to refuse it."""
    refused = {
        id(name)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "isinstance"
        for name in ast.walk(call)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            yield f"line {node.lineno}: {node.value}"
        if isinstance(node, ast.Name) and node.id == "float" and id(node) not in refused:
            yield f"line {node.lineno}: float"


@pytest.mark.parametrize("path", EXACT, ids=lambda path: path.relative_to(ENGINE).as_posix())
def test_exact_module_has_no_float(path):
    assert list(floats(ast.parse(path.read_text()))) == []


@pytest.mark.parametrize("fault", ["x = 0.5", "x = float(y)", "def f(x: float): ...", "x = 1e9"])
def test_float_is_seen(fault):
    assert len(list(floats(ast.parse(fault)))) == 1
