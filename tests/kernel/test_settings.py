"""Settings: each one said in docs/settings.md; production refuses to start without what it needs."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NEEDED = {
    "ESSAIM_SECRET_KEY": "s" * 50,
    "ESSAIM_THEME": "neutral",
    "ESSAIM_SITE_URL": "https://example.org",
    "ESSAIM_SIGNING_KEY": "ab" * 32,
}


def test_every_setting_is_documented():
    source = (ROOT / "src/essaim/config/settings.py").read_text()
    names = {f"ESSAIM_{name}" for name in re.findall(r'env(?:_list)?\("([A-Z0-9_]+)"', source)}
    documented = set(re.findall(r"`(ESSAIM_[A-Z0-9_]+)`", (ROOT / "docs/settings.md").read_text()))
    assert names - documented == set()
    assert documented - names - {"ESSAIM_MODE"} == set()


def start(tmp_path, **changes):
    env = {name: value for name, value in os.environ.items() if not name.startswith(("ESSAIM_", "DATABASE_"))}
    env |= NEEDED | {"ESSAIM_MODE": "production", "ESSAIM_DATA_DIR": str(tmp_path), "PYTHONPATH": str(ROOT / "src")}
    env |= changes
    code = "import essaim.config.settings"
    return subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60)


def test_production_starts_with_what_it_needs(tmp_path):
    done = start(tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", sorted(NEEDED))
def test_production_refuses_to_start_and_names_what_is_missing(tmp_path, name):
    done = start(tmp_path, **{name: ""})
    assert done.returncode == 1
    assert f"ImproperlyConfigured: {name} is not set" in done.stderr
