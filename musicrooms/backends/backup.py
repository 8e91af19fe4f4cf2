"""Backups of the data that SQLite keeps: one file with the database and the secret key.

The database is copied through SQLite, which waits for nobody and copies a state that once was; a copy of the file alone
lacks what is still in the write-ahead log beside it.
"""

from __future__ import annotations

import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

DATABASE, SECRET = "db.sqlite3", "secret.key"
LOGS = (f"{DATABASE}-wal", f"{DATABASE}-shm", f"{DATABASE}-journal")


class BackupError(Exception):
    """A backup cannot be made or taken; the message is a sentence."""


def back_up(data_dir: Path, file: Path) -> None:
    """Write the data to ``file``, which appears whole or not at all."""
    if not (data_dir / DATABASE).exists():
        raise BackupError(f"There is no {DATABASE} in {data_dir} to back up.")
    try:
        with tempfile.TemporaryDirectory(dir=file.resolve().parent, prefix=".backup-") as folder:
            draft = Path(folder) / "draft"
            _copy(data_dir / DATABASE, Path(folder) / DATABASE)
            with tarfile.open(draft, "w:gz") as archive:
                archive.add(Path(folder) / DATABASE, DATABASE)
                if (data_dir / SECRET).exists():
                    archive.add(data_dir / SECRET, SECRET)
            draft.chmod(0o600)  # who reads it can sign anything
            draft.replace(file)
    except OSError as error:
        raise BackupError(f"{file} cannot be written: {error.strerror}.") from None


def restore(data_dir: Path, file: Path) -> list[Path]:
    """Put the data of ``file`` in the place of what is in ``data_dir``; where that was put aside.

    No server may run on it. Nothing is changed unless the backup is whole.
    """
    with _unpacked(data_dir, file) as folder:
        _check(folder / DATABASE, file)
        aside = _put_aside(data_dir, with_secret=(folder / SECRET).exists())
        for name in (SECRET, DATABASE):
            if (folder / name).exists():
                (folder / name).chmod(0o600)
                (folder / name).replace(data_dir / name)
    return aside


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        # In one file, without a log beside it.
        new.execute("PRAGMA journal_mode=DELETE")


@contextmanager
def _unpacked(data_dir: Path, file: Path) -> Iterator[Path]:
    """A folder, on the same disk as the data, with the files of the backup."""
    with tempfile.TemporaryDirectory(dir=data_dir, prefix=".restore-") as name:
        folder = Path(name)
        try:
            with tarfile.open(file, "r:gz") as archive:
                for member in archive:
                    if member.name in (DATABASE, SECRET) and (content := archive.extractfile(member)):
                        with content, (folder / member.name).open("wb") as copy:
                            shutil.copyfileobj(content, copy)
        except (OSError, EOFError, tarfile.TarError) as error:
            raise BackupError(f"{file} is no backup that can be read: {error}.") from None
        yield folder


def _check(database: Path, file: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            is_whole = connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
            connection.execute("SELECT 1 FROM rooms_room LIMIT 1")
    except sqlite3.Error:
        is_whole = False
    if not is_whole:
        raise BackupError(f"{file} holds no whole database of Musicrooms.")


def _put_aside(data_dir: Path, *, with_secret: bool) -> list[Path]:
    """Rename what the backup replaces.

    The log of a server that was killed goes with its database: SQLite would play it into the restored one, or ignore
    it without a word.
    """
    mark = f"before-restore-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    old = [data_dir / name for name in (DATABASE, *LOGS, *([SECRET] if with_secret else []))]
    moved = []
    for path in old:
        if path.exists():
            # SQLite finds a log by the name of its database, which stays in front.
            suffix = path.name.removeprefix(DATABASE) if path.name != SECRET else ""
            base = SECRET if path.name == SECRET else DATABASE
            moved.append(path.rename(data_dir / f"{base}.{mark}{suffix}"))
    for path in moved:
        path.chmod(0o600)
    return moved
