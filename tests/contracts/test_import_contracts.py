"""Each direction of pyproject.toml is proven by a fault: in a copy of the sources, import-linter must see it."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STORY = "The story: each stage may look back, never ahead"
ROOMS = "Inside a stage: pages call actions, actions call models"
PURE = "The engine knows nothing of the web or the database"
ADAPTERS = "Only actions, queries and tasks speak to the engine"
CYCLES = "No cycles anywhere"
FAULTS = {
    "a stage looks ahead": (STORY, "calls/queries/reach.py", "import essaim.awards.models"),
    "a package is in no layer": (STORY, "gossip/__init__.py", ""),
    "models know a page": (ROOMS, "awards/models.py", "import essaim.awards.views"),
    "a room is not a known one": (ROOMS, "awards/odds.py", ""),
    "the engine knows Django": (PURE, "engine/money.py", "import django.db"),
    "the engine knows the kernel": (PURE, "engine/money.py", "import essaim.kernel.clock"),
    "a page speaks to the engine": (ADAPTERS, "awards/views.py", "import essaim.engine.portfolio"),
    "a form speaks to the engine": (ADAPTERS, "calls/forms.py", "import essaim.engine.budget"),
    "two siblings need each other": (CYCLES, "kernel/clock.py", "import essaim.kernel.mail"),
}


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """A copy of the sources and of the contracts, with import-linter's own cache."""
    copy = tmp_path_factory.mktemp("faults")
    shutil.copytree(
        ROOT / "src" / "essaim",
        copy / "src" / "essaim",
        ignore=shutil.ignore_patterns("*.html", "static", "locale", "migrations", "__pycache__", "*.json", "*.npz"),
    )
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def lint(folder):
    """What import-linter says of a folder: its exit code and its verdict on each contract."""
    said = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--config", "pyproject.toml"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    verdicts = {
        line.rsplit(" ", 1)[0]: line.rsplit(" ", 1)[1]
        for line in said.stdout.splitlines()
        if line.endswith((" KEPT", " BROKEN"))
    }
    return said.returncode, verdicts, said.stdout


def contracts():
    """The names of the contracts declared."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    return {contract["name"] for contract in declared}


def test_sources_keep_every_contract(sources):
    code, verdicts, said = lint(sources)
    assert (code, verdicts) == (0, dict.fromkeys(contracts(), "KEPT")), said


def test_every_contract_has_its_fault():
    assert {name for name, _path, _fault in FAULTS.values()} == contracts()


@pytest.mark.parametrize("what", FAULTS)
def test_fault_is_seen(sources, what):
    name, place, fault = FAULTS[what]
    path = sources / "src" / "essaim" / place
    before = path.read_text() if path.exists() else None
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{before or ''}\n{fault}\n")
    try:
        code, verdicts, said = lint(sources)
    finally:
        if before is None:
            path.unlink()
            shutil.rmtree(path.parent) if not any(path.parent.glob("*.py")) else None
        else:
            path.write_text(before)
    assert code == 1, said
    assert verdicts.get(name) == "BROKEN", said
