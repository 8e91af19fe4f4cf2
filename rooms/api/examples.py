"""Answers and events as the descriptions show them: one room, the lounge, at one instant."""

from __future__ import annotations

from typing import Any

from rooms.models.rules import PRESETS
from rooms.shapes.chat import MessageJson
from rooms.shapes.history import HistoryJson, LogEntryJson, LogJson, PlayedJson, UndoneJson
from rooms.shapes.people import (
    BanJson,
    InvitationJson,
    InvitationListJson,
    PeopleJson,
    PersonJson,
    PersonRoleJson,
    RecoveryJson,
)
from rooms.shapes.player import EntryJson, PlayerJson
from rooms.shapes.playlists import PlaylistJson
from rooms.shapes.queue import ExportJson
from rooms.shapes.room import ListedRoomJson, RoomJson
from rooms.shapes.search import Found, FoundListJson, LibraryJson
from rooms.shapes.snapshot import SnapshotJson, YouJson
from rooms.shapes.tokens import IssuedTokenJson, TokenJson, TokenListJson
from rooms.shapes.webhooks import (
    DeliveryJson,
    DeliveryListJson,
    SecretWebhookJson,
    WebhookJson,
    WebhookListJson,
    WebhookMessageJson,
)

ENTRY: EntryJson = {
    "id": 7,
    "url": "https://media.example.org/night-train.mp3",
    "provider": "direct",
    "media_id": "https://media.example.org/night-train.mp3",
    "title": "Night Train",
    "artist": "The Commuters",
    "length_ms": 214_000,
    "is_live": False,
    "artwork_url": "",
    "added_by": {"id": "0lFwK6Zl7gUeXb3-R8mPZg", "name": "Alice"},
    "votes": 2,
    "start_ms": None,
    "end_ms": None,
    "unplayable": "",
    "autofilled": False,
    "album": "Last Stop",
    "media_type": "audio/mpeg",
}
PERSON: PersonJson = {
    "id": "0lFwK6Zl7gUeXb3-R8mPZg",
    "name": "Bob",
    "role": "guest",
    "state": "listening",
    "is_you": False,
    "muted": False,
    "since_ms": 1_789_999_000_000,
}
ALICE: PersonJson = {
    "id": "Zt2v9GJmXh5LqWc1yTn0bA",
    "name": "Alice",
    "role": "owner",
    "state": "silent",
    "is_you": True,
    "muted": False,
    "since_ms": 1_789_998_000_000,
}
PEOPLE: PeopleJson = {"listeners": 2, "items": [ALICE, PERSON]}
BAN: BanJson = {
    "id": 3,
    "person": "0lFwK6Zl7gUeXb3-R8mPZg",
    "name": "Bob",
    "reason": "Skips all day.",
    "by_address": True,
    "banned_at_ms": 1_790_000_000_000,
    "until_ms": 1_790_003_600_000,
}
PLAYER: PlayerJson = {
    "version": 12,
    "entry_id": 7,
    "playing": True,
    "position_ms": 61_500,
    "rate": 1.0,
    "effective_at_ms": 1_790_000_000_400,
    "entry": ENTRY,
    "skip": {"votes": 1, "needed": 2},
    "ended": False,
}
ROOM: RoomJson = {
    "slug": "lounge",
    "name": "Lounge",
    "visibility": "public",
    "rules": PRESETS["club"],
    "preset": "club",
    "has_password": False,
    "permanent": True,
    "chat_kept": "always",
    "reactions": ["❤️", "🔥", "😂", "👏", "👍", "🎉"],
    "hosts": ["Alice"],
    "created_at_ms": 1_789_990_000_000,
}
CHANGED_ROOM: dict[str, Any] = {**ROOM, "version": 12}
NEW_ROOM: dict[str, Any] = {
    **ROOM,
    "version": 1,
    "host_token": "m5xkJ0…",
    "url": "https://rooms.example.org/r/lounge",
    "host_url": "https://rooms.example.org/r/lounge/as/1:Wz3k…",
}
YOU: YouJson = {
    "id": "0lFwK6Zl7gUeXb3-R8mPZg",
    "name": "Bob",
    "role": "guest",
    "may": ["add", "vote", "chat", "react"],
}
INVITATION: InvitationJson = {
    "id": 3,
    "role": "host",
    "url": "https://rooms.example.org/r/lounge/as/3:pR0c…",
    "max_uses": 1,
    "uses": 0,
    "expires_at_ms": None,
    "made_by": {"id": "Zt2v9GJmXh5LqWc1yTn0bA", "name": "Alice"},
    "created_at_ms": 1_790_000_000_000,
}
INVITATIONS: InvitationListJson = {"items": [INVITATION], "next": None}
TOKEN: TokenJson = {
    "id": 9,
    "name": "Jukebox",
    "scopes": ["read", "queue"],
    "made_by": {"id": "Zt2v9GJmXh5LqWc1yTn0bA", "name": "Alice"},
    "created_at_ms": 1_790_000_000_000,
    "expires_at_ms": None,
    "last_used_at_ms": None,
}
NEW_TOKEN: IssuedTokenJson = {**TOKEN, "token": "h0Vb3K…"}
TOKENS: TokenListJson = {"items": [{**TOKEN, "last_used_at_ms": 1_790_000_060_000}], "next": None}
WEBHOOK: WebhookJson = {
    "id": 4,
    "url": "https://bot.example.org/lounge",
    "events": ["player", "chat"],
    "active": True,
    "stopped_because": "",
    "made_by": {"id": "Zt2v9GJmXh5LqWc1yTn0bA", "name": "Alice"},
    "created_at_ms": 1_790_000_000_000,
}
NEW_WEBHOOK: SecretWebhookJson = {**WEBHOOK, "secret": "whsec_t1Dj…"}
WEBHOOKS: WebhookListJson = {"items": [WEBHOOK], "next": None}
DELIVERY: DeliveryJson = {
    "id": 71,
    "message_id": "aQ1xk0pZ6vLw3JtN5sRb7g",
    "event": "player",
    "state": "waiting",
    "attempts": 1,
    "status": 503,
    "problem": "It answered 503, and only 200 to 299 mean that a message was taken.",
    "created_at_ms": 1_790_000_000_000,
    "next_at_ms": 1_790_000_005_200,
    "delivered_at_ms": None,
}
DELIVERIES: DeliveryListJson = {"items": [DELIVERY], "next": None}
PERSON_ROLE: PersonRoleJson = {"id": YOU["id"] or "", "name": "Bob", "role": "host"}
OWNER: PersonRoleJson = {**PERSON_ROLE, "role": "owner"}
RECOVERY: RecoveryJson = {"url": "https://rooms.example.org/r/lounge/recover/Qm7w…"}
MESSAGE: MessageJson = {
    "id": 31,
    "person": "5f0c1e9d2b7a4c38",
    "name": "Bob",
    "text": "What a bass line",
    "sent_at_ms": 1_790_000_000_000,
    "edited_at_ms": None,
}
WEBHOOK_MESSAGE: WebhookMessageJson = {
    "type": "chat",
    "timestamp": "2026-09-21T13:33:20.000Z",
    "room": "lounge",
    "data": {"op": "add", "message": MESSAGE, "version": 13, "prev": 12, "advance_at_ms": None, "by": "Bob"},
}
EDITED_MESSAGE: MessageJson = {**MESSAGE, "text": "What a bassline", "edited_at_ms": 1_790_000_004_200}
MESSAGES: dict[str, Any] = {
    "items": [MESSAGE],
    "next": "https://rooms.example.org/api/v1/rooms/lounge/chat?before=31",
}
SNAPSHOT: SnapshotJson = {
    "version": 12,
    "room": ROOM,
    "player": PLAYER,
    "queue": [ENTRY],
    "chat": [MESSAGE],
    "advance_at_ms": 1_790_000_152_900,
    "people": PEOPLE,
    "server_now_ms": 1_790_000_000_000,
    "you": YOU,
}
LISTED_ROOM: ListedRoomJson = {
    "slug": "lounge",
    "name": "Lounge",
    "has_password": False,
    "listeners": 2,
    "playing": True,
    "entry": ENTRY,
}
PLAYED: PlayedJson = {
    "id": 41,
    "entry": ENTRY,
    "added_by": {"id": "0lFwK6Zl7gUeXb3-R8mPZg", "name": "Alice"},
    "played_at_ms": 1_790_000_000_400,
    "outcome": "ended",
}
HISTORY: HistoryJson = {"items": [PLAYED], "next": None}
LOG_ENTRY: LogEntryJson = {
    "id": 93,
    "version": 12,
    "at_ms": 1_790_000_000_000,
    "by": {"id": "0lFwK6Zl7gUeXb3-R8mPZg", "name": "Alice"},
    "kind": "remove",
    "entry_id": 7,
    "title": "Night Train",
    "count": 1,
    "of": "",
    "role": "",
    "reason": "",
    "undone": False,
    "undoable": True,
}
LOG: LogJson = {"items": [LOG_ENTRY], "next": None}
UNDONE: UndoneJson = {"items": [{**LOG_ENTRY, "undone": True, "undoable": False}], "version": 13}
LIBRARY: LibraryJson = {
    "items": [
        {
            "url": "/library/7",
            "provider": "library",
            "media_id": "7",
            "title": "Night Train",
            "artist": "The Commuters",
            "length_ms": 214_000,
            "artwork_url": "",
            "source": "library",
        }
    ],
    "next": None,
}
QUEUE: dict[str, Any] = {"items": [ENTRY], "next": None, "version": 12}
EXPORT: ExportJson = {
    "name": "Lounge",
    "items": [
        {
            "url": "https://media.example.org/night-train.mp3",
            "title": "Night Train",
            "artist": "The Commuters",
            "artwork_url": "",
            "length_ms": 214_000,
            "start_ms": 5_000,
            "end_ms": None,
        }
    ],
}
ADDED: dict[str, Any] = {
    **QUEUE,
    "refused": [
        {
            "text": "https://open.spotify.com/track/4uLU6hMCjMI7",
            "reason": '"https://open.spotify.com/track/4uLU6hMCjMI7" is a page of Spotify, which plays only there; '
            "paste a YouTube link, or the address of an audio or video file.",
        }
    ],
}
LISTED_PLAYLIST: PlaylistJson = {
    "id": 3,
    "name": "Late night",
    "is_favourites": False,
    "length": 1,
    "changed_at_ms": 1_789_990_000_000,
}
PLAYLISTS: dict[str, Any] = {"items": [LISTED_PLAYLIST], "next": None}
PLAYLIST: dict[str, Any] = {**LISTED_PLAYLIST, "entries": [{**ENTRY, "added_by": None, "votes": 0}]}
ADDED_TO_PLAYLIST: dict[str, Any] = {"items": PLAYLIST["entries"], "next": None, "refused": ADDED["refused"]}
FOUND: Found = {
    "url": "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
    "provider": "youtube",
    "media_id": "dQw4w9WgXcQ",
    "title": "Never Gonna Give You Up",
    "artist": "Rick Astley",
    "length_ms": 213_000,
    "artwork_url": "https://i.ytimg.com/vi/dQw4w9WgXcQ/mqdefault.jpg",
    "source": "youtube",
}
FOUND_LIST: FoundListJson = {"items": [FOUND], "next": None, "unsearched": []}

CHANGE: dict[str, Any] = {
    "version": 13,
    "prev": 12,
    "by": "Alice",
    "advance_at_ms": 1_790_000_152_900,
    "committed_at_ms": 1_790_000_000_012,
}
EVENT_DATA: dict[str, dict[str, Any]] = {
    "snapshot": {name: value for name, value in {**SNAPSHOT, "prev": 0}.items() if name != "you"},
    "resumed": {"version": 12, "server_now_ms": 1_790_000_000_000},
    "player": {**PLAYER, **CHANGE},
    "queue": {**CHANGE, "op": "add", "after": None, "entry": ENTRY},
    "room": {**CHANGE, "room": ROOM},
    "chat": {**CHANGE, "op": "add", "message": MESSAGE},
    "people": {"listeners": 2, "items": [{**ALICE, "is_you": None}, {**PERSON, "is_you": None}]},
    "notice": {"kind": "skipped", "by": "Alice", "entry": {"id": 7, "title": "Night Train"}},
    "reaction": {"counts": {"🔥": 3}},
    "tick": {"version": 12, "server_now_ms": 1_790_000_015_000},
    "bye": {"reason": "closed"},
}
"""The data of each event of the stream."""
