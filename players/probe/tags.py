"""Tags out of the head of a file on the web: by the parts of mutagen that a stranger's file cannot keep busy."""

from __future__ import annotations

import logging
import os
from types import SimpleNamespace
from typing import Any

from mutagen.flac import FLAC
from mutagen.mp3 import MPEGInfo
from mutagen.mp4 import MP4
from mutagen.oggflac import OggFLAC
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WaveStreamInfo

from players.media_files import matroska
from players.media_files.tags import Tags, tags_of
from players.probe import id3
from players.probe.remote_file import RemoteFile

logger = logging.getLogger(__name__)


def read(file: RemoteFile, media_type: str) -> Tags:
    """What is found within the bounds of ``file``. Whatever is wrong with it, what was found before counts."""
    return _tried(_by_format, file, media_type) or Tags()


def _by_format(file: RemoteFile, media_type: str) -> Tags:
    head = bytes(file.head[:128])
    if head.startswith(b"fLaC"):
        return _loaded(file, FLAC)
    if head.startswith(b"OggS"):
        return _loaded(file, OggOpus if b"OpusHead" in head else OggFLAC if b"\x7fFLAC" in head else OggVorbis)
    if head[4:8] == b"ftyp":
        return _loaded(file, MP4)
    if head.startswith(matroska.START):
        return _loaded(file, matroska.Matroska)
    if head.startswith(b"RIFF"):
        return tags_of(None, _length_s(_tried(WaveStreamInfo, file)))
    is_mp3 = head.startswith(b"ID3") or media_type in ("audio/mpeg", "audio/mp3")
    return _of_mp3(file) if is_mp3 else Tags()


def _of_mp3(file: RemoteFile) -> Tags:
    tag = _tried(id3.tag_of, file)
    info = _tried(MPEGInfo, file, id3.size_of(file))
    return tags_of(SimpleNamespace(tags=tag), None if info is None or _is_guess(file, info) else info.length)


def _is_guess(file: RemoteFile, info: MPEGInfo) -> bool:
    """Whether the length is not said by a table of the frames, but worked out of the file's size, which is a guess."""
    sound_bytes = file.seek(0, os.SEEK_END) - info.frame_offset
    return bool(info.length == 8 * sound_bytes / float(info.bitrate))


def _loaded(file: RemoteFile, kind: Any) -> Tags:
    """What the class ``kind`` makes of a file, as far as it came: its constructor would give all or nothing."""
    loaded = kind.__new__(kind)
    _tried(loaded.load, file)
    return tags_of(loaded, _length_s(getattr(loaded, "info", None)))


def _length_s(info: Any) -> Any:
    return getattr(info, "length", None)


def _tried(read: Any, file: Any, *args: Any) -> Any:
    """What ``read`` makes of a file, with as much of it as there is; None if it cannot read it."""
    try:
        file.seek(0)
        return read(file, *args)
    except Exception as error:  # noqa: BLE001 - a file of anybody's may break a parser in any way
        logger.debug("A file's tags could not be read: %r.", error)
        return None
