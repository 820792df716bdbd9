"""What every test has: its own data directory, immediate tasks, no network, a journal that can be emptied."""

import os
import socket
import tempfile
from contextlib import contextmanager
from pathlib import Path

if os.environ.get("DJANGO_SETTINGS_MODULE"):
    raise RuntimeError("DJANGO_SETTINGS_MODULE is set: unset it, the tests choose their own settings.")

# Before Django reads its settings: pytest-django configures itself after this file is loaded.
DATA_DIR = Path(tempfile.mkdtemp(prefix="essaim-test-"))
(DATA_DIR / "static").mkdir()  # WhiteNoise warns when it has nothing to serve
os.environ["ESSAIM_MODE"] = "test"
os.environ["ESSAIM_DATA_DIR"] = str(DATA_DIR)
os.environ["DJANGO_SETTINGS_MODULE"] = "essaim.config.settings"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in the thread that uses the database
os.environ.pop("ESSAIM_TASKS", None)

import pytest  # noqa: E402 - after the environment

from tests.told import account, story_folder, told  # noqa: E402, F401 - the fixtures of the told story

LOCAL = {"127.0.0.1", "::1", "localhost", "0.0.0.0"}


def pytest_configure(config):
    """Read the settings now: pytest-django, which comes after, then sets Django up with them."""
    from django.conf import settings

    from essaim.ui.catalogues import compile_all

    assert settings.MODE == "test"
    compile_all()  # English pages are tested too, and .mo files are not committed


def pytest_unconfigure(config):
    """Leave nothing behind."""
    import shutil

    shutil.rmtree(DATA_DIR, ignore_errors=True)


@pytest.fixture(autouse=True)
def french():
    """Each test begins in French: a page fetched in English leaves its language to the thread."""
    from django.utils import translation

    translation.activate("fr")
    yield
    translation.activate("fr")


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """A connection to any other machine is a failure of the test."""
    connect = socket.socket.connect

    def local_only(self, address):
        if self.family != socket.AF_UNIX and address[0] not in LOCAL:
            pytest.fail(f"the test tried to reach {address[0]}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", local_only)


@pytest.fixture(autouse=True)
def media(request, tmp_path):
    """Files of a test go to its own folder."""
    if not {"db", "transactional_db", "settings"} & set(request.fixturenames) and "django_db" not in {
        mark.name for mark in request.node.iter_markers()
    }:
        return
    request.getfixturevalue("settings").MEDIA_ROOT = tmp_path / "files"


@pytest.fixture(autouse=True)
def journal_can_be_emptied(request):
    """The database refuses to delete events: its triggers are lifted before a transactional test empties its tables.

    Django's flush then sends post_migrate, which puts them back.
    """
    mark = request.node.get_closest_marker("django_db")
    transactional = mark is not None and mark.kwargs.get("transaction")
    if not transactional and not {"transactional_db", "live_server"} & set(request.fixturenames):
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    from django.db import connection

    from essaim.kernel.journal import triggers

    triggers.remove(connection)


@pytest.fixture
def never_writes():
    """A context in which any SQL other than a reading is a failure: `with never_writes(): client.get(url)`."""
    from django.db import connection

    def refuse(execute, sql, params, many, context):
        if sql.lstrip("( ").split(" ", 1)[0].upper() not in {"SELECT", "WITH", "EXPLAIN", "PRAGMA"}:
            pytest.fail(f"a reading wrote: {sql[:200]}")
        return execute(sql, params, many, context)

    @contextmanager
    def context():
        with connection.execute_wrapper(refuse):
            yield

    return context


@pytest.fixture
def at():
    """An instant of the story: the day the 2013 call opened."""
    from datetime import UTC, datetime

    return datetime(2013, 6, 25, 10, 0, tzinfo=UTC)


@pytest.fixture
def person(db):
    """Someone with an account."""
    from django.contrib.auth import get_user_model

    return get_user_model().objects.create_user("ada@example.org", name="Ada Exemple")


@pytest.fixture
def real_queue(settings):
    """Tasks wait in the database for a worker, as they do outside tests."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}


@pytest.fixture
def process_env():
    """The environment of another process on this test's own database, with real tasks."""
    from django.db import connection

    root = Path(__file__).resolve().parent.parent
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        user, password = database["USER"], database["PASSWORD"]
        who = f"{user}:{password}" if password else user
        url = f"postgres://{who}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    return {
        **os.environ,
        "DATABASE_URL": url,
        "ESSAIM_TASKS": "database",
        "PYTHONPATH": os.pathsep.join([str(root / "src"), str(root)]),
        "PYTHONWARNINGS": "ignore",
    }
