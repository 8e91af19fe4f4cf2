"""What a process uses, as the system counts it; and which cores it may use."""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CPUCLOCK_SCHED = 2
PROC = Path("/proc")


class Usage:
    """What a process and its children use."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def cpu_s(self) -> float:
        """Seconds of CPU so far, in user and system mode."""
        return sum(self._cpu_s(pid) for pid in self._tree())

    def pss_kb(self) -> int:
        """Memory, where pages that are shared count in part."""
        return sum(_number("Pss", pid, "smaps_rollup") for pid in self._tree())

    def threads(self) -> int:
        return sum(_number("Threads", pid, "status") for pid in self._tree())

    def _cpu_s(self, pid: int) -> float:
        # Linux' number of the clock that counts the CPU time of a process, to the nanosecond and with threads that
        # have ended; /proc/PID/stat counts the same in hundredths of a second.
        try:
            return time.clock_gettime(~pid << 3 | CPUCLOCK_SCHED)
        except OSError:  # it has ended
            return 0.0

    def _tree(self) -> list[int]:
        pids = [self.pid]
        for pid in pids:
            for task in (PROC / str(pid) / "task").glob("*/children"):
                with contextlib.suppress(OSError):  # a thread that has ended
                    pids += map(int, task.read_text().split())
        return pids


def _number(name: str, pid: int, file: str) -> int:
    try:
        text = (PROC / str(pid) / file).read_text()
    except OSError:
        return 0
    found = re.search(rf"^{name}:\s+(\d+)", text, flags=re.MULTILINE)
    return int(found[1]) if found else 0


def server_cores() -> list[int]:
    """The one core that a server is pinned to, if there is another for its clients."""
    cores = sorted(os.sched_getaffinity(0))
    return cores[-1:] if len(cores) > 1 else cores


def client_cores() -> list[int]:
    """The cores that clients may use."""
    cores = sorted(os.sched_getaffinity(0))
    return cores[:-1] or cores


@contextmanager
def pinned(cores: list[int]) -> Iterator[None]:
    """Processes that are started within run on ``cores``."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
