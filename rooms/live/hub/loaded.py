"""A reading of a room: snapshot and access list, immutable."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rooms.clock import now_ms
from rooms.core.publish import encode
from rooms.live.hub import sse
from rooms.live.hub.access import Access


@dataclass(frozen=True)
class Loaded:
    """The snapshot of a room and its access list, at one version."""

    snapshot: dict[str, Any]
    access: Access

    @property
    def version(self) -> int:
        return int(self.snapshot["version"])

    def snapshot_event(self, people: bytes) -> list[bytes]:
        """The event ``snapshot`` in two pieces, with ``prev`` 0; ``people`` is JSON.

        The first and by far the largest piece is encoded once for all listeners; the second changes all the time.
        """
        return [self._shared, b',"people":%b,"server_now_ms":%d}\n\n' % (people, now_ms())]

    @cached_property
    def _shared(self) -> bytes:
        return sse.event("snapshot", encode({**self.snapshot, "prev": 0}), self.version)[:-3]
