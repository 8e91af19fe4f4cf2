"""The settings of the checkout that is served, with a counter of SQL statements: a number in a file of its data.

A module of its own on the server's path, since ``bench`` would be the package of that checkout.
"""

from __future__ import annotations

import mmap
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db.backends.signals import connection_created

from musicrooms.settings import *  # noqa: F403  # everything else is as it is

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

_path = Path(os.environ["DATA_DIR"]) / "statements"
_path.write_bytes(bytes(8))
with _path.open("r+b") as _file:
    _count = memoryview(mmap.mmap(_file.fileno(), 8)).cast("Q")
_lock = threading.Lock()


def _counted(execute: Callable[..., Any], *args: Any) -> Any:
    with _lock:
        _count[0] += 1
    return execute(*args)


def _watch(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    if _counted not in connection.execute_wrappers:
        connection.execute_wrappers.append(_counted)


connection_created.connect(_watch)
