"""What people say, and how they react."""

from __future__ import annotations

from typing_extensions import TypedDict

from rooms.shapes.closed import closed


@closed
class MessageJson(TypedDict):
    """A message of the chat, as plain text. ``person`` is the id of who wrote it, in this room; ``text`` is empty once
    it was removed.
    """

    id: int
    person: str
    name: str
    text: str
    sent_at_ms: int
    edited_at_ms: int | None


@closed
class MessageListJson(TypedDict):
    """One page of the chat, the oldest message first, and the address of the page before it."""

    items: list[MessageJson]
    next: str | None


@closed
class ReactedJson(TypedDict):
    """A reaction that was taken: everybody here is told how many there were, several times a second."""

    emoji: str
