"""Covers, made small enough to be kept and served here."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

MAX_BYTES = 200 * 1024
SIDE_PIXELS = 512
"""The longer side: twice what the largest place on the page shows, for dense screens."""

MOST_PIXELS = 25_000_000
"""Of what is scaled: 75 MB in memory for the moment. Larger ones are no covers."""

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
QUALITIES = (85, 70, 50, 30)


def scaled(data: bytes) -> bytes | None:
    """The picture as a JPEG of 200 KB at most; None if it is none, or one that would fill the memory."""
    try:
        picture = Image.open(BytesIO(data), formats=FORMATS)
        if picture.width * picture.height > MOST_PIXELS:
            return None
        picture.draft("RGB", (SIDE_PIXELS, SIDE_PIXELS))
        return _as_jpeg(_on_white(picture))
    except Exception:  # noqa: BLE001 - a picture of anybody's may break a decoder in any way
        return None


def _on_white(picture: Image.Image) -> Image.Image:
    """It without transparency, which JPEG has not."""
    picture.thumbnail((SIDE_PIXELS, SIDE_PIXELS))
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        above = picture.convert("RGBA")
        below = Image.new("RGBA", above.size, "white")
        return Image.alpha_composite(below, above).convert("RGB")
    return picture.convert("RGB")


def _as_jpeg(picture: Image.Image) -> bytes | None:
    for quality in QUALITIES:
        out = BytesIO()
        picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
        if out.tell() <= MAX_BYTES:
            return out.getvalue()
    return None
