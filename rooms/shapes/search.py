"""Tracks that were found, by a search or in the server's library."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from rooms.shapes.closed import closed


@closed
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


@closed
class UnsearchedJson(TypedDict):
    """A source that did not answer, and the sentence that says why."""

    source: str
    reason: str


@closed
class FoundListJson(TypedDict):
    """What was found, each track once, and where it could not be searched for."""

    items: list[Found]
    next: None
    unsearched: list[UnsearchedJson]


@closed
class LibraryJson(TypedDict):
    """One page of the server's own library, and the address of the next."""

    items: list[Found]
    next: str | None
