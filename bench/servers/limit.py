"""The limit as a side of a comparison."""

from __future__ import annotations

import functools
import shutil
import subprocess
import sys
from pathlib import Path

from bench.load import requests
from bench.load.api import ask
from bench.load.client import Spec
from bench.servers.machine import Usage
from bench.servers.side import LARGE, Side
from tools.server import ROOT

SOURCE = Path(__file__).with_name("bare.c")
OPTIMISED = "-O2"


@functools.cache
def compiler() -> str | None:
    """The path of the C compiler, if there is one that works on this source."""
    found = shutil.which("cc")
    checked = found and subprocess.run([found, "-fsyntax-only", SOURCE], capture_output=True, check=False)
    return found if checked and checked.returncode == 0 else None


def made_of() -> str:
    """What the limit is on this machine, as a sentence."""
    found = compiler()
    if found is None:
        return "The limit is a loop in Python, for want of a C compiler; one in C costs less."
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    return f"The limit is a loop in C, built by {version.splitlines()[0]} with {OPTIMISED}."


class Limit(Side):
    """A bare loop, in C where it can be built. ``event_bytes`` is the size of its events."""

    name = "limit"
    event_bytes = 500

    def launch(self) -> None:
        command = [sys.executable, "-m", "bench.servers.bare"]
        if (cc := compiler()) is not None:
            command = [str(self.folder / "bare")]
            subprocess.run([cc, OPTIMISED, "-o", command[0], SOURCE], check=True)
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
