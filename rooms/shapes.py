"""The JSON of the contract: what rooms, players and queues look like over REST and on streams.

Each shape is written down once: the code that makes it is checked against the type, and the OpenAPI description is
generated from it. Times are integers in milliseconds; instants (``_at_ms``, ``server_now_ms``) count from the
Unix epoch by the server's clock.
"""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, get_args

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

ProviderWord = Literal["youtube", "direct", "library"]
RoleWord = Literal["guest", "member", "host", "owner"]
VisibilityWord = Literal["public", "unlisted", "private"]
OrderWord = Literal["queue", "fair", "votes", "shuffle"]
AtEndWord = Literal["pause", "repeat", "repeat-one", "autofill"]
WhenEmptyWord = Literal["continue", "pause"]
ChatKeptWord = Literal["always", "day", "off"]
WithoutHostWord = Literal["nothing", "eldest", "everybody-skips"]
PresetWord = Literal["party", "radio", "club"]
ActionWord = Literal[
    "control",
    "skip",
    "add",
    "reorder",
    "vote",
    "chat",
    "react",
    "invite",
    "moderate",
    "manage",
    "close",
    "hand-over",
]

_closed = with_config(ConfigDict(extra="forbid"))
"""A field that is not written down here is a mistake, of the code or of the description."""


@_closed
class NamedJson(TypedDict):
    """A person by the id and the name that the room knows."""

    id: str
    name: str


@_closed
class EntryJson(TypedDict):
    """One track in a queue. ``unplayable`` says why nobody can play it, and is empty otherwise; what ``is_live`` has no
    end, no length and no positions to seek to.

    ``autofilled`` entries were added by the room itself, from what played before or from a list of its owner. ``album``
    and ``media_type`` are what direct links say of themselves, and empty otherwise.
    """

    id: int
    url: str
    provider: ProviderWord
    media_id: str
    title: str
    artist: str
    length_ms: int | None
    is_live: bool
    artwork_url: str
    added_by: NamedJson | None
    votes: int
    start_ms: int | None
    end_ms: int | None
    unplayable: str
    autofilled: bool
    album: str
    media_type: str


@_closed
class SkipVotesJson(TypedDict):
    """Voices for skipping the current entry, and how many skip it, as counted when the last was given."""

    votes: int
    needed: int


@_closed
class NamedEntryJson(TypedDict):
    """An entry as a notice names it, which may be gone by then."""

    id: int
    title: str


@_closed
class PlayerJson(TypedDict):
    """The playback state: ``position_ms`` was reached at ``effective_at_ms``, which may lie in the future.

    ``ended`` says that the queue came to its end, so that what is added next plays by itself. ``now_playing`` is what
    the radio station that plays says it plays; without one it is left out.
    """

    version: int
    entry_id: int | None
    playing: bool
    position_ms: int
    rate: float
    effective_at_ms: int
    entry: EntryJson | None
    skip: SkipVotesJson
    ended: bool
    now_playing: NotRequired[str]


@_closed
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


@_closed
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


@_closed
class ChangedRoomJson(RoomJson):
    """A room after a change, with the version that the change made."""

    version: int


@_closed
class CreatedRoomJson(RoomJson):
    """A new room, with its owner's token, which is shown only this once, and the links to it."""

    version: int
    host_token: str
    url: str
    host_url: str


ListenerState = Literal["listening", "silent", "buffering", "away"]
LISTENER_STATES: tuple[ListenerState, ...] = get_args(ListenerState)


@_closed
class PersonJson(TypedDict):
    """A person in a room, by an id of that room alone.

    ``silent`` is who cannot hear it, by a browser that blocks the sound or by their own choice. ``since_ms`` is the
    instant of their arrival, for who is away that of joining. ``is_you`` is null on streams, which tell all the same.
    """

    id: str
    name: str
    role: RoleWord
    state: ListenerState
    is_you: bool | None
    muted: bool
    since_ms: int


@_closed
class PeopleJson(TypedDict):
    """How many listen, in all processes; all who are here or hold a role, null in a crowd."""

    listeners: int
    items: list[PersonJson] | None


@_closed
class BanJson(TypedDict):
    """A ban. ``by_address`` says whether it holds for every guest at the same address too."""

    id: int
    person: str
    name: str
    reason: str
    by_address: bool
    banned_at_ms: int
    until_ms: int | None


@_closed
class BanListJson(TypedDict):
    """Who is banned from a room, the latest first."""

    items: list[BanJson]
    next: None


@_closed
class ReportedJson(TypedDict):
    """A report to the operator was taken."""

    id: int


@_closed
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


@_closed
class MessageListJson(TypedDict):
    """One page of the chat, the oldest message first, and the address of the page before it."""

    items: list[MessageJson]
    next: str | None


@_closed
class ReactedJson(TypedDict):
    """A reaction that was taken: everybody here is told how many there were, several times a second."""

    emoji: str


@_closed
class StoredSnapshotJson(TypedDict):
    """What the database says of a room at one version. The room moves on by itself at ``advance_at_ms``."""

    version: int
    room: RoomJson
    player: PlayerJson
    queue: list[EntryJson]
    chat: list[MessageJson]
    advance_at_ms: int | None


@_closed
class YouJson(TypedDict):
    """The caller in this room: ``may`` has every action that is theirs, and of an unknown caller none."""

    id: str | None
    name: str
    role: RoleWord
    may: list[ActionWord]


@_closed
class SnapshotJson(StoredSnapshotJson):
    """All that a newcomer needs of a room, at one version."""

    people: PeopleJson
    server_now_ms: int
    you: YouJson


@_closed
class ListedRoomJson(TypedDict):
    """A public room in a list, with what plays there; of a room with a password that is not told."""

    slug: str
    name: str
    has_password: bool
    listeners: int
    playing: bool
    entry: EntryJson | None


@_closed
class RoomListJson(TypedDict):
    """One page of the public rooms, and the address of the next."""

    items: list[ListedRoomJson]
    next: str | None


@_closed
class QueueJson(TypedDict):
    """Entries of a queue in their order, at one version of the room."""

    items: list[EntryJson]
    next: None
    version: int


@_closed
class PersonNameJson(TypedDict):
    """A person as others know them; the id is null of one whom the room does not know by an id."""

    id: str | None
    name: str


OutcomeWord = Literal["ended", "skipped", "failed", "removed"]


@_closed
class PlayedJson(TypedDict):
    """What played: the entry as it was told then, who added it, and how it came to its end."""

    id: int
    entry: EntryJson
    added_by: NamedJson | None
    played_at_ms: int
    outcome: OutcomeWord


@_closed
class HistoryJson(TypedDict):
    """One page of what played in a room, newest first, and the address of the next."""

    items: list[PlayedJson]
    next: str | None


DeedWord = Literal[
    "add",
    "clear",
    "jump",
    "move",
    "pause",
    "play",
    "rate",
    "remove",
    "rename",
    "rules",
    "seek",
    "shuffle",
    "skip",
    "trim",
    "undo",
]


@_closed
class LogEntryJson(TypedDict):
    """What somebody did. ``entry_id`` and ``title`` name the entry that they did it to, ``count`` how many it were.

    ``of`` is what an undo undid, or whose entries were cleared. ``undoable`` is what an undo of the caller would undo.
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
    undone: bool
    undoable: bool


@_closed
class LogJson(TypedDict):
    """One page of what was done in a room, newest first, and the address of the next."""

    items: list[LogEntryJson]
    next: str | None


@_closed
class UndoneJson(TypedDict):
    """What was undone, the last of it first, and the version that this made."""

    items: list[LogEntryJson]
    version: int


@_closed
class RefusedJson(TypedDict):
    """A piece of a pasted text that was not added, and the sentence that says why and what is taken instead."""

    text: str
    reason: str


@_closed
class AddedListJson(QueueJson):
    """The entries that were added, in their order, and what was not."""

    refused: list[RefusedJson]


@_closed
class ExportedEntryJson(TypedDict):
    """An entry in a file of links. Its length is for other programs: import does not take it."""

    url: str
    title: str
    artist: str
    artwork_url: str
    length_ms: int | None
    start_ms: int | None
    end_ms: int | None


@_closed
class ExportJson(TypedDict):
    """A queue as a file of links, with the name of its room."""

    name: str
    items: list[ExportedEntryJson]


AddedJson = EntryJson | AddedListJson
"""One entry for one link, a list for several and for a text of which a part was refused."""


@_closed
class InvitationJson(TypedDict):
    """A link that gives a role: how many may join by it, how many did, and when it ends."""

    id: int
    role: Literal["member", "host"]
    url: str
    max_uses: int | None
    uses: int
    expires_at_ms: int | None
    made_by: NamedJson | None
    created_at_ms: int


@_closed
class InvitationListJson(TypedDict):
    """The invitations to a room that still let somebody in."""

    items: list[InvitationJson]
    next: None


@_closed
class PlaylistJson(TypedDict):
    """An account's own list."""

    id: int
    name: str
    is_favourites: bool
    length: int
    changed_at_ms: int


@_closed
class WholePlaylistJson(PlaylistJson):
    """An account's own list with its entries, which nobody votes for and of which nobody else added one."""

    entries: list[EntryJson]


@_closed
class PlaylistListJson(TypedDict):
    """All lists of an account."""

    items: list[PlaylistJson]
    next: None


@_closed
class Found(TypedDict):
    """A track that a search found. ``url`` is what a queue takes; ``length_ms`` is null where nobody knows it.

    ``source`` says where it was found: in the room's ``history``, in a ``list`` of the caller's own, in the server's
    ``library`` or in ``youtube``.
    """

    url: str
    provider: str
    media_id: str
    title: str
    artist: str
    length_ms: int | None
    artwork_url: str
    source: Annotated[str, Field(json_schema_extra={"enum": ["history", "list", "library", "youtube"]})]


@_closed
class UnsearchedJson(TypedDict):
    """A source that did not answer, and the sentence that says why."""

    source: str
    reason: str


@_closed
class FoundListJson(TypedDict):
    """What was found, each track once, and where it could not be searched for."""

    items: list[Found]
    next: None
    unsearched: list[UnsearchedJson]


@_closed
class PersonRoleJson(NamedJson):
    """A person and what they are in the room now."""

    role: RoleWord


@_closed
class RecoveryJson(TypedDict):
    """The link that makes a browser the owner of the room, shown only this once."""

    url: str


@_closed
class AddedToPlaylistJson(TypedDict):
    """The entries that were added to a list, in their order, and what was not."""

    items: list[EntryJson]
    next: None
    refused: list[RefusedJson]


@_closed
class LibraryJson(TypedDict):
    """One page of the server's own library, and the address of the next."""

    items: list[Found]
    next: str | None


@_closed
class TimeJson(TypedDict):
    """The server's clock."""

    server_now_ms: int


@_closed
class AcceptedJson(TypedDict):
    """Whether a listener's report changed what is known or what plays."""

    accepted: bool


@_closed
class ErrorDetailJson(TypedDict):
    """``fields`` says of each field that was wrong what it was, in a sentence."""

    code: str
    message: str
    fields: NotRequired[dict[str, str]]


@_closed
class ErrorJson(TypedDict):
    """A refusal: a code for programs, and a sentence with the bad value and what is allowed."""

    error: ErrorDetailJson
