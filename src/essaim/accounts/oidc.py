"""OpenID Connect with one provider, set by ESSAIM_OIDC_*: PKCE, and ProConnect's signed answers."""

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse


class SignedUserinfoAdapter(OpenIDConnectOAuth2Adapter):
    """Reads the userinfo endpoint, whether it answers JSON or, like ProConnect, a signed JWT."""

    def _fetch_user_info(self, access_token: str) -> dict[str, Any]:
        with get_adapter().get_requests_session() as session:
            response = session.get(self.profile_url, headers={"Authorization": f"Bearer {access_token}"})
            response.raise_for_status()
        if response.headers.get("Content-Type", "").partition(";")[0].strip() == "application/jwt":
            claims = jwtkit.verify_and_decode(
                credential=response.text.strip(),
                keys_url=self.openid_config["jwks_uri"],
                issuer=self.openid_config["issuer"],
                audience=self.get_provider().app.client_id,
                lookup_kid=jwtkit.lookup_kid_jwk,
                verify_signature=True,
            )
        else:
            claims = response.json()
        return completed(claims)


def completed(claims: dict[str, Any]) -> dict[str, Any]:
    """The claims under their usual names: ProConnect says `usual_name`, and vouches for the addresses it gives."""
    claims = dict(claims)
    if "usual_name" in claims:
        claims.setdefault("family_name", claims["usual_name"])
    if settings.OIDC_TRUST_EMAIL:
        claims.setdefault("email_verified", True)
    return claims


@login_not_required
def sign_in(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Leave for the provider (POST), after a page that asks (GET)."""
    return _view(OAuth2LoginView, request, provider_id)


@login_not_required
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Come back from the provider."""
    return _view(OAuth2CallbackView, request, provider_id)


def _view(view: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        return view.adapter_view(SignedUserinfoAdapter(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
