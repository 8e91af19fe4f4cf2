"""The accept loop of several workers: each connection is passed to one that takes it, at last."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any, cast

from musicrooms.serving.sockets import listen
from musicrooms.serving.supervisor.acceptor import Acceptor
from tests.support.live import until


def in_a_loop(story: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    @wraps(story)
    def test() -> None:
        asyncio.run(story())

    return test


class Bob:
    """A worker that takes connections, except so many times at first."""

    def __init__(self, refuses: int = 0) -> None:
        self.taken: list[socket.socket] = []
        self._refuses = refuses

    def close(self) -> None:
        for connection in self.taken:
            connection.close()

    def take(self, connection: socket.socket) -> bool:
        if self._refuses:
            self._refuses -= 1
            return False
        self.taken.append(connection.dup())
        return True


@asynccontextmanager
async def accepting(*workers: Bob) -> AsyncIterator[tuple[Acceptor, Any]]:
    """An acceptor with these workers, and the address that it listens on."""
    with listen("127.0.0.1", 0) as sock:
        acceptor = Acceptor(sock)
        for worker in workers:
            acceptor.add(cast(Any, worker))
        yield acceptor, sock.getsockname()
        acceptor.close()
        for worker in workers:
            worker.close()


@in_a_loop
async def test_a_connection_that_no_worker_takes_is_offered_again_though_no_other_follows() -> None:
    bob = Bob(refuses=3)
    async with accepting(bob) as (_acceptor, address):
        with socket.create_connection(address):
            await until(lambda: len(bob.taken) == 1)


@in_a_loop
async def test_connections_go_round_and_pass_over_a_worker_that_takes_none() -> None:
    alice, bob, charlie = Bob(), Bob(refuses=99), Bob()
    async with accepting(alice, bob, charlie) as (_acceptor, address):
        callers = [socket.create_connection(address) for _ in range(10)]
        await until(lambda: len(alice.taken) + len(charlie.taken) == 10)
        assert abs(len(alice.taken) - len(charlie.taken)) <= 4
        assert not bob.taken
        for caller in callers:
            caller.close()


@in_a_loop
async def test_connections_wait_while_no_worker_serves() -> None:
    early, late = Bob(), Bob()
    async with accepting(early) as (acceptor, address):
        acceptor.remove(cast(Any, early))
        with socket.create_connection(address):
            await asyncio.sleep(0.05)
            assert not early.taken
            acceptor.add(cast(Any, late))
            await until(lambda: len(late.taken) == 1)
        late.close()


@in_a_loop
async def test_a_closed_acceptor_accepts_nothing() -> None:
    bob = Bob()
    async with accepting(bob) as (acceptor, address):
        acceptor.close()
        acceptor.add(cast(Any, bob))  # a worker may become ready while all stop
        with socket.create_connection(address):
            await asyncio.sleep(0.05)
            assert not bob.taken
