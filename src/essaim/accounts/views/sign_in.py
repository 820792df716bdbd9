"""Sign-in: one field, the address; then the code. The other ways are one click away."""

from typing import Any

from allauth.account.internal import flows
from allauth.account.internal.stagekit import clear_login
from allauth.account.internal.templatekit import get_entrance_context_data
from allauth.account.views import ConfirmLoginCodeView, LoginView, RequestLoginCodeView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from essaim.accounts import actions
from essaim.accounts.forms import SignInForm
from essaim.kernel import clock
from essaim.kernel.models import Message
from essaim.kernel.workflow import Refused


class StartsAgain:
    """Coming back to a sign-in page forgets a sign-in begun but not finished: one may have mistyped the address."""

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> None:
        clear_login(request)


@method_decorator([login_not_required, never_cache], name="dispatch")
class SignIn(StartsAgain, RequestLoginCodeView):
    """Ask for the address, open the account if it is new, send the code."""

    template_name = "accounts/sign_in.html"

    def get_form_class(self) -> type[SignInForm]:
        """Our words on allauth's form."""
        return SignInForm

    def form_valid(self, form: SignInForm) -> HttpResponse:
        """Send the code; the answer is the same whether the account existed or not."""
        email = form.cleaned_data["email"]
        try:
            person = actions.open_account(email=email, language=get_language(), at=clock.now())
        except Refused as refusal:
            form.add_error("email", str(refusal))
            return self.form_invalid(form)
        flows.login_by_code.LoginCodeVerificationProcess.initiate(request=self.request, user=person, email=person.email)
        return redirect(self.get_success_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The other ways in."""
        return super().get_context_data(**kwargs) | ways_in(self.request)


@method_decorator(login_not_required, name="dispatch")
class PasswordSignIn(StartsAgain, LoginView):
    """Sign in with a password."""

    template_name = "account/login.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The other ways in."""
        return super().get_context_data(**kwargs) | ways_in(self.request)


class ConfirmCode(ConfirmLoginCodeView):
    """Type the code received. A sign-in too old to be finished says so instead of looking like a fault."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Add the sentence when the code has expired or was never asked for on this browser."""
        response = super().dispatch(request, *args, **kwargs)
        if not request.user.is_authenticated and getattr(self, "_process", None) is None:
            messages.error(request, _("Ce code n’est plus valable : demandez-en un nouveau."))
        return response

    def get_form(self, *args: Any, **kwargs: Any) -> Any:
        """Phones show digits, and offer the code of the message."""
        form = super().get_form(*args, **kwargs)
        if "code" in form.fields:
            form.fields["code"].widget.attrs = {"autocomplete": "one-time-code", "inputmode": "numeric"}
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """In a demonstration, the message that would have been sent."""
        context = super().get_context_data(**kwargs)
        context["demo_message"] = demo_message(self._process.state.get("email", ""))
        return context


sign_in = SignIn.as_view()
password_sign_in = PasswordSignIn.as_view()
# allauth's decorator stays on the inherited `dispatch`: ours must say again that no account is needed.
confirm_code = login_not_required(ConfirmCode.as_view())


@login_not_required
def sign_up(request: HttpRequest) -> HttpResponse:
    """There is no other way to open an account than signing in: the same page, with what was asked."""
    query = request.GET.urlencode()
    return redirect(reverse("account_login") + (f"?{query}" if query else ""))


def ways_in(request: HttpRequest) -> dict[str, Any]:
    """What a sign-in page offers beside its form."""
    return {
        **get_entrance_context_data(request),
        "identity_provider": settings.OIDC_NAME if settings.OIDC_SERVER else "",
        "identity_provider_id": settings.OIDC_ID,
        "next": request.GET.get("next", ""),
    }


def demo_message(address: str) -> Message | None:
    """In a demonstration only, the last message written to an address: nobody has a mailbox there."""
    if not settings.DEMO or not address:
        return None
    return Message.objects.filter(address__iexact=address).order_by("-created_at", "-pk").first()
