"""Error pages that say what happened and what to do, in the site's own look, without asking the database anything."""

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what was sent cannot be read; 413 when it is only too big."""
    if isinstance(exception, RequestDataTooBig | TooManyFilesSent | TooManyFieldsSent):
        return too_large(request)
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the reader is known but may not do this; the exception's own sentence is shown when there is one."""
    return render(request, "403.html", {"sentence": str(exception or "")}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 with its own words: the form is too old or cookies are refused; nothing was recorded."""
    return render(request, "403_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing at this address, or nothing the reader may see."""
    return render(request, "404.html", status=404)


def too_large(request: HttpRequest) -> HttpResponse:
    """413: what was sent is too big."""
    return render(request, "413.html", status=413)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; rendered without context processors, so that nothing can fail a second time."""
    return HttpResponse(render_to_string("500.html", {"lang": get_language() or "fr"}), status=500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: too busy or under maintenance; says to come back in a minute."""
    page = render_to_string("503.html", {"lang": get_language() or "fr"})
    return HttpResponse(page, status=503, headers={"Retry-After": "60"})
