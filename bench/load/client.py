"""One connection, whatever is spoken on it."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import socket
from collections.abc import Callable
from typing import NamedTuple

from bench.load.loop import Loop
from bench.load.tally import Reader, Register

PIECE_BYTES = 262_144


class Spec(NamedTuple):
    """A client to be: what it sends first and, if it repeats itself, how often and from when on (seconds).

    ``times`` limits how often it does, 0 does not. ``known`` is the version of its room that it knows already.
    """

    kind: str
    room: int
    request: bytes
    every_s: float = 0.0
    phase_s: float = 0.0
    times: int = 0
    known: int | None = None


class Client:
    """Connects, sends its request and hands what it receives to ``receive``; subclasses say what that means."""

    __slots__ = ("_connected", "_entered", "_unsent", "loop", "reader", "register", "socket", "spec")

    listens = True
    """Whether it has to be told of every change of its room."""

    def __init__(self, loop: Loop, register: Register, spec: Spec, entered: Callable[[], None]) -> None:
        self.loop = loop
        self.register = register
        self.spec = spec
        self.reader = Reader(spec.room, spec.known)
        if self.listens:
            register.readers.append(self.reader)
        self.socket: socket.socket | None = None
        self._entered: Callable[[], None] | None = entered
        self._connected = False
        self._unsent = b""

    def connect(self, address: tuple[str, int], source: str = "") -> None:
        """Begin to connect, from the address ``source`` if one is given."""
        self.socket = sock = socket.socket()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connected = False
        try:
            if source:
                # The port is chosen when the other end is known, so that other servers' connections take none away.
                sock.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
                sock.bind((source, 0))
        except OSError as error:
            self.fail(_name_of(error.errno))
            return
        failure = sock.connect_ex(address)
        if failure not in (0, errno.EINPROGRESS):
            self.fail(_name_of(failure))
            return
        self.loop.watch(sock.fileno(), select.EPOLLIN | select.EPOLLOUT, self._ready)

    def receive(self, data: bytes) -> None:
        """Take what was received."""
        raise NotImplementedError

    def lost(self) -> None:
        """The server ended the connection after this client was in."""
        self.register.tally.ended += 1

    def begin(self) -> None:
        """The connection stands."""
        self.send(self.spec.request)

    def entered(self) -> None:
        """This client got what it came for, the first time."""
        if self._entered is not None:
            entered, self._entered = self._entered, None
            self.register.tally.joined += 1
            entered()

    def fail(self, reason: str) -> None:
        """It did not get in, or was lost later."""
        self.close()
        if self._entered is None:
            self.lost()
            return
        entered, self._entered = self._entered, None
        self.register.tally.refused[reason] += 1
        self.register.forget(self.reader)
        entered()

    def close(self) -> None:
        if self.socket is not None:
            self.loop.forget(self.socket.fileno())
            self.socket.close()
            self.socket = None

    def send(self, data: bytes, messages: int = 1) -> None:
        assert self.socket is not None
        self.register.tally.messages_up += messages
        self.register.tally.bytes_up += len(data)
        self._unsent += data
        self._flush()

    def _ready(self, events: int) -> None:
        if not self._connected and events & (select.EPOLLOUT | select.EPOLLERR | select.EPOLLHUP):
            assert self.socket is not None
            failure = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if failure:
                self.fail(_name_of(failure))
                return
            self._connected = True
            self.loop.change(self.socket.fileno(), select.EPOLLIN)
            self.begin()
        elif events & select.EPOLLOUT:
            self._flush()
        if events & (select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR) and self.socket is not None:
            try:
                data = self.socket.recv(PIECE_BYTES)
            except BlockingIOError:
                return
            except OSError as error:
                self.fail(_name_of(error.errno))
                return
            if data:
                self.register.tally.bytes_down += len(data)
                self.receive(data)
            else:
                self.fail("closed")

    def _flush(self) -> None:
        assert self.socket is not None
        with contextlib.suppress(BlockingIOError, ConnectionError):  # a broken connection shows when it is read
            self._unsent = self._unsent[self.socket.send(self._unsent) :]
        self.loop.change(self.socket.fileno(), select.EPOLLIN | (select.EPOLLOUT if self._unsent else 0))


IP_BIND_ADDRESS_NO_PORT = 24
"""Linux' number, which Python 3.11 has no name for."""


def _name_of(number: int | None) -> str:
    return errno.errorcode.get(number or 0, os.strerror(number or 0))
