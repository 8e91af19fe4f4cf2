"""The ASGI application: streams, files, the library's music, and Django for the rest."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "musicrooms.settings")
django.setup(set_prefix=False)  # before all imports below, which need it

from django.conf import settings  # noqa: E402
from servestatic import ServeStaticASGI  # noqa: E402

from musicrooms.handler import OneHopHandler  # noqa: E402
from players.library import files as library  # noqa: E402
from players.probe import listening  # noqa: E402
from rooms.core import publish  # noqa: E402
from rooms.live.hub import hub  # noqa: E402
from rooms.live.stream import is_stream, stream  # noqa: E402

django_application = OneHopHandler()
static = ServeStaticASGI(django_application, root=settings.STATIC_ROOT, prefix=settings.STATIC_URL)
# The demo's music, out of the code: the same on every machine. Its names do not change with its content, as those of
# static files do, so that browsers ask again after a day.
demo = ServeStaticASGI(None, root=settings.DEMO_ROOT, prefix=settings.DEMO_URL, max_age=24 * 3600)
hub.do_for_live_rooms(listening.read_what_is_due, listening.LOOK_EVERY_S)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Route each request to the application that serves it: streams, music, static files and Django."""
    if publish.loop is None:  # with the first request: not every server says when it starts
        publish.loop = asyncio.get_running_loop()
    if is_stream(scope):
        await stream(scope, receive, send)
    elif scope["type"] == "http" and scope["path"].startswith(settings.DEMO_URL):
        await demo(scope, receive, send)
    elif scope["type"] == "http" and scope["path"].startswith(library.URL):
        await library.files(scope, receive, send)
    elif scope["type"] == "websocket":
        await send({"type": "websocket.close"})  # a handshake for something that is not here: 403
    else:
        await static(scope, receive, send)
