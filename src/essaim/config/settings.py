"""All settings, in one file; whatever varies comes from the environment and is documented in docs/settings.md.

`ESSAIM_MODE` is `demo` unless said otherwise: invented people, sign-in without a mailbox, and only this machine's own
names are answered, so that a forgotten setting can never put a demonstration on the network. `production` refuses to
start until what it needs is set.
"""

import os
import secrets
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from essaim.config.sqlite import use_recent_sqlite

use_recent_sqlite()

PACKAGE_DIR = Path(__file__).resolve().parent.parent
ROOT_DIR = PACKAGE_DIR.parent.parent


def env(name: str, default: str = "") -> str:
    """The environment's ESSAIM_<name>, stripped."""
    return os.environ.get(f"ESSAIM_{name}", default).strip()


def env_list(name: str) -> list[str]:
    """The environment's ESSAIM_<name>, split at commas."""
    return [item.strip() for item in env(name).split(",") if item.strip()]


MODE = env("MODE", "demo")
if MODE not in {"demo", "production", "test"}:
    raise ImproperlyConfigured(f"ESSAIM_MODE={MODE!r}: write demo, production or test.")
PRODUCTION = MODE == "production"
DEMO = MODE == "demo"
DEBUG = False

DATA_DIR = Path(env("DATA_DIR", str(ROOT_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)
PROGRAMMES_DIR = Path(env("PROGRAMMES_DIR", str(ROOT_DIR / "programmes")))


def secret_key() -> str:
    """The key given, or (never in production) one drawn once and kept beside the data, readable by its owner only."""
    if given := env("SECRET_KEY"):
        return given
    if PRODUCTION:
        raise ImproperlyConfigured("ESSAIM_SECRET_KEY is not set: give a random text of at least 50 characters.")
    path = DATA_DIR / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


SECRET_KEY = secret_key()

THEME = env("THEME", "" if PRODUCTION else "neutral")
if THEME not in {"dsfr", "neutral"}:
    raise ImproperlyConfigured(
        "ESSAIM_THEME is not set: write dsfr (by law, for sites of the French State only) or neutral (everyone else)."
    )
SITE_URL = env("SITE_URL", "" if PRODUCTION else "http://127.0.0.1:8000").rstrip("/")
if not SITE_URL:
    raise ImproperlyConfigured("ESSAIM_SITE_URL is not set: give the public address, for instance https://example.org.")
HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS = [*env_list("ALLOWED_HOSTS"), *([] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]", "testserver"])]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "essaim.ui.apps.StaticConfig",
    "django.contrib.humanize",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "essaim.kernel",
    "essaim.ui",
    "essaim.accounts",
    # After accounts, whose templates replace theirs.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "essaim.places",
    "essaim.programmes",
    "essaim.jams",
    "essaim.calls",
    "essaim.applications",
    "essaim.reviews",
    "essaim.selections",
    "essaim.awards",
    "essaim.territory",
    "essaim.opendata",
    "essaim.desks",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # adds random bytes against BREACH; tokens are masked
    "csp.middleware.CSPMiddleware",
    "essaim.kernel.middleware.FrontDoor",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "essaim.kernel.middleware.NothingKept",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "essaim.config.urls"
WSGI_APPLICATION = "essaim.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "essaim.ui.context.site",
            ],
        },
    }
]

# --- Database -------------------------------------------------------------------------------------------------------
DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL", f"sqlite:///{DATA_DIR / 'essaim.sqlite3'}"), conn_health_checks=True
    )
}
if "sqlite3" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["OPTIONS"] = {
        # FULL: what was acknowledged survives a power cut. IMMEDIATE: a read-then-write never fails with "locked".
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-20000;",
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
    }
    DATABASES["default"]["CONN_MAX_AGE"] = None
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60

# --- People ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "essaim.kernel.permissions.RoleBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/bureau/"
LOGOUT_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14

ACCOUNT_ADAPTER = "essaim.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]  # read by the password form too; accounts open at /compte/connexion/
ACCOUNT_FORMS = {
    "login": "essaim.accounts.forms.PasswordSignInForm",
    "reauthenticate": "essaim.accounts.forms.SayAgainForm",
    "set_password": "essaim.accounts.forms.ChoosePasswordForm",
    "change_password": "essaim.accounts.forms.ReplacePasswordForm",
    "reset_password_from_key": "essaim.accounts.forms.RecoverPasswordForm",
}
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = ACCOUNT_PASSWORD_RESET_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_TIMEOUT = 20 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_SESSION_REMEMBER = True
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ALLAUTH_TRUSTED_PROXY_COUNT = int(env("PROXY_COUNT", "0"))
# Per account first; per address only what no incubator of a hundred people behind one address would reach.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "200/m/ip,8/300s/key",
    "request_login_code": "300/m/ip,5/m/key",
    "reset_password": "100/m/ip,5/m/key",
    "reset_password_from_key": "100/m/ip",
    "signup": "300/m/ip",
}
MFA_ADAPTER = "essaim.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_RATE_LIMITS = {"webauthn_login": "100/m/ip"}
# Browsers take http://localhost as safe; without https anywhere else passkeys do not work at all.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
USERSESSIONS_TRACK_ACTIVITY = False

# An identity provider (ProConnect, FranceConnect, an agency's own), trusted by the operator.
OIDC_SERVER = env("OIDC_SERVER").rstrip("/")
OIDC_ID = "identite"
OIDC_NAME = env("OIDC_NAME", "ProConnect")
OIDC_TRUST_EMAIL = env("OIDC_TRUST_EMAIL", "1") == "1"
# A form that leaves for the provider must be allowed to by the content security policy.
OIDC_ORIGINS = env_list("OIDC_ORIGINS") or ["://".join(urlsplit(OIDC_SERVER)[:2])] * bool(OIDC_SERVER)
SOCIALACCOUNT_ADAPTER = "essaim.accounts.adapter.SocialAccountAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = {}
if OIDC_SERVER:
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": OIDC_ID,
                "name": OIDC_NAME,
                "client_id": env("OIDC_CLIENT_ID"),
                "secret": env("OIDC_CLIENT_SECRET"),
                "settings": {
                    "server_url": OIDC_SERVER,
                    "oauth_pkce_enabled": True,
                    "scope": env("OIDC_SCOPE", "openid profile email").split(),
                },
            }
        ],
    }

# --- Language, time -------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True

# --- Files and static -----------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
# The State's design system comes from its package, as static files only, and only where its theme is chosen.
STATICFILES_DIRS = (
    [("dsfr/dist", f"{find_spec('dsfr').submodule_search_locations[0]}/static/dsfr/dist")] if THEME == "dsfr" else []
)
MEDIA_ROOT = DATA_DIR / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
if S3_BUCKET := env("S3_BUCKET"):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env("S3_ENDPOINT") or None,
            "region_name": env("S3_REGION", "us-east-1"),
            "access_key": env("S3_KEY"),
            "secret_key": env("S3_SECRET"),
            "signature_version": "s3v4",
            "addressing_style": "path",
            "default_acl": None,
            "file_overwrite": True,
        },
    }
MAX_UPLOAD_MB = int(env("MAX_UPLOAD_MB", "25"))
MAX_REQUEST_BYTES = MAX_UPLOAD_MB * 10**6 + 2**20  # the file and the form around it
UPLOAD_QUOTA_MB = int(env("UPLOAD_QUOTA_MB", "500"))  # of one account in one day
CLAMD = env("CLAMD")
FILE_UPLOAD_MAX_MEMORY_SIZE = 2**20  # larger files go to the disk while they arrive
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# --- Security -------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *OIDC_ORIGINS],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "essaim.ui.errors.csrf_failure"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
if HTTPS:
    SECURE_HSTS_SECONDS = 31536000
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Work in the background -----------------------------------------------------------------------------------------
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
if not PRODUCTION and env("TASKS", "immediate" if MODE == "test" else "queue") == "immediate":
    TASKS["default"]["BACKEND"] = "django_tasks.backends.immediate.ImmediateBackend"
WORKER_LEASE = float(env("WORKER_LEASE", "60"))
MAIL_LEASE = float(env("MAIL_LEASE", "120"))

# --- Proof ----------------------------------------------------------------------------------------------------------
SIGNING_KEY = env("SIGNING_KEY")
TRUSTED_STAMP = env("TRUSTED_STAMP")
PROBE_URL = env("PROBE_URL", SITE_URL)
if PRODUCTION and not SIGNING_KEY:
    raise ImproperlyConfigured("ESSAIM_SIGNING_KEY is not set: give 32 random bytes in hexadecimal (64 characters).")

# --- Mail -----------------------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("FROM_EMAIL", "Essaim <ne-pas-repondre@essaim.example>")
if EMAIL_HOST := env("SMTP_HOST"):
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_PORT = int(env("SMTP_PORT", "587"))
    EMAIL_HOST_USER = env("SMTP_USER")
    EMAIL_HOST_PASSWORD = env("SMTP_PASSWORD")
    EMAIL_USE_TLS = env("SMTP_TLS", "1") == "1"
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "essaim.kernel.mailbox.FileBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"

MAIL_DOMAIN = urlsplit(SITE_URL).hostname or "localhost"

# --- Tests ----------------------------------------------------------------------------------------------------------
if MODE == "test":
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    INSTALLED_APPS.append("tests.kernel.sample")
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    if "sqlite3" in DATABASES["default"]["ENGINE"]:
        # A file, so that several processes can be set against each other.
        DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}

SILENCED_SYSTEM_CHECKS: list[str] = []
