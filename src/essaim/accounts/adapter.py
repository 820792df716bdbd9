"""How allauth, which holds the doors, speaks with the rest: our mail, our sentences, our people."""

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from essaim.accounts.arrivals import arrived
from essaim.accounts.models import Person
from essaim.kernel import clock, mail

# Messages of allauth that carry a code or a link; every other one is a notice that something changed.
LETTERS = {
    "account/email/login_code": "login_code",
    "account/email/email_confirmation": "confirm_email_code",
    "account/email/email_confirmation_signup": "confirm_email_code",
    "account/email/password_reset_code": "password_reset_code",
    "account/email/unknown_account": "unknown_account",
    "account/email/account_already_exists": "unknown_account",
}
NOTICES = {
    "account/email/password_changed": _("Votre mot de passe a été changé."),
    "account/email/password_reset": _("Votre mot de passe a été remplacé."),
    "account/email/password_set": _("Un mot de passe a été choisi pour votre compte."),
    "account/email/email_changed": _("L’adresse électronique de votre compte a été changée."),
    "account/email/email_confirm": _("Votre adresse électronique est confirmée."),
    "account/email/email_deleted": _("Une adresse électronique a été retirée de votre compte."),
    "mfa/email/totp_activated": _("La validation par application de codes est activée."),
    "mfa/email/totp_deactivated": _("La validation par application de codes est désactivée."),
    "mfa/email/recovery_codes_generated": _("De nouveaux codes de secours ont été créés."),
    "mfa/email/webauthn_added": _("Une clé d’accès a été ajoutée à votre compte."),
    "mfa/email/webauthn_removed": _("Une clé d’accès a été retirée de votre compte."),
    "socialaccount/email/account_connected": _("Un compte extérieur a été relié au vôtre."),
    "socialaccount/email/account_disconnected": _("Un compte extérieur n’est plus relié au vôtre."),
}

AGAIN = {
    "reauthenticate": _("Écrire mon mot de passe"),
    "mfa_reauthenticate": _("Écrire un code de mon application, ou un code de secours"),
    "mfa_reauthenticate:webauthn": _("Utiliser ma clé"),
}


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by code, password or passkey."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("Ce compte est désactivé."),
        "email_password_mismatch": _(
            "L’adresse ou le mot de passe ne correspondent pas : corrigez-les, ou demandez un code par courriel."
        ),
        "enter_current_password": _("Écrivez votre mot de passe actuel."),
        "incorrect_code": _("Ce code n’est pas le bon : recopiez les 6 chiffres du dernier message reçu."),
        "incorrect_password": _("Ce mot de passe n’est pas le bon."),
        "too_many_login_attempts": _("Trop d’essais : attendez quelques minutes, puis demandez un nouveau code."),
        "rate_limited": _("Trop de demandes à la suite : attendez une minute, puis recommencez."),
        "email_taken": _("Un compte existe déjà avec cette adresse : connectez-vous avec elle."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Hand the message to our mail: stored, in the reader's language, sent by a job."""
        person = Person.objects.with_email(email).first()
        letter = LETTERS.get(template_prefix, "notice")
        details = {name: context[name] for name in ("code", "ip", "user_agent", "timestamp") if name in context}
        if letter == "notice":
            details["what"] = NOTICES[template_prefix]
        mail.send(
            to=person or email,
            template=f"accounts/{letter}",
            context=details,
            at=clock.now(),
            language=None if person else get_language(),
        )

    def send_notification_mail(self, template_prefix: str, user: Any, *args: Any, **kwargs: Any) -> None:
        """Tell that something changed; an account without address (closed) is told nothing."""
        if user.is_active:
            super().send_notification_mail(template_prefix, user, *args, **kwargs)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """After any sign-in, what later stages registered happens, and the site speaks the person's language."""
        arrived(request, user, at=clock.now())
        return speak(super().post_login(request, user, **kwargs), user.language)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The ways to say again that it is you, in our words; the key first for who has no application of codes."""
        methods = [
            {**method, "description": AGAIN[method["id"]]} for method in super().get_reauthentication_methods(user)
        ]
        if Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists():
            return methods
        return sorted(methods, key=lambda method: method["id"] == "mfa_reauthenticate")

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Anyone may have an account: the address is enough."""
        return True


def speak(response: HttpResponse, language: str) -> HttpResponse:
    """Make the site speak `language` on this browser from the next page on."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
    return response


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Sign-in with an identity provider the operator trusts (ProConnect, FranceConnect, an agency's own)."""

    error_messages = {
        **DefaultSocialAccountAdapter.error_messages,
        "email_taken": _("Un compte existe déjà avec cette adresse : connectez-vous d’abord avec un code."),
    }

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """An account already there needs no code for an address the provider has proved."""
        person = sociallogin.user
        proved = {address.email.lower() for address in sociallogin.email_addresses if address.verified}
        if sociallogin.is_existing and person.email.lower() in proved:
            EmailAddress.objects.update_or_create(
                user=person, email=person.email, defaults={"verified": True, "primary": True}
            )

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Person:
        """Take the address and the name the provider gives; ProConnect gives `given_name` and `usual_name`."""
        person = sociallogin.user
        person.email = (data.get("email") or "").strip().lower()
        parts = (data.get("first_name"), data.get("last_name"))
        person.name = (data.get("name") or " ".join(part for part in parts if part)).strip()[:150]
        person.language = get_language() if get_language() in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        return person

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> Person:
        """Keep the person; the address counts as proved only when the provider says so."""
        person = super().save_user(request, sociallogin, form)
        EmailAddress.objects.filter(user=person, email__iexact=person.email).update(primary=True)
        return person


def _keys() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(b"essaim.accounts.second-factor:" + key.encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factor: its secrets are encrypted in the database, with a key drawn from SECRET_KEY and its fallbacks."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _(
            "Ce code n’est pas le bon : vérifiez l’heure de votre téléphone et recopiez le code affiché."
        ),
        "unverified_email": _("Confirmez d’abord votre adresse électronique en vous connectant par code."),
    }

    def get_totp_issuer(self) -> str:
        """The name shown in the application of codes."""
        return "Essaim"

    def encrypt(self, text: str) -> str:
        """The secret as the database keeps it."""
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret itself."""
        return _keys().decrypt(encrypted_text.encode()).decode()
