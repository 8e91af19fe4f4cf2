"""PLS: numbered lines of addresses and titles, as radio stations offer them."""

from __future__ import annotations

import re

from players.links.files.item import Item, artist_and_title

_LINE = re.compile(r"^[ \t]*(file|title)([0-9]{1,6})[ \t]*=[ \t]*([^\r\n]*)", re.IGNORECASE | re.MULTILINE)


def items(text: str) -> list[Item]:
    """The entries of the list, by their numbers."""
    said: dict[str, dict[int, str]] = {"file": {}, "title": {}}
    for name, number, value in _LINE.findall(text):
        said[name.lower()].setdefault(int(number), value.strip())
    return [_item(said["file"][number], said["title"].get(number, "")) for number in sorted(said["file"])]


def _item(address: str, name: str) -> Item:
    artist, title = artist_and_title(name)
    return Item(address, title, artist)
