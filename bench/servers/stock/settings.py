"""Django's own middleware and handler, and django-eventstream as its documentation sets it up."""

from __future__ import annotations

from musicrooms.settings import *  # noqa: F403  # the same database, apps and logging

ROOT_URLCONF = "bench.servers.stock.urls"
ASGI_APPLICATION = "bench.servers.stock.asgi.application"
# Neither is any of the stream's, and each wants a middleware of its own.
INSTALLED_APPS = [app for app in INSTALLED_APPS if not app.startswith(("allauth", "axes"))]  # noqa: F405
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
