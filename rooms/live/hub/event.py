"""One event of a room or of the lobby, on its way to the listeners."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from rooms.core.publish import EncodedEvent, encode
from rooms.live.hub import sse


@dataclass(slots=True)
class Event:
    """Something to tell; with a ``version`` it is a change, which follows the version ``prev``.

    ``text`` is the JSON of ``data`` where it was encoded before; the empty string where it was not.
    """

    name: str
    data: dict[str, Any]
    version: int | None = None
    prev: int = 0
    text: str = ""

    @classmethod
    def heard(cls, name: str, text: str) -> Event:
        """An event as the bus brings it: parsed only if it comes from another process.

        Raises LookupError, TypeError or ValueError for what is none.
        """
        data = text.data if isinstance(text, EncodedEvent) else json.loads(text)
        return cls(name, data, int(data["version"]), int(data["prev"]), text)

    def add(self, **facts: Any) -> None:
        """Add to the data what only this process knows."""
        self.data |= facts
        if self.text:
            self.text = f"{self.text[:-1]},{encode(facts)[1:]}"

    def encoded(self) -> bytes:
        """The event as bytes of the stream."""
        if self.version is not None and self.data.get("prev") != self.prev:
            self.data["prev"], self.text = self.prev, ""
        return sse.event(self.name, self.text or self.data, self.version)
