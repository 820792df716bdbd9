"""ProConnect's way: a userinfo endpoint that answers a signed JWT."""

import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
import pytest
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from essaim.accounts.oidc import SignedUserinfoAdapter, completed

KEY, OTHER_KEY = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _rank in range(2))


@pytest.fixture
def provider(settings):
    """A provider whose userinfo is `provider.answer`, a JWT."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            pages = {
                "/.well-known/openid-configuration": {
                    "issuer": server.url,
                    "userinfo_endpoint": f"{server.url}/userinfo",
                    "jwks_uri": f"{server.url}/jwks",
                },
                "/jwks": {"keys": [{**json.loads(RSAAlgorithm.to_jwk(KEY.public_key())), "kid": "1", "alg": "RS256"}]},
            }
            signed = self.path == "/userinfo"
            body = server.answer.encode() if signed else json.dumps(pages[self.path]).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/jwt; charset=utf-8" if signed else "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "APPS": [
                {"provider_id": "identite", "name": "ProConnect", "client_id": "essaim", "secret": "s",
                 "settings": {"server_url": server.url}}
            ]
        }
    }  # fmt: skip
    yield server
    server.shutdown()
    server.server_close()


def signed(provider, key, **claims):
    now = datetime.now(UTC)
    base = {"iss": provider.url, "aud": "essaim", "iat": now, "exp": now + timedelta(minutes=1), "sub": "42"}
    return jwt.encode({**base, **claims}, key, algorithm="RS256", headers={"kid": "1"})


@pytest.mark.django_db
def test_signed_userinfo_is_read_and_its_names_completed(provider, rf):
    provider.answer = signed(provider, KEY, email="a@example.org", given_name="Ada", usual_name="Exemple")
    claims = SignedUserinfoAdapter(rf.get("/"), "identite")._fetch_user_info("token")
    assert (claims["email"], claims["given_name"], claims["family_name"]) == ("a@example.org", "Ada", "Exemple")
    assert claims["email_verified"] is True


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("key", "claims"), [(OTHER_KEY, {}), (KEY, {"aud": "someone else"}), (KEY, {"iss": "https://other.example"})]
)
def test_userinfo_signed_by_or_for_another_is_refused(provider, rf, key, claims):
    provider.answer = signed(provider, key, email="a@example.org", **claims)
    with pytest.raises(OAuth2Error):
        SignedUserinfoAdapter(rf.get("/"), "identite")._fetch_user_info("token")


def test_address_counts_as_proved_only_if_the_operator_trusts_it(settings):
    settings.OIDC_TRUST_EMAIL = False
    assert "email_verified" not in completed({"email": "a@example.org"})
    settings.OIDC_TRUST_EMAIL = True
    assert completed({"email_verified": False})["email_verified"] is False
