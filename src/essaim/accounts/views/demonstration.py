"""The demonstration's door: one invented person per role, signed in without a mailbox. It exists in that mode only."""

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from essaim.accounts.adapter import speak
from essaim.accounts.arrivals import arrived
from essaim.accounts.models import Person
from essaim.kernel import clock


def _only_in_demonstration() -> None:
    if not settings.DEMO:
        raise Http404


@login_not_required
@never_cache
@require_GET
def accounts(request: HttpRequest) -> HttpResponse:
    """The invented people, one per role."""
    _only_in_demonstration()
    return render(request, "accounts/demonstration.html", {"people": Person.objects.demo_accounts()})


@login_not_required
@require_POST
def enter(request: HttpRequest, public_id: str) -> HttpResponse:
    """Sign in as one invented person, leaving whoever one was."""
    _only_in_demonstration()
    person = get_object_or_404(Person.objects.demo_accounts(), public_id=public_id)
    adapter = get_adapter(request)
    if request.user.is_authenticated:
        adapter.logout(request)
    adapter.login(request, person)
    arrived(request, person, at=clock.now())
    messages.success(
        request,
        _("Mode démonstration : vous êtes %(name)s (%(role)s).") % {"name": person, "role": person.demo_role},
    )
    return speak(redirect(settings.LOGIN_REDIRECT_URL), person.language)
