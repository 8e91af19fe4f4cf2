"""SQLite cannot answer just now, or not at all: each is told by its own status."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.unavailable import is_refused_for_now
from tools.people import Lounge
from tools.server import Server


def test_a_locked_file_of_sqlite_is_answered_the_same(prepared: Path, tmp_path: Path) -> None:
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    server = Server(tmp_path, DATABASE_URL="", REDIS_URL="")
    lounge = Lounge.open(server.start())
    with closing(sqlite3.connect(tmp_path / "db.sqlite3", isolation_level=None)) as file:
        file.execute("BEGIN IMMEDIATE")
        answer = lounge.alice.patch(lounge.path, json={"name": "Salon"}, timeout=30)
        assert is_refused_for_now(answer), answer.text
        assert lounge.alice.get(lounge.path).status_code == 200  # reading goes on
        file.execute("ROLLBACK")
    assert lounge.alice.patch(lounge.path, json={"name": "Salon"}).status_code == 200
    assert server.stop() == 0
    assert "Traceback" not in server.log


@pytest.mark.traceback
def test_what_is_wrong_with_the_database_itself_is_no_outage(prepared: Path, tmp_path: Path) -> None:
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    server = Server(tmp_path, DATABASE_URL="", REDIS_URL="", DEBUG="0")
    server.start()
    with closing(sqlite3.connect(tmp_path / "db.sqlite3", isolation_level=None)) as file:
        file.execute("ALTER TABLE rooms_token RENAME TO elsewhere")
    assert server.client("x").get("/rooms").status_code == 500
    assert server.stop() == 0
    assert re.search("no such table: rooms_token", server.log)
