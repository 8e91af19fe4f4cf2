"""Reordering buffer for one room's versioned events, with gap detection and timeouts.

Sans I/O: its owner passes in events of the bus and readings of the database, broadcasts what is returned, and calls
``check`` at ``wait_until``.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from rooms.clock import monotonic_s
from rooms.live.hub.event import Event

GAP_PATIENCE_S = 0.05
"""How long an early event waits for its predecessor: two commits may be published out of order. As long is waited for
the event of a change that was committed while the room came to life."""

IN_FLIGHT_S = 1.0
"""How long a version found in the database may still arrive by the bus. Reading rooms whose events are merely late
would slow a busy process further."""

MOST_EARLY = 1_000
"""Size of the reordering buffer. What does not fit is recovered from the database."""

MOST_MESSAGES_SINCE = 50
"""Chat messages that a new listener gets as events, before the room is read again."""

MOST_SINCE = 100
"""Events since the last reading that are kept for new listeners."""


class Step(Enum):
    """What ``check`` asks its owner to do."""

    WAIT = auto()
    READ = auto()
    SEND_SNAPSHOT = auto()


class Ordering:
    """The newest version of one room that was ``sent`` to its listeners, and that was ``read`` from the database.

    Either may be ahead. ``since`` are the events sent after the reading; ``access_version`` is the newest sent version
    that may have withdrawn rights.
    """

    def __init__(self, version: int, clock: Callable[[], float] = monotonic_s) -> None:
        self.sent = self.read = version
        self.access_version = 0
        self.since: list[Event] = []
        self._clock = clock
        self._early: dict[int, Event] = {}
        # Deadlines by version. The timeout of each dict is constant, so its first entry is due first.
        self._gaps: dict[int, float] = {}
        self._in_flight: dict[int, float] = {}
        self._is_resyncing = False

    @property
    def newest(self) -> int:
        return max(self.sent, self.read)

    @property
    def is_bridged(self) -> bool:
        """Whether ``since`` leads without a gap from the reading to ``sent``, and withdrew no rights."""
        leads_on = bool(self.since) and self.since[0].prev <= self.read and self.since[-1].version == self.sent
        return leads_on and self.access_version <= self.read

    @property
    def is_bridged_by_chat(self) -> bool:
        """Whether only a few chat messages were sent since the reading, so that a new one can be saved."""
        is_short = len(self.since) <= MOST_MESSAGES_SINCE
        return is_short and self.is_bridged and all(event.name == "chat" for event in self.since)

    @property
    def wait_until(self) -> float | None:
        """Deadline for calling ``check``, in seconds of the clock; None if no version is missing."""
        firsts = [next(iter(deadlines.values())) for deadlines in (self._gaps, self._in_flight) if deadlines]
        return min(firsts, default=None)

    def receive(self, event: Event) -> list[Event]:
        """Buffer an event that comes in any order; returns the events to send now, in the order of their versions."""
        version = event.version
        assert version is not None
        if version <= self.sent:
            return []
        due = []
        if event.name == "snapshot":
            due.append(self._mark_sent(event))
        elif version == self.sent + 1 or len(self._early) < MOST_EARLY:
            self._early[version] = event
            self._gaps.setdefault(version, self._clock() + GAP_PATIENCE_S)
        while following := self._early.pop(self.sent + 1, None):
            due.append(self._mark_sent(following))
        if due:
            self._forget_sent()
        return due

    def miss(self, version: int) -> None:
        """Set a short deadline for ``version``, whose event was either lost or is about to arrive."""
        if version > self.sent:
            self._gaps.setdefault(version, self._clock() + GAP_PATIENCE_S)

    def expect(self, version: int) -> None:
        """Set a deadline for ``version``, which the database has, to arrive by the bus."""
        if version > self.sent:
            self._in_flight.setdefault(version, self._clock() + IN_FLIGHT_S)

    def take_reading(self, version: int, *, has_listeners: bool = True) -> bool:
        """Record that the room was read at ``version``; returns whether to broadcast that reading now.

        ``has_listeners`` says whether there are listeners. Without any the reading counts as sent.
        """
        self.read = max(self.read, version)
        self.since = [event for event in self.since if (event.version or 0) > self.read]
        if not has_listeners:
            self.sent = self.newest
            self._forget_sent()
        is_resync, self._is_resyncing = self._is_resyncing, False
        if not is_resync:
            self.expect(self.read)
        return is_resync and self.read > self.sent

    def resync(self) -> None:
        """Broadcast the next reading at once: a change was missed that the bus will not deliver."""
        self._is_resyncing = True

    def check(self, *, is_being_read: bool) -> Step:
        """What to do about versions past their deadline; ``is_being_read`` says whether a reading is running."""
        now_s = self._clock()
        overdue = [
            version
            for deadlines in (self._gaps, self._in_flight)
            for version, deadline in deadlines.items()
            if deadline <= now_s
        ]
        if not overdue:
            return Step.WAIT
        missing = max(overdue)
        self._forget_deadlines(missing)
        if self.read >= missing:
            return Step.SEND_SNAPSHOT
        if is_being_read:  # the running reading may have begun before the commit
            self._gaps[missing] = now_s + GAP_PATIENCE_S
            return Step.WAIT
        self.resync()
        return Step.READ

    def _mark_sent(self, event: Event) -> Event:
        assert event.version is not None
        event.prev, self.sent = self.sent, event.version
        if event.name == "snapshot":  # not kept: it is large, and a reading follows it
            self.since = []
        elif event.version > self.read:
            self.since = [*self.since[1 - MOST_SINCE :], event]
        if event.name in ("room", "snapshot"):
            self.access_version = event.version
        return event

    def _forget_sent(self) -> None:
        if self._early:
            self._early = {version: event for version, event in self._early.items() if version > self.sent}
        self._forget_deadlines(self.sent)

    def _forget_deadlines(self, version: int) -> None:
        """Drop the deadlines of ``version`` and those before it."""
        for deadlines in (self._gaps, self._in_flight):
            for known in [known for known in deadlines if known <= version]:
                del deadlines[known]
