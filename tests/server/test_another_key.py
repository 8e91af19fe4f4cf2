"""A server with another secret key than its database was used with."""

from __future__ import annotations

import shutil
from pathlib import Path

from tools.server import Server

KEY = "k" * 64


def refusal(server: Server, **env: str) -> str:
    done = server.command("serve", "--port", "0", **env)
    assert done.returncode == 1, done.stdout
    return done.stderr


def test_another_secret_key_is_noticed_before_anybody_is_signed_out(demo: Server) -> None:
    said = refusal(demo, SECRET_KEY=KEY)
    assert said.startswith("CommandError: The secret key is not the one that this database was used with")
    assert "bin/manage newkey" in said
    assert "Traceback" not in said


def test_who_lost_the_key_for_good_says_so_once(prepared: Path, tmp_path: Path) -> None:
    shutil.copytree(prepared, tmp_path / "data")
    Server(tmp_path / "data").manage("demo")
    server = Server(tmp_path / "data", SECRET_KEY=KEY)
    server.manage("newkey")
    assert server.start().stop() == 0
    without = Server(tmp_path / "data")
    assert "newkey" in refusal(without)
