"""Processes that start at the same moment, on one database or in one data folder."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tools.patience import PATIENCE_S
from tools.server import ROOT, Server, environment
from tools.services import Postgres, require

KEY = "k" * 64


def starting(data_dir: Path, **env: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "manage.py", "up", "--port", "0"], cwd=ROOT,
        env=environment(data_dir, **env), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def said_by(process: subprocess.Popen[str]) -> str:
    """What it says until it serves, or ends; then it is stopped."""
    assert process.stdout
    said = ""
    for line in process.stdout:
        said += line
        if line.startswith("Admin:"):
            break
    process.terminate()
    rest, _ = process.communicate(timeout=PATIENCE_S)
    return said + rest


def both(first: subprocess.Popen[str], second: subprocess.Popen[str]) -> str:
    said = [said_by(first), said_by(second)]
    assert ["Admin:" in each for each in said] == [True, True], said
    return "".join(said)


def check(said: str, server: Server) -> None:
    assert len(re.findall("shown once", said)) == 1
    assert server.sql("SELECT slug FROM rooms_room") == [("lounge",)]
    assert "Traceback" not in said


def test_two_machines_on_an_empty_database_make_one_room_and_one_admin(tmp_path: Path) -> None:
    """Two servers that start at once on an empty PostgreSQL make one demo room and one administrator."""
    require(Postgres)
    with Postgres() as postgres:
        env = {"DATABASE_URL": postgres.url, "SECRET_KEY": KEY}
        said = both(starting(tmp_path / "one", **env), starting(tmp_path / "two", **env))
        check(said, Server(tmp_path / "one", **env))


def test_two_processes_on_an_empty_folder_make_one_room_and_one_admin(tmp_path: Path) -> None:
    """Two servers that start at once in an empty folder make one demo room and one administrator."""
    said = both(starting(tmp_path), starting(tmp_path))
    check(said, Server(tmp_path))
