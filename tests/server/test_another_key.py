"""A server with another secret key than its database was used with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tools.server import ROOT, Server, served

KEY = "k" * 64


def refusal(server: Server, **env: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", "serve", "--port", "0"], cwd=ROOT, env=server.env | env,
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout
    return done.stderr


def test_another_secret_key_is_noticed_before_anybody_is_signed_out(demo: Server) -> None:
    said = refusal(demo, SECRET_KEY=KEY)
    assert said.startswith("CommandError: The secret key is not the one that this database was used with")
    assert "bin/manage newkey" in said
    assert "Traceback" not in said


def test_who_lost_the_key_for_good_says_so_once(prepared: Path, tmp_path: Path) -> None:
    with served(prepared, tmp_path / "data", demo=True):
        pass
    server = Server(tmp_path / "data", SECRET_KEY=KEY)
    server.manage("newkey")
    assert server.start().stop() == 0
    without = Server(tmp_path / "data")
    assert "newkey" in refusal(without)
