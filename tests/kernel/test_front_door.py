"""The front door: notes arrivals, turns away what is too big from its announced length alone."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from essaim.kernel.middleware import FrontDoor


class Unreadable:
    """A body that must not be read."""

    def read(self, *size):
        pytest.fail("the body was read")

    readline = read


def inside(request):
    return HttpResponse(request.arrived_at.isoformat())


def test_request_is_let_in_with_its_arrival():
    response = FrontDoor(inside)(RequestFactory().get("/"))
    assert response.content.endswith(b"+00:00")


@pytest.mark.parametrize("length", ["26048577", "-1", "beaucoup"])
def test_too_big_a_request_is_refused_unread_in_a_sentence(length):
    request = RequestFactory().generic("POST", "/", CONTENT_LENGTH=length, **{"wsgi.input": Unreadable()})
    response = FrontDoor(inside)(request)
    assert response.status_code == 413
    assert (
        "Cet envoi dépasse la limite de 25 Mo : choisissez un fichier plus petit, ou envoyez vos fichiers un par un."
        in response.content.decode()
    )


def test_request_at_the_limit_is_let_in():
    request = RequestFactory().generic("POST", "/", CONTENT_LENGTH="26048576")
    assert FrontDoor(inside)(request).status_code == 200


@pytest.mark.django_db
def test_refusal_bears_the_security_headers(client):
    response = client.generic("POST", "/", CONTENT_LENGTH="999999999")
    assert response.status_code == 413
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_reading_that_writes_is_caught(never_writes, person):
    with never_writes():
        type(person).objects.get(pk=person.pk)
    with pytest.raises(pytest.fail.Exception, match="a reading wrote: UPDATE"), never_writes():
        person.save()
