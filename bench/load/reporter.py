"""A WebSocket client that reports its position every second, as the design that this project replaces has it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from bench.load.client import Client, Spec
from bench.load.events import committed_at_ms_in, version_in
from bench.load.loop import Loop
from bench.load.tally import Register

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
"""Opcodes of RFC 6455, section 5.2."""


class Reporter(Client):
    """Sends ``{"position_ms": …}`` when it is due, and hears of the host's actions."""

    __slots__ = ("_due_at", "_is_open", "_position_ms", "_rest")

    def __init__(self, loop: Loop, register: Register, spec: Spec, entered: Callable[[], None]) -> None:
        super().__init__(loop, register, spec, entered)
        self._rest = b""
        self._is_open = False
        self._position_ms = 0
        self._due_at = 0.0

    def receive(self, data: bytes) -> None:
        data = self._rest + data
        if not self._is_open:
            head, end, data = data.partition(b"\r\n\r\n")
            if not end:
                self._rest = head
                return
            if b" 101 " not in head[:16]:
                self.fail(head[9:12].decode(errors="replace"))
                return
            self._is_open = True
            self._due_at = time.monotonic() + self.spec.phase_s
            self.loop.at(self._due_at, self._report)
            self.entered()
        self._rest = data
        while (frame := _frame(self._rest)) is not None:
            opcode, payload, self._rest = frame
            self._take(opcode, payload)

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == TEXT:
            self.register.tally.messages_down += 1
            self.register.tally.events += 1
            version = version_in(payload)
            if version is not None:
                # Each message brings a whole state and stands for itself.
                self.register.told(self.reader, version, None, time.time(), committed_at_ms_in(payload))
        elif opcode == PING:
            self.send(_masked(PONG, payload), messages=0)
        elif opcode == CLOSE:
            self.fail("closed")

    def _report(self) -> None:
        if self.socket is None:
            return
        self._due_at += self.spec.every_s
        self.loop.at(self._due_at, self._report)
        self._position_ms += round(self.spec.every_s * 1000)
        self.send(_masked(TEXT, b'{"position_ms":%d}' % self._position_ms))


def _masked(opcode: int, payload: bytes) -> bytes:
    """A short frame, masked as a client has to (RFC 6455, section 5.3)."""
    mask = os.urandom(4)
    hidden = bytes(byte ^ mask[n % 4] for n, byte in enumerate(payload))
    return bytes((0x80 | opcode, 0x80 | len(payload))) + mask + hidden


def _frame(data: bytes) -> tuple[int, bytes, bytes] | None:
    """Opcode and payload of the first frame, which a server does not mask, and the rest; None if it is not whole."""
    if len(data) < 2:
        return None
    length, start = data[1] & 0x7F, 2
    if length >= 126:
        start = 4 if length == 126 else 10
        length = int.from_bytes(data[2:start])
    if len(data) < start + length:
        return None
    return data[0] & 0x0F, data[start : start + length], data[start + length :]
