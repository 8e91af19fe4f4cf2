"""Files of links as they are written, such that reading gives back what was written, trims included."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape

from players.links.files.item import Item, as_one, is_ambiguous

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What no document of XML may have: one such character in a title, and the whole file could not be read again."""


def _json(name: str, items: Iterable[Item]) -> str:
    entries = [
        {
            "url": item.address,
            "title": item.title,
            "artist": item.artist,
            "artwork_url": item.artwork_url,
            "length_ms": item.length_ms,
            "start_ms": item.start_ms,
            "end_ms": item.end_ms,
        }
        for item in items
    ]
    return json.dumps({"name": name, "items": entries}, ensure_ascii=False, indent=1) + "\n"


def _m3u(name: str, items: Iterable[Item]) -> str:
    lines = ["#EXTM3U", f"#PLAYLIST:{name}"]
    for item in items:
        seconds = -1 if item.length_ms is None else round(item.length_ms / 1_000)
        lines.append(f"#EXTINF:{seconds},{as_one(item.artist, item.title)}")
        if is_ambiguous(item.artist, item.title):
            lines.append(f"#EXTART:{item.artist}")
        if item.artwork_url:
            lines.append(f"#EXTALBUMARTURL:{item.artwork_url}")
        lines.append(_trimmed(item))
    return "\n".join(lines) + "\n"


def _xspf(name: str, items: Iterable[Item]) -> str:
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<playlist version="1" xmlns="http://xspf.org/ns/0/">',
        f" <title>{escape(name)}</title>",
        " <trackList>",
    ]
    for item in items:
        parts = [("location", _trimmed(item)), ("title", item.title), ("creator", item.artist)]
        parts += [("image", item.artwork_url), ("duration", str(item.length_ms or ""))]
        written = [(part, escape(_NO_XML.sub("", text))) for part, text in parts]
        lines += ["  <track>", *(f"   <{part}>{text}</{part}>" for part, text in written if text), "  </track>"]
    return "\n".join([*lines, " </trackList>", "</playlist>"]) + "\n"


def _trimmed(item: Item) -> str:
    """The address with its trims as a media fragment, which other players know too."""
    if item.start_ms is None and item.end_ms is None:
        return item.address
    start = _seconds(item.start_ms or 0)
    return f"{item.address}#t={start}" + (f",{_seconds(item.end_ms)}" if item.end_ms is not None else "")


def _seconds(ms: int) -> str:
    return f"{ms // 1_000}.{ms % 1_000:03}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class Format:
    """A format in which a queue is written, with the ending and the type of its files."""

    ending: str
    content_type: str
    write: Callable[[str, Iterable[Item]], str]


FORMATS = {
    "json": Format("json", "application/json; charset=utf-8", _json),
    "m3u": Format("m3u8", "audio/x-mpegurl; charset=utf-8", _m3u),
    "xspf": Format("xspf", "application/xspf+xml; charset=utf-8", _xspf),
}
