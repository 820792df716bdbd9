"""The frame of every page and the sundry public pages."""

import pytest
from django.core.exceptions import RequestDataTooBig
from django.test import Client
from django.utils import translation

from essaim.ui import errors
from tests.page import check_page

PUBLIC = ["/ui/", "/accessibilite/", "/mentions-legales/", "/donnees-personnelles/", "/code-source/"]


@pytest.fixture
def reader() -> Client:
    """A visitor whose browser speaks French."""
    return Client(headers={"accept-language": "fr"})


@pytest.mark.parametrize("address", PUBLIC)
def test_public_page_stands_in_french_and_in_english(reader, address):
    assert check_page(reader.get(address)).title.endswith(" – Essaim")
    assert check_page(Client(headers={"accept-language": "en"}).get(address)).select("html")[0].get("lang") == "en"


def test_frame_offers_content_menu_and_footer_to_the_keyboard_first(reader):
    page = check_page(reader.get("/ui/"))
    assert list(page.links.items())[:3] == [
        ("Aller au contenu", "#contenu"),
        ("Aller au menu", "#menu"),
        ("Aller au pied de page", "#pied"),
    ]


def test_neutral_theme_never_shows_the_state_brand(reader):
    html = reader.get("/ui/").content.decode()
    assert "fr-logo" not in html
    assert "dsfr" not in html


def test_dsfr_theme_shows_the_state_brand(reader, settings):
    settings.THEME = "dsfr"
    page = check_page(reader.get("/mentions-legales/"))
    assert [text.tag for text in page.select("p", class_="fr-logo")] == ["p"]


def test_demonstration_says_so_on_every_page(reader, settings):
    settings.DEMO = True
    page = check_page(reader.get("/mentions-legales/"))
    [banner] = page.select("div", class_="es-demo")
    assert "".join(banner.itertext()).strip().startswith("Démonstration.")


def test_language_switch_keeps_the_page(reader):
    answer = reader.post("/langue/", {"language": "en", "next": "/ui/?page=2"})
    assert (answer.status_code, answer["Location"]) == (302, "/ui/?page=2")
    assert check_page(reader.get("/ui/")).select("html")[0].get("lang") == "en"


def test_pagination_keeps_the_rest_of_the_address(reader):
    links = check_page(reader.get("/ui/?q=lorient&page=3")).links
    assert links["Page 2"] == "?q=lorient&page=2"
    assert links["Suivante"] == "?q=lorient&page=4"


@pytest.mark.parametrize(
    ("view", "status", "h1"),
    [
        (errors.bad_request, 400, "Demande illisible"),
        (errors.forbidden, 403, "Accès réservé"),
        (errors.csrf_failure, 403, "Formulaire expiré"),
        (errors.not_found, 404, "Page introuvable"),
        (errors.too_large, 413, "Envoi trop lourd"),
        (errors.server_error, 500, "Une erreur de notre côté"),
        (errors.unavailable, 503, "Site momentanément indisponible"),
    ],
)
def test_error_page_says_what_happened_and_what_to_do(rf, view, status, h1):
    with translation.override("fr"):
        assert check_page(view(rf.get("/x/")), status=status).h1 == h1


def test_forbidden_page_gives_the_sentence_of_the_refusal(rf):
    refusal = PermissionError("Ce dossier est déjà déposé.")
    with translation.override("fr"):
        assert "Ce dossier est déjà déposé." in check_page(errors.forbidden(rf.get("/x/"), refusal), status=403).text


def test_sending_too_much_is_told_as_such(rf):
    with translation.override("fr"):
        refused = errors.bad_request(rf.post("/x/"), RequestDataTooBig("too big"))
        assert check_page(refused, status=413).h1 == "Envoi trop lourd"


def test_unknown_address_answers_in_the_look_of_the_site(reader):
    assert check_page(reader.get("/nulle-part/"), status=404).h1 == "Page introuvable"


def test_robots_and_security_files_are_plain_text(reader):
    assert reader.get("/robots.txt").content.decode().splitlines()[0] == "User-agent: *"
    lines = reader.get("/.well-known/security.txt").content.decode().splitlines()
    assert [line.split(":")[0] for line in lines] == ["Contact", "Expires", "Preferred-Languages", "Canonical"]


def test_favicon_answers_at_the_old_address(reader):
    assert b"".join(reader.get("/favicon.ico").streaming_content)[:8] == b"\x89PNG\r\n\x1a\n"
