"""Small files of music with tags, as a library has them."""

from __future__ import annotations

import io
from pathlib import Path

from mutagen.id3 import APIC, ID3, TALB, TIT2, TPE1, TRCK, Encoding
from mutagen.wave import WAVE
from PIL import Image

from tests.support import tones

FRAME = b"\xff\xfb\x90\xc4" + bytes(413)
"""A silent frame of an MP3 with 128 kbit/s: 26 ms."""


def picture(side_px: int, form: str = "PNG", *, noise: bool = False) -> bytes:
    """A picture of that size, which compresses badly if it is ``noise``."""
    out = io.BytesIO()
    size = (side_px, side_px)
    image = Image.effect_noise(size, 90).convert("RGB") if noise else Image.new("RGB", size, "teal")
    image.save(out, form)
    return out.getvalue()


def mp3(
    title: str = "",
    artist: str = "",
    album: str = "",
    number: int = 0,
    cover: bytes = b"",
    *,
    frames: int = 40,
    encoding: int = Encoding.UTF8,
) -> bytes:
    """A silent MP3; texts in Latin-1 are given as their bytes are read."""
    tags = ID3()
    for kind, text in ((TIT2, title), (TPE1, artist), (TALB, album)):
        if text:
            tags.add(kind(encoding, [text]))
    if number:
        tags.add(TRCK(Encoding.LATIN1, [f"{number}/12"]))
    if cover:
        tags.add(APIC(Encoding.LATIN1, "image/png", 3, "", cover))
    file = io.BytesIO(FRAME * frames)
    tags.save(file)
    return file.getvalue()


def tone(path: Path, seconds: int, title: str) -> None:
    """A WAV file that can be heard and has a title."""
    path.write_bytes(tones.tone(seconds))
    file = WAVE(str(path))
    file["TIT2"] = TIT2(Encoding.UTF8, [title])
    file.save()
