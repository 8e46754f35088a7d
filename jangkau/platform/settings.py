"""Django's settings. The only place of the platform that reads the environment; `jangkau serve` fills it in.

Without it the settings can be read, as type checkers do, but serve nobody: there is no key and no database."""

from __future__ import annotations

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from jangkau.platform.database import django_settings
from jangkau.platform.home import Home, Secrets
from jangkau.platform.single_sign_on import FILE, read

HOME = Home(Path(os.environ.get("JANGKAU_HOME", "jangkau-home")))
_secrets = HOME.secrets() if "JANGKAU_HOME" in os.environ else Secrets("", "", "")
SECRET_KEY = _secrets.session_key
SCOPE_KEY = _secrets.scope_key

# The web signs in as a role that row security binds; jobs and migrations as the owner of the tables.
AS_OWNER = os.environ.get("JANGKAU_AS") == "owner"
_address = os.environ.get("JANGKAU_OWNER_URL" if AS_OWNER else "JANGKAU_WEB_URL", "")
# A page has one processor, and does not hold it for ever: many ask at once.
_limits = {} if AS_OWNER else {"max_parallel_workers_per_gather": "0", "jit": "off", "statement_timeout": "60s"}
_database = django_settings(address=_address, parameters=_limits)
DATABASES = {"default": {**_database, "CONN_MAX_AGE": 300, "CONN_HEALTH_CHECKS": True}}

DEBUG = False
PUBLIC_URL = os.environ.get("JANGKAU_PUBLIC_URL", "")
ALLOWED_HOSTS = [host for host in os.environ.get("JANGKAU_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if host]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
SECURE = PUBLIC_URL.startswith("https://")
PROXIES = int(os.environ.get("JANGKAU_PROXIES", "0"))  # of ours, each adding to X-Forwarded-For
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SESSION_ENGINE = "jangkau.platform.web.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

ROOT_URLCONF = "jangkau.platform.urls"
WSGI_APPLICATION = "jangkau.platform.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "offices.User"

INSTALLED_APPS = [
    "jangkau.platform.web",  # its templates go before those of the others
    "jangkau.platform.offices",
    "jangkau.platform.coverage",
    "jangkau.platform.intake",
    "jangkau.platform.registry",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "jangkau.platform.web.middleware.Address",
    "jangkau.platform.web.middleware.Patience",
    "jangkau.platform.web.middleware.Drained",
    "jangkau.platform.web.middleware.Headers",
    "jangkau.platform.web.metrics.Counted",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "jangkau.platform.web.middleware.OneTransaction",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "jangkau.platform.web.middleware.Language",
    "jangkau.platform.web.middleware.Readable",
    "django.middleware.common.CommonMiddleware",
    "jangkau.platform.web.middleware.NotThatWay",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "jangkau.platform.web.activity.Activity",
    "jangkau.platform.web.middleware.Scope",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "jangkau.platform.web.context.everywhere",
            ],
            "builtins": ["django.templatetags.i18n", "jangkau.platform.web.templatetags.wording"],
        },
    }
]

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
    )
]

# django-allauth: people are invited, nobody signs up; no answer tells whether an account exists.
ACCOUNT_ADAPTER = "jangkau.platform.web.accounts.Accounts"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL = "/masuk/"
LOGIN_REDIRECT_URL = "/"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
MFA_TOTP_ISSUER = "Jangkau"
MFA_TOTP_TOLERANCE = 1  # the code before and after counts too: a code takes seconds to type and to send
MFA_FORMS = {
    "authenticate": "jangkau.platform.web.codes.AuthenticateForm",
    "reauthenticate": "jangkau.platform.web.codes.ReauthenticateForm",
}
# Institutions with single sign-on (docs/operations.md). A link starts it: our content policy lets forms go nowhere
# else, and what comes back counts only in the session that asked.
SINGLE_SIGN_ON = read(path=Path(os.environ.get("JANGKAU_SINGLE_SIGN_ON", HOME.folder / FILE)))
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [provider.app for provider in SINGLE_SIGN_ON]}
}
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_ADAPTER = "jangkau.platform.web.accounts.Institutions"

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = os.environ.get("JANGKAU_SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("JANGKAU_SMTP_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("JANGKAU_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("JANGKAU_SMTP_PASSWORD", "")
EMAIL_USE_TLS = bool(EMAIL_HOST)
DEFAULT_FROM_EMAIL = os.environ.get("JANGKAU_MAIL_FROM", "jangkau@localhost")
if not EMAIL_HOST:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

METRICS_TOKEN = os.environ.get("JANGKAU_METRICS_TOKEN", "")
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Bahasa Indonesia")), ("en", _("Inggris"))]
LANGUAGE_COOKIE_NAME = "bahasa"
LOCALE_PATHS = [Path(__file__).parent / "web" / "locale"]
TIME_ZONE = os.environ.get("JANGKAU_TIME_ZONE", "Asia/Jakarta")
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/statis/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
FILE_UPLOAD_TEMP_DIR = str(HOME.uploads)
FILE_UPLOAD_HANDLERS = ["jangkau.platform.web.uploads.ToHome"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400

# Rate limits have to hold over all web processes: the cache is a table.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "web_cache"},
}
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008"]  # decided by JANGKAU_PUBLIC_URL


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "jangkau.platform.web.logs.AsJson"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"jangkau": {"level": "INFO"}, "procrastinate": {"level": "WARNING"}},
}
