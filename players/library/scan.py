"""One scan of the folder: what is new or changed is read, what moved or vanished is followed, the rest is left alone.

A file whose size and instant of change are as they were is not opened. Rows are written in short transactions of a
batch each, since on SQLite a host's change waits while one lasts.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from players.library import folder, gone, index, tracks
from players.library.folder import File, Unlisted
from players.library.moved import follow
from players.library.turn import Turn
from players.library.words import indexed, key_of
from players.media_files import file_tags
from players.media_files.tags import Tags
from players.models import LibraryTrack

BATCH = 200
"""Files of a transaction: some 20 ms of it."""

READERS = 4
"""Threads that read tags. On a disk one is as fast; over a network most of the time is waiting."""

EMBEDDED = 64
"""Digits in the key of a picture that is in the file itself, which goes before one beside it."""

RENEWED_EVERY = 5_000
"""Files that are listed before the turn is renewed: a network takes some seconds for them."""

LONGEST_SORT_KEY = 400
"""Bytes: PostgreSQL takes 2,700 into an index."""

COLUMNS = (
    "location",
    "path",
    "title",
    "artist",
    "album",
    "length_ms",
    "cover",
    "size",
    "mtime_ns",
    "gone_at",
    "problem",
    "title_key",
    "sort_key",
)


class ScanError(Exception):
    """The folder cannot be scanned. The message is a sentence for the operator."""


@dataclass(slots=True)
class Outcome:
    """What a scan found."""

    files: int = 0
    read: int = 0
    unreadable: int = 0
    gone: int = 0
    returned: int = 0
    forgotten: int = 0
    unlisted: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Known:
    pk: int
    size: int
    mtime_ns: int
    is_gone: bool
    problem: str
    cover: str

    def is_as(self, file: File) -> bool:
        """Whether nothing of the file changed since it was read."""
        if file.problem or self.problem == folder.LEADS_OUT:
            return self.problem == file.problem
        is_same_cover = len(self.cover) == EMBEDDED or self.cover == file.cover
        return is_same_cover and (self.size, self.mtime_ns) == (file.size, file.mtime_ns)


@dataclass(slots=True)
class _Listing:
    """What the folder has, compared with what the library knows."""

    seen: set[str] = field(default_factory=set)
    to_read: list[File] = field(default_factory=list)
    returned: list[int] = field(default_factory=list)
    unlisted: list[Unlisted] = field(default_factory=list)


def scan(root: Path, turn: Turn, on_progress: Callable[[int, int], object] = lambda _done, _to_do: None) -> Outcome:
    """Bring the library to what is below ``root``; raises ScanError if that cannot be read.

    ``on_progress`` is called with how many of the new and changed files were read.
    """
    known = _known()
    listing = _compared(root, known, turn)
    if not listing.seen and any(not one.is_gone for one in known.values()):
        raise ScanError(
            f"{root} is empty, though the library had {len(known)} files; nothing was changed. Is it mounted?"
        )
    outcome = Outcome(files=len(listing.seen))
    outcome.unlisted = [f"{folder.shown(one.location)}: {one.reason}" for one in listing.unlisted]
    vanished = {one.pk: one for key, one in known.items() if key not in listing.seen}
    new = [file for file in listing.to_read if file.key not in known]
    moved = follow(((pk, (one.size, one.mtime_ns)) for pk, one in vanished.items()), new)
    _read_all(root, listing.to_read, turn, outcome, on_progress)
    outcome.returned = gone.mark(listing.returned, turn, None)
    left = [pk for pk, one in vanished.items() if pk not in moved and not one.is_gone]
    outcome.gone = gone.mark(gone.certainly(left, listing.unlisted), turn, timezone.now())
    outcome.forgotten = gone.forget(turn)
    outcome.unreadable = LibraryTrack.objects.unreadable().count()
    return outcome


def _compared(root: Path, known: dict[str, _Known], turn: Turn) -> _Listing:
    listing = _Listing()
    for number, found in enumerate(_listed(root)):
        if number % RENEWED_EVERY == 0:
            turn.renew()
        if isinstance(found, Unlisted):
            listing.unlisted.append(found)
            continue
        key = found.key
        listing.seen.add(key)
        before = known.get(key)
        if before is None or not before.is_as(found):
            listing.to_read.append(found)
        elif before.is_gone:
            listing.returned.append(before.pk)
    return listing


def _known() -> dict[str, _Known]:
    """What the library has, by the keys of its files."""
    rows = LibraryTrack.objects.values_list("key", "pk", "size", "mtime_ns", "gone_at", "problem", "cover")
    return {
        key: _Known(pk, size, mtime_ns, gone_at is not None, problem, cover)
        for key, pk, size, mtime_ns, gone_at, problem, cover in rows.iterator(chunk_size=2_000)
    }


def _listed(root: Path) -> Iterator[File | Unlisted]:
    try:
        yield from folder.files(root)
    except OSError as error:
        raise ScanError(f"{root} cannot be read ({error.strerror}); nothing was changed.") from None


def _read_all(
    root: Path, to_read: Sequence[File], turn: Turn, outcome: Outcome, on_progress: Callable[[int, int], object]
) -> None:
    turn.renew(done=0, to_do=len(to_read))
    on_progress(0, len(to_read))
    with ThreadPoolExecutor(READERS, "library-tags") as readers:
        for start in range(0, len(to_read), BATCH):
            batch = to_read[start : start + BATCH]
            rows = list(readers.map(partial(_row, root), batch))
            _write(rows)
            outcome.read += len(rows)
            turn.renew(done=outcome.read)
            on_progress(outcome.read, len(to_read))


def _row(root: Path, file: File) -> tuple[LibraryTrack, list[str]]:
    """What the file is, and the words by which it is found."""
    path = folder.shown(file.location)
    row = LibraryTrack(
        key=file.key, location=file.location, path=path, size=file.size, mtime_ns=file.mtime_ns, problem=file.problem
    )
    tags = Tags()
    if not row.problem:
        try:
            with folder.opened(root, file.location) as opened:
                tags = file_tags.read(opened)
        except file_tags.UnreadableError as error:
            row.problem = str(error)[:300]
        except OSError as error:
            # Without its instant, so that the next scan tries again: networks and rights come and go.
            row.problem, row.mtime_ns = (error.strerror or str(error))[:300], 0
    name = os.path.splitext(os.path.basename(path))[0].replace("_", " ").strip()
    row.title, row.artist, row.album = tags.title or name[:300], tags.artist, tags.album
    row.length_ms = tags.length_ms
    row.cover = hashlib.sha256(tags.cover).hexdigest() if tags.cover else file.cover
    row.title_key = key_of(row.title)
    row.sort_key = _sort_key(row, tags.place)
    # By its path as well: where tags are missing, folders say who plays it.
    return row, indexed([row.title, row.artist, row.album, os.path.splitext(path)[0]])


def _sort_key(row: LibraryTrack, place: tuple[int, int]) -> bytes:
    disc, number = place
    artist, album = (key_of(text).encode()[:150] for text in (row.artist, row.album))
    parts = (artist, album, b"%03d%05d" % (min(disc, 999), number), row.title_key.encode())
    return b"\0".join(parts)[:LONGEST_SORT_KEY]


def _write(found: list[tuple[LibraryTrack, list[str]]]) -> None:
    rows = [row for row, _words in found]
    with transaction.atomic():
        LibraryTrack.objects.bulk_create(rows, update_conflicts=True, unique_fields=["key"], update_fields=COLUMNS)
        ids = dict(LibraryTrack.objects.filter(key__in=[row.key for row in rows]).values_list("key", "pk"))
        index.put([(ids[row.key], words) for row, words in found])
    tracks.refresh(ids.values())
