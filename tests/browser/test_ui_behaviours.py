"""The behaviours of the pages in a real browser: drafts, double clicks, the clock, the map; served from memory."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser

STATIC = Path(__file__).parents[2] / "src" / "essaim" / "ui" / "static"
SITE = "http://essaim.test"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}


class Site:
    """A site of one page: what it answers, and what it was sent."""

    def __init__(self, page: Page) -> None:
        self.page, self.html, self.posts, self.up = page, "", [], True
        self.answers: dict[str, object] = {}
        page.route("**/*", self.answer)

    def answer(self, route: Route) -> None:
        """The page, its static files, JSON; POSTs are kept; nothing while the site is down."""
        path = urlsplit(route.request.url).path
        if route.request.method == "POST":
            if not self.up:
                return route.abort()
            self.posts.append(route.request.post_data or "")
            return route.fulfill(json={"saved_at": "2013-09-10T12:32:00+02:00", "version": 2})
        if path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            return route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
        if path in self.answers:
            return route.fulfill(body=json.dumps(self.answers[path]), content_type="application/json")
        csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
        headers = {"Content-Security-Policy": csp, "Content-Type": "text/html; charset=utf-8"}
        return route.fulfill(body=self.html, headers=headers)

    def show(self, body: str, *scripts: str) -> Page:
        """Load a page holding this, with these scripts of ours."""
        loaded = "".join(f'<script type="module" src="/static/ui/js/{name}.js"></script>' for name in scripts)
        self.html = f'<!doctype html><html lang="fr"><head><title>x</title></head><body>{body}{loaded}</body></html>'
        self.page.goto(SITE + "/")
        return self.page


@pytest.fixture
def site(chromium):
    """A fresh tab whose every request is answered from memory; an error in its console fails the test."""
    context = chromium.new_context(locale="fr-FR", timezone_id="Europe/Paris")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.clock.install(time="2013-09-10T12:00:00+02:00")
    yield Site(page)
    context.close()
    assert errors == []


DRAFT = """<form action="/deposer/" method="post" data-autosave data-autosave-url="/brouillon/">
<input name="version" value="1"><label for="t">Titre</label><input id="t" name="title"></form>
<p data-autosave-state data-typing="Pas encore enregistré." data-saving="Enregistrement…"
data-saved="Enregistré à {time}." data-offline="Pas enregistré." data-refused="Connectez-vous."><span></span></p>"""


def test_draft_is_saved_five_seconds_after_a_change(site):
    page = site.show(DRAFT, "autosave")
    page.fill("#t", "Les Ateliers")
    assert page.text_content("[data-autosave-state]").strip() == "Pas encore enregistré."
    assert site.posts == []
    page.clock.run_for(5100)
    expect(page.locator("[data-autosave-state]")).to_have_text("Enregistré à 12\u00a0h\u00a032.")
    assert "Les+Ateliers" in site.posts[0]
    assert page.input_value("[name=version]") == "2"


def test_draft_survives_a_cut_and_is_sent_again(site):
    page = site.show(DRAFT, "autosave")
    site.up = False
    page.fill("#t", "Gardé")
    page.clock.run_for(5100)
    expect(page.locator("[data-autosave-state]")).to_have_text("Pas enregistré.")
    assert page.input_value("#t") == "Gardé"
    site.up = True
    page.clock.run_for(5100)
    expect(page.locator("[data-autosave-state]")).to_have_text("Enregistré à 12\u00a0h\u00a032.")
    assert len(site.posts) == 1


def test_form_clicked_twice_is_sent_once(site):
    page = site.show(
        '<form action="/deposer/" method="post" data-once><button type="submit" name="a" value="b">x</button></form>',
        "once",
    )
    with page.expect_navigation():
        page.evaluate("() => { const b = document.querySelector('button'); b.click(); b.click(); }")
    assert [parse_qs(post) for post in site.posts] == [{"a": ["b"]}]


def test_form_taken_by_a_script_is_not_locked(site):
    page = site.show('<form action="/x/" method="post"><button type="submit">x</button></form>', "once")
    page.evaluate("() => document.querySelector('form').addEventListener('submit', (event) => event.preventDefault())")
    page.click("button")
    assert page.get_attribute("form", "data-sent") is None


def test_form_is_free_again_when_the_answer_was_a_download(site):
    page = site.show('<form action="/x/" method="post"><button type="submit">x</button></form>', "once")
    page.evaluate("() => addEventListener('submit', (event) => event.preventDefault())")
    page.click("button")
    assert page.get_attribute("form", "data-sent") == "yes"
    page.clock.run_for(8100)
    assert page.get_attribute("form", "data-sent") is None


def test_clock_counts_by_the_server_not_by_the_reader(site):
    # The reader's clock says 10 September; the server's said 13 September, 90 minutes before closing.
    page = site.show(
        '<strong data-countdown data-deadline="2013-09-13T23:59:00+02:00" data-now="2013-09-13T22:28:30+02:00">'
        "</strong>",
        "countdown",
    )
    assert page.text_content("strong") == "dans 1\u00a0heure et 30\u00a0minutes"
    page.clock.run_for(31 * 60 * 1000)
    assert page.text_content("strong") == "dans 59\u00a0minutes"


def test_map_draws_points_and_tells_them_in_a_popup(site):
    site.answers = {
        "/points/": {
            "points": [
                {
                    "lat": 47.75,
                    "lon": -3.37,
                    "title": "Lorient",
                    "text": "Financé",
                    "url": "/lieux/1/",
                    "kind": "funded",
                }
            ]
        },
        "/contours/": {"type": "FeatureCollection", "features": []},
    }
    page = site.show(
        '<div class="es-map" data-map data-points="/points/" data-outlines="/contours/" hidden></div>'
        '<script defer src="/static/vendor/leaflet/leaflet.js"></script>',
        "map",
    )
    page.wait_for_selector(".es-marker", state="attached")
    page.evaluate("document.querySelector('.es-marker').click()")
    page.clock.run_for(500)
    link = page.wait_for_selector(".leaflet-popup-content a", state="attached")
    assert (link.text_content(), link.get_attribute("href")) == ("Lorient", "/lieux/1/")


def test_map_without_its_points_leaves_the_table_alone(site):
    page = site.show(
        '<div data-map data-points="/rien/"></div><script defer src="/static/vendor/leaflet/leaflet.js"></script>',
        "map",
    )
    expect(page.locator("[data-map]")).to_be_hidden()
