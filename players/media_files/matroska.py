"""What a Matroska or WebM file says of itself (RFC 9559): title, artist, album, length and cover.

mutagen reads no such container, and the libraries that do trust the file: enzyme wants an index, which the files of
recorders lack, and goes as deep and as far as a file tells it to.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from mutagen.flac import Picture

from players.media_files.ebml import Ebml, Element

START = b"\x1a\x45\xdf\xa3"
MOST_PICTURE = 20 * 1024 * 1024

_SEGMENT, _CLUSTER = 0x18538067, 0x1F43B675
_SEEK_HEAD, _SEEK, _SEEK_ID, _SEEK_POSITION = 0x114D9B74, 0x4DBB, 0x53AB, 0x53AC
_INFO, _SCALE, _DURATION, _TITLE = 0x1549A966, 0x2AD7B1, 0x4489, 0x7BA9
_TAGS, _TAG, _TARGETS, _LEVEL, _SIMPLE_TAG, _NAME, _STRING = 0x1254C367, 0x7373, 0x63C0, 0x68CA, 0x67C8, 0x45A3, 0x4487
_ATTACHMENTS, _FILE, _FILE_DATA = 0x1941A469, 0x61A7, 0x465C
_WANTED = (_INFO, _TAGS, _ATTACHMENTS)
_OF_A_PART = {0x63C4, 0x63C6, 0x63C9}
"""Targets of a tag that is a chapter's, an attachment's or an edition's, and not the file's."""

_PART, _ALBUM, _TRACK = -1, 50, 30
_UNSAID = 0
"""The level of a tag that names none: the standard has it mean the album, ffmpeg means the file."""

_PICTURES = (b"\xff\xd8\xff", b"\x89PNG")


@dataclass(slots=True)
class Info:
    length: float | None = None
    """In seconds."""


class Matroska:
    """One file, as mutagen's are: ``tags``, by the names of Vorbis comments, ``info`` and ``pictures``."""

    def __init__(self, file: BinaryIO) -> None:
        self.load(file)

    def load(self, file: BinaryIO) -> None:
        """Raises ValueError for another kind of file. What was found before something else goes wrong stays."""
        self.tags: dict[str, list[str]] = {}
        self.info, self.pictures = Info(), list[Picture]()
        self._ebml, self._title = Ebml(file), ""
        self._said: dict[tuple[int, str], list[str]] = {}
        file.seek(0)
        if file.read(len(START)) != START:
            raise ValueError("it does not begin as Matroska or WebM does")
        readers = {_INFO: self._read_info, _TAGS: self._read_tags, _ATTACHMENTS: self._read_picture}
        for segment in self._ebml.within(self._ebml.whole, _SEGMENT):
            for part in self._parts(segment):
                readers[part.id](part)
                self._name()
            return

    def _parts(self, segment: Element) -> Iterator[Element]:
        """The parts that are wanted, before the sound, or behind it where an index tells of them. Pictures are last."""
        found: dict[int, Element] = {}
        for one in self._ebml.within(segment):
            if one.id == _CLUSTER:
                break
            found.setdefault(one.id, one)
        for seek in self._ebml.within(found[_SEEK_HEAD], _SEEK) if _SEEK_HEAD in found else ():
            said = {one.id: self._ebml.number(one) for one in self._ebml.within(seek, _SEEK_ID, _SEEK_POSITION)}
            place = Element(0, segment.start + said.get(_SEEK_POSITION, segment.end), segment.end)
            if said.get(_SEEK_ID) in _WANTED:
                one = next(self._ebml.within(place), place)
                found.setdefault(one.id, one)
        yield from (found[name] for name in _WANTED if name in found)

    def _read_info(self, info: Element) -> None:
        scale_ns, duration = 1_000_000, 0.0
        for one in self._ebml.within(info):
            size = one.end - one.start
            if one.id == _SCALE:
                scale_ns = self._ebml.number(one)
            elif one.id == _TITLE:
                self._title = self._ebml.text(one)
            elif one.id == _DURATION and size in (4, 8):
                (duration,) = struct.unpack(">f" if size == 4 else ">d", self._ebml.data(one, size))
        self.info.length = duration * scale_ns / 1_000_000_000

    def _read_tags(self, tags: Element) -> None:
        for tag in self._ebml.within(tags, _TAG):
            level, said = _UNSAID, []
            for one in self._ebml.within(tag, _TARGETS, _SIMPLE_TAG):
                inner = {part.id: part for part in self._ebml.within(one)}
                if one.id == _SIMPLE_TAG and inner.keys() >= {_NAME, _STRING}:
                    said.append((self._ebml.text(inner[_NAME]).upper(), self._ebml.text(inner[_STRING])))
                elif inner.keys() & _OF_A_PART:
                    level = _PART
                elif _LEVEL in inner:
                    level = self._ebml.number(inner[_LEVEL])
            for name, text in said:
                self._said.setdefault((level, name), []).append(text)

    def _read_picture(self, attachments: Element) -> None:
        for file in self._ebml.within(attachments, _FILE):
            for one in self._ebml.within(file, _FILE_DATA):
                if not self.pictures and self._ebml.data(one, 4).startswith(_PICTURES):
                    self.pictures.append(Picture())
                    self.pictures[0].data = self._ebml.data(one, MOST_PICTURE)

    def _name(self) -> None:
        def said(name: str, *levels: int) -> list[str]:
            return next((self._said[level, name] for level in levels if (level, name) in self._said), [])

        title = said("TITLE", _TRACK) or [one for one in [self._title] if one] or said("TITLE", _UNSAID, _ALBUM)
        album = said("TITLE", _ALBUM)
        self.tags = {
            "title": title,
            "artist": said("ARTIST", _TRACK, _UNSAID, _ALBUM),
            "album": said("ALBUM", _UNSAID, _TRACK, _ALBUM) or (album if album != title else []),
            "tracknumber": said("PART_NUMBER", _TRACK, _UNSAID),
        }
