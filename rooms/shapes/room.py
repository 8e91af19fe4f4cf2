"""A room and its rules, and the list of public rooms."""

from __future__ import annotations

from typing_extensions import TypedDict

from rooms.shapes.closed import closed
from rooms.shapes.player import EntryJson
from rooms.shapes.words import (
    AtEndWord,
    ChatKeptWord,
    OrderWord,
    PresetWord,
    RoleWord,
    VisibilityWord,
    WhenEmptyWord,
    WithoutHostWord,
)


@closed
class RoomRulesJson(TypedDict):
    """For each action the least role that may do it, and how the queue goes on; a limit that is null is none.

    ``autofill_from`` is the owner's list that the room goes on with at the end; null for what played here before.
    """

    control: RoleWord
    skip: RoleWord
    add: RoleWord
    reorder: RoleWord
    vote: RoleWord
    chat: RoleWord
    react: RoleWord
    invite: RoleWord
    moderate: RoleWord
    order: OrderWord
    at_end: AtEndWord
    when_empty: WhenEmptyWord
    without_host: WithoutHostWord
    skip_share: float
    max_entries_a_person: int | None
    max_length_ms: int | None
    no_repeat_within: int | None
    slow_mode_s: int | None
    autofill_from: int | None


@closed
class RoomJson(TypedDict):
    """A room: its name, its rules, the preset that set them if one did, and the nicknames of its hosts."""

    slug: str
    name: str
    visibility: VisibilityWord
    rules: RoomRulesJson
    preset: PresetWord | None
    has_password: bool
    permanent: bool
    chat_kept: ChatKeptWord
    reactions: list[str]
    hosts: list[str]
    created_at_ms: int


@closed
class ChangedRoomJson(RoomJson):
    """A room after a change, with the version that the change made."""

    version: int


@closed
class CreatedRoomJson(RoomJson):
    """A new room, with its owner's token, which is shown only this once, and the links to it."""

    version: int
    host_token: str
    url: str
    host_url: str


@closed
class ListedRoomJson(TypedDict):
    """A public room in a list, with what plays there; of a room with a password that is not told."""

    slug: str
    name: str
    has_password: bool
    listeners: int
    playing: bool
    entry: EntryJson | None


@closed
class RoomListJson(TypedDict):
    """One page of the public rooms, and the address of the next."""

    items: list[ListedRoomJson]
    next: str | None
