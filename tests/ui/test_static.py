"""What browsers download: it can be collected and named by content, and a first visit is light."""

import gzip
import re
from io import StringIO

import pytest
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import Client

from essaim.ui.templatetags.ui import register

FIRST_VISIT = 250 * 1024
REQUESTS = 20


def test_static_files_are_collected_and_named_by_content(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    backend = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": backend}}
    call_command("collectstatic", interactive=False, stdout=StringIO())
    html = Client(headers={"accept-language": "fr"}).get("/ui/").content.decode()
    named = re.findall(r'"/static/([^"#?]+)', html)
    assert [path for path in named if not (tmp_path / path).exists()] == []
    assert re.fullmatch(
        r"ui/css/components\.[0-9a-f]{12}\.css", staticfiles_storage.stored_name("ui/css/components.css")
    )


def test_first_visit_is_light():
    response = Client(headers={"accept-language": "fr"}).get("/ui/")
    named = set(re.findall(r'"/static/([^"#?]+)', response.content.decode()))
    sheets = [path for path in named if path.endswith(".css")]
    for sheet in sheets:
        with open(finders.find(sheet)) as file:
            named |= {f"vendor/{path}" for path in re.findall(r'url\("\.\./\.\./vendor/([^"]+)"\)', file.read())}
    social = {"ui/img/card.png", "ui/img/touch.png", "ui/img/favicon.png"}  # fetched by other programs
    sizes = {}
    for path in named - social:
        with open(finders.find(path), "rb") as file:
            content = file.read()
        sizes[path] = len(content) if path.endswith(".woff2") else len(gzip.compress(content))
    assert len(sizes) + 1 <= REQUESTS
    assert sum(sizes.values()) + len(gzip.compress(response.content)) <= FIRST_VISIT


@pytest.mark.parametrize("tag", sorted(register.tags))
def test_gallery_shows_each_component(tag):
    template = finders.find("ui/css/shell.css").replace("static/ui/css/shell.css", "templates/ui/pages/gallery.html")
    with open(template) as file:
        assert re.search(r"{% " + tag + r"\b", file.read())
