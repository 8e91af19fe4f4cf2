"""Limits on concurrent streams of one person, address, IPv6 site and room, over all processes together."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Hashable, Mapping
from heapq import nlargest
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from rooms.core.client_address import site_of
from rooms.core.rate_limit import NETWORKS_A_SITE
from rooms.errors import TooMany

logger = logging.getLogger(__name__)

RETRY_AFTER_S = 30
"""For the header Retry-After of a refusal."""

TOLD_FROM = 10
"""Counts below a tenth of their limit are not published: most people have one stream, and such counts add little."""

MOST_TOLD = 1_000
"""Counts published at most, those nearest to their limits: it bounds what strangers can make a process publish."""

MOST_SUSPECTED = 100
"""Addresses that are logged as possible proxies; more tell the operator nothing new."""

S = TypeVar("S", bound=Hashable)
"""A stream; any hashable object."""


class Counted(NamedTuple):
    """The keys by which a stream is counted; the counted address is empty if the stream is not counted by it."""

    address: str
    person_id: UUID | None
    room_id: int
    site: str = ""
    """The /48 of an IPv6 address, which providers assign to one customer as a whole."""


class Limits(Generic[S]):
    """Counts the open streams of a process, and selects which to end in favour of a new one. A limit of 0 is none.

    Joining and leaving take constant time in the number of open streams. ``elsewhere`` has the other processes' counts,
    by the keys of ``told``; only streams of this process are ended.
    """

    def __init__(self, *, per_person: int = 0, per_address: int = 0, per_room: int = 0) -> None:
        self.per_person = per_person
        self.per_address = per_address
        self.per_room = per_room
        self.elsewhere: Counter[str] = Counter()
        self._counted: dict[S, Counted] = {}
        self._of_person: dict[UUID, list[S]] = {}
        self._at_address: Counter[str] = Counter()
        self._at_site: Counter[str] = Counter()
        self._in_room: Counter[int] = Counter()
        self._suspected: set[str] = set()

    @classmethod
    def of(cls, settings: Any) -> Limits[S]:
        """The limits in ``settings``: MAX_STREAMS_PER_PERSON, _ADDRESS and _ROOM."""
        return cls(
            per_person=settings.MAX_STREAMS_PER_PERSON,
            per_address=settings.MAX_STREAMS_PER_ADDRESS,
            per_room=settings.MAX_STREAMS_PER_ROOM,
        )

    def admit(self, stream: S, address: str, person_id: UUID | None, room_id: int) -> list[S]:
        """Count ``stream``; returns the person's oldest streams that must end for it, which count no more.

        ``address`` is the counted one (``Request.counted_address``).

        Raises TooMany, and changes nothing, if the address or the room is full and no stream of this person is there.
        """
        counted = Counted(address, person_id, room_id, site_of(address))
        giving_way = self._giving_way(counted)
        for older in giving_way:
            self.forget(older)
        self._counted[stream] = counted
        if person_id is not None:
            self._of_person.setdefault(person_id, []).append(stream)
        self._at_address[address] += 1
        self._at_site[counted.site] += 1
        self._in_room[room_id] += 1
        return giving_way

    def forget(self, stream: S) -> None:
        """Stop counting ``stream``; idempotent."""
        counted = self._counted.pop(stream, None)
        if counted is None:
            return
        address, person_id, room_id, site = counted
        if person_id is not None:
            theirs = self._of_person[person_id]
            theirs.remove(stream)
            if not theirs:
                del self._of_person[person_id]
        _take_one(self._at_address, address)
        _take_one(self._at_site, site)
        _take_one(self._in_room, room_id)

    def told(self) -> dict[str, int]:
        """The counts to publish to the other processes, by keys such as ``room 7``."""
        persons = {person_id: len(theirs) for person_id, theirs in self._of_person.items()}
        of_kinds: list[tuple[str, Mapping[Any, int], int]] = [
            ("person", persons, self.per_person),
            ("address", self._at_address, self.per_address),
            ("site", self._at_site, NETWORKS_A_SITE * self.per_address),
            ("room", self._in_room, self.per_room),
        ]
        near = [
            (count / limit, f"{kind} {key}", count)
            for kind, counts, limit in of_kinds
            for key, count in counts.items()
            if limit and key != "" and count * TOLD_FROM >= limit
        ]
        return {key: count for _share, key, count in nlargest(MOST_TOLD, near)}

    def _giving_way(self, counted: Counted) -> list[S]:
        """The person's streams to end for one more; raises TooMany if that would not keep every limit."""
        theirs = self._of_person.get(counted.person_id, []) if counted.person_id is not None else []
        of_person = len(theirs) + self.elsewhere[f"person {counted.person_id}"]
        giving_way: list[S] = []
        if self.per_person and of_person >= self.per_person:
            giving_way += _one_of(theirs, giving_way, f"{of_person} streams of yours are open")
        at_address = self._at_address[counted.address] + self.elsewhere[f"address {counted.address}"]
        if counted.address and self.per_address and at_address >= self.per_address:
            self._suspect(counted.address)
            there = [stream for stream in theirs if self._counted[stream].address == counted.address]
            giving_way += _one_of(there, giving_way, f"{at_address} streams are open from {counted.address}")
        at_site = self._at_site[counted.site] + self.elsewhere[f"site {counted.site}"]
        if counted.site and self.per_address and at_site >= NETWORKS_A_SITE * self.per_address:
            there = [stream for stream in theirs if self._counted[stream].site == counted.site]
            giving_way += _one_of(there, giving_way, f"{at_site} streams are open from {counted.site}")
        in_room = self._in_room[counted.room_id] + self.elsewhere[f"room {counted.room_id}"]
        if self.per_room and in_room >= self.per_room:
            there = [stream for stream in theirs if self._counted[stream].room_id == counted.room_id]
            giving_way += _one_of(there, giving_way, f"{in_room} streams of this room are open")
        return giving_way

    def _suspect(self, address: str) -> None:
        """Log once per address that it may be a proxy, behind which all clients count as one."""
        if address not in self._suspected and len(self._suspected) < MOST_SUSPECTED:
            self._suspected.add(address)
            logger.warning(
                "MAX_STREAMS_PER_ADDRESS was reached by %s. If %s is a proxy of yours, name it in TRUSTED_PROXIES.",
                address,
                address,
            )


def _one_of(there: list[S], giving_way: list[S], too_many: str) -> list[S]:
    """The oldest of the person's streams ``there``, none if one of them ends already; raises TooMany without any."""
    if not there:
        raise TooMany(f"{too_many}, and no more are allowed; try again later.", retry_after_s=RETRY_AFTER_S)
    return [] if any(stream in there for stream in giving_way) else there[:1]


def _take_one(counter: Counter[Any], key: Hashable) -> None:
    counter[key] -= 1
    if counter[key] <= 0:
        del counter[key]
