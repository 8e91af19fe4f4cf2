"""What clients counted, and what each of them was told last."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple


class Call(NamedTuple):
    """One answered call: the room, the version that the answer named, and instants in Unix seconds."""

    room: int
    version: int | None
    sent_at: float
    answered_at: float


@dataclass
class Tally:
    """The counts of one process, or of several that were added up."""

    joined: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """Clients that did not get in, by reason."""
    failed: Counter[str] = field(default_factory=Counter)
    """Calls that did not succeed, by status."""
    ended: int = 0
    """Connections that the server ended or lost."""
    events: int = 0
    """Events of any name."""
    deliveries: int = 0
    """Changes that were told to a client which did not know them."""
    delivered_bytes: int = 0
    gaps: int = 0
    """Changes that followed a version which the client had not been told."""
    stale: int = 0
    """Changes that were told twice, or after a newer one."""
    messages_up: int = 0
    messages_down: int = 0
    bytes_up: int = 0
    bytes_down: int = 0
    late: int = 0
    """Calls or reports that were due while the one before was still unanswered."""
    arrivals: dict[tuple[int, int], array[float]] = field(default_factory=dict)
    """By room and version: when each client was told (Unix seconds). A client that is told a version knows all that
    it stands for: coalesced changes arrive with the one that replaced them."""
    commits: dict[tuple[int, int], float] = field(default_factory=dict)
    """By room and version: when it was committed, as the event said (Unix seconds)."""
    calls: list[Call] = field(default_factory=list)
    last: Counter[tuple[int, int | None]] = field(default_factory=Counter)
    """How many clients know which version of which room."""

    @property
    def settled(self) -> int:
        """How many of a host's calls came to an end, good or bad."""
        return len(self.calls) + self.failed.total() + self.ended + self.late

    def add(self, other: Tally) -> None:
        """Add what another process counted."""
        for name in ("joined", "ended", "events", "deliveries", "gaps", "stale", "late"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("messages_up", "messages_down", "bytes_up", "bytes_down", "delivered_bytes"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.refused += other.refused
        self.failed += other.failed
        self.last += other.last
        self.calls += other.calls
        self.commits |= other.commits
        for key, instants in other.arrivals.items():
            self.arrivals.setdefault(key, array("d")).extend(instants)


class Reader:
    """What one client knows of its room."""

    __slots__ = ("room", "version")

    def __init__(self, room: int, version: int | None = None) -> None:
        self.room = room
        self.version = version


class Register:
    """The readers of one process and their tally."""

    def __init__(self) -> None:
        self.readers: list[Reader] = []
        self.tally = Tally()
        self._goal = 0
        self._behind = 0
        self._reached: Callable[[], None] | None = None

    def forget(self, reader: Reader) -> None:
        """It did not get in, so that nothing is expected of it."""
        if reader in self.readers:
            self.readers.remove(reader)

    def told(
        self,
        reader: Reader,
        version: int,
        prev: int | None,
        at: float,
        committed_at_ms: int | None = None,
        size: int = 0,
    ) -> None:
        """``reader`` was told ``version`` at an instant (Unix seconds), in so many bytes."""
        tally, known = self.tally, reader.version
        if known is None:
            # The first state is where a client starts, and a first change follows what it did not need to be told.
            known = reader.version = version if prev is None else prev
        if version <= known:
            tally.stale += version < known or prev is not None
            return
        first = known + 1
        if prev is not None and prev > known:
            tally.gaps += 1
            first = prev + 1
        for each in range(first, version + 1):
            instants = tally.arrivals.get((reader.room, each))
            if instants is None:
                instants = tally.arrivals[reader.room, each] = array("d")
            instants.append(at)
        tally.deliveries += 1
        tally.delivered_bytes += size
        reader.version = version
        if committed_at_ms is not None:
            tally.commits[reader.room, version] = committed_at_ms / 1000
        if self._reached is not None and known < self._goal <= version:
            self._behind -= 1
            self._check()

    def when_all_know(self, version: int, reached: Callable[[], None]) -> None:
        """Call ``reached`` once every reader knows that version."""
        self._goal, self._reached = version, reached
        self._behind = sum(reader.version is None or reader.version < version for reader in self.readers)
        self._check()

    def take(self) -> Tally:
        """What was counted since the last time, and what is known now."""
        taken, self.tally = self.tally, Tally()
        taken.last = Counter((reader.room, reader.version) for reader in self.readers)
        return taken

    def _check(self) -> None:
        if self._reached is not None and self._behind <= 0:
            reached, self._reached = self._reached, None
            reached()
