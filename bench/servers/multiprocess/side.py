"""Several workers behind one socket as sides of a comparison: the project's own, and those of uvicorn."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from bench.servers.side import Data, Ours
from tools.processes import children_of, is_alive
from tools.server import ROOT

MOST_STOP_S = 15.0


class Workers(Ours):
    """So many workers of the project's own supervisor."""

    name = "musicrooms"

    def __init__(self, data: Data, program: str, count: int) -> None:
        # There are more processes than cores.
        super().__init__(data, program, cores=sorted(os.sched_getaffinity(0)), WORKERS=str(count))
        self._count = count

    @property
    def supervisor(self) -> int:
        return self.server.pid

    def workers(self) -> set[int]:
        return set(children_of(self.supervisor))

    def end(self) -> float:
        """Ask it to stop; the seconds until all of its processes ended, infinite if some had to be killed."""
        began, processes = time.monotonic(), {self.supervisor, *self.workers()}
        os.kill(self.supervisor, signal.SIGTERM)
        while any(map(is_alive, processes)):
            if time.monotonic() > began + MOST_STOP_S:
                for pid in filter(is_alive, processes):
                    os.kill(pid, signal.SIGKILL)
                return math.inf
            time.sleep(0.05)
        return time.monotonic() - began


class Multiprocess(Workers):
    """So many workers of ``uvicorn --workers``, with the project's listening socket and application."""

    name = "uvicorn --workers"

    def launch(self) -> None:
        command = [sys.executable, "-W", "ignore", "-m", "bench.servers.multiprocess", str(self._count)]
        env = {**self.server.env, "DJANGO_SETTINGS_MODULE": self.settings}
        self._process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self._port = int(self._process.stdout.readline())

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(MOST_STOP_S)
        assert self._process.stdout is not None
        self._process.stdout.close()

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self._port

    @property
    def supervisor(self) -> int:
        return self._process.pid

    def workers(self) -> set[int]:
        # Python's multiprocessing has a process of its own beside them.
        return {pid for pid in super().workers() if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()}
