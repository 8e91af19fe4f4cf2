"""How many SQL statements this process has sent."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

_counter = itertools.count()
_count = 0


def _counted(execute: Callable[..., Any], *args: Any) -> Any:
    global _count
    _count = next(_counter) + 1  # one step, whatever thread it is
    return execute(*args)


def _watch(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    if _counted not in connection.execute_wrappers:
        connection.execute_wrappers.append(_counted)


connection_created.connect(_watch)


async def answer(send: Any) -> None:
    body = json.dumps({"queries": _count}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
