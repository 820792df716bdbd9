"""What the pages of a draft share: who may write it, what a save answers to the script."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.template.loader import render_to_string

from essaim.applications.models import Application
from essaim.applications.views import pages
from essaim.kernel import access


def wants_json(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "autosave"


def draft_of(request: HttpRequest, public_id: UUID) -> Application | None:
    """The draft one may write; None when the page of the application says better what one may do."""
    found = pages.application_of(request.user, public_id)
    return found if writable(request, found) else None


def writable(request: HttpRequest, found: Application) -> bool:
    return (
        found.state == "draft" and found.put_away_at is None and bool(pages.WRITERS & access.roles(request.user, found))
    )


def version_read(request: HttpRequest, application: Application) -> int:
    """The version the page was shown with; the present one when the page does not say."""
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else application.version


def live(request: HttpRequest, application: Application) -> dict[str, str]:
    """The parts of the page that change when something is saved."""
    rules = pages.rules(application)
    return {
        "regles": render_to_string("applications/_findings.html", rules, request),
        "solde": render_to_string("applications/_balance.html", rules, request),
    }
