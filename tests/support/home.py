"""Visitors of the home page, whose stream tells the public rooms."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tests.support.events import Listener
from tools.patience import until
from tools.server import Server


class Visitor(Listener):
    """Charlie looks at the home page."""

    is_of_the_contract = False  # its stream is the page's own affair

    def __init__(self, server: Server, **kwargs: Any) -> None:
        super().__init__(server.url, "", **kwargs)
        self._url = f"{server.url}/events"

    def __enter__(self) -> Visitor:
        self._thread.start()
        self.wait_for("rooms")
        return self

    @property
    def rooms(self) -> dict[str, dict[str, Any]]:
        """What was told last, by slug."""
        return {room["slug"]: room for room in self.named("rooms")[-1].data["rooms"]}

    def sees(self, holds: Callable[[dict[str, dict[str, Any]]], bool]) -> dict[str, dict[str, Any]]:
        """Wait until the rooms are so; one that is asked about may not be told yet."""

        def is_so() -> bool:
            with suppress(KeyError):
                return holds(self.rooms)
            return False

        until(is_so)
        return self.rooms
