"""The checker itself: each fault is seen, a sound page is not accused."""

import pytest
from django.http import HttpResponse

from tests.page import CHECKS, Page, check_page

SOUND = (
    '<!doctype html><html lang="fr"><head><title>Bonjour – Essaim</title></head>'
    "<body><header></header><main><h1>Bonjour</h1>{}</main><footer></footer></body></html>"
)


def faults(inside: str) -> list[str]:
    """What the checker says of a page holding this."""
    page = Page(SOUND.format(inside))
    return [fault for check in CHECKS for fault in check(page)]


def test_sound_page_passes():
    assert check_page(HttpResponse(SOUND.format("<p>Prêt\u00a0?</p>"))).h1 == "Bonjour"


@pytest.mark.parametrize(
    ("inside", "fault"),
    [
        ("<h1>Encore</h1>", "2 h1, one expected"),
        ("<h3>Trop bas</h3>", "h3 'Trop bas' follows h1: a level is skipped"),
        ('<p id="a"></p><p id="a"></p>', "id 'a' is used 2 times"),
        ('<input name="nom">', "input name='nom' has no label"),
        ('<a href="/x/"></a>', "a /x/ says nothing"),
        ('<p style="color:red">x</p>', "p has an inline style"),
        ('<p onclick="x()">x</p>', "p has onclick"),
        ("<script>1</script>", "an inline script"),
        ('<script src="https://cdn.example/x.js"></script>', "script comes from elsewhere: https://cdn.example/x.js"),
        ('<form action="/x/"></form>', "a form needs an action and a method: {'action': '/x/'}"),
        ('<form action="/x/" method="post"></form>', "the POST form to /x/ has 0 CSRF tokens"),
        ('<a href="#rien">y</a>', "the link to #rien leads nowhere"),
        ('<img src="/x.png">', "img /x.png has no alt"),
        ("<p>Prêt ?</p>", "a plain space in 'Prêt ?': write a no-break space"),
        ("<p>Montant : None </p>", "None shows in the page"),
    ],
)
def test_fault_is_said(inside, fault):
    assert faults(inside) == [fault]


def test_invalid_html_is_said():
    assert faults("<p>a</b></p>") != []
