"""A second factor just added is itself the proof asked before showing the recovery codes."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.http import HttpResponse


class JustProved:
    """The person has used the new factor a moment ago: do not ask for it again on the next page."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Add the factor, then note that it was used."""
        response = super().form_valid(form)
        record_authentication(self.request, self.request.user, method="mfa", reauthenticated=True)
        return response


class AddKey(JustProved, AddWebAuthnView):
    """Add a passkey."""


class ActivateApplication(JustProved, ActivateTOTPView):
    """Turn the application of codes on."""


add_key = AddKey.as_view()
activate_application = ActivateApplication.as_view()
