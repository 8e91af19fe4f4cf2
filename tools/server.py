"""A real server process with a data folder of its own."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tools import databases, fork_server
from tools.fork_server import Forked
from tools.patience import PATIENCE_S

ROOT = Path(__file__).resolve().parents[1]

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Of clients of servers under test: by default each reads all authorities, which is 40 ms of CPU."""

UNLIMITED = httpx.Limits(max_connections=None, max_keepalive_connections=None)
"""Beyond a limit of idle connections, httpcore closes one that it has just handed to another thread."""

COMMAND_S = 600
"""Most that a management command takes."""

LOGS: set[Path] = set()
"""The logs of all servers that this process started."""


def environment(data_dir: Path, **env: str) -> dict[str, str]:
    """The environment of a process that serves the data in ``data_dir``; ``env`` goes before what tests have in common.

    ``TEST_DATABASE_URL`` and ``TEST_REDIS_URL`` name the cluster and the Redis that are used where ``env`` names none.
    Servers of one data folder hear each other, and no others.
    """
    common = {"DATA_DIR": str(data_dir), "OEMBED_URL": "http://127.0.0.1:9/oembed", "PROBE": "0"}
    common["PYTHONUNBUFFERED"] = "1"
    if "DATABASE_URL" not in env:
        common["DATABASE_URL"] = databases.url_of(data_dir)
    common["REDIS_URL"] = os.environ.get("TEST_REDIS_URL", "")
    common["REDIS_PREFIX"] = hashlib.sha256(str(data_dir).encode()).hexdigest()[:16]
    own = {**os.environ, **common, **env}
    own.pop("DJANGO_SETTINGS_MODULE", None)
    return own


class Server:
    """``manage.py serve`` of the checkout ``root``, on a free port of the loopback, with a database of its own."""

    root = ROOT

    forks = False
    """Whether its processes begin in a fork server: not where starts or memory are measured."""

    def __init__(self, data_dir: Path, *, server: str = "daphne", **env: str) -> None:
        self.data_dir = data_dir
        self.server = server
        self.url = ""
        self._log_path = data_dir / "server.log"
        self._process: subprocess.Popen[bytes] | Forked | None = None
        self._clients: list[httpx.Client] = []
        self._own_env = env

    def prepare(self) -> Server:
        """Make the database and collect the static files."""
        self.collect()
        self.manage("migrate", "-v0")
        return self

    def collect(self) -> None:
        """Collect the static files."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.manage("collectstatic", "-v0", "--no-input")

    def start(self, port: int = 0) -> Server:
        """Start it, on a free port unless one is named."""
        LOGS.add(self._log_path)
        serve = ["serve", "--port", str(port), "--server", self.server]
        with self._log_path.open("ab") as log:
            start = log.tell()
            if self.forks:
                self._process = Forked(serve, root=self.root, env=self.env, log=self._log_path)
            else:
                command = [sys.executable, "-W", "ignore", "manage.py", *serve]
                self._process = subprocess.Popen(command, cwd=self.root, env=self.env, stdout=log, stderr=log)
        self.url = self._wait_for_address(start)
        return self

    def stop(self, signum: int = signal.SIGTERM) -> int:
        """Stop it and return its exit status."""
        assert self._process is not None
        while self._clients:
            self._clients.pop().close()
        self._process.send_signal(signum)
        try:
            return self._process.wait(PATIENCE_S)
        finally:
            self._process.kill()
            self._process = None

    @property
    def env(self) -> dict[str, str]:
        """The environment of its processes: its data folder, its database, and whatever else the test asked for."""
        return environment(self.data_dir, **self._own_env)

    def sql(self, query: str, params: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Run one query on its database, past Django, and return the rows; parameters are written ``%s``."""
        return databases.run(self.env.get("DATABASE_URL", ""), self.data_dir, query, params)

    def stored(self) -> bytes:
        """All that its database holds, as bytes to be searched."""
        return databases.stored(self.env.get("DATABASE_URL", ""), self.data_dir)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        return self._log_path.read_text(errors="replace")

    def manage(self, *args: str, stdin: str | None = None, **env: str) -> str:
        """Run a management command on the server's data and return what it printed; ``env`` is for it alone."""
        done = self.command(*args, stdin=stdin, **env)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def command(self, *args: str, stdin: str | None = None, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a management command on the server's data, whatever its exit status; ``env`` is for it alone."""
        whole = self.env | env
        if self.forks:
            return fork_server.run([*args], root=self.root, env=whole, input=stdin, timeout=COMMAND_S)
        return subprocess.run(
            [sys.executable, "manage.py", *args],
            cwd=self.root, env=whole, input=stdin, capture_output=True, text=True, timeout=COMMAND_S, check=False,
        )  # fmt: skip

    def shell(self, code: str, **env: str) -> str:
        """Run ``code`` in a Django shell on the server's database, in a process of its own.

        With ``REDIS_URL=""`` what it changes is not pushed.
        """
        return self.manage("shell", "-v0", "-c", code, **env)

    def client(self, token: str | None = None, **kwargs: Any) -> httpx.Client:
        """A client of the API, identified by ``token``."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.browser(base_url=f"{self.url}/api/v1", headers=headers, **kwargs)

    def browser(self, **kwargs: Any) -> httpx.Client:
        """A client that keeps cookies; it is closed when the server stops."""
        options = {"base_url": self.url, "timeout": PATIENCE_S, "verify": NO_TLS, "limits": UNLIMITED}
        client = httpx.Client(**{**options, **kwargs})
        self._clients.append(client)
        return client

    def _wait_for_address(self, start: int) -> str:
        assert self._process is not None
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and self._process.poll() is None:
            found = re.search(rb"Serving on (http://\S+) with", self._log_path.read_bytes()[start:])
            if found and _answers(url := found[1].decode()):
                return url
            time.sleep(0.05)
        raise AssertionError(f"The server did not start:\n{self.log[-4000:]}")


@contextmanager
def served(prepared: Path, folder: Path, *, server: str = "daphne", **env: str) -> Iterator[Server]:
    """A server on a copy of the ``prepared`` data; it has to stop in good order."""
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    process = Server(folder, server=server, **env)
    yield process.start()
    before = len(process.log)
    assert process.stop() == 0
    assert "Traceback" not in (said := process.log[before:]), said[-6000:]


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/api/v1/time", timeout=5, verify=NO_TLS).status_code == 200
    except httpx.TransportError:
        return False
