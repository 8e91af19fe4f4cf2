"""Covers of the library's tracks, scaled when they are first asked for and kept below ``DATA_DIR``.

Each machine has its own: what it lacks it makes from the music, which all of them see.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from django.conf import settings

from players.library import folder
from players.media_files import cover_image, file_tags
from players.media_files.tags import MOST_COVER
from players.models import LibraryTrack

KEY = re.compile(r"[0-9a-f]{32}(?:[0-9a-f]{32})?")
MOST_TRIED = 3
"""Files with the same picture that are tried, if one of them cannot be read any more."""


def path_of(key: str) -> Path:
    """Where the scaled picture of that hash lies, once it is made; empty if none could be made."""
    return Path(settings.DATA_DIR) / "covers" / f"{key}.jpg"


def make(key: str) -> None:
    """Scale the picture of that hash, if the library has it."""
    path = path_of(key)
    if path.exists() or settings.MUSIC_DIR is None:
        return
    found = LibraryTrack.objects.playable().filter(cover=key)[:MOST_TRIED]
    picture = next(filter(None, (_picture(settings.MUSIC_DIR, bytes(track.location), key) for track in found)), None)
    if not found:
        return
    path.parent.mkdir(mode=0o700, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(cover_image.scaled(picture) or b"" if picture else b"")
    unfinished.replace(path)


def _picture(root: Path, location: bytes, key: str) -> bytes | None:
    try:
        beside = folder.cover_beside(root, location)
        if beside is not None and beside.key == key:
            with folder.opened(root, beside.location) as file:
                return file.read(MOST_COVER)
        with folder.opened(root, location) as file:
            cover = file_tags.read(file).cover
    except (file_tags.UnreadableError, OSError):
        return None
    return cover if hashlib.sha256(cover).hexdigest() == key else None
