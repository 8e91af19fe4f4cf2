"""An account's own lists."""

from __future__ import annotations

from typing_extensions import TypedDict

from rooms.shapes.closed import closed
from rooms.shapes.player import EntryJson
from rooms.shapes.queue import RefusedJson


@closed
class PlaylistJson(TypedDict):
    """An account's own list."""

    id: int
    name: str
    is_favourites: bool
    length: int
    changed_at_ms: int


@closed
class WholePlaylistJson(PlaylistJson):
    """An account's own list with its entries, which nobody votes for and of which nobody else added one."""

    entries: list[EntryJson]


@closed
class PlaylistListJson(TypedDict):
    """All lists of an account."""

    items: list[PlaylistJson]
    next: None


@closed
class AddedToPlaylistJson(TypedDict):
    """The entries that were added to a list, in their order, and what was not."""

    items: list[EntryJson]
    next: None
    refused: list[RefusedJson]
