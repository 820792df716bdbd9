"""The front door notes when a request arrives and turns away what is too big; what is private is kept by no cache."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.utils import translation
from django.utils.translation import gettext as _

from essaim.kernel import clock


class FrontDoor:
    """Sets `request.arrived_at`; answers 413 from the announced length alone.

    Stands before anything that reads the database or the body, after what puts security headers on every answer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request in, or say why not."""
        request.arrived_at = clock.now()  # type: ignore[attr-defined]
        length = request.META.get("CONTENT_LENGTH") or "0"
        limit = settings.MAX_REQUEST_BYTES
        if not length.isdigit() or int(length) > limit:
            return self.refuse(request)
        return self.get_response(request)

    def refuse(self, request: HttpRequest) -> HttpResponse:
        """The page that says the limit, in the reader's language."""
        with translation.override(translation.get_language_from_request(request)):
            sentence = _(
                "Cet envoi dépasse la limite de %(limit)d Mo : choisissez un fichier plus petit, "
                "ou envoyez vos fichiers un par un."
            ) % {"limit": settings.MAX_UPLOAD_MB}
            template = get_template("kernel/413.html")  # self-contained: cheap, and nothing in it can fail
            response = HttpResponse(template.render({"sentence": sentence}), status=413)
        response["Connection"] = "close"
        return response


class NothingKept:
    """No cache, shared or the browser's, keeps a page made for someone signed in: « back » after leaving shows nothing.

    A view that says otherwise is left alone. Stands after what knows who is asking.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and say that the answer is not to be kept."""
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response
