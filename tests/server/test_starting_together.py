"""Processes that start at the same moment, on one database, one data folder, or with another secret key."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools.server import ROOT, Server, environment, served
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
    rest, _ = process.communicate(timeout=60)
    return said + rest


def both(first: subprocess.Popen[str], second: subprocess.Popen[str]) -> str:
    said = [said_by(first), said_by(second)]
    assert ["Admin:" in each for each in said] == [True, True], said
    return "".join(said)


def check(said: str, server: Server) -> None:
    assert len(re.findall("shown once", said)) == 1
    assert server.sql("SELECT slug FROM rooms_room") == [("lounge",)]
    assert "Traceback" not in said


@pytest.mark.timeout(300)
def test_two_machines_on_an_empty_database_make_one_room_and_one_admin(tmp_path: Path) -> None:
    require(Postgres)
    with Postgres() as postgres:
        env = {"DATABASE_URL": postgres.url, "SECRET_KEY": KEY}
        said = both(starting(tmp_path / "one", **env), starting(tmp_path / "two", **env))
        check(said, Server(tmp_path / "one", **env))


@pytest.mark.timeout(300)
def test_two_processes_on_an_empty_folder_make_one_room_and_one_admin(tmp_path: Path) -> None:
    said = both(starting(tmp_path), starting(tmp_path))
    check(said, Server(tmp_path))


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
