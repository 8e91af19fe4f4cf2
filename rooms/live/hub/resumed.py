"""Adapter that lets a task await a coroutine after its first step was driven by hand."""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from functools import partial
from typing import Any


class Resumed:
    """Awaitable for the rest of ``coroutine``, which was started by ``send(None)`` and suspended on ``waits_for``."""

    __slots__ = ("_coroutine", "_waits_for")

    def __init__(self, coroutine: Coroutine[Any, Any, None], waits_for: Any) -> None:
        self._coroutine = coroutine
        self._waits_for = waits_for

    def __await__(self) -> Generator[Any, Any, None]:
        waits_for = self._waits_for
        while True:
            try:
                step = partial(self._coroutine.send, (yield waits_for))
            except BaseException as error:  # noqa: BLE001  # a cancellation, which the coroutine handles
                step = partial(self._coroutine.throw, error)
            try:
                waits_for = step()
            except StopIteration:
                return
