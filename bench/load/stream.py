"""A listener: one stream of server-sent events."""

from __future__ import annotations

import time
from collections.abc import Callable

from bench.load import events
from bench.load.client import Client, Spec
from bench.load.loop import Loop
from bench.load.tally import Register

MOST_KNOWN = 256

_known: dict[bytes, tuple[events.Event, ...]] = {}
"""What was received by one listener and understood: the others are sent the same bytes."""


class Stream(Client):
    """Reads the events of one stream; it is in with the first of them."""

    __slots__ = ("_is_body", "_rest")

    def __init__(self, loop: Loop, register: Register, spec: Spec, entered: Callable[[], None]) -> None:
        super().__init__(loop, register, spec, entered)
        self._is_body = False
        self._rest = b""

    def receive(self, data: bytes) -> None:
        now = time.time()
        if self._rest:
            data = self._rest + data
        if not self._is_body:
            head, end, data = data.partition(b"\r\n\r\n")
            if not end:
                self._rest = head
                return
            if b" 200 " not in head[:16]:
                self.fail(head[9:12].decode(errors="replace"))
                return
            self._is_body = True
        found = _known.get(data)
        if found is not None:
            self._rest = b""
        else:
            found, self._rest = events.split(data)
            if not self._rest:
                if len(_known) >= MOST_KNOWN:
                    _known.clear()
                _known[data] = found
        tally = self.register.tally
        tally.events += len(found)
        tally.messages_down += len(found)
        for _name, version, prev, committed_at_ms, size in found:
            if version is not None:
                self.register.told(self.reader, version, prev, now, committed_at_ms, size)
        if found:
            self.entered()
        if self._rest == events.ENDED:
            self.fail("ended")
