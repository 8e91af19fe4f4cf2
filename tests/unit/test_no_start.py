"""A server does not start with a database that it cannot name or read."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tools.server import ROOT, environment


def test_no_server_starts_with_such_a_url(tmp_path: Path) -> None:
    env = {**os.environ, "DATA_DIR": str(tmp_path), "DATABASE_URL": "mysql://db/music"}
    command = [sys.executable, "manage.py", "serve", "--port", "0"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "DATABASE_URL begins with “mysql”" in done.stderr


def run(data_dir: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=environment(data_dir, DATABASE_URL=""),
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("command", ["serve", "up"])
def test_a_damaged_file_is_a_sentence_that_names_the_way_back(tmp_path: Path, command: str) -> None:
    (tmp_path / "db.sqlite3").write_bytes(b"no database" * 1_000)
    done = run(tmp_path, command, "--port", "0")
    assert done.returncode == 1
    assert "is damaged, or no database of SQLite" in done.stderr
    assert "bin/manage restore FILE" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("most_bytes", [100, 300_000], ids=["for no file at all", "for a part of the database"])
def test_a_full_disk_at_the_first_start_is_a_sentence(tmp_path: Path, most_bytes: int) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "up", "--port", "0"], cwd=ROOT, env=environment(tmp_path, DATABASE_URL=""),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes)),
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "can be written: File too large" in done.stderr or "cannot be written (disk I/O" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["serve", "up"])
def test_a_folder_in_the_place_of_the_database_is_a_sentence(tmp_path: Path, command: str) -> None:
    (tmp_path / "db.sqlite3").mkdir()
    done = run(tmp_path, command, "--port", "0")
    assert done.returncode == 1
    assert "cannot be written (unable to open database file)" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_command_on_a_database_without_tables_or_with_damaged_ones_is_a_sentence(tmp_path: Path) -> None:
    empty = run(tmp_path, "token", "lounge")
    assert (empty.returncode, empty.stderr.startswith("The database has no tables yet")) == (1, True)
    file = tmp_path / "db.sqlite3"
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE rooms_room (id INTEGER)")
    file.write_bytes(file.read_bytes()[:100] + b"x" * 8_092)
    damaged = run(tmp_path, "token", "lounge")
    assert damaged.returncode == 1
    assert "is damaged" in damaged.stderr
    assert "Traceback" not in damaged.stderr
