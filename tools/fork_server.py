"""A fork server for the processes of tests: they begin with the libraries imported that each of them would import.

These imports are two fifths of what the start of a server costs, and a run of the tests starts some hundreds.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
import warnings
from contextlib import suppress
from pathlib import Path

LIBRARIES = [
    "PIL.Image",
    "ada_url",
    "autobahn.websocket.protocol",
    "babel",
    "channels.layers",
    "channels_redis.core",
    "cryptography.hazmat.primitives.asymmetric.rsa",
    "django.contrib.admin",
    "django.core.management",
    "django.core.servers.basehttp",
    "django.db.backends.sqlite3.base",
    "django.forms",
    "django.template",
    "django.test",
    "httpx",
    "mutagen",
    "prometheus_client",
    "pydantic",
    "redis.asyncio",
    "requests",
    "sqlparse",
    "twisted.web.http",
    "uvicorn",
]
"""Of what a server imports, that which asks for no settings and opens nothing.

Daphne's own module installs an event loop, whose wake-up pipe all forks would share: one's signal would stop another.
"""


_forking = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload(LIBRARIES)


class Forked:
    """``python -W ignore manage.py`` of the checkout ``root``, begun in a fork; it is used as a ``Popen`` is."""

    def __init__(
        self, arguments: list[str], *, root: Path, env: dict[str, str], log: Path, errors: Path | None = None,
        input: Path = Path(os.devnull),
    ) -> None:  # fmt: skip
        streams = (input, log, errors or log)
        self._process = _forking.Process(target=_manage, args=(arguments, root, env, streams), daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("manage.py", timeout)
        return self._process.exitcode

    def send_signal(self, signum: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):  # it ended meanwhile
                os.kill(self.pid, signum)

    def kill(self) -> None:
        self._process.kill()


def run(
    arguments: list[str], *, root: Path, env: dict[str, str], input: str | None, timeout: float
) -> subprocess.CompletedProcess[str]:
    """What ``subprocess.run`` would return of that command."""
    with tempfile.TemporaryDirectory() as folder:
        given, printed, errors = (Path(folder, name) for name in ("in", "out", "err"))
        given.write_text(input or "")
        process = Forked(arguments, root=root, env=env, log=printed, errors=errors, input=given)
        try:
            code = process.wait(timeout)
        finally:
            process.kill()
        return subprocess.CompletedProcess(arguments, code, printed.read_text(), errors.read_text())


def _manage(arguments: list[str], root: Path, env: dict[str, str], streams: tuple[Path, Path, Path]) -> None:
    """Become the process: its streams, environment, folder and arguments, and then its program."""
    flags = (os.O_RDONLY, os.O_WRONLY | os.O_CREAT | os.O_APPEND, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number, (path, flag) in enumerate(zip(streams, flags, strict=True)):
        descriptor = os.open(path, flag, 0o666)
        os.dup2(descriptor, number)
        os.close(descriptor)
    sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w", 1), os.fdopen(2, "w", 1)
    warnings.simplefilter("ignore")
    os.environ.clear()
    os.environ.update(env)
    os.chdir(root)
    sys.path.insert(0, str(root))
    sys.argv = ["manage.py", *arguments]
    try:
        runpy.run_path("manage.py", run_name="__main__")
    finally:
        atexit._run_exitfuncs()  # which multiprocessing leaves out
