"""The project's application, with the WebSocket that it is compared with."""

from __future__ import annotations

from typing import Any

from musicrooms.asgi import application as musicrooms

# isort: split
# Django is set up now, which what follows needs.
from bench.servers.reporting.reports import Reports

reports: Any = Reports.as_asgi()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await reports(scope, receive, send)
    else:
        await musicrooms(scope, receive, send)
