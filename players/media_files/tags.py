"""What tags say, by the names that the formats have for it: one table for files on the web and of the library."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

import mutagen
from mutagen.flac import Picture
from mutagen.id3 import Encoding

from players.links.characters import one_line
from players.media_files.tag_text import repaired
from players.timeline import MAX_POSITION_MS

MOST_TEXTS, MOST_LETTERS = 10, 1_000
"""Of one kind, such as several artists; what is longer than a title is cut once more where it is shown."""

MOST_PICTURES = 20
MOST_COVER = 20 * 1024 * 1024
"""Bytes of a picture; what is larger is no cover."""

FRONT = 3
"""The number of the front cover among the pictures of ID3 and FLAC."""

_NUMBER = re.compile(r"\s*([0-9]{1,5})")

# By ID3, MP4, Vorbis comments and Matroska, APE and ASF; the first that is there counts.
_TITLE = ("TIT2", "\xa9nam", "title", "Title")
_ARTIST = ("TPE1", "\xa9ART", "artist", "Artist", "Author", "TPE2", "aART", "albumartist", "WM/AlbumArtist")
_ALBUM = ("TALB", "\xa9alb", "album", "Album", "WM/AlbumTitle")
_TRACK = ("TRCK", "trkn", "tracknumber", "Track", "WM/TrackNumber")
_DISC = ("TPOS", "disk", "discnumber", "Disc", "WM/PartOfSet")


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


def tags_of(found: Any, length_s: Any) -> Tags:
    """What ``found``, a file as mutagen read it, says, and how long it is if ``length_s`` is possible."""
    said = getattr(found, "tags", None)
    said = {} if said is None else said
    title, artist, album = _texts(said)
    place = (_number(said, _DISC), _number(said, _TRACK))
    return Tags(title, artist, album, _length_ms(length_s), _cover(found, said), place)


def _texts(said: Any) -> list[str]:
    """Title, artist and album. Those that are declared as Latin-1 are judged together."""
    found = [_text(said, names) for names in (_TITLE, _ARTIST, _ALBUM)]
    unsure = iter(repaired([text for text, is_latin_1 in found if is_latin_1]))
    return [one_line(next(unsure) if is_latin_1 else text) for text, is_latin_1 in found]


def _text(said: Any, names: Iterable[str]) -> tuple[str, bool]:
    """The first of the tags with these names that says something, and whether it is declared as Latin-1."""
    for name in names:
        found = _get(said, name)
        values = getattr(found, "text", found)
        if values is None:
            continue
        texts = values if isinstance(values, list | tuple) else [values]
        text = ", ".join(filter(one_line, (str(one)[:MOST_LETTERS].strip("\0 ") for one in islice(texts, MOST_TEXTS))))
        if text:
            return text, getattr(found, "encoding", None) == Encoding.LATIN1
    return "", False


def _number(said: Any, names: Iterable[str]) -> int:
    for name in names:
        found = _get(said, name)
        value = getattr(found, "text", found)
        while isinstance(value, list | tuple) and value:
            value = value[0]
        if value is not None and (match := _NUMBER.match(str(value))):
            return int(match[1])
    return 0


def _get(said: Any, name: str) -> Any:
    try:
        return said.get(name)
    except (KeyError, ValueError):  # a name that this format cannot have
        return None


def _length_ms(seconds: Any) -> int | None:
    is_possible = isinstance(seconds, int | float) and 0 < seconds <= MAX_POSITION_MS / 1_000
    return max(1, round(seconds * 1_000)) if is_possible else None


def _cover(found: Any, said: Any) -> bytes:
    """The front cover, or whatever other picture there is."""
    pictures = sorted(islice(_pictures(found, said), MOST_PICTURES), key=lambda one: one[0] != FRONT)
    return next((data for _kind, data in pictures if 0 < len(data) <= MOST_COVER), b"")


def _pictures(found: Any, said: Any) -> Iterable[tuple[int, bytes]]:
    for picture in getattr(found, "pictures", ()):
        yield picture.type, picture.data
    if hasattr(said, "getall"):
        for frame in said.getall("APIC"):
            yield frame.type, frame.data
    for cover in _get(said, "covr") or ():
        yield FRONT, bytes(cover)
    for text in _get(said, "metadata_block_picture") or ():
        try:
            picture = Picture(base64.b64decode(text))
        except (binascii.Error, mutagen.MutagenError, ValueError):
            continue
        yield picture.type, picture.data
    for name in ("Cover Art (Front)", "WM/Picture"):
        value = _get(said, name)
        for one in value if isinstance(value, list) else [value] if value is not None else ():
            data = getattr(one, "value", b"")
            if isinstance(data, bytes):
                # A text and a NUL precede the picture in APE; in ASF more does.
                yield FRONT, data.partition(b"\0")[2] if name.startswith("Cover") else _from_start(data)


def _from_start(data: bytes) -> bytes:
    """What begins as a JPEG or a PNG."""
    starts = [at for at in (data.find(b"\xff\xd8\xff"), data.find(b"\x89PNG\r\n")) if at >= 0]
    return data[min(starts) :] if starts else b""
