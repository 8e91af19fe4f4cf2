"""All of a room at one version, for those who come."""

from __future__ import annotations

from typing_extensions import TypedDict

from rooms.shapes.chat import MessageJson
from rooms.shapes.closed import closed
from rooms.shapes.people import PeopleJson
from rooms.shapes.player import EntryJson, PlayerJson
from rooms.shapes.room import RoomJson
from rooms.shapes.words import ActionWord, RoleWord


@closed
class StoredSnapshotJson(TypedDict):
    """What the database says of a room at one version. The room moves on by itself at ``advance_at_ms``."""

    version: int
    room: RoomJson
    player: PlayerJson
    queue: list[EntryJson]
    chat: list[MessageJson]
    advance_at_ms: int | None


@closed
class YouJson(TypedDict):
    """The caller in this room: ``may`` has every action that is theirs, and of an unknown caller none."""

    id: str | None
    name: str
    role: RoleWord
    may: list[ActionWord]


@closed
class SnapshotJson(StoredSnapshotJson):
    """All that a newcomer needs of a room, at one version."""

    people: PeopleJson
    server_now_ms: int
    you: YouJson
