"""The events of a room's stream, as their data is read from JSON."""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from rooms.shapes.chat import MessageJson
from rooms.shapes.closed import closed
from rooms.shapes.people import PeopleJson
from rooms.shapes.player import EntryJson, NamedEntryJson, PlayerJson
from rooms.shapes.room import RoomJson
from rooms.shapes.snapshot import StoredSnapshotJson
from rooms.shapes.words import FarewellWord, RoleWord


class Change(TypedDict):
    """A change to version ``version``; ``prev`` is the last version that the streams of the room were told before.

    ``by`` is the name of who made it, null if nobody did. The room moves on by itself at ``advance_at_ms``.
    """

    version: int
    prev: int
    by: str | None
    advance_at_ms: int | None
    committed_at_ms: int


@closed
class SnapshotEventJson(StoredSnapshotJson):
    """All of a room, ``prev`` 0 as the first event; ``by`` and ``committed_at_ms`` if it tells a change."""

    prev: int
    people: PeopleJson
    server_now_ms: int
    by: NotRequired[str | None]
    committed_at_ms: NotRequired[int]


@closed
class ResumedEventJson(TypedDict):
    """The first event of a stream whose ``Last-Event-ID`` is the current version."""

    version: int
    server_now_ms: int


@closed
class PlayerEventJson(PlayerJson, Change):
    """The whole player, after any change of it."""


@closed
class EntriesAddedJson(Change):
    """Entries came into the queue behind the one with the id ``after``, at the front if null: one, or several."""

    op: Literal["add"]
    after: int | None
    entry: NotRequired[EntryJson]
    entries: NotRequired[list[EntryJson]]


@closed
class EntryMovedJson(Change):
    """An entry went behind the one with the id ``after``, to the front if null; ``entry`` where votes moved it."""

    op: Literal["move"]
    entry_id: int
    after: int | None
    entry: NotRequired[EntryJson]


@closed
class EntryRemovedJson(Change):
    """An entry left the queue."""

    op: Literal["remove"]
    entry_id: int


@closed
class EntryUpdatedJson(Change):
    """An entry as it is now, at its place."""

    op: Literal["update"]
    entry: EntryJson


@closed
class QueueReplacedJson(Change):
    """The whole queue as it is now."""

    op: Literal["replace"]
    entries: list[EntryJson]


@closed
class QueueOrderedJson(Change):
    """All entries in their order, by id: those that are not named are gone, those that are new come along."""

    op: Literal["order"]
    ids: list[int]
    entry: NotRequired[EntryJson]
    entries: NotRequired[list[EntryJson]]


@closed
class RoomEventJson(Change):
    """Name, rules and hosts of the room."""

    room: RoomJson


@closed
class ChatEventJson(Change):
    """A message was written, changed or removed."""

    op: Literal["add", "edit", "remove"]
    message: MessageJson


@closed
class SkippedJson(TypedDict):
    """A track was skipped: by somebody, or by votes if null."""

    kind: Literal["skipped"]
    by: str | None
    entry: NamedEntryJson


@closed
class PassedOverJson(TypedDict):
    """The room went on, since a track could not be played or is longer than the room allows."""

    kind: Literal["passed-over"]
    by: str | None
    entry: NamedEntryJson
    reason: str


@closed
class CameJson(TypedDict):
    """Somebody came to a role by a link or an invitation."""

    kind: Literal["came"]
    by: str | None
    role: RoleWord


@closed
class RoleGivenJson(TypedDict):
    """Somebody, named ``of``, was given a higher role."""

    kind: Literal["role"]
    by: str | None
    of: str
    role: RoleWord


@closed
class ReactionEventJson(TypedDict):
    """How often each emoji was sent since the last such event."""

    counts: dict[str, int]


@closed
class TickEventJson(TypedDict):
    """The heartbeat, every 15 s: a version that was not heard of shows a gap."""

    version: int
    server_now_ms: int


@closed
class ByeEventJson(TypedDict):
    """The server ends the stream for good; of a ban with its end and its reason, if it has them."""

    reason: FarewellWord
    until_ms: NotRequired[int]
    because: NotRequired[str]


EVENTS: dict[str, tuple[Any, ...]] = {
    "snapshot": (SnapshotEventJson,),
    "resumed": (ResumedEventJson,),
    "player": (PlayerEventJson,),
    "queue": (
        EntriesAddedJson,
        EntryMovedJson,
        EntryRemovedJson,
        EntryUpdatedJson,
        QueueReplacedJson,
        QueueOrderedJson,
    ),
    "room": (RoomEventJson,),
    "chat": (ChatEventJson,),
    "people": (PeopleJson,),
    "notice": (SkippedJson, PassedOverJson, CameJson, RoleGivenJson),
    "reaction": (ReactionEventJson,),
    "tick": (TickEventJson,),
    "bye": (ByeEventJson,),
}
"""The shapes that the data of each event may have, by the name of the event."""
