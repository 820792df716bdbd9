"""What is committed: short files, no path of anybody's machine, nothing downloaded from a place of ours to choose."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 400
LONG_FOR_A_REASON: dict[str, str] = {}
MACHINE_PATH = re.compile(r"(?<![\w.])/(work|home/\w+|Users/\w+|root)/")
BINARY = {".woff2", ".woff", ".png", ".ico", ".npz", ".pdf", ".gz", ".zip", ".xlsx", ".ods", ".jpg", ".ttf", ".otf"}


def committed(*patterns):
    """The committed files, as paths from the root."""
    said = subprocess.run(
        ["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return [name for name in said if (ROOT / name).is_file()]


def test_file_stays_short():
    found = {
        name: lines
        for name in committed("src/*.py")
        if "/migrations/" not in name and (lines := (ROOT / name).read_text().count("\n")) > LONGEST
    }
    assert {name: lines for name, lines in found.items() if name not in LONG_FOR_A_REASON} == {}
    assert set(LONG_FOR_A_REASON) <= set(found), "a file of the list became short: take it out of the list"


def test_no_catch_all_module():
    vague = {"utils.py", "helpers.py", "common.py", "misc.py", "signals.py"}
    assert [name for name in committed("*.py") if Path(name).name in vague] == []


def test_no_path_of_a_machine_is_committed():
    found = [
        f"{name}: {line.strip()[:80]}"
        for name in committed()
        if Path(name).suffix not in BINARY and name != Path(__file__).relative_to(ROOT).as_posix()
        for line in (ROOT / name).read_text(errors="replace").splitlines()
        if MACHINE_PATH.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("kind", ["run", "dev", "tools", "bench"])
def test_locked_requirements_name_no_address_and_hash_everything(kind):
    text = (ROOT / "requirements" / f"{kind}.txt").read_text()
    assert [line for line in text.splitlines() if "://" in line or line.startswith(("-", "--index"))] == []
    requirements = [line for line in text.splitlines() if line and line[0] not in "# "]
    assert requirements
    assert [line for line in requirements if not line.rstrip().endswith("\\")] == []


def test_database_is_not_committed():
    found = [
        name
        for name in committed()
        if Path(name).suffix in {".sqlite3", ".mo", ".db"} or (ROOT / name).read_bytes().startswith(b"SQLite format 3")
    ]
    assert found == []
