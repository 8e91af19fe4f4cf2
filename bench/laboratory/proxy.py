"""A proxy for each listener that makes its network slow, without ever changing the order of bytes."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Coroutine
from random import Random
from types import TracebackType
from typing import Any, NamedTuple, TypeVar, cast
from urllib.parse import urlsplit

from bench.laboratory.heads import Heads
from bench.laboratory.network import Path, Way

HELD_BYTES = 1 << 20
"""More than this is not taken from a sender until the receiver has had some of it, as a real network would not."""

T = TypeVar("T")


class Request(NamedTuple):
    """One request as it came to a proxy, at an instant of ``time.perf_counter()``."""

    at_s: float
    method: str
    target: str


class Network:
    """The proxies of one laboratory, all in the event loop of one thread; use it in a ``with`` block."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Network:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def proxy(self, url: str, path: Path, seed: int = 0) -> Proxy:
        """A proxy before the server at ``url``, whose delays are the same for each ``seed``."""
        where = urlsplit(url)
        assert where.hostname
        assert where.port
        proxy = Proxy(self, (where.hostname, where.port), path, Random(seed))
        self.run(proxy.open())
        return proxy

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do some work in the loop and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)


class Proxy:
    """Stands before the server at ``address``; whoever calls ``self.url`` is as far away from it as ``path`` says."""

    def __init__(self, network: Network, address: tuple[str, int], path: Path, random: Random) -> None:
        self.address = address
        self.path = path
        self.random = random
        self.requests: list[Request] = []
        self.url = ""
        self._network = network
        self._server: asyncio.Server | None = None
        self._clients: set[_Client] = set()

    def close(self) -> None:
        self._network.run(self._close())

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Client(self), "127.0.0.1", 0)
        self.url = "http://{}:{}".format(*self._server.sockets[0].getsockname()[:2])

    async def _close(self) -> None:
        assert self._server is not None
        self._server.close()
        for client in list(self._clients):
            client.abort()
        await asyncio.sleep(0)

    def came(self, client: _Client) -> None:
        self._clients.add(client)

    def went(self, client: _Client) -> None:
        self._clients.discard(client)


class _Client(asyncio.Protocol):
    """A connection that a listener opened, and the one to the server that belongs to it."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy
        self._heads = Heads(lambda method, target: proxy.requests.append(Request(time.perf_counter(), method, target)))
        self._up = _Lane(proxy.path.up, proxy.random)
        self._down = _Lane(proxy.path.down, proxy.random)
        self._connecting: asyncio.Task[Any] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._down.target = self._up.source = cast(asyncio.Transport, transport)
        self._proxy.came(self)
        # A real connection has to be shaken hands on before anything is sent.
        self._up.wait(self._proxy.path.up.draw_s(self._proxy.random) + self._proxy.path.down.draw_s(self._proxy.random))
        self._connecting = asyncio.ensure_future(self._connect())

    def data_received(self, data: bytes) -> None:
        self._heads.read(data)
        self._up.send(data)

    def eof_received(self) -> bool:
        self._up.send(b"")
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self._proxy.went(self)
        self._up.send(b"")

    def abort(self) -> None:
        for lane in (self._up, self._down):
            lane.stop()

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.create_connection(lambda: _Server(self._up, self._down), *self._proxy.address)
        except OSError:
            self.abort()


class _Server(asyncio.Protocol):
    def __init__(self, up: _Lane, down: _Lane) -> None:
        self._up, self._down = up, down

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._down.source = cast(asyncio.Transport, transport)
        self._up.go(cast(asyncio.Transport, transport))

    def data_received(self, data: bytes) -> None:
        self._down.send(data)

    def eof_received(self) -> bool:
        self._down.send(b"")
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self._down.send(b"")


class _Lane:
    """What is on its way in one direction of one connection; no bytes stand for its end."""

    def __init__(self, way: Way, random: Random) -> None:
        self.source: asyncio.Transport | None = None
        self.target: asyncio.Transport | None = None
        self._way = way
        self._random = random
        self._loop = asyncio.get_running_loop()
        self._held: deque[tuple[float, bytes]] = deque()
        self._held_bytes = 0
        self._due_at = self._opens_at = 0.0
        self._has_ended = False

    def wait(self, seconds: float) -> None:
        """Nothing arrives before so many seconds from now, and what is sent meanwhile that much later."""
        self._opens_at = self._loop.time() + seconds

    def go(self, target: asyncio.Transport) -> None:
        self.target = target
        self._release()

    def send(self, data: bytes) -> None:
        if self._has_ended:
            return
        self._has_ended = not data
        sent_at = max(self._loop.time(), self._opens_at)
        # What was sent later never overtakes.
        self._due_at = max(self._due_at, sent_at + self._way.draw_s(self._random))
        self._held.append((self._due_at, data))
        self._held_bytes += len(data)
        if self._held_bytes > HELD_BYTES and self.source and not self.source.is_closing():
            self.source.pause_reading()
        self._loop.call_at(self._due_at, self._release)

    def stop(self) -> None:
        self._has_ended = True
        self._held.clear()
        for transport in (self.source, self.target):
            if transport:
                transport.abort()

    def _release(self) -> None:
        while self.target and self._held and self._held[0][0] <= self._loop.time() + 1e-4:
            _, data = self._held.popleft()
            self._held_bytes -= len(data)
            if not data:
                self.target.close()
            elif not self.target.is_closing():
                self.target.write(data)
        if self._held_bytes <= HELD_BYTES and self.source and not self.source.is_closing():
            self.source.resume_reading()
