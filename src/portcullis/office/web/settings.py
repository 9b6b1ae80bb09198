"""Django settings of a deployment that people work in: the home's own, and what pages need.

``serve`` and ``work`` run under these; the command line's other verbs need none of it.
"""

import os
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from portcullis.office.settings import DATABASES, DEFAULT_AUTO_FIELD, HOME, TIME_ZONE, USE_TZ
from portcullis.office.web.keys import web_key
from portcullis.office.web.signin.configured import provider_origins, providers

__all__ = ["DATABASES", "DEFAULT_AUTO_FIELD", "HOME", "TIME_ZONE", "USE_TZ"]

# A connection is kept from one request to the next, and looked at before it is used again.
DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}

DEBUG = False
SECRET_KEY = web_key(HOME)
ROOT_URLCONF = "portcullis.office.web.urls"
WSGI_APPLICATION = "portcullis.office.web.wsgi.application"
LANGUAGE_CODE = "en-us"
USE_I18N = False

# Where people reach the office, as their browsers name it. Passkeys are bound to its host.
ORIGIN = os.environ.get("PORTCULLIS_ORIGIN", "http://localhost:8811").rstrip("/")
# Where the holder's office answers, for the requester's; without it, files are carried by hand.
HOLDER = os.environ.get("PORTCULLIS_HOLDER", "").rstrip("/")
_PLACE = urlsplit(ORIGIN)
_SECURE = _PLACE.scheme == "https"
# Behind a proxy its own address would be everybody's: see docs/operations.md.
_PROXIES = int(os.environ.get("PORTCULLIS_PROXIES", "0"))
ALLOWED_HOSTS = [_PLACE.hostname or "localhost"]
CSRF_TRUSTED_ORIGINS = [ORIGIN]

INSTALLED_APPS = [
    # Before the others: its templates take the place of theirs.
    "portcullis.office.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "ninja",
    "portcullis.office",
    "django_tasks",
    "django_tasks_db",
    "portcullis.office.work",
    "portcullis.office.requesting",
]

MIDDLEWARE = [
    "portcullis.office.web.running.logs.Logged",
    "portcullis.office.web.running.metrics.Measured",
    "portcullis.office.api.middleware.Problems",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portcullis.office.web.middleware.PlainWords",
    "portcullis.office.web.middleware.Visitors",
]

# Long work waits in the office's own database, and `portcullis work` does it.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# By its dotted name: the log's formatter looks at requests, and those need these settings.
LOGGING_CONFIG = "portcullis.office.web.running.logging_setup.configure"
LOGGING = {"version": 1}  # what there is to say, that function says

DATABASE_ROUTERS = ["portcullis.office.web.sides.Sides"]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portcullis.office.web.context.office",
            ],
        },
    },
]

FORM_RENDERER = "portcullis.office.web.forms.Renderer"

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

# Nothing inline, nothing from elsewhere: what a page runs and shows comes from this office.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        # Signing in at the site's own provider leads there from a form of ours.
        "form-action": [SELF, *provider_origins(HOME)],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if _SECURE else 0
X_FRAME_OPTIONS = "DENY"

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "portcullis-session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
# Lax: coming back from the site's identity provider is a visit from elsewhere.
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "/accounts/login/"
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600  # how long an invitation is good

ACCOUNT_ADAPTER = "portcullis.office.web.signin.adapters.Accounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PRESERVE_USERNAME_CASING = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 60  # seconds in which a factor may be changed unasked
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _PLACE.scheme
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
ALLAUTH_TRUSTED_PROXY_COUNT = _PROXIES
SOCIALACCOUNT_ADAPTER = "portcullis.office.web.signin.adapters.Agency"
SOCIALACCOUNT_PROVIDERS = providers(HOME)
SOCIALACCOUNT_AUTO_SIGNUP = False
MFA_ADAPTER = "portcullis.office.web.signin.adapters.SecondFactors"
MFA_FORMS = {
    "authenticate": "portcullis.office.web.signin.factors.Code",
    "reauthenticate": "portcullis.office.web.signin.factors.CodeAgain",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"

# Limits on the rate of attempts hold across processes, and nothing of a database is unpickled.
CACHES = {
    "default": {"BACKEND": "portcullis.office.web.signin.marks.Marks"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024  # bytes of a form or an API request; files stream
