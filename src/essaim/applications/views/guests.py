"""Writing without an account, and coming back after a session that ended: nothing typed is lost on the way.

The cookie holds a secret, signed so that a made-up one costs no query; only its digest is in the database. On the pages
of a draft, and there only, the guest is `request.user`; everywhere else the browser is nobody's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils.translation import gettext as _

from essaim.accounts.arrivals import on_arrival
from essaim.accounts.models import Person
from essaim.applications import actions
from essaim.applications.actions.guests import KEPT

COOKIE = "__Host-brouillon" if settings.HTTPS else "brouillon"
SALT = "essaim.applications.guest"
# What was typed when a session had ended waits in the browser's session until one signs in again.
TYPED = "applications_typed"
LONGEST_TYPED = 400_000
View = Callable[..., HttpResponse]


def open_to_guests(view: View) -> View:
    """A page of a draft: for who is signed in, and for the guest whose browser this is; sign-in for anyone else.

    What was posted to it without either is kept until the sign-in that follows: see `typed_before`.
    """

    @login_not_required
    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            guest = guest_in(request)
            if guest is None:
                return _to_sign_in(request)
            request.user = guest
            request.guest = True  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return opened


def guest_in(request: HttpRequest) -> Person | None:
    """The guest whose browser this is, or None."""
    given = request.COOKIES.get(COOKIE, "")
    if not given or len(given) > 200:
        return None
    try:
        token = signing.Signer(salt=SALT).unsign(given)
    except signing.BadSignature:
        return None
    return actions.guest_of(token)


def remember(response: HttpResponse, token: str) -> HttpResponse:
    """Leave the guest's secret in the browser."""
    response.set_cookie(
        COOKIE,
        signing.Signer(salt=SALT).sign(token),
        max_age=KEPT,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
    return response


@on_arrival
def claim_drafts(request: HttpRequest, person: Person, *, at: datetime) -> None:
    """Someone signs in on the browser of a guest: the drafts written there are theirs."""
    guest = guest_in(request)
    if guest is not None:
        actions.claim(guest, by=person, at=at)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.headers.get("X-Requested-With"):
        sentence = _("Votre session est terminée : connectez-vous, votre texte reste sur cette page.")
        return JsonResponse({"sentence": sentence}, status=401)
    back = request.get_full_path()
    if request.method == "POST":
        kept = request.POST.copy()
        kept.pop("csrfmiddlewaretoken", None)
        if len(body := kept.urlencode()) <= LONGEST_TYPED:
            request.session[TYPED] = {"path": request.path, "body": body}
            back = f"{quote(request.path)}?{urlencode({'repris': '1'})}"
    return redirect_to_login(back)


def typed_before(request: HttpRequest) -> QueryDict | None:
    """What was posted to this page when the session had ended, to be shown again and saved by its author."""
    kept = request.session.get(TYPED) if "repris" in request.GET else None
    if not isinstance(kept, dict) or kept.get("path") != request.path:
        return None
    return QueryDict(kept["body"])


def forget_typed(request: HttpRequest) -> None:
    """It has been saved."""
    if TYPED in request.session:
        del request.session[TYPED]
