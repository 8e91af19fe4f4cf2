"""Taking entries out of the queue of a lent room, and putting them back."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext

from players.models import kept
from players.models.entry import Entry
from players.models.queue_order import ORDER_GAP, QueueOrder
from rooms.errors import Invalid
from rooms.models import Order, Room


def take_out(room: Room, entries: list[Entry], now_ms: int, kind: str, **facts: Any) -> None:
    """Take entries out, which the log of the room calls ``kind``, and remember them there."""
    gone = {entry.pk for entry in entries}
    player = room.player
    # In turns, who takes their next entry back keeps the turn, which what is left does not show.
    now = QueueOrder(room) if room.order == Order.FAIR or len(entries) > 1 else None
    was_playing = player.entry if player.entry_id in gone else None
    undo = {"entries": kept.saved(entries), "player": kept.saved_player(room, now_ms) if was_playing else None}
    if len(entries) > 1 and now is not None and len(gone) == len(now.ids):
        player.unload(now_ms)
    elif was_playing is not None:
        if len(entries) > 1:
            player.save()  # for the same reason as below
            _delete(room, gone - {was_playing.pk})
        player.leave(was_playing, now_ms)
    # At once and not with the rest of the change: what the player's row names cannot be deleted, and it names this
    # entry also where settling has moved on from it just now.
    player.save()
    _delete(room, gone)
    if now is None:
        room.note("queue", op="remove", entry_id=entries[0].pk)
    elif len(gone) == len(now.ids):
        room.note("queue", op="replace", entries=[])
    else:
        ids = now.arranged(without=gone)
        left = QueueOrder(room)
        if ids != left.ids:
            left.write(ids)
        now.tell(ids)
    room.did(kind, undo, **facts)


def restore(room: Room, saved: list[kept.Saved]) -> list[Entry]:
    """Put entries that were taken out back to where they stood; raises Invalid if there is no room for them."""
    now = QueueOrder(room)
    if len(now.ids) + len(saved) > settings.MAX_QUEUE:
        message = gettext("%(count)s more would be too many: a queue holds at most %(most)s entries.")
        raise Invalid(message % {"count": len(saved), "most": settings.MAX_QUEUE})
    orders = [one["order"] for one in saved]
    if now.rows and min(now.ids) > max(one["id"] for one in saved):
        # The queue was cleared and filled anew: nothing of it stood before what comes back.
        numbers = [row.order for row in now.rows]
        room.queue.entries.update(order=F("order") + max(*orders, *numbers) - min(numbers) + ORDER_GAP)
    taken = set(room.queue.entries.values_list("order", flat=True))
    if taken.isdisjoint(orders):
        entries = kept.restored(room, saved, orders)
    else:
        last = max(taken)
        entries = kept.restored(room, saved, [last + ORDER_GAP * number for number in range(1, len(saved) + 1)])
        stood = {row.id: (row.order, 1) for row in now.rows}
        stood |= {entry.pk: (order, 0) for entry, order in zip(entries, orders, strict=True)}
        again = QueueOrder(room)
        again.write(sorted(again.ids, key=lambda one: stood[one]))
    ids = QueueOrder(room).ids
    places = {entry_id: place for place, entry_id in enumerate(ids)}
    now.tell(ids, sorted(entries, key=lambda entry: places[entry.pk]))
    return entries


def forget_fillers(room: Room, most: int) -> None:
    """Take out all but the last ``most`` of the entries that the room added by itself and that have played."""
    current = room.player.entry
    if current is None:
        return
    played = room.queue.entries.filter(is_filler=True, order__lt=current.order).order_by("-order")
    old = list(played.values_list("pk", flat=True)[most:])
    if old:
        # The player's row may name one of them still, from which the room has moved on in this very change.
        room.player.save()
        _delete(room, old)
        room.note("snapshot")


def _delete(room: Room, entry_ids: Collection[int]) -> None:
    """Delete these entries with what players told of them.

    Players tell without the room's lock. Locked first, an entry takes no word more: one that came between the deletion
    of the words and its own would name what is gone, and the whole change would fail.
    """
    entries = room.queue.entries.filter(pk__in=entry_ids)
    with transaction.atomic(savepoint=False):  # within the change's
        if connection.features.has_select_for_update:
            list(entries.select_for_update().order_by("pk").values_list("pk"))
        entries.delete()
