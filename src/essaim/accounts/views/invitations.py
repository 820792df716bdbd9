"""The page behind an invitation link: read by anyone who has it, accepted by the person invited."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from essaim.accounts import actions
from essaim.accounts.actions.invitations import find, refusal
from essaim.accounts.invitations import SCOPES
from essaim.kernel import clock
from essaim.kernel.workflow import Refused


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites, to what; accept by POST, after signing in with the address invited."""
    at = clock.now()
    person = request.user if request.user.is_authenticated else None
    found = find(token)
    sentence = refusal(found, person=person, at=at)
    if request.method == "POST" and not sentence:
        if person is None:
            return redirect_to_login(request.get_full_path())
        try:
            accepted = actions.accept(token=token, by=person, at=at)
        except Refused as refused:
            sentence = str(refused)
        else:
            scope = SCOPES[accepted.scope]
            what = scope.find(accepted.scope_id)
            messages.success(request, _("C’est fait : vous faites partie de « %(name)s ».") % {"name": what})
            return redirect(scope.url(what))
    context = {"sentence": sentence, "token": token}
    if found is not None:
        scope = SCOPES[found.scope]
        context |= {
            "invitation": found,
            "what": scope.find(found.scope_id),
            "role": scope.role_label(found.role),
            "scope": scope.label,
        }
    return render(request, "accounts/invitation.html", context, status=410 if sentence else 200)
