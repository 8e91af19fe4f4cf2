"""Redis connection options for channels-redis."""

from __future__ import annotations

import re
import socket
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

KEEPALIVE_S = {"TCP_KEEPIDLE": 2, "TCP_KEEPINTVL": 1, "TCP_KEEPCNT": 3}
"""TCP keepalive: a host that vanished is noticed after 2 + 3 × 1 s, and channels-redis subscribes again."""


def redis_hosts(urls: str) -> list[dict[str, Any]]:
    """The ``hosts`` option of channels-redis for ``urls``, which are separated by commas; several are shards.

    Raises ImproperlyConfigured for a database that is no number: Redis's package would take the first one in silence.
    """
    options = {getattr(socket, name): value for name, value in KEEPALIVE_S.items() if hasattr(socket, name)}
    alive = {"socket_keepalive": True, "socket_keepalive_options": options}
    hosts = [url.strip() for url in urls.split(",")]
    for path in (_path(url) for url in hosts if url.startswith("redis")):
        if not re.fullmatch("/?[0-9]*", path):
            raise ImproperlyConfigured(
                f"REDIS_URL names the database “{path[1:80]}”; one of Redis is a number, as in /0."
            )
    return [{"address": url, **({} if url.startswith("unix:") else alive)} for url in hosts if url]


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        raise ImproperlyConfigured("REDIS_URL names a host with a bracket that nothing closes.") from None
