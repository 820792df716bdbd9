"""The system's Chromium on the live site, with its style sheets and scripts."""

from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent


def pytest_collection_modifyitems(items):
    """All that is here needs a browser."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session", autouse=True)
def static_files():
    """Pages get their style sheets and scripts from one folder, gathered once."""
    call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture(scope="session")
def chromium():
    """The system's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium):
    """A browser tab in French; whatever the content security policy refuses fails the test."""
    context = chromium.new_context(locale="fr-FR")
    page = context.new_page()
    page.set_default_timeout(15_000)
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert [text for text in said if "Content Security Policy" in text] == []
