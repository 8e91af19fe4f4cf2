"""Moving what waits in the queue of a lent room: to the top, by votes, at random, and back."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Max

from players.models.entry import Entry
from players.models.order import difference
from players.models.queue_order import QueueOrder, set_numbers
from rooms.models import Order, Room


def put_next(room: Room, entry: Entry) -> None:
    """Pin ``entry``: it plays next, whatever the room's order, until another is pinned or it has played."""
    current = room.player.entry
    if entry == current:
        return
    before = room.queue.entries.filter(order__lt=entry.order).order_by("order").last()
    pin = (room.queue.entries.aggregate(last=Max("pin"))["last"] or 0) + 1
    if before == current and entry.pin is not None:
        return
    if before == current:
        room.queue.entries.filter(pk=entry.pk).update(pin=pin)
        return
    pinned = entry.pin
    arrange_behind(room, entry, current, pin=pin)
    did_move(room, entry, before, pinned)


def put_all_next(room: Room, entries: Sequence[Entry]) -> None:
    """Pin ``entries``: they play next, in this order, which is one deed."""
    now, current = QueueOrder(room), room.player.entry
    moved = [entry for entry in dict.fromkeys(entries) if entry != current]
    ids = [entry.pk for entry in moved]
    if now.waiting[: len(ids)] == ids and all(entry.pin is not None for entry in moved):
        return
    waiting = set(now.waiting)
    undo = {
        "ids": now.waiting,
        "played": [one for one in ids if one not in waiting],
        "pins": [[entry.pk, entry.pin] for entry in moved],
    }
    last_pin = room.queue.entries.aggregate(last=Max("pin"))["last"] or 0
    set_numbers("pin", {entry.pk: last_pin + number for number, entry in enumerate(reversed(moved), 1)})
    if _stand(room, [*ids, *(one for one in now.waiting if one not in set(ids))]):
        room.did("move", undo, count=len(ids), entry_id=ids[0], title=str(moved[0]))


def put_all_back(room: Room, ids: Sequence[int], played: Sequence[int], pins: Sequence[tuple[int, int | None]]) -> None:
    """Undo ``put_all_next``: what waited stands as in ``ids`` again, what had ``played`` before what plays."""
    set_numbers("pin", dict(pins))
    place = {one: number for number, one in enumerate(ids)}
    waiting = [one for one in QueueOrder(room).waiting if one not in set(played)]
    _stand(room, sorted(waiting, key=lambda one: place.get(one, len(ids))), before=played)


def _stand(room: Room, waiting: Sequence[int], before: Sequence[int] = ()) -> bool:
    """Let ``waiting`` wait, as the room's order has them, and ``before`` stand before what plays.

    Returns whether that moves any. Those of them that are gone are passed over.
    """
    now = QueueOrder(room)
    here, named = set(now.ids), {*waiting, *before}
    begun = [one for one in now.ids[: now.at + 1] if one not in named]
    plays = begun[-1:] if now.at >= 0 else []
    begun = [*begun[: len(begun) - len(plays)], *(one for one in before if one in here and one not in plays), *plays]
    ids = now.arranged([one for one in waiting if one in here and one not in begun], begun=begun)
    if ids != now.ids:
        now.write(ids)
        now.tell(ids)
    return ids != now.ids


def pull(room: Room, entry: Entry) -> None:
    """Have what is about to play follow what plays, where an order is kept: nothing is passed over by a jump."""
    current = room.player.entry
    if room.order == Order.QUEUE or current is None or current == entry:
        return
    now = QueueOrder(room)
    rest = [one for one in now.ids if one != entry.pk]
    at = rest.index(current.pk) + 1 if current.pk in rest else 0
    ids = [*rest[:at], entry.pk, *rest[at:]]
    if ids != now.ids:
        now.write(ids)
        now.tell(ids, moved=entry.pk)


def put_back(room: Room, entry: Entry, after: Entry | None, pin: int | None) -> None:
    """Undo a move of ``entry``, which stood behind ``after``."""
    if entry != room.player.entry:
        arrange_behind(room, entry, after, pin=pin)


def shuffle(room: Room) -> None:
    """Shuffle what waits, once; what is added later comes where the room's order puts it."""
    now = QueueOrder(room)
    before = now.waiting
    now.rearrange(now.mixed())
    if len(before) > 1:
        room.did("shuffle", {"ids": before}, count=len(before))


def arrange(room: Room, ids: Sequence[int]) -> None:
    """Bring what waits into the order ``ids``, as far as the room's order has it; what is not named comes last."""
    now = QueueOrder(room)
    waiting, named = set(now.waiting), set(ids)
    now.rearrange([*(one for one in ids if one in waiting), *(one for one in now.waiting if one not in named)])


def count_vote(room: Room, entry: Entry) -> None:
    """Tell that the votes of ``entry`` are others by now, and let it play earlier or later if that decides here."""
    if room.order != Order.VOTES or entry.pin is not None:
        entry.tell()
        return
    now = QueueOrder(room)
    ids = now.arranged()
    if ids == now.ids:
        entry.tell()
        return
    now.write(ids)
    told = difference(now.ids, ids, entry.pk)
    room.note("queue", **(told or {}), entry=entry.as_json())


def arrange_behind(room: Room, entry: Entry, after: Entry | None, *, pin: int | None) -> None:
    """Announce ``entry`` behind ``after``, pinned or not, and bring the queue into its order."""
    room.queue.entries.filter(pk=entry.pk).update(pin=pin)
    entry.pin = pin
    now = QueueOrder(room)
    rest = [one for one in now.ids if one != entry.pk]
    at = rest.index(after.pk) + 1 if after is not None else 0
    ids = [*rest[:at], entry.pk, *rest[at:]]
    if room.order != Order.QUEUE:
        begun = rest.index(room.player.entry_id) + 1 if room.player.entry_id in rest else 0
        at = max(at, begun)
        ids = [*rest[:at], entry.pk, *rest[at:]]
        ids = now.arranged(ids[begun:], begun=ids[:begun])
    if ids != now.ids:
        now.write(ids)
        now.tell(ids, moved=entry.pk)


def did_move(room: Room, entry: Entry, before: Entry | None, pin: int | None) -> None:
    """Note for the log that ``entry``, which stood behind ``before`` with that ``pin``, was moved."""
    undo = {"entry_id": entry.pk, "after": before.pk if before else None, "pin": pin}
    room.did("move", undo, entry_id=entry.pk, title=str(entry))
