"""Tags of a whole file, whatever its format; by mutagen, and by a reader of our own for Matroska and WebM."""

from __future__ import annotations

from typing import Any, BinaryIO

import mutagen

from players.links.characters import one_line
from players.media_files import matroska
from players.media_files.tags import Tags, tags_of


class UnreadableError(Exception):
    """The file is not what its name says, or is damaged. The message says what was found, in English."""


def read(file: BinaryIO) -> Tags:
    """The tags of ``file``, which can be sought in; raises UnreadableError unless it is media of a known format."""
    try:
        found = _opened(file)
    except Exception as error:  # noqa: BLE001  # a parser of hostile bytes raises whatever it stumbles over
        raise UnreadableError(_sentence(error)) from None
    if found is None:
        raise UnreadableError("no audio or video was found in it")
    return tags_of(found, getattr(found.info, "length", None))


def _opened(file: BinaryIO) -> Any:
    is_matroska = file.read(len(matroska.START)) == matroska.START
    file.seek(0)
    return matroska.Matroska(file) if is_matroska else mutagen.File(file)


def _sentence(error: Exception) -> str:
    said = one_line(str(error))
    return f"it is damaged, or not what its name says ({(said or type(error).__name__)[:200]})"
