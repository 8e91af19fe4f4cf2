"""Tags of media files: title, artist, album, length and cover, whatever the format; by mutagen.

Knows nothing of where a file comes from: the library reads its own with it, and whoever has a part of a file in memory
can do the same.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, BinaryIO

import mutagen
from mutagen.flac import Picture
from mutagen.id3 import Encoding

from players.links.characters import one_line
from players.media_files.tag_text import repaired
from players.timeline import MAX_POSITION_MS

MOST_COVER = 20 * 1024 * 1024
"""Bytes of a picture; what is larger is no cover."""

FRONT = 3
"""The number of the front cover among the pictures of ID3 and FLAC."""

_NUMBER = re.compile(r"\s*([0-9]{1,5})")

# By ID3, MP4, Vorbis comments, APE and ASF; the first that is there counts.
_TITLE = ("TIT2", "\xa9nam", "title", "Title")
_ARTIST = ("TPE1", "\xa9ART", "artist", "Artist", "Author", "TPE2", "aART", "albumartist", "WM/AlbumArtist")
_ALBUM = ("TALB", "\xa9alb", "album", "Album", "WM/AlbumTitle")
_TRACK = ("TRCK", "trkn", "tracknumber", "Track", "WM/TrackNumber")
_DISC = ("TPOS", "disk", "discnumber", "Disc", "WM/PartOfSet")


class UnreadableError(Exception):
    """The file is not what its name says, or is damaged. The message says what was found, in English."""


@dataclass(frozen=True, slots=True)
class Tags:
    """What a file says of itself; empty, None or 0 where it says nothing."""

    title: str = ""
    artist: str = ""
    album: str = ""
    length_ms: int | None = None
    cover: bytes = b""
    place: tuple[int, int] = (0, 0)
    """The numbers of its disc and of itself in its album."""


def read(file: BinaryIO, *, wants_cover: bool = True) -> Tags:
    """The tags of ``file``, which can be sought in; raises UnreadableError unless it is media of a known format."""
    try:
        found = mutagen.File(file)
    except Exception as error:  # noqa: BLE001  # a parser of hostile bytes raises whatever it stumbles over
        raise UnreadableError(_sentence(error)) from None
    if found is None:
        raise UnreadableError("no audio or video was found in it")
    tags = found.tags if found.tags is not None else {}
    title, artist, album = _texts(tags)
    return Tags(
        title=title,
        artist=artist,
        album=album,
        length_ms=_length_ms(getattr(found.info, "length", None)),
        cover=_cover(found) if wants_cover else b"",
        place=(_number(tags, _DISC), _number(tags, _TRACK)),
    )


def _texts(tags: Any) -> list[str]:
    """Title, artist and album. Those that are declared as Latin-1 are judged together."""
    found = [_text(tags, names) for names in (_TITLE, _ARTIST, _ALBUM)]
    unsure = iter(repaired([text for text, is_latin_1 in found if is_latin_1]))
    return [one_line(next(unsure) if is_latin_1 else text) for text, is_latin_1 in found]


def _text(tags: Any, names: Iterable[str]) -> tuple[str, bool]:
    """The first of the tags with these names that says something, and whether it is declared as Latin-1."""
    for name in names:
        found = _get(tags, name)
        values = getattr(found, "text", found)
        if values is None:
            continue
        is_latin_1 = getattr(found, "encoding", None) == Encoding.LATIN1
        for value in values if isinstance(values, list | tuple) else [values]:
            if one_line(str(value)):
                return str(value), is_latin_1
    return "", False


def _number(tags: Any, names: Iterable[str]) -> int:
    for name in names:
        found = _get(tags, name)
        value = getattr(found, "text", found)
        while isinstance(value, list | tuple) and value:
            value = value[0]
        if value is not None and (match := _NUMBER.match(str(value))):
            return int(match[1])
    return 0


def _get(tags: Any, name: str) -> Any:
    try:
        return tags.get(name)
    except (KeyError, ValueError):  # a name that this format cannot have
        return None


def _length_ms(seconds: Any) -> int | None:
    if not isinstance(seconds, int | float) or not math.isfinite(seconds) or seconds <= 0:
        return None
    return min(max(1, round(seconds * 1_000)), MAX_POSITION_MS)


def _cover(found: Any) -> bytes:
    """The front cover, or whatever other picture there is."""
    pictures = sorted(_pictures(found), key=lambda one: one[0] != FRONT)
    return next((data for _kind, data in pictures if 0 < len(data) <= MOST_COVER), b"")


def _pictures(found: Any) -> Iterable[tuple[int, bytes]]:
    for picture in getattr(found, "pictures", ()):
        yield picture.type, picture.data
    tags = found.tags if found.tags is not None else {}
    if hasattr(tags, "getall"):
        for frame in tags.getall("APIC"):
            yield frame.type, frame.data
    for cover in _get(tags, "covr") or ():
        yield FRONT, bytes(cover)
    for text in _get(tags, "metadata_block_picture") or ():
        try:
            picture = Picture(base64.b64decode(text))
        except (binascii.Error, mutagen.MutagenError, ValueError):
            continue
        yield picture.type, picture.data
    for name in ("Cover Art (Front)", "WM/Picture"):
        value = _get(tags, name)
        for one in value if isinstance(value, list) else [value] if value is not None else ():
            data = getattr(one, "value", b"")
            if isinstance(data, bytes):
                # A text and a NUL precede the picture in APE; in ASF more does.
                yield FRONT, data.partition(b"\0")[2] if name.startswith("Cover") else _from_start(data)


def _from_start(data: bytes) -> bytes:
    """What begins as a JPEG or a PNG."""
    starts = [at for at in (data.find(b"\xff\xd8\xff"), data.find(b"\x89PNG\r\n")) if at >= 0]
    return data[min(starts) :] if starts else b""


def _sentence(error: Exception) -> str:
    said = one_line(str(error))
    return f"it is damaged, or not what its name says ({(said or type(error).__name__)[:200]})"
