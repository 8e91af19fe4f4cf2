"""Handing a coroutine that was started by hand to a task."""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from functools import partial
from typing import Any


class Resumed:
    """A coroutine that was started by hand and suspended, as something that a task can await to its end."""

    __slots__ = ("_coroutine", "_waits_for")

    def __init__(self, coroutine: Coroutine[Any, Any, None], waits_for: Any) -> None:
        self._coroutine = coroutine
        self._waits_for = waits_for

    def __await__(self) -> Generator[Any, Any, None]:
        waits_for = self._waits_for
        while True:
            try:
                step = partial(self._coroutine.send, (yield waits_for))
            except BaseException as error:  # noqa: BLE001  # a cancellation, which is for the coroutine to answer
                step = partial(self._coroutine.throw, error)
            try:
                waits_for = step()
            except StopIteration:
                return
