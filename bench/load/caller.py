"""Clients that repeat a call on a kept connection: a host who acts, or a page that polls."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from bench.load.client import Client, Spec
from bench.load.events import version_in
from bench.load.loop import Loop
from bench.load.tally import Call, Register

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Caller(Client):
    """Sends its request when it is due; ``%d`` in it becomes a number of eight digits that rises with each call.

    If the answer to the last one is not there yet, the call is left out and counted as late. A server may close a
    kept connection between two calls; then the next one connects anew.
    """

    __slots__ = ("_address", "_count", "_due_at", "_left", "_received", "_sent_at", "_source")

    def __init__(self, loop: Loop, register: Register, spec: Spec, entered: Callable[[], None]) -> None:
        super().__init__(loop, register, spec, entered)
        self._received = b""
        self._sent_at = 0.0
        self._count = 0
        self._due_at = 0.0
        self._left = spec.times  # from 0 it never comes to nothing

    def connect(self, address: tuple[str, int], source: str = "") -> None:
        self._address, self._source = address, source
        super().connect(address, source)

    def begin(self) -> None:
        if not self._due_at:
            # A first connection is all that a caller needs to be in; its first call is due at its phase.
            self._due_at = time.monotonic() + self.spec.phase_s
            self.loop.at(self._due_at, self._due)
            self.entered()
        elif self._sent_at:
            self._write()

    def lost(self) -> None:
        if self._sent_at:
            self._sent_at = 0.0
            self.register.tally.ended += 1
        self._received = b""

    def receive(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head + b"\r\n")
        if not end or length is None or len(body) < int(length[1]):
            return
        self._received = b""
        call = Call(self.spec.room, version_in(body), self._sent_at, time.time())
        self._sent_at = 0.0
        self.register.tally.messages_down += 1
        if head[9:12] == b"200":
            self.answered(call)
        else:
            self.register.tally.failed[head[9:12].decode(errors="replace")] += 1

    def answered(self, call: Call) -> None:
        """Take a call that succeeded."""
        raise NotImplementedError

    def _due(self) -> None:
        self._left -= 1
        if self._left:
            self._due_at += self.spec.every_s
            self.loop.at(self._due_at, self._due)
        if self._sent_at:
            self.register.tally.late += 1
            return
        self._sent_at = time.time()
        if self.socket is None:
            super().connect(self._address, self._source)
        else:
            self._write()

    def _write(self) -> None:
        self._count += 1
        self.send(self.spec.request.replace(b"%d", b"%d" % (10_000_000 + self._count)))


class Poller(Caller):
    """A page that asks for the state again and again."""

    __slots__ = ()

    def answered(self, call: Call) -> None:
        if call.version is not None:
            self.register.told(self.reader, call.version, None, call.answered_at)


class Host(Caller):
    """A host who acts: when each call was sent and answered is kept, and nothing has to be told to it."""

    __slots__ = ()

    listens = False

    def answered(self, call: Call) -> None:
        self.register.tally.calls.append(call)
