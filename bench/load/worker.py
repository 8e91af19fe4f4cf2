"""One process of clients, told what to do through a pipe."""

from __future__ import annotations

import gc
import select
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import Any

from bench.load.caller import Host, Poller
from bench.load.client import Client, Spec
from bench.load.loop import Loop
from bench.load.reporter import Reporter
from bench.load.stream import Stream
from bench.load.tally import Register

KINDS: dict[str, type[Client]] = {"stream": Stream, "poller": Poller, "reporter": Reporter, "host": Host}


class Worker:
    """Runs clients until the other end of ``pipe`` is closed."""

    def __init__(self, pipe: Connection, address: tuple[str, int], number: int) -> None:
        self._pipe = pipe
        self._address = address
        # From one address to one port there are 28,000 connections at most, so each process has an address of its own.
        self._source = f"127.0.0.{number + 1}"
        self._loop = Loop()
        self._register = Register()
        self._clients: list[Client] = []
        self._waiting: Iterator[Spec] = iter(())
        self._expected = 0
        self._began_at = 0.0

    def run(self) -> None:
        gc.freeze()
        self._loop.watch(self._pipe.fileno(), select.EPOLLIN, self._obey)
        self._loop.run()

    def _obey(self, _events: int) -> None:
        try:
            name, *args = self._pipe.recv()
        except EOFError:
            self._loop.is_stopped = True
            return
        getattr(self, f"_on_{name}")(*args)

    def _answer(self, *answer: Any) -> None:
        self._pipe.send(answer)

    def _on_stop(self) -> None:
        self._loop.is_stopped = True

    def _on_join(self, specs: list[Spec], at_once: int) -> None:
        """Bring clients in, so many at once; answered when all of them are in or have failed."""
        self._waiting, self._expected = iter(specs), len(specs)
        self._began_at = time.monotonic()
        if not specs:
            self._check_joined()
        for _ in range(at_once):
            self._join_next()

    def _on_reach(self, version: int) -> None:
        self._register.when_all_know(version, lambda: self._answer("reached", version))

    def _on_take(self) -> None:
        self._answer("taken", self._register.take())

    def _join_next(self) -> None:
        spec = next(self._waiting, None)
        if spec is None:
            return
        client = KINDS[spec.kind](self._loop, self._register, spec, self._entered)
        self._clients.append(client)
        client.connect(self._address, self._source)

    def _entered(self) -> None:
        self._expected -= 1
        self._loop.at(0.0, self._join_next)  # not from here, or failures would call each other without end
        self._check_joined()

    def _check_joined(self) -> None:
        if not self._expected:
            self._answer("joined", self._began_at, time.monotonic())


def work(pipe: Connection, address: tuple[str, int], number: int) -> None:
    """The body of a process."""
    Worker(pipe, address, number).run()
