"""Settings, all of them from the environment; what is not set works for one machine at home.

``docs/settings.md`` lists the variables.
"""

from __future__ import annotations

import ipaddress
import os
import sys
import tomllib
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from servestatic.compress import Compressor

from musicrooms import login_limit
from musicrooms.accounts.mail import Mail, linked, mail, sender, verifies
from musicrooms.accounts.openid import providers
from musicrooms.backends.database import database
from musicrooms.backends.redis import redis_hosts
from musicrooms.backends.secret import secret_key
from musicrooms.environment import Environment, api_key, host_names, origin
from musicrooms.frame_ancestors import frame_ancestors
from musicrooms.languages.catalogues import ENGLISH, catalogues_of, languages_in
from rooms.core.client_address import networks

env = Environment(os.environ)

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]
DATA_DIR = env.folder("DATA_DIR", BASE_DIR / "data")
DEBUG = env.flag("DEBUG", default=False)
HOST = env.text("HOST", "127.0.0.1")
HTTPS = env.flag("HTTPS", default=False)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


SECRET_KEY = env.read(lambda: secret_key(env.text("SECRET_KEY"), DATA_DIR / "secret.key"))
# A server that listens on loopback alone answers to loopback's names alone (DNS rebinding); one that was opened to
# the network is reached by addresses that nobody can list.
_OWN_NAMES = ["localhost", "127.0.0.1", "[::1]"] if _is_loopback(HOST) else ["*"]
ALLOWED_HOSTS = env.read(
    lambda: linked(host_names("ALLOWED_HOSTS", env.words("ALLOWED_HOSTS", _OWN_NAMES)), env.text("EMAIL_URL"))
)
CSRF_TRUSTED_ORIGINS = env.read(
    lambda: [origin("CSRF_TRUSTED_ORIGINS", text) for text in env.words("CSRF_TRUSTED_ORIGINS")]
)

# What Musicrooms itself can be told.
ANYONE_MAY_MAKE_ROOMS = env.flag("ANYONE_MAY_MAKE_ROOMS", default=True)
ANYONE_MAY_SIGN_UP = env.flag("ANYONE_MAY_SIGN_UP", default=True)
EMBED_ANCESTORS = env.read(lambda: frame_ancestors("EMBED_ANCESTORS", env.words("EMBED_ANCESTORS")))
FAST_LANE = env.flag("FAST_LANE", default=True)
MAX_QUEUE = env.count("MAX_QUEUE", 2_000)
MAX_ROOMS_PER_PERSON = env.limit("MAX_ROOMS_PER_PERSON", 50)
MAX_STREAMS_PER_ADDRESS = env.limit("MAX_STREAMS_PER_ADDRESS", 200)
MAX_STREAMS_PER_PERSON = env.limit("MAX_STREAMS_PER_PERSON", 20)
MAX_STREAMS_PER_ROOM = env.limit("MAX_STREAMS_PER_ROOM", 20_000)
MUSIC_DIR = Path(env.text("MUSIC_DIR")).resolve() if env.text("MUSIC_DIR") else None
MUSIC_FOR = env.choice("MUSIC_FOR", "hosts", ("everybody", "accounts", "hosts"))
METRICS_FROM = env.read(lambda: networks("METRICS_FROM", env.words("METRICS_FROM")))
OEMBED_URL = env.url("OEMBED_URL", "https://www.youtube.com/oembed", ("https", "http"))
PLAYLIST_FEED_URL = env.url("PLAYLIST_FEED_URL", "https://www.youtube.com/feeds/videos.xml", ("https", "http"))
PROBE = env.flag("PROBE", default=True)
PROBE_PRIVATE_NETWORKS = env.read(lambda: networks("PROBE_PRIVATE_NETWORKS", env.words("PROBE_PRIVATE_NETWORKS")))
SERVER = env.choice("SERVER", "daphne", ("daphne", "uvicorn"))
STOP_GRACE_S = env.count("STOP_GRACE_S", 2)
STREAM_ORIGINS = env.read(lambda: [origin("STREAM_ORIGINS", text) for text in env.words("STREAM_ORIGINS")])
TRUSTED_PROXIES = env.read(lambda: networks("TRUSTED_PROXIES", env.words("TRUSTED_PROXIES")))
VERIFY_EMAIL = env.read(
    lambda: verifies("VERIFY_EMAIL", env.flag("VERIFY_EMAIL", default=False), env.text("EMAIL_URL"))
)
WEBHOOKS = env.flag("WEBHOOKS", default=True)
WEBHOOK_PRIVATE_NETWORKS = env.read(lambda: networks("WEBHOOK_PRIVATE_NETWORKS", env.words("WEBHOOK_PRIVATE_NETWORKS")))
WORKERS = env.count("WORKERS", 1)
YOUTUBE_API_KEY = env.read(lambda: api_key("YOUTUBE_API_KEY", env.text("YOUTUBE_API_KEY")))
YOUTUBE_API_URL = env.url("YOUTUBE_API_URL", "https://www.googleapis.com/youtube/v3", ("https", "http"))
YOUTUBE_QUOTA = env.count("YOUTUBE_QUOTA", 10_000)

INSTALLED_APPS = [
    # Gives runserver streams; elsewhere its Twisted would be 16 MB and 0.3 s of CPU for nothing.
    *(["daphne"] if "runserver" in sys.argv else []),
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "musicrooms.bundling.apps.UsedFiles",
    "channels",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "csp",
    "django_eventstream",
    "ninja",
    "musicrooms",
    "rooms",
    "players",
]

MIDDLEWARE = [
    "musicrooms.middleware.health_probes.HealthProbes",
    "musicrooms.middleware.database_down.DatabaseDown",
    "musicrooms.middleware.json_errors.JsonErrors",
    "musicrooms.middleware.head_requests.HeadRequests",
    "musicrooms.middleware.gzip.Gzip",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "musicrooms.middleware.nul_bytes.NulBytes",
    "musicrooms.middleware.import_body.ImportBody",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "musicrooms.middleware.idempotency.Idempotency",
    "axes.middleware.AxesMiddleware",
]

# The first counts wrong passwords and refuses, whatever page they were sent to.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AXES_FAILURE_LIMIT = login_limit.FAILURES
AXES_COOLOFF_TIME = login_limit.COOL_OFF
AXES_LOCKOUT_PARAMETERS = ["ip_address"]
AXES_CLIENT_IP_CALLABLE = login_limit.address
AXES_CLIENT_STR_CALLABLE = login_limit.in_log
AXES_USERNAME_CALLABLE = login_limit.name
AXES_LOCKOUT_CALLABLE = login_limit.locked_out
AXES_RESET_ON_SUCCESS = True
# Whoever goes on trying would otherwise be locked out for ever, and an operator behind the same address with them.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False

# Accounts: nobody needs one. An address is asked for and never shown; whether it has an account is not told, so that
# two accounts may have the same one, which gives neither anything of the other.
LOGIN_URL, LOGIN_REDIRECT_URL = "/accounts/login/", "/"
ACCOUNT_ADAPTER = "musicrooms.accounts.adapters.Accounts"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {"login": "musicrooms.accounts.sign_in_form.SignIn"}
ACCOUNT_SIGNUP_FORM_CLASS = "musicrooms.accounts.forms.NamedSignup"
ACCOUNT_PREVENT_ENUMERATION = "strict"
# A link is sent to each new account; with VERIFY_EMAIL nobody signs in before it was opened.
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if VERIFY_EMAIL else "optional"
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Musicrooms: "
ACCOUNT_MAX_EMAIL_ADDRESSES = 3
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_SESSION_COOKIE_AGE = 90 * 24 * 3600
SOCIALACCOUNT_ADAPTER = "musicrooms.accounts.adapters.OpenIdAccounts"
# The provider knows who somebody is: an account is found by that alone, and never by a mail address.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = False
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_EMAIL_REQUIRED = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = ""
SOCIALACCOUNT_PROVIDERS = env.read(
    lambda: providers(
        env.url("OIDC_ISSUER", "", ("https", "http")),
        env.text("OIDC_CLIENT_ID"),
        env.text("OIDC_CLIENT_SECRET"),
        env.text("OIDC_NAME"),
    )
)

_mail = env.read(lambda: mail(env.text("EMAIL_URL"))) or Mail()
EMAIL_BACKEND = _mail.backend
EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.starts_tls, _mail.is_tls
EMAIL_TIMEOUT = env.count("EMAIL_TIMEOUT", 10)
DEFAULT_FROM_EMAIL = env.read(lambda: sender("EMAIL_FROM", env.text("EMAIL_FROM", "Musicrooms <musicrooms@localhost>")))

ROOT_URLCONF = "musicrooms.urls"
ASGI_APPLICATION = "musicrooms.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "musicrooms.folded_templates.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": env.read(lambda: database(env.text("DATABASE_URL"), DATA_DIR))}
SESSION_ENGINE = "musicrooms.middleware.sessions"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.url("REDIS_URL", "", ("redis", "rediss", "unix"))
# Redis keeps the messages of its numbered databases not apart, so that servers that share one need names of their own.
REDIS_PREFIX = env.text("REDIS_PREFIX", "musicrooms")
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {}  # without Redis there is no way to other processes but the database
if REDIS_URL:
    CHANNEL_LAYERS["default"] = {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": env.read(lambda: redis_hosts(REDIS_URL)), "prefix": REDIS_PREFIX},
    }

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

_languages = env.read(lambda: languages_in(Path(env.text("LANGUAGES_DIR", str(BASE_DIR / "musicrooms" / "languages")))))
LANGUAGE_CODE = ENGLISH
LANGUAGES = [(ENGLISH, "English"), *((language.code, language.name) for language in _languages)]
LOCALE_PATHS = [str(env.read(lambda: catalogues_of(_languages, DATA_DIR / "languages")))]
SCRIPT_TEXTS = {language.code: language.script_texts for language in _languages}
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
DEMO_URL = "/media/demo/"
DEMO_ROOT = BASE_DIR / "players" / "demo"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "musicrooms.bundling.storage.BundledFiles"
    },
}
# Compressing what maps the scripts of the API's documentation to their sources was half of a first start's time.
SERVESTATIC_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
SERVESTATIC_KEEP_ONLY_HASHED_FILES = True  # pages name no others, and compressing takes most of a first start

# YouTube refuses an embed that sends no referrer (error 153), which Django's default "same-origin" would be.
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
# Both bind other sites of the domain, and the second for years: only who runs the domain can decide that.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("HSTS_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = env.flag("HSTS_PRELOAD", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024

YOUTUBE = ["https://www.youtube.com", "https://www.youtube-nocookie.com"]
CONTENT_SECURITY_POLICY = {
    # JSON renders nothing; the policy was two thirds of an answer to GET /time, which a page sends nine times.
    "EXCLUDE_URL_PREFIXES": ["/api/v1/rooms", "/api/v1/time"],
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, "https://www.youtube.com"],
        "frame-src": YOUTUBE,
        # Direct links lead anywhere on the web, and so do the pictures that go with them.
        "media-src": [SELF, "https:", "http:", "blob:"],
        "img-src": [SELF, "https:", "http:", "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

LOG_LEVEL = env.choice("LOG_LEVEL", "WARNING", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {
        "outages": {"()": "musicrooms.middleware.database_down.WithoutOutages"},
        "one line": {"()": "musicrooms.serving.logging.OneLine"},
        # One for three loggers that report the same outage.
        "rate limit": {"()": "musicrooms.serving.logging.RateLimit"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    # Answers below 500 are told to the caller; a log of every mistyped link helps nobody.
    "loggers": {
        "django": {"handlers": [], "level": "NOTSET", "propagate": True},
        "django.request": {"level": "ERROR", "filters": ["outages"]},
        # A Host header that is not ours is somebody's scan, and no fault to be traced.
        "django.security.DisallowedHost": {"filters": ["one line"]},
        # It reports each attempt to reach a Redis that is away.
        "channels_redis.pubsub": {"filters": ["one line", "rate limit"]},
        "rooms.core.publish": {"filters": ["rate limit"]},
        "rooms.live.hub.bus": {"filters": ["rate limit"]},
        # The outages of its pool are logged once by rooms.core.database_errors.
        "psycopg.pool": {"level": "ERROR"},
    },
}

env.check()
