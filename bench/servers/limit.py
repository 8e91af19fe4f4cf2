"""The limit as a side of a comparison."""

from __future__ import annotations

import subprocess
import sys

from bench.load import requests
from bench.load.api import ask
from bench.load.client import Spec
from bench.servers.machine import Usage
from bench.servers.side import LARGE, Side
from tools.server import ROOT


class Limit(Side):
    """A bare loop. ``event_bytes`` is the size of its events."""

    name = "limit"
    event_bytes = 500

    def launch(self) -> None:
        command = [sys.executable, "-m", "bench.servers.bare"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self._port = int(self._process.stdout.readline())

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self._port

    @property
    def usage(self) -> Usage:
        return Usage(self._process.pid)

    def listener(self, room: str = LARGE) -> Spec:
        return Spec("stream", 0, requests.get(f"/{room}"))

    def act(self, room: str = LARGE) -> int:
        return int(ask(self.api, "POST", f"/{room}", {"bytes": self.event_bytes})["version"])
