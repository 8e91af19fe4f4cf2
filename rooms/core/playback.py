"""Protocols of what rooms need of a player and a queue, which another app attaches to each room one to one.

Rooms name no model of that app. Its own models are held to these protocols, and rooms to what stands here, by
``tests/unit/test_playback.py`` and the type checker.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from rooms.shapes.player import EntryJson, PlayerJson


class Playable(Protocol):
    """An entry of a queue."""

    def as_json(self, slug: str | None = None) -> EntryJson:
        """What is told of it in the room of that slug."""


class Playback(Protocol):
    """The player of a room, as ``room.player``. Instants are Unix milliseconds."""

    @property
    def playing(self) -> bool: ...

    @property
    def entry(self) -> Playable | None:
        """What is loaded; None before the first link and after the last was removed."""

    @property
    def state(self) -> Any:
        """What tells one playback state from another: if it differs after a change, the player is saved and told."""

    @property
    def skip_voters(self) -> list[str]:
        """Who wants to skip the current entry, by the hexadecimal digits of their ids."""

    @property
    def skip_needed(self) -> int:
        """How many voices skip, as they were counted last."""

    def vote_to_skip(self, voters: list[str], needed: int, now_ms: int) -> None:
        """Keep who wants to skip the current entry; ``needed`` of them at least do so."""

    @property
    def advance_at_ms(self) -> int | None:
        """The instant at which the server moves on by itself; None if it never does."""

    def is_due(self, now_ms: int) -> bool:
        """Whether ``settle`` would move on."""

    def settle(self, now_ms: int, *, only_near: bool = False, late_ms: int = 0) -> None:
        """Move on past every entry that has ended by ``now_ms``, without saving; ``only_near`` past a few at most.

        ``now_ms`` was ``late_ms`` ago.
        """

    def be(self, other: Any) -> None:
        """Take over the state of ``other``, the same player read at the same version."""

    def keep_up(self, before: Any, rules: Mapping[str, Any], now_ms: int) -> None:
        """Do what follows from a change of the state ``before``, of the ``rules`` as they were, or of the queue."""

    def pause(self, now_ms: int) -> None: ...

    def save(self) -> None: ...

    def save_since(self, before: Any) -> None:
        """Save what differs from the state ``before``."""

    def as_json(self) -> PlayerJson: ...


class Queue(Protocol):
    """The queue of a room, as ``room.queue``."""

    def as_json(self) -> list[EntryJson]:
        """All entries, in the order in which they play."""

    def length(self) -> int:
        """How many entries it has."""

    def check_rules(self, rules: Mapping[str, Any]) -> None:
        """Raise Invalid if ``rules`` name what the queue cannot go on with."""

    def part_as_json(self, current: Any, most: int) -> tuple[list[EntryJson], int, int]:
        """At most ``most`` entries from ``current`` on, and how many stand before and behind these."""
