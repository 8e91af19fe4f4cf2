"""Redis and PostgreSQL as tests and benchmarks want them: private, on the loopback, and made to fail at will.

``python -m tools.services COMMAND`` runs a command that finds one of each in ``TEST_DATABASE_URL`` and
``TEST_REDIS_URL``; ``--check`` only tells whether the machine has them.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
import pytest

from tools import databases

START_TIMEOUT_S = 30
STOP_TIMEOUT_S = 30


def redis_server() -> str | None:
    """Where the program of Redis, or of Valkey, is."""
    return shutil.which("redis-server") or shutil.which("valkey-server")


def postgres_bin() -> Path | None:
    """The folder with PostgreSQL's programs: the one on PATH, else the newest where Debian puts them."""
    if (
        (found := shutil.which("initdb"))
        and (beside := Path(found).resolve().parent)
        and (beside / "postgres").exists()
    ):
        return beside
    installed = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if (folder / "initdb").exists()]
    return max(installed, key=lambda folder: float(folder.parent.name), default=None)


def require(service: type[Redis] | type[Postgres]) -> None:
    """Skip the test where the machine lacks the service, or fail where ``CI`` is ``true``."""
    if (redis_server() if service is Redis else postgres_bin()) is not None:
        return
    message = f"There is no {service.__name__} on this machine."
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@contextlib.contextmanager
def reserved_port() -> Iterator[int]:
    """A port of the loopback that the system gives to nobody else meanwhile, on which a server may listen.

    For bound to it without listening, as here, it is free to those alone who ask for it and for ``SO_REUSEADDR``.
    """
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield int(holder.getsockname()[1])


class Service:
    """A server process with a data folder and a port of its own. Used in a ``with`` block it starts and stops."""

    _user: int | None = None
    _groups: list[int] | None = None

    def __init__(self, folder: Path | None = None) -> None:
        """``folder`` is where its data folder is made; among the system's temporary ones if not given."""
        self._reserved = contextlib.ExitStack()
        self.port = self._reserved.enter_context(reserved_port())
        self._folder = Path(tempfile.mkdtemp(prefix=f"musicrooms-{type(self).__name__.lower()}-", dir=folder))
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self._dispose()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._dispose()

    def start(self) -> None:
        """Start it, on the same port as before, and wait until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command(), stdout=log, stderr=log, cwd=self._folder, user=self._user, extra_groups=self._groups
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline and self._process.poll() is None:
            if self._answers():
                return
            time.sleep(0.02)
        raise AssertionError(f"{type(self).__name__} did not start:\n{self._log.read_text(errors='replace')[-4000:]}")

    def stop(self) -> None:
        """Stop it in good order."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it without a word of farewell."""
        self._end(signal.SIGKILL)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def _log(self) -> Path:
        return self._folder / "log"

    def _command(self) -> list[str]:
        raise NotImplementedError

    def _answers(self) -> bool:
        raise NotImplementedError

    def _end(self, signum: int) -> None:
        if self._process is not None:
            self._process.send_signal(signum)
            self._process.wait(STOP_TIMEOUT_S)
            self._process = None

    def _dispose(self) -> None:
        try:
            self.kill()
        finally:
            self._reserved.close()
            shutil.rmtree(self._folder, ignore_errors=True)


class Redis(Service):
    """A Redis that keeps nothing."""

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def pause(self) -> None:
        """Let it hang: connections stay open, and nothing is answered."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def _command(self) -> list[str]:
        program = redis_server()
        assert program, "There is no Redis on this machine."
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no"]
        return [program, *options, "--dir", str(self._folder)]

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        return False


class Postgres(Service):
    """A cluster of PostgreSQL that trusts the loopback and does not wait for its disk.

    ``url`` names the database that it starts with; ``create`` makes more of them.
    """

    user = "musicrooms"

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__(folder)
        self._initialised = False
        if os.geteuid() == 0:  # as which PostgreSQL refuses to run
            self._user, self._groups = _unprivileged(), []

    @property
    def url(self) -> str:
        return f"postgres://{self.user}@127.0.0.1:{self.port}/postgres"

    def create(self, name: str, template: str | None = None) -> str:
        """Make the database ``name``, as a copy of ``template`` if one is given, and return its URL."""
        return databases.create(self.url, name, template)

    def start(self) -> None:
        if not self._initialised:
            self._initialise()
        super().start()

    def stop(self) -> None:
        """Fast mode: every session is ended, then the server in good order."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Immediate mode: it ends as in a power cut, and recovers at the next start."""
        self._end(signal.SIGQUIT)

    def _initialise(self) -> None:
        if self._user is not None:
            os.chown(self._folder, self._user, -1)
        options = ["--auth=trust", "-N", "--encoding=UTF8", "--locale=C.UTF-8", f"--username={self.user}"]
        done = subprocess.run(
            [self._program("initdb"), *options, "-D", self._folder / "data"],
            cwd=self._folder, capture_output=True, text=True, check=False, user=self._user, extra_groups=self._groups,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        self._initialised = True

    def _command(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": self._folder,
            "max_connections": 200,
            "fsync": "off",
            "full_page_writes": "off",
            "logging_collector": "off",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [self._program("postgres"), "-D", str(self._folder / "data"), *options]

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _program(self, name: str) -> str:
        folder = postgres_bin()
        assert folder, "There is no PostgreSQL on this machine."
        return str(folder / name)


def _unprivileged() -> int:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_uid
    raise AssertionError("There is neither a user postgres nor nobody to run PostgreSQL as.")


def main() -> int:
    parser = argparse.ArgumentParser(description="Run a command with a PostgreSQL and a Redis of its own.")
    parser.add_argument("--check", action="store_true", help="only tell, by the exit status, whether there are both")
    parser.add_argument("--folder", type=Path, help="where their data folders are made")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if options.check or not options.command:
        return 0 if redis_server() and postgres_bin() else 1
    # So that what is told to end stops them too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with Redis(options.folder) as redis, Postgres(options.folder) as postgres:
        env = {**os.environ, "TEST_DATABASE_URL": postgres.url, "TEST_REDIS_URL": redis.url}
        with subprocess.Popen(options.command, env=env) as process:
            try:
                return process.wait()
            except BaseException:
                process.terminate()
                raise


if __name__ == "__main__":
    sys.exit(main())
