"""The order in which the versions of one room are told, and what to do about those that do not come.

Pure: it knows no event loop and no database. Its owner hands it what the bus and the database bring, and calls
``check`` when ``wait_until`` has come.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from rooms.clock import monotonic_s
from rooms.live.hub.event import Event

GAP_PATIENCE_S = 0.05
"""How long an event waits for the one before it: two commits may be published in the wrong order."""

IN_FLIGHT_S = 1.0
"""A version that the database has and the bus has not brought yet gets so long to arrive. To read rooms whose events
are merely late would slow a busy process further."""

MOST_EARLY = 1_000
"""Events kept that came before their turn. What is dropped beyond is found in the database."""

MOST_MESSAGES_SINCE = 50
"""Messages of the chat that a newcomer is told one by one, before the room is read anew."""

MOST_SINCE = 100
"""Changes since the last reading that are kept for newcomers."""


class Step(Enum):
    """What ``check`` wants done."""

    WAIT = auto()
    READ = auto()
    TELL_READING = auto()


class Ordering:
    """The versions of one room: ``told`` to its listeners, and ``read`` from the database, each the newest.

    The reading may be ahead of what was told, by what is still on its way, or behind it. ``since`` are the changes
    told after the reading, and ``access_version`` is the last one that may have taken rights away.
    """

    def __init__(self, version: int, clock: Callable[[], float] = monotonic_s) -> None:
        self.told = self.read = version
        self.access_version = 0
        self.since: list[Event] = []
        self._clock = clock
        self._early: dict[int, Event] = {}
        # Until when to wait for a version; each has its own constant patience, so the first is the next.
        self._gaps: dict[int, float] = {}
        self._in_flight: dict[int, float] = {}
        self._is_mending = False

    @property
    def newest(self) -> int:
        return max(self.told, self.read)

    @property
    def is_bridged(self) -> bool:
        """Whether ``since`` leads from the reading to what was told last, and took no rights away."""
        leads_on = bool(self.since) and self.since[0].prev <= self.read and self.since[-1].version == self.told
        return leads_on and self.access_version <= self.read

    @property
    def is_bridged_by_chat(self) -> bool:
        """Whether nothing but a few messages was told since the reading: no reason to read a long queue again."""
        is_short = len(self.since) <= MOST_MESSAGES_SINCE
        return is_short and self.is_bridged and all(event.name == "chat" for event in self.since)

    @property
    def wait_until(self) -> float | None:
        """When to call ``check``, by the clock; None if nothing is missing."""
        firsts = [next(iter(deadlines.values())) for deadlines in (self._gaps, self._in_flight) if deadlines]
        return min(firsts, default=None)

    def receive(self, event: Event) -> list[Event]:
        """Take an event, in whatever order it comes; the events to tell now, in the order of their versions."""
        version = event.version
        assert version is not None
        if version <= self.told:
            return []
        telling = []
        if event.name == "snapshot":
            telling.append(self._told(event))
        elif version == self.told + 1 or len(self._early) < MOST_EARLY:
            self._early[version] = event
            if version != self.told + 1:
                self._gaps.setdefault(version, self._clock() + GAP_PATIENCE_S)
        while following := self._early.pop(self.told + 1, None):
            telling.append(self._told(following))
        if telling:
            self._forget_told()
        return telling

    def expect(self, version: int) -> None:
        """Take note that the database has ``version``: the bus should bring it soon."""
        if version > self.told:
            self._in_flight.setdefault(version, self._clock() + IN_FLIGHT_S)

    def take_reading(self, version: int, *, is_heard: bool = True) -> bool:
        """Take note that the room was read at ``version``; whether its listeners are to be told that reading now.

        Without listeners nothing is to be told: ``is_heard`` says whether there are any.
        """
        self.read = max(self.read, version)
        self.since = [event for event in self.since if (event.version or 0) > self.read]
        if not is_heard:
            self.told = self.newest
            self._forget_told()
        is_mended, self._is_mending = self._is_mending, False
        if not is_mended:
            self.expect(self.read)
        return is_mended and self.read > self.told

    def mend(self) -> None:
        """Have the next reading told at once: something was missed, and the bus will not bring it."""
        self._is_mending = True

    def check(self, *, is_being_read: bool) -> Step:
        """What to do about the versions that should have been told by now."""
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
            return Step.TELL_READING
        if is_being_read:  # by a reading that may have begun too early
            self._gaps[missing] = now_s + GAP_PATIENCE_S
            return Step.WAIT
        self.mend()
        return Step.READ

    def _told(self, event: Event) -> Event:
        assert event.version is not None
        event.prev, self.told = self.told, event.version
        if event.name == "snapshot":  # not kept: it is large, and leads to a reading of its own
            self.since = []
        elif event.version > self.read:
            self.since = [*self.since[1 - MOST_SINCE :], event]
        if event.name in ("room", "snapshot"):
            self.access_version = event.version
        return event

    def _forget_told(self) -> None:
        if self._early:
            self._early = {version: event for version, event in self._early.items() if version > self.told}
        self._forget_deadlines(self.told)

    def _forget_deadlines(self, version: int) -> None:
        """Wait no longer for ``version`` and those before it."""
        for deadlines in (self._gaps, self._in_flight):
            for known in [known for known in deadlines if known <= version]:
                del deadlines[known]
