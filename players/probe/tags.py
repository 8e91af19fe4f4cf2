"""Title, artist, album, cover and length out of the head of a file, by mutagen."""

from __future__ import annotations

import base64
import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from mutagen.flac import FLAC, Picture
from mutagen.mp3 import MPEGInfo
from mutagen.mp4 import MP4
from mutagen.oggflac import OggFLAC
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WaveStreamInfo

from players.links.characters import one_line
from players.media_files.tag_text import repaired
from players.probe import id3
from players.probe.remote_file import RemoteFile
from players.timeline import MAX_POSITION_MS

logger = logging.getLogger(__name__)

LATIN_1 = 0
"""The encoding of an ID3 frame that many wrote in another one."""


MOST_TEXTS, MOST_LETTERS = 10, 1_000
"""Of one kind, such as several artists; what is longer than a title is cut once more where it is shown."""


@dataclass(frozen=True, slots=True)
class Tags:
    """What a file says of itself; empty where it says nothing."""

    title: str = ""
    artist: str = ""
    album: str = ""
    picture: bytes = b""
    length_ms: int | None = None


def tags_of(file: RemoteFile, media_type: str) -> Tags:
    """What is found within the bounds of ``file``. Whatever is wrong with it, what was found before counts."""
    return _tried(_by_format, file, media_type) or Tags()


def _by_format(file: RemoteFile, media_type: str) -> Tags:
    head = bytes(file.head[:128])
    if head.startswith(b"fLaC"):
        return _of_comments(file, FLAC)
    if head.startswith(b"OggS"):
        return _of_comments(file, OggOpus if b"OpusHead" in head else OggFLAC if b"\x7fFLAC" in head else OggVorbis)
    if head[4:8] == b"ftyp":
        return _of_mp4(file)
    if head.startswith(b"RIFF"):
        return Tags(length_ms=_length_ms(_tried(WaveStreamInfo, file)))
    is_mp3 = head.startswith(b"ID3") or media_type in ("audio/mpeg", "audio/mp3")
    return _of_mp3(file) if is_mp3 else Tags()


def _of_mp3(file: RemoteFile) -> Tags:
    tag = _tried(id3.tag_of, file)
    info = _tried(MPEGInfo, file, id3.size_of(file))
    length_ms = None if info is None or _is_guess(file, info) else _length_ms(info)
    if tag is None:
        return Tags(length_ms=length_ms)
    frames = [next(iter(tag.getall(name)), None) for name in ("TIT2", "TPE1", "TALB")]
    texts = [_joined(frame.text) if frame is not None else "" for frame in frames]
    unsure = [place for place, frame in enumerate(frames) if frame is not None and frame.encoding == LATIN_1]
    for place, text in zip(unsure, repaired([texts[place] for place in unsure]), strict=True):
        texts[place] = text
    title, artist, album = (one_line(text) for text in texts)
    return Tags(title, artist, album, id3.picture_of(tag), length_ms)


def _is_guess(file: RemoteFile, info: MPEGInfo) -> bool:
    """Whether the length is not said by a table of the frames, but worked out of the file's size, which is a guess."""
    sound_bytes = file.seek(0, os.SEEK_END) - info.frame_offset
    return bool(info.length == 8 * sound_bytes / float(info.bitrate))


def _of_comments(file: RemoteFile, kind: Any) -> Tags:
    """FLAC and Ogg: comments in UTF-8."""
    loaded = _loaded(file, kind)
    said = loaded.tags or {}
    title, artist, album = (one_line(_joined(said.get(name) or [])) for name in ("title", "artist", "album"))
    pictures = list(getattr(loaded, "pictures", []))
    for text in (said.get("metadata_block_picture") or [])[:1]:
        picture = _tried(lambda text: Picture(base64.b64decode(text)), text)
        pictures += [picture] if picture is not None else []
    pictures.sort(key=lambda picture: picture.type != 3)
    length_ms = _length_ms(getattr(loaded, "info", None))
    return Tags(title, artist, album, bytes(pictures[0].data) if pictures else b"", length_ms)


def _of_mp4(file: RemoteFile) -> Tags:
    loaded = _loaded(file, MP4)
    said = loaded.tags or {}
    title, artist, album = (one_line(_joined(said.get(name) or [])) for name in ("\xa9nam", "\xa9ART", "\xa9alb"))
    covers = said.get("covr") or [b""]
    return Tags(title, artist, album, bytes(covers[0]), _length_ms(getattr(loaded, "info", None)))


def _loaded(file: RemoteFile, kind: Any) -> Any:
    """What mutagen's class ``kind`` makes of a file, and how far it came: its constructor would give all or nothing."""
    loaded = kind.__new__(kind)
    _tried(loaded.load, file)
    return loaded


def _joined(texts: Iterable[Any]) -> str:
    return ", ".join(filter(None, (str(text)[:MOST_LETTERS].strip("\0 ") for text in islice(texts, MOST_TEXTS))))


def _length_ms(info: Any) -> int | None:
    length_ms = round(1000 * (getattr(info, "length", 0) or 0))
    return length_ms if 0 < length_ms <= MAX_POSITION_MS else None


def _tried(read: Any, file: Any, *args: Any) -> Any:
    """What ``read`` makes of a file, with as much of it as there is; None if it cannot read it."""
    try:
        if isinstance(file, RemoteFile):
            file.seek(0)
        return read(file, *args)
    except Exception as error:  # noqa: BLE001 - a file of anybody's may break a parser in any way
        logger.debug("A file's tags could not be read: %r.", error)
        return None
