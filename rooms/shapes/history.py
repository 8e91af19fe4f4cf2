"""What played in a room, and what was done there."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from rooms.shapes.closed import closed
from rooms.shapes.people import NamedJson, PersonNameJson
from rooms.shapes.player import EntryJson
from rooms.shapes.words import DeedWord, OutcomeWord, RoleWord


@closed
class PlayedJson(TypedDict):
    """What played: the entry as it was told then, who added it, and how it came to its end."""

    id: int
    entry: EntryJson
    added_by: NamedJson | None
    played_at_ms: int
    outcome: OutcomeWord


@closed
class HistoryJson(TypedDict):
    """One page of what played in a room, newest first, and the address of the next."""

    items: list[PlayedJson]
    next: str | None


@closed
class LogEntryJson(TypedDict):
    """What somebody did. ``entry_id`` and ``title`` name the entry that they did it to, ``count`` how many it were.

    ``of`` is what an undo undid, whose entries were cleared, or to whom it was done; ``role`` is the one that they have
    since, ``reason`` why an entry was passed over. ``undoable`` is what an undo of the caller would undo. Mutes, kicks
    and bans are told to those who may moderate.
    """

    id: int
    version: int
    at_ms: int
    by: PersonNameJson
    kind: DeedWord
    entry_id: int | None
    title: str
    count: int
    of: str
    role: RoleWord | Literal[""]
    reason: str
    undone: bool
    undoable: bool


@closed
class LogJson(TypedDict):
    """One page of what was done in a room, newest first, and the address of the next."""

    items: list[LogEntryJson]
    next: str | None


@closed
class UndoneJson(TypedDict):
    """What was undone, the last of it first, and the version that this made."""

    items: list[LogEntryJson]
    version: int
