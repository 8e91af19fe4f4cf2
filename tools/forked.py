"""Processes of ``manage.py`` forked from a fork server that has imported all packages: most of what a start computes.

Such a process is as real as one started from nothing: it has its own environment, output and exit status, and reads
the settings itself.
"""

from __future__ import annotations

import os
import runpy
import sys
import warnings
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired
from tempfile import TemporaryDirectory

MANAGE = Path(__file__).resolve().parents[1] / "manage.py"

_context = get_context("forkserver")
_context.set_forkserver_preload(["tools.preloaded"])


class Forked:
    """One of them, by the names of ``subprocess.Popen``."""

    def __init__(self, args: list[str], env: dict[str, str], output: Path, errors: Path | None = None) -> None:
        """Start it; what it says is added to the files ``output`` and ``errors``."""
        # As a daemon it ends with who started it.
        self._process: ForkServerProcess = _context.Process(
            target=_run, args=(args, env, output, errors or output), daemon=True
        )
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float) -> int:
        self._process.join(timeout)
        code = self._process.exitcode
        if code is None:
            raise TimeoutExpired("manage.py", timeout)
        return code

    def send_signal(self, signum: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, signum)

    def kill(self) -> None:
        self._process.kill()


def run_forked(args: list[str], env: dict[str, str], timeout_s: float = 600) -> CompletedProcess[str]:
    """Run one to its end, as ``subprocess.run`` does."""
    with TemporaryDirectory() as folder:
        output, errors = Path(folder, "output"), Path(folder, "errors")
        process = Forked(args, env, output, errors)
        try:
            code = process.wait(timeout_s)
        finally:
            process.kill()
        return CompletedProcess(args, code, output.read_text(), errors.read_text())


def _run(args: list[str], env: dict[str, str], output: Path, errors: Path) -> None:
    os.environ.clear()
    os.environ.update(env)
    os.chdir(MANAGE.parent)
    for path, stream in ((output, sys.stdout), (errors, sys.stderr)):
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        os.dup2(file, stream.fileno())
        os.close(file)
        stream.reconfigure(line_buffering=True, write_through=True)  # type: ignore[union-attr]
    warnings.simplefilter("ignore")
    sys.argv = [MANAGE.name, *args]
    runpy.run_path(str(MANAGE), run_name="__main__")
