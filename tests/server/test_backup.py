"""A backup holds what was committed, and a restore brings back that and nothing else."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import pytest

from tools import databases
from tools.people import Lounge
from tools.server import Server

pytestmark = pytest.mark.skipif(bool(databases.CLUSTER_URL), reason="what is backed up is a file of SQLite")


@pytest.fixture
def lounge(prepared: Path, tmp_path: Path) -> Lounge:
    shutil.copytree(prepared, tmp_path / "data")
    return Lounge.open(Server(tmp_path / "data").start())


def rooms(server: Server) -> set[str]:
    return {slug for (slug,) in server.sql("SELECT slug FROM rooms_room")}


def test_a_killed_servers_log_is_neither_replayed_nor_lost(lounge: Lounge, tmp_path: Path) -> None:
    server, file = lounge.server, tmp_path / "backup.tar.gz"
    key = (server.data_dir / "secret.key").read_text()
    assert server.command("backup", str(file)).returncode == 0
    assert file.stat().st_mode & 0o077 == 0
    assert server.client().post("/rooms", json={"name": "Later"}).status_code == 201
    (server.data_dir / "secret.key").write_text("k" * 64)
    server.stop(signal.SIGKILL)
    assert (server.data_dir / "db.sqlite3-wal").stat().st_size > 0
    done = server.command("restore", str(file))
    assert done.returncode == 0, done.stderr
    assert rooms(server) == {lounge.slug}
    assert (server.data_dir / "secret.key").read_text() == key
    (old,) = server.data_dir.glob("db.sqlite3.before-restore-*[0-9]")
    assert str(old) in done.stdout
    shutil.copytree(server.data_dir, tmp_path / "old")
    for path in (tmp_path / "old").glob("db.sqlite3.before-restore-*"):
        path.rename(tmp_path / "old" / path.name.replace(old.name, "db.sqlite3"))
    assert len(rooms(Server(tmp_path / "old"))) == 2
    server.start()
    assert server.client().get(f"/rooms/{lounge.slug}").status_code == 200
    assert server.stop() == 0


def test_nothing_is_restored_below_a_running_server(lounge: Lounge, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar.gz"
    assert lounge.server.command("backup", str(file)).returncode == 0
    done = lounge.server.command("restore", str(file))
    assert (done.returncode, "A server runs on the data" in done.stderr) == (1, True)
    assert lounge.server.stop() == 0
    assert lounge.server.command("restore", str(file)).returncode == 0


@pytest.mark.parametrize("content", [b"", b"no archive", None], ids=["empty", "garbage", "missing"])
def test_a_file_that_is_no_backup_changes_nothing(prepared: Path, tmp_path: Path, content: bytes | None) -> None:
    shutil.copytree(prepared, tmp_path / "data")
    server, file = Server(tmp_path / "data"), tmp_path / "backup.tar.gz"
    if content is not None:
        file.write_bytes(content)
    before = (server.data_dir / "db.sqlite3").read_bytes()
    done = server.command("restore", str(file))
    assert done.returncode == 1
    assert "is no backup that can be read" in done.stderr
    assert "Traceback" not in done.stderr
    assert (server.data_dir / "db.sqlite3").read_bytes() == before
