"""The page of a call and its simulator, through HTTP."""

import pytest

from tests.page import check_page

pytestmark = pytest.mark.django_db
URL = "/appels/ateliers-de-fabrication-numerique/"


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    "path", ["/appels/", URL, f"{URL}reglement/", "/alertes/", f"{URL}?cout=250000&demande=180000&autres=70000"]
)
def test_public_pages_open_in_both_languages(client, call, path, language):
    check_page(client.get(path, headers={"accept-language": language}))
