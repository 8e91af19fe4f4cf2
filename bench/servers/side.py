"""What all sides of a comparison have in common."""

from __future__ import annotations

import http.client
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from bench.load import requests
from bench.load.api import Room
from bench.load.client import Spec
from bench.servers.machine import Usage, pinned, server_cores
from tools.server import ROOT, Server

CALL_TIMEOUT_S = 120
"""A stock server that tells 10,000 listeners answers nobody for seconds."""

KEPT_S = 2.0
"""So long an idle connection is believed to be open; uvicorn closes it after 5 s."""

LARGE, SMALL = "lounge", "studio"
"""The room with the listeners, and one for what is the same however many there are."""


class Side:
    """A server in its own process, pinned to ``cores``; use it in a ``with`` block. One host acts on it."""

    name = ""
    settings = "musicrooms.settings"
    most_listeners = sys.maxsize

    def __init__(self, data: Data, program: str, *, cores: Sequence[int] | None = None, **env: str) -> None:
        self.program = program
        self._cores = list(server_cores() if cores is None else cores)
        self.folder = data.copy()
        self.server = _Server(self.folder, self.settings, program, data.root, env)

    def __enter__(self) -> Self:
        with pinned(self._cores):
            self.launch()
        self._api = http.client.HTTPConnection(*self.address, timeout=CALL_TIMEOUT_S)
        self._called_at = 0.0
        self.prepare()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._api.close()
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def launch(self) -> None:
        self.server.start()

    def stop(self) -> None:
        try:
            self.server.stop()
        except subprocess.TimeoutExpired:  # and killed: its work piled up, which is what was measured
            print(f"The server of “{self.name}” did not stop in time and was killed.", file=sys.stderr)

    def prepare(self) -> None:
        """Make what the listeners listen to."""

    @property
    def address(self) -> tuple[str, int]:
        where = urlsplit(self.server.url)
        assert where.hostname
        assert where.port
        return where.hostname, where.port

    @property
    def usage(self) -> Usage:
        return Usage(self.server.pid)

    @property
    def api(self) -> http.client.HTTPConnection:
        """The host's connection; a new one after a pause, in which a server may have closed the last."""
        if time.monotonic() > self._called_at + KEPT_S:
            self._api.close()  # the next call opens it again
        self._called_at = time.monotonic()
        return self._api

    def listener(self, room: str = LARGE) -> Spec:
        """One who listens to that room."""
        raise NotImplementedError

    def act(self, room: str = LARGE) -> int:
        """Have something happen that all listeners of that room are told; its version."""
        raise NotImplementedError


class Ours(Side):
    """This project's stream, exactly as it is served."""

    name = "musicrooms"

    def prepare(self) -> None:
        self.rooms = {name: Room.open(self.api, name) for name in (LARGE, SMALL)}
        self._position_ms = 10_000_000

    def listener(self, room: str = LARGE) -> Spec:
        return Spec("stream", 0, requests.listen(self.rooms[room]))

    def act(self, room: str = LARGE) -> int:
        self._position_ms += 1
        return self.rooms[room].seek(self.api, self._position_ms)


class Data:
    """A data folder with an empty database and the static files, of which each server gets a copy.

    ``root`` is the checkout whose servers are measured; ``prepared`` is a folder that it made earlier.
    """

    def __init__(self, prepared: Path | None = None, root: Path = ROOT) -> None:
        self.root = root
        self._scratch = Path(tempfile.mkdtemp(prefix="bench-"))
        self._prepared = prepared
        self._count = 0

    def __enter__(self) -> Data:
        if self._prepared is None:
            self._prepared = self._scratch / "prepared"
            self._prepared.mkdir()
            server_of(self.root, self._prepared).prepare()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        shutil.rmtree(self._scratch, ignore_errors=True)

    def copy(self) -> Path:
        assert self._prepared is not None
        self._count += 1
        folder = self._scratch / str(self._count)
        shutil.copytree(self._prepared, folder)
        return folder


def server_of(root: Path, folder: Path, program: str = "daphne") -> Server:
    """A server of the checkout ``root`` on the data in ``folder``, as it is without options."""
    server = Server(folder, server=program, **ALONE)
    server.root = root
    return server


class _Server(Server):
    """A server with other settings, and with no limits that a load from one machine would meet."""

    def __init__(self, folder: Path, settings: str, program: str, root: Path, env: dict[str, str]) -> None:
        limits = {f"MAX_{what}": "0" for what in LIMITS}
        super().__init__(folder, server=program, **(ALONE | limits | env))
        self.root = root
        self._settings = settings

    @property
    def env(self) -> dict[str, str]:
        return {**super().env, "DJANGO_SETTINGS_MODULE": self._settings}


ALONE = {"DATABASE_URL": "", "REDIS_URL": "", "WORKERS": "1"}
"""One process with SQLite, unless a measurement says otherwise."""

LIMITS = ("STREAMS_PER_ADDRESS", "STREAMS_PER_PERSON", "STREAMS_PER_ROOM", "ROOMS_PER_PERSON")
