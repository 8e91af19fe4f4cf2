"""How Redis is reached by channels."""

from __future__ import annotations

import socket
from typing import Any

KEEPALIVE_S = {"TCP_KEEPIDLE": 2, "TCP_KEEPINTVL": 1, "TCP_KEEPCNT": 3}
"""A machine that vanished is noticed after 2 + 3 × 1 s, so that the subscriptions are made anew."""


def redis_hosts(urls: str) -> list[dict[str, Any]]:
    """The hosts that ``urls`` names, separated by commas, as channels-redis takes them."""
    options = {getattr(socket, name): value for name, value in KEEPALIVE_S.items() if hasattr(socket, name)}
    alive = {"socket_keepalive": True, "socket_keepalive_options": options}
    hosts = [url.strip() for url in urls.split(",")]
    return [{"address": url, **({} if url.startswith("unix:") else alive)} for url in hosts if url]
