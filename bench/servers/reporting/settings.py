"""The project's settings, with the WebSocket of the bench beside its own application."""

from __future__ import annotations

from musicrooms.settings import *  # noqa: F403  # everything else is as it is

ASGI_APPLICATION = "bench.servers.reporting.asgi.application"
# channels has its consumers in groups within the process too.
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
