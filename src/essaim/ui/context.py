"""What the base template needs on every page: mode, theme, and the navigation (only what exists, never a dead link)."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext_lazy as _

NAVIGATION = (
    (_("Programmes"), "/programmes/"),
    (_("Jams"), "/jams/"),
    (_("Appels"), "/appels/"),
    (_("Résultats"), "/resultats/"),
    (_("Carte"), "/carte/"),
    (_("Données"), "/donnees/"),
    (_("Vérifier"), "/verifier/"),
)


def site(request: HttpRequest) -> dict[str, Any]:
    """`demo`, `theme`, `site_url`, `navigation` (label, url, current), `exists` (addresses the footer may link to)."""
    return {
        "demo": settings.DEMO,
        "theme": settings.THEME,
        "site_url": settings.SITE_URL,
        "navigation": [
            {"label": label, "url": url, "current": request.path.startswith(url)}
            for label, url in NAVIGATION
            if _exists(url)
        ],
        "desk_url": "/bureau/" if _exists("/bureau/") else "",
        "api_url": "/api/docs" if _exists("/api/docs") else "/api/" if _exists("/api/") else "",
        "data_url": "/donnees/" if _exists("/donnees/") else "",
        "sign_in_url": reverse("account_login") if _exists("/compte/connexion/") else "",
        "account_url": reverse("accounts:home") if _exists("/compte/") else "",
        "sign_out_url": reverse("account_logout") if _exists("/compte/deconnexion/") else "",
        "full_path": request.get_full_path(),
    }


@cache
def _exists(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True
