"""JSON: what an export writes, and lists of addresses or of objects that have one."""

from __future__ import annotations

import json
from typing import Any

from players.links.characters import one_line
from players.links.files.item import Item
from players.timeline import MAX_POSITION_MS

_LISTS = ("items", "entries", "queue", "tracks")
_ADDRESSES = ("url", "location", "link", "href", "uri")


def items(text: str) -> list[Item] | None:
    """The entries of the list; None if this is no JSON, or none that holds one."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(said, dict):
        said = next((said[name] for name in _LISTS if isinstance(said.get(name), list)), None)
    if not isinstance(said, list):
        return None
    return [item for one in said if (item := _item(one)) is not None]


def _item(said: Any) -> Item | None:
    if isinstance(said, str):
        return Item(said)
    if not isinstance(said, dict):
        return None
    address = next((said[name] for name in _ADDRESSES if isinstance(said.get(name), str)), None)
    if address is None:
        return None
    title, artist, artwork_url = (_text(said.get(name)) for name in ("title", "artist", "artwork_url"))
    return Item(
        address,
        one_line(title),
        one_line(artist),
        artwork_url,
        _moment(said.get("start_ms")),
        _moment(said.get("end_ms")),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _moment(value: Any) -> int | None:
    is_moment = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MAX_POSITION_MS
    return value if is_moment else None
