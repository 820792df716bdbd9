"""A writer of a draft says they have read what changed in the call."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from essaim.applications.access import WRITERS
from essaim.applications.actions.call_versions import read_versions
from essaim.applications.views import pages
from essaim.kernel import access, clock


@require_POST
def read(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep that it was read; twice changes nothing. Then back to the draft."""
    application = pages.application_of(request.user, public_id)
    if WRITERS & access.roles(request.user, application):
        read_versions(application, by=request.user, at=clock.now())
        messages.success(request, _("C’est noté : relisez les parties qui ont changé, puis continuez."))
    return redirect(application)
