"""The stock view, a call that publishes, and the one that says that the server is up."""

from __future__ import annotations

from django.urls import include, path

from bench.servers.stock.views import publish, server_time

urlpatterns = [
    path("events/<channel>/", include("django_eventstream.urls"), {"format-channels": ["{channel}"]}),
    path("publish/<channel>", publish),
    path("api/v1/time", server_time),
]
