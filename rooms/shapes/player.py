"""An entry of a queue, and the playback state."""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict

from rooms.shapes.closed import closed
from rooms.shapes.people import NamedJson
from rooms.shapes.words import ProviderWord


@closed
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


@closed
class NamedEntryJson(TypedDict):
    """An entry as a notice names it, which may be gone by then."""

    id: int
    title: str


@closed
class SkipVotesJson(TypedDict):
    """Voices for skipping the current entry, and how many skip it, as counted when the last was given."""

    votes: int
    needed: int


@closed
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
