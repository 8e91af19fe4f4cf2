"""Backup and restore of an installation on SQLite: one ``.tar.gz`` with the database and the secret key.

The database is copied by SQLite's online backup API, which gives a consistent snapshot without stopping the server; a
copy of the file alone would lack what is still in the write-ahead log.
"""

from __future__ import annotations

import gzip
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

DATABASE, SECRET = "db.sqlite3", "secret.key"
READ_BYTES = 1024 * 1024
LOGS = (f"{DATABASE}-wal", f"{DATABASE}-shm", f"{DATABASE}-journal")


class BackupError(Exception):
    """A backup cannot be made or restored; the message is a sentence."""


def back_up(data_dir: Path, file: Path) -> None:
    """Write a backup of ``data_dir`` to ``file``, atomically. Raises BackupError."""
    if not (data_dir / DATABASE).exists():
        raise BackupError(f"There is no {DATABASE} in {data_dir} to back up.")
    if file.resolve() in [(data_dir / name).resolve() for name in (DATABASE, SECRET, *LOGS)]:
        raise BackupError(f"{file} is the data itself; name the file that the backup is to be written to.")
    try:
        with tempfile.TemporaryDirectory(dir=file.resolve().parent, prefix=".backup-") as folder:
            draft = Path(folder) / "draft"
            _copy(data_dir / DATABASE, Path(folder) / DATABASE)
            with tarfile.open(draft, "w:gz") as archive:
                archive.add(Path(folder) / DATABASE, DATABASE)
                if (data_dir / SECRET).exists():
                    archive.add(data_dir / SECRET, SECRET)
            draft.chmod(0o600)  # it contains the key that signs sessions
            draft.replace(file)
    except OSError as error:
        raise BackupError(f"{file} cannot be written: {error.strerror}.") from None
    except sqlite3.Error as error:
        raise BackupError(f"{data_dir / DATABASE} cannot be read: {error}.") from None


def restore(data_dir: Path, file: Path) -> list[Path]:
    """Replace the data in ``data_dir`` by the backup ``file``; returns where the replaced files are kept.

    No server may run on the data. Raises BackupError, and changes nothing, if the backup is not intact.
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
        # A single file, without a write-ahead log.
        new.execute("PRAGMA journal_mode=DELETE")


@contextmanager
def _unpacked(data_dir: Path, file: Path) -> Iterator[Path]:
    """A temporary directory with the extracted files, on the file system of the data, so that renames are atomic."""
    with tempfile.TemporaryDirectory(dir=data_dir, prefix=".restore-") as name:
        folder = Path(name)
        try:
            with gzip.open(file) as stream, tarfile.open(fileobj=stream, mode="r:") as archive:
                for member in archive:
                    if member.name in (DATABASE, SECRET) and (content := archive.extractfile(member)):
                        with content, (folder / member.name).open("wb") as copy:
                            shutil.copyfileobj(content, copy)
                while stream.read(READ_BYTES):  # to its end, where the checksum of all of it stands
                    pass
        except (OSError, EOFError, zlib.error, tarfile.TarError) as error:
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
    """Rename the files that the backup replaces, and return their new paths.

    A killed server's write-ahead log is renamed with its database: SQLite might apply it to the restored one.
    """
    mark = f"before-restore-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    old = [data_dir / name for name in (DATABASE, *LOGS, *([SECRET] if with_secret else []))]
    moved = []
    for path in old:
        if path.exists():
            # SQLite finds a log by its database's name and a suffix, so the suffix stays last.
            suffix = path.name.removeprefix(DATABASE) if path.name != SECRET else ""
            base = SECRET if path.name == SECRET else DATABASE
            moved.append(path.rename(data_dir / f"{base}.{mark}{suffix}"))
    for path in moved:
        path.chmod(0o600)
    return moved
