"""An event of a room or of the lobby, before it is encoded for SSE."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from rooms.core.publish import EncodedEvent, encode
from rooms.live.hub import sse


@dataclass(slots=True)
class Event:
    """Name and payload; a change has a ``version`` and ``prev``, the version that it follows.

    ``text`` caches the JSON of ``data``; empty if there is none.
    """

    name: str
    data: dict[str, Any]
    version: int | None = None
    prev: int = 0
    text: str = ""

    @classmethod
    def parse(cls, name: str, text: str) -> Event:
        """An event from the bus; one of this process is not parsed again.

        Raises LookupError, TypeError or ValueError if it is malformed.
        """
        data = text.data if isinstance(text, EncodedEvent) else json.loads(text)
        return cls(name, data, int(data["version"]), int(data["prev"]), text)

    def add(self, **facts: Any) -> None:
        """Add fields to the payload, in its cached JSON too."""
        self.data |= facts
        if self.text:
            self.text = f"{self.text[:-1]},{encode(facts)[1:]}"

    def encoded(self) -> bytes:
        """The event in SSE's wire format."""
        if self.version is not None and self.data.get("prev") != self.prev:
            self.data["prev"], self.text = self.prev, ""
        return sse.event(self.name, self.text or self.data, self.version)
