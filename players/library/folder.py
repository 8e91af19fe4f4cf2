"""The folder of music: which files it has, and opening one of them, and nothing outside of it."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from players.links.direct import FILES
from players.media_files.tags import MOST_COVER

LEADS_OUT = "it is a symbolic link that leads out of MUSIC_DIR"

COVERS = [f"{name}.{ending}" for name in ("cover", "folder", "front") for ending in ("jpg", "jpeg", "png")]
"""Names of the picture for all files of a folder, in whatever case; the first that is there counts."""


class OutsideError(OSError):
    """The file is not below the folder, or no plain file."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of music, as the folder lists it; ``problem`` says why it is not looked into."""

    location: bytes
    size: int = 0
    mtime_ns: int = 0
    problem: str = ""
    cover: str = ""
    """The key of the picture that lies beside it."""

    @property
    def key(self) -> str:
        return key_of(self.location)


@dataclass(frozen=True, slots=True)
class Cover:
    """The picture that lies beside the files of a folder."""

    location: bytes
    key: str
    """Of 32 digits, from where and since when it is: the key of a picture in a file is the hash of that, of 64."""


@dataclass(frozen=True, slots=True)
class Unlisted:
    """A folder that could not be listed: whether its files are gone is not known."""

    location: bytes
    reason: str


def key_of(location: bytes) -> str:
    """What finds the track of this location."""
    return hashlib.sha256(location).hexdigest()


def shown(location: bytes) -> str:
    """The location as people read it: old archives have names in the code page of Korea."""
    for encoding in ("utf-8", "cp949"):
        try:
            return location.decode(encoding).replace("\0", "")
        except UnicodeDecodeError:
            continue
    return location.decode("utf-8", errors="replace").replace("\0", "")


def ending_of(location: bytes) -> str:
    """The ending of the name, in lower case; empty if it has none."""
    return os.path.splitext(location)[1][1:].decode("ascii", errors="replace").lower()


def files(root: Path) -> Iterator[File | Unlisted]:
    """All files of music below ``root``, by their endings; raises OSError if the folder itself cannot be listed.

    Hidden files are none of them. A symbolic link is followed to a file within the folder, and to no folder: it would
    lead out, or to what is listed anyway.
    """
    base = os.path.realpath(os.fsencode(root))
    waiting = [b""]
    while waiting:
        within = waiting.pop()
        try:
            entries = _entries(base, within)
        except OSError as error:
            if not within:
                raise
            yield Unlisted(within, error.strerror or str(error))
            continue
        cover = _cover(within, entries)
        for entry in entries:
            location = os.path.join(within, entry.name)
            if entry.is_dir(follow_symlinks=False):
                waiting.append(location)
            elif (found_file := _file(base, location, entry)) is not None:
                yield replace(found_file, cover=cover.key) if cover is not None else found_file


def cover_beside(root: Path, location: bytes) -> Cover | None:
    """The picture in the folder of the file at ``location``, if there is one; raises OSError if it cannot be listed."""
    within = os.path.dirname(location)
    return _cover(within, _entries(os.path.realpath(os.fsencode(root)), within))


def opened(root: Path, location: bytes) -> BinaryIO:
    """The plain file at ``location`` below ``root``, open; raises OutsideError for anything else, an OSError.

    Where it lies is judged by what was opened, not by what the path led to before.
    """
    base = os.path.realpath(os.fsencode(root))
    whole = os.path.realpath(os.path.join(base, location))
    _check_within(base, whole)
    # Without waiting: a pipe would keep this thread until somebody writes to it.
    descriptor = os.open(whole, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OutsideError(f"{shown(location)} is no plain file")
        if os.path.exists(b"/proc/self/fd"):
            _check_within(base, os.readlink(b"/proc/self/fd/%d" % descriptor))
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def _entries(base: bytes, within: bytes) -> list[os.DirEntry[bytes]]:
    """What is in a folder and is not hidden, by its name."""
    with os.scandir(os.path.join(base, within)) as found:
        return sorted((entry for entry in found if not entry.name.startswith(b".")), key=lambda entry: entry.name)


def _cover(within: bytes, entries: list[os.DirEntry[bytes]]) -> Cover | None:
    named = {shown(entry.name).lower(): entry for entry in entries}
    for name in COVERS:
        if name in named and named[name].is_file(follow_symlinks=False):
            location = os.path.join(within, named[name].name)
            try:
                status = named[name].stat()
            except OSError:  # it was deleted since its folder was listed, or nobody may look at it
                continue
            if 0 < status.st_size <= MOST_COVER:
                state = b"%s\0%d\0%d" % (location, status.st_size, status.st_mtime_ns)
                return Cover(location, hashlib.sha256(state).hexdigest()[:32])
    return None


def _file(base: bytes, location: bytes, entry: os.DirEntry[bytes]) -> File | None:
    """The file of music that ``entry`` is; None if it is something else."""
    is_link = entry.is_symlink()
    is_music = ending_of(location) in FILES
    if not is_link:
        try:
            if not is_music or not entry.is_file():
                return None
            status = entry.stat()
        except FileNotFoundError:  # it was moved or deleted since its folder was listed
            return None
        except OSError as error:
            return File(location, problem=error.strerror or str(error))
        return File(location, status.st_size, status.st_mtime_ns)
    target = os.path.realpath(os.path.join(base, location))
    try:
        _check_within(base, target)
    except OutsideError:
        return File(location, problem=LEADS_OUT) if is_music or os.path.isdir(target) else None
    try:
        status = os.stat(target)
    except OSError:
        return None
    return File(location, status.st_size, status.st_mtime_ns) if is_music and stat.S_ISREG(status.st_mode) else None


def _check_within(base: bytes, whole: bytes) -> None:
    if os.path.commonpath([base, whole]) != base:
        raise OutsideError(f"{shown(whole)} is outside of MUSIC_DIR")
