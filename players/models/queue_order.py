"""The order of one queue in the database: read once, computed by ``players.models.order``, written where it differs."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F

from players.models.entry import Entry
from players.models.order import Waiting, arranged, difference, renumbered
from rooms.models import Order, Room

ORDER_GAP = 1 << 16
"""Distance between neighbours: an entry can be put between two others sixteen times before any are renumbered."""

WRITTEN_AT_ONCE = 500


class Row(NamedTuple):
    """What decides where an entry stands."""

    id: int
    order: int
    place: int
    person: int | None
    votes: int
    pin: int | None
    is_filler: bool

    @property
    def waiting(self) -> Waiting:
        return Waiting(self.id, self.person, self.votes, self.pin, self.is_filler)


COLUMNS = ("pk", "order", "as_added", "member_id", "votes", "pin", "is_filler")


class QueueOrder:
    """A queue as it was announced. What stands before the current entry, and that entry, are never rearranged."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.rows = [Row._make(row) for row in room.queue.entries.order_by("order").values_list(*COLUMNS)]
        self.ids = [row.id for row in self.rows]
        current = room.player.entry_id
        self.at = self.ids.index(current) if current in self.ids else -1

    @property
    def plays(self) -> Waiting | None:
        return self.rows[self.at].waiting if self.at >= 0 else None

    @property
    def waiting(self) -> list[int]:
        return self.ids[self.at + 1 :]

    def arranged(
        self,
        waiting: Sequence[int] | None = None,
        *,
        begun: Sequence[int] | None = None,
        mode: str = "",
        without: Collection[int] = (),
    ) -> list[int]:
        """All ids in the order of the mode; ``waiting``, behind ``begun``, replace what was announced."""
        by_id = {row.id: row for row in self.rows}
        rows = [by_id[one].waiting for one in (self.waiting if waiting is None else waiting)]
        if not mode and self.room.order == Order.QUEUE:
            rows = [row._replace(pin=None) for row in rows]  # there it stands where it was put
        begun = self.ids[: self.at + 1] if begun is None else begun
        return [one for one in begun if one not in without] + arranged(
            mode or self.room.order, rows, plays=self.plays, without=without
        )

    def as_added(self) -> list[int]:
        """What waits, in the order that it has in the mode in which all play as they were added."""
        return [row.id for row in sorted(self.rows[self.at + 1 :], key=lambda row: row.place)]

    def mixed(self) -> list[int]:
        """What waits, in a random order that is another one, if there is another."""
        mixed = random.sample(self.waiting, len(self.waiting))
        while mixed == self.waiting and len(mixed) > 1:
            random.shuffle(mixed)
        return mixed

    def write(self, ids: Sequence[int]) -> None:
        """Let the queue stand in this order; ``ids`` are all that it has."""
        orders = {row.id: row.order for row in self.rows}
        new = renumbered([orders[one] for one in ids], None, ORDER_GAP)
        changed = {ids[place]: order for place, order in new.items()}
        taken = set(orders.values())
        if not taken.isdisjoint(changed.values()):
            # Out of the way first: an order is unique at every moment, and SQLite checks it row by row.
            shift = 2 * (max(abs(order) for order in taken) + max(abs(order) for order in changed.values()) + 1)
            for part in _parts(list(changed)):
                self.room.queue.entries.filter(pk__in=part).update(order=F("order") + shift)
        set_numbers("order", changed)

    def tell(
        self,
        ids: Sequence[int],
        entries: Iterable[Entry] = (),
        *,
        before: Sequence[int] | None = None,
        moved: int | None = None,
    ) -> None:
        """Tell the lent room that the queue, which stood as it was read or ``before``, stands in the order ``ids``."""
        told: dict[str, Any] | None = difference(self.ids if before is None else before, ids, moved)
        if told is not None:
            new = [entry.as_json() for entry in entries]
            if told["op"] == "add" and len(new) == 1:
                told["entry"] = new[0]
            elif new:
                told["entries"] = new
            self.room.note("queue", **told)

    def rearrange(self, waiting: Sequence[int] | None = None, *, mode: str = "") -> None:
        """Bring the queue into the order of its mode, and tell what moved."""
        ids = self.arranged(waiting, mode=mode)
        if ids != self.ids:
            self.write(ids)
            self.tell(ids)


def set_numbers(column: str, numbers: Mapping[int, int | None]) -> None:
    """Write numbers of entries, by their ids.

    As plain statements: for thousands of rows ``bulk_update`` takes many times as long, with the room locked.
    """
    table, name = (connection.ops.quote_name(name) for name in (Entry._meta.db_table, column))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET {name} = %s WHERE id = %s",  # noqa: S608  # names of ours
            [(number, entry_id) for entry_id, number in numbers.items()],
        )


def follow_mode(room: Room, before: str, after: str) -> None:
    """Bring what waits into the order of another mode, from that in which it was added; the way back is the same."""
    if before == Order.QUEUE:
        room.queue.entries.update(as_added=F("order"))
    order = QueueOrder(room)
    order.rearrange(order.mixed() if after == Order.SHUFFLE else order.as_added(), mode=after)


def among(waiting: Sequence[int], new: Sequence[int]) -> list[int]:
    """``waiting`` with each of ``new`` at a random place."""
    mixed = list(waiting)
    for one in new:
        mixed.insert(random.randint(0, len(mixed)), one)
    return mixed


def _parts(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + WRITTEN_AT_ONCE] for start in range(0, len(ids), WRITTEN_AT_ONCE))
