"""Options of the command that serves: what is refused, and the sentence."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tools.server import ROOT, environment

SERVE = [sys.executable, "-W", "ignore", "manage.py", "serve"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--workers", "0"], "0 workers are not allowed; 1 to 256 are."),
        (["--workers", "1000"], "1000 workers are not allowed; 1 to 256 are."),
        (["--server", "gunicorn"], "The server “gunicorn” is not known; daphne and uvicorn are."),
        (["--port", "70000"], "The port 70000 is not allowed; a port is 0 to 65535."),
        (["--fd", "0"], "The file descriptor 0 is no socket that was handed over."),
        (["--fd", "77"], "The file descriptor 77 is no socket that was handed over."),
        (["--fd", "-1"], "The file descriptor -1 is no socket that was handed over."),
        (["--fd", "0", "--workers", "0"], "0 workers are not allowed; 1 to 256 are."),
    ],
)
def test_options_that_are_not_possible_are_refused_with_a_sentence(options: list[str], sentence: str) -> None:
    refused = subprocess.run(
        [*SERVE, *options], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
    )
    assert refused.returncode == 1
    assert sentence in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_socket_that_does_not_listen_is_refused_with_a_sentence() -> None:
    with socket.socket() as sock:
        refused = subprocess.run(
            [*SERVE, "--fd", str(sock.fileno())],
            cwd=ROOT, pass_fds=(sock.fileno(),), capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert refused.returncode == 1
    assert "is a socket, but none that listens on a TCP port." in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("workers", ["many", "-1", "0"])
def test_a_number_of_workers_that_is_none_is_refused_with_a_sentence(tmp_path: Path, workers: str) -> None:
    refused = subprocess.run(
        [*SERVE, "--port", "0"],
        cwd=ROOT, env=environment(tmp_path, WORKERS=workers), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert refused.returncode == 1
    assert f"WORKERS is “{workers}”; it is a number from 1 on." in refused.stderr
