"""API tokens of a room, by which programs act."""

from __future__ import annotations

from typing_extensions import TypedDict

from rooms.shapes.closed import closed
from rooms.shapes.people import NamedJson
from rooms.shapes.words import ScopeWord


@closed
class TokenJson(TypedDict):
    """A token: as whom a program acts by it, what it is good for, and when it was used last, to the minute."""

    id: int
    name: str
    scopes: list[ScopeWord]
    made_by: NamedJson
    created_at_ms: int
    expires_at_ms: int | None
    last_used_at_ms: int | None


@closed
class IssuedTokenJson(TokenJson):
    """A token just made, with the text of it, which is shown only this once."""

    token: str


@closed
class TokenListJson(TypedDict):
    """The tokens of a room that the caller may withdraw, the newest first."""

    items: list[TokenJson]
    next: None
