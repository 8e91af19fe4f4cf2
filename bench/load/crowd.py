"""Many clients of one server, in several processes."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import resource
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any

from bench.load.client import Spec
from bench.load.tally import Tally
from bench.load.worker import work

KEPT_DESCRIPTORS = 100


class Crowd:
    """The clients of the server at ``address``, on ``cores`` if some are named; use it in a ``with`` block."""

    def __init__(self, address: tuple[str, int], *, processes: int = 2, cores: Sequence[int] = ()) -> None:
        _take_descriptors()
        self._pipes: list[Connection] = []
        self._processes = []
        fork = multiprocessing.get_context("fork")
        for number in range(processes):
            ours, theirs = fork.Pipe()
            self._pipes.append(ours)
            process = fork.Process(target=self._work, args=(theirs, address, number, cores), daemon=True)
            process.start()
            theirs.close()
            self._processes.append(process)

    def __enter__(self) -> Crowd:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        for pipe in self._pipes:
            pipe.send(("stop",))
            pipe.close()
        for process in self._processes:
            process.join(10)
            process.kill()

    def join(self, specs: list[Spec], *, at_once: int = 256, timeout_s: float = 600) -> float:
        """Bring clients in and wait until each is in or was refused; the seconds that it took.

        ``at_once`` is how many of them may be on their way at once.
        """
        each = max(1, at_once // len(self._pipes))
        _check_descriptors(len(specs) // len(self._pipes) + 1)
        for number, pipe in enumerate(self._pipes):
            pipe.send(("join", specs[number :: len(self._pipes)], each))
        answers = self._answers("joined", timeout_s)
        return float(max(ended_at for _, ended_at in answers) - min(began_at for began_at, _ in answers))

    def reach(self, version: int, timeout_s: float) -> bool:
        """Wait until every client knows ``version``; whether that came about."""
        for pipe in self._pipes:
            pipe.send(("reach", version))
        try:
            self._answers("reached", timeout_s)
        except TimeoutError:
            return False
        return True

    def take(self) -> Tally:
        """What was counted since the last time."""
        for pipe in self._pipes:
            pipe.send(("take",))
        total = Tally()
        for (tally,) in self._answers("taken", 120):
            total.add(tally)
        return total

    def take_until(self, is_enough: Callable[[Tally], bool], timeout_s: float) -> Tally:
        """What was counted since the last time, and then for as long as it is not enough."""
        deadline = time.monotonic() + timeout_s
        total = self.take()
        while not is_enough(total) and time.monotonic() < deadline:
            time.sleep(0.2)
            more = self.take()
            total.add(more)
            total.last = more.last
        return total

    def _work(self, pipe: Connection, address: tuple[str, int], number: int, cores: Sequence[int]) -> None:
        for other in self._pipes:  # inherited by the fork; the parent's end has to show when it is gone
            other.close()
        if cores:
            os.sched_setaffinity(0, cores)
        work(pipe, address, number)

    def _answers(self, wanted: str, timeout_s: float) -> list[Any]:
        """One answer of that name from each process. Others are of questions that nobody waits for any more."""
        deadline = time.monotonic() + timeout_s
        answers: dict[Connection, Any] = {}
        while len(answers) < len(self._pipes):
            waiting = [pipe for pipe in self._pipes if pipe not in answers]
            ready = multiprocessing.connection.wait(waiting, max(0.0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError(f"The clients did not answer “{wanted}” within {timeout_s} s.")
            for pipe in ready:
                assert isinstance(pipe, Connection)
                name, *answer = pipe.recv()
                if name == wanted:
                    answers[pipe] = answer
        return [answers[pipe] for pipe in self._pipes]


def _take_descriptors() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _check_descriptors(needed: int) -> None:
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if limit != resource.RLIM_INFINITY and needed + KEPT_DESCRIPTORS > limit:
        raise SystemExit(f"{needed} connections a process do not fit in {limit} descriptors; raise it with ulimit -n.")
