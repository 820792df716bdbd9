"""The whole story of 2013 as a database: told once per session by another process, lent to the tests that read it."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPLICATIONS = 24
SEED = 7


@pytest.fixture(scope="session")
def story_folder(tmp_path_factory):
    """Where the story is kept: database, files, account. ESSAIM_TOLD=folder keeps it from one run to the next."""
    from django.conf import settings

    kept = os.environ.get("ESSAIM_TOLD")
    if kept and (Path(kept) / "account.json").exists():
        return Path(kept)
    folder = Path(kept) if kept else tmp_path_factory.mktemp("told")
    env = {
        **os.environ,
        "ESSAIM_MODE": "test",
        "ESSAIM_DATA_DIR": str(folder),
        "ESSAIM_SECRET_KEY": settings.SECRET_KEY,
        "DATABASE_URL": f"sqlite:///{folder / 'story.sqlite3'}",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }
    said = subprocess.run(
        [sys.executable, "-m", "tests.told", str(folder)],
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert said.returncode == 0, said.stdout[-2000:] + said.stderr[-4000:]
    return folder


@pytest.fixture(scope="session")
def account(story_folder):
    """What the story came to, as `essaim replay` writes it."""
    return json.loads((story_folder / "account.json").read_text())


@pytest.fixture(scope="module")
def told(story_folder, django_db_setup, django_db_blocker, tmp_path_factory):
    """The told story under the tests of a module; what a test with `django_db` writes is rolled back."""
    with _lent(story_folder, tmp_path_factory.mktemp("lent"), django_db_blocker):
        yield


@contextmanager
def _lent(story, place, blocker):
    """The default connection of every thread on a copy of the story."""
    from django.conf import settings
    from django.core.cache import cache
    from django.db import connection

    if connection.vendor != "sqlite":
        pytest.skip("the story is told into SQLite")
    shutil.copy(story / "story.sqlite3", place)
    with blocker.unblock():
        connection.close()
        before, files = connection.settings_dict["NAME"], settings.MEDIA_ROOT
        connection.settings_dict["NAME"] = str(place / "story.sqlite3")
        settings.MEDIA_ROOT = str(story / "files")
        cache.clear()
        try:
            yield
        finally:
            cache.clear()
            connection.close()
            connection.settings_dict["NAME"] = before
            settings.MEDIA_ROOT = files


def tell_into(folder: Path) -> None:
    """Tell the story into this process's database and write its account; then a season open today, with a draft."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from essaim.accounts.models import Person
    from essaim.applications.actions import start
    from essaim.calls.models import Call
    from essaim.cli.demo import open_the_practice_season
    from essaim.cli.replay import tell
    from essaim.kernel import clock

    call_command("migrate", verbosity=0, interactive=False)
    found = tell("fablabs-2013", seed=SEED, applications=APPLICATIONS, start=None)
    (folder / "account.json").write_text(json.dumps(found))
    open_the_practice_season()
    someone = Person.objects.get(email="candidat@demo.example")
    start(Call.objects.get(programme__slug="fablabs-essai"), by=someone, at=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


if __name__ == "__main__":
    tell_into(Path(sys.argv[1]))
