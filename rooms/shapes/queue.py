"""A queue, what was added to it, and files of links."""

from __future__ import annotations

from typing_extensions import TypedDict

from rooms.shapes.closed import closed
from rooms.shapes.player import EntryJson


@closed
class QueueJson(TypedDict):
    """Entries of a queue in their order, at one version of the room."""

    items: list[EntryJson]
    next: None
    version: int


@closed
class RefusedJson(TypedDict):
    """A piece of a pasted text that was not added, and the sentence that says why and what is taken instead."""

    text: str
    reason: str


@closed
class AddedListJson(QueueJson):
    """The entries that were added, in their order, and what was not."""

    refused: list[RefusedJson]


AddedJson = EntryJson | AddedListJson
"""One entry for one link, a list for several and for a text of which a part was refused."""


@closed
class ExportedEntryJson(TypedDict):
    """An entry in a file of links. Its length is for other programs: import does not take it."""

    url: str
    title: str
    artist: str
    artwork_url: str
    length_ms: int | None
    start_ms: int | None
    end_ms: int | None


@closed
class ExportJson(TypedDict):
    """A queue as a file of links, with the name of its room."""

    name: str
    items: list[ExportedEntryJson]
