"""Covers as pages show them: pictures of any size and format, scaled to JPEG files of a bounded size; by Pillow."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps

SIDE_PX = 640
"""As large as the room's page ever shows one."""

MOST_BYTES = 200 * 1024
MOST_PIXELS = 25_000_000
"""Of the picture as it comes: a few bytes of PNG can stand for gigabytes, and these are 75 MB for a moment."""

MOST_SCANS = 100
"""Of a JPEG; a progressive one has ten. An empty scan is some fifty bytes, for which the whole picture is gone through:
in 5 MB there is room for minutes of it."""

JPEG, SCAN = b"\xff\xd8", b"\xff\xda"
"""How a JPEG and a scan in it begin. What is encoded in a scan never looks like that."""

IN_PYTHON = "bmp_rle"
"""The one decoder of these formats that is written in Python: 5 KB of packed BMP keep it, and the event loop with all
its streams beside it, busy for seconds. No program makes such covers."""

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "MPO")
QUALITIES = (85, 70, 50, 30)


def scaled(data: bytes) -> bytes | None:
    """``data`` as a JPEG of ``SIDE_PX`` and ``MOST_BYTES`` at most; None if it is no picture, or too large a one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Pillow, about what is odd in a picture
            return _scaled(data)
    except Exception:  # noqa: BLE001  # a decoder of hostile bytes raises whatever it stumbles over
        return None


def _scaled(data: bytes) -> bytes | None:
    if data.startswith(JPEG) and data.count(SCAN) > MOST_SCANS:
        return None
    with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        if picture.width * picture.height > MOST_PIXELS or any(tile[0] == IN_PYTHON for tile in picture.tile):
            return None
        picture.draft("RGB", (SIDE_PX, SIDE_PX))  # a JPEG is decoded no larger than it has to be
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((SIDE_PX, SIDE_PX))
        plain = _on_white(upright)
    for quality in QUALITIES:
        out = io.BytesIO()
        plain.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
        if out.tell() <= MOST_BYTES:
            return out.getvalue()
    return None


def _on_white(picture: Image.Image) -> Image.Image:
    """Without transparency, which JPEG does not know."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    shown = picture.convert("RGBA")
    ground = Image.new("RGBA", shown.size, "white")
    return Image.alpha_composite(ground, shown).convert("RGB")
