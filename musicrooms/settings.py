"""Settings, all of them from the environment; what is not set works for one machine at home.

``docs/settings.md`` lists the variables.
"""

from __future__ import annotations

import ipaddress
import tomllib
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from servestatic.compress import Compressor

from musicrooms.backends.database import database
from musicrooms.backends.secret import kept_secret
from musicrooms.frame_ancestors import frame_ancestors
from musicrooms.languages.catalogues import ENGLISH, catalogues_of, languages_in
from rooms.core.client_address import networks

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION: str = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "data"))).resolve()
DEBUG = env.bool("DEBUG", default=False)
HOST = env.str("HOST", default="127.0.0.1")
HTTPS = env.bool("HTTPS", default=False)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _limit(name: str, text: str) -> int:
    """How many of something there may be at most; 0 means no limit."""
    if not (text.isascii() and text.isdigit()):
        raise ImproperlyConfigured(f"{name} is “{text[:80]}”; it is a number from 1 on, or 0 for no limit.")
    return int(text)


def _count(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ImproperlyConfigured(f"{name} is “{text[:80]}”; it is a number from 1 on.")
    return int(text)


SECRET_KEY = env.str("SECRET_KEY", default="") or kept_secret(DATA_DIR / "secret.key")
# A server that listens on loopback alone answers to loopback's names alone (DNS rebinding); one that was opened to
# the network is reached by addresses that nobody can list.
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if _is_loopback(HOST) else ["*"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# What Musicrooms itself can be told.
ANYONE_MAY_MAKE_ROOMS = env.bool("ANYONE_MAY_MAKE_ROOMS", default=True)
EMBED_ANCESTORS = frame_ancestors("EMBED_ANCESTORS", env.list("EMBED_ANCESTORS", default=[]))
FAST_LANE = env.bool("FAST_LANE", default=True)
MAX_QUEUE = env.int("MAX_QUEUE", default=2_000)
MAX_ROOMS_PER_PERSON = _limit("MAX_ROOMS_PER_PERSON", env.str("MAX_ROOMS_PER_PERSON", default="50"))
MAX_STREAMS_PER_ADDRESS = _limit("MAX_STREAMS_PER_ADDRESS", env.str("MAX_STREAMS_PER_ADDRESS", default="200"))
MAX_STREAMS_PER_PERSON = _limit("MAX_STREAMS_PER_PERSON", env.str("MAX_STREAMS_PER_PERSON", default="20"))
MAX_STREAMS_PER_ROOM = _limit("MAX_STREAMS_PER_ROOM", env.str("MAX_STREAMS_PER_ROOM", default="20000"))
METRICS_FROM = networks("METRICS_FROM", env.list("METRICS_FROM", default=[]))
OEMBED_URL = env.str("OEMBED_URL", default="https://www.youtube.com/oembed")
PLAYLIST_FEED_URL = env.str("PLAYLIST_FEED_URL", default="https://www.youtube.com/feeds/videos.xml")
SERVER = env.str("SERVER", default="daphne")
STREAM_ORIGINS = env.list("STREAM_ORIGINS", default=[])
TRUSTED_PROXIES = networks("TRUSTED_PROXIES", env.list("TRUSTED_PROXIES", default=[]))
WORKERS = _count("WORKERS", env.str("WORKERS", default="1"))

INSTALLED_APPS = [
    "daphne",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "channels",
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
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "musicrooms.middleware.idempotency.Idempotency",
]

ROOT_URLCONF = "musicrooms.urls"
ASGI_APPLICATION = "musicrooms.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": database(env.str("DATABASE_URL", default=""), DATA_DIR)}
SESSION_ENGINE = "musicrooms.middleware.sessions"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
# Redis keeps the messages of its numbered databases not apart, so that servers that share one need names of their own.
REDIS_PREFIX = env.str("REDIS_PREFIX", default="") or "musicrooms"
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": (
        {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": REDIS_URL.split(","), "prefix": REDIS_PREFIX},
        }
        if REDIS_URL
        else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    )
}
EVENTSTREAM_STORAGE_CLASS = "rooms.core.publish.VersionStorage"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

_languages = languages_in(Path(env.str("LANGUAGES_DIR", default=str(BASE_DIR / "musicrooms" / "languages"))))
LANGUAGE_CODE = ENGLISH
LANGUAGES = [(ENGLISH, "English"), *((language.code, language.name) for language in _languages)]
LOCALE_PATHS = [str(catalogues_of(_languages, DATA_DIR / "languages"))]
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

# YouTube refuses an embed that sends no referrer (error 153), which Django's default "same-origin" would be.
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024

YOUTUBE = ["https://www.youtube.com", "https://www.youtube-nocookie.com"]
CONTENT_SECURITY_POLICY = {
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
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {
        "outages": {"()": "musicrooms.middleware.database_down.WithoutOutages"},
        "one line": {"()": "musicrooms.serving.logging.OneLine"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="WARNING")},
    # Answers below 500 are told to the caller; a log of every mistyped link helps nobody.
    "loggers": {
        "django": {"handlers": [], "level": "NOTSET", "propagate": True},
        "django.request": {"level": "ERROR", "filters": ["outages"]},
        # It reports each attempt to reach a Redis that is away.
        "channels_redis.pubsub": {"filters": ["one line"]},
        # The outages of its pool are logged once by rooms.core.database_errors.
        "psycopg.pool": {"level": "ERROR"},
    },
}
