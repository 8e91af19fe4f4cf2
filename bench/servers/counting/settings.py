"""The project's settings, with the application of the bench around its own."""

from __future__ import annotations

from musicrooms.settings import *  # noqa: F403  # everything else is as it is

ASGI_APPLICATION = "bench.servers.counting.asgi.application"
