"""The queue of a room: an ordered list of entries, and the verbs that change it."""

from __future__ import annotations

from typing import Any, overload

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from players.links import Link
from players.models import queue_queries as queries
from players.models.entry import Entry, ListedEntry
from players.models.track import Provider, Track
from players.models.walk import Part
from players.timeline import bounds
from rooms.models import Member, Room
from rooms.shapes import EntryJson

ORDER_GAP = 1 << 16
"""Distance between neighbours: an entry can be put between two others sixteen times before any are renumbered."""


LARGEST_ID = 2**63 - 1
"""What is larger, no database looks for."""

FIRST_ORDER = -(2**63)
"""No entry stands before it."""


class Playlist(models.Model):
    """A room's queue. Its verbs are called on a room that ``rooms.core.change.change`` lends."""

    room = models.OneToOneField(Room, models.CASCADE, related_name="queue", verbose_name=_("room"))

    class Meta:
        verbose_name = _("playlist")
        verbose_name_plural = _("playlists")

    def __str__(self) -> str:
        return f"queue of {self.room}"

    def listed(self) -> models.QuerySet[Entry]:
        """The entries in their order, each with its track and who added it."""
        return self.entries.select_related("track", "member").order_by("order")

    def entry(self, entry_id: int) -> Entry | None:
        """The entry of that id, if it is one of this queue."""
        if not 0 < entry_id <= LARGEST_ID:
            return None
        return self.own(queries.ENTRY.first(playlist=self.pk, pk=entry_id))

    def first_playable(self) -> Entry | None:
        return self.own(queries.FIRST_PLAYABLE.first(playlist=self.pk))

    def playable_after(self, entry: Entry) -> Entry | None:
        return self.own(queries.PLAYABLE_AFTER.first(playlist=self.pk, pk=entry.pk))

    def playable_before(self, entry: Entry) -> Entry | None:
        return self.own(queries.PLAYABLE_BEFORE.first(playlist=self.pk, pk=entry.pk))

    def order_of(self, entry: Entry | None) -> int | None:
        """Where ``entry`` stands by now: it may have been moved since it was read."""
        row = queries.ORDER.first(pk=entry.pk) if entry is not None else None
        return row[0] if row else None

    def parts(self) -> list[tuple[int, Part]]:
        """What of it can be played, in its order, each with its place in that order: enough to walk on by time."""
        return [
            (order, Part(entry_id, Provider(provider), *bounds(start_ms, end_ms, length_ms, is_live)))
            for entry_id, order, provider, start_ms, end_ms, length_ms, is_live in queries.PARTS.all(playlist=self.pk)
        ]

    def length(self) -> int:
        """How many entries it has."""
        return self._length_and_before(None)[0]

    def shares(self, member: Member) -> tuple[int, int]:
        """How many entries it has, and how many of them ``member`` added."""
        length, own = queries.SHARES.first(playlist=self.pk, member=member.pk) or (0, 0)
        return length, own

    def as_json(self) -> list[EntryJson]:
        """All entries, as a snapshot has them."""
        return [ListedEntry._make(row).as_json() for row in queries.ROWS.all(playlist=self.pk)]

    def part_as_json(self, current: Entry | None, most: int) -> tuple[list[EntryJson], int, int]:
        """At most ``most`` entries from ``current`` on, and how many stand before and behind these.

        Where fewer than that follow, those before ``current`` make up for them.
        """
        length, before = self._length_and_before(current)
        if before + most <= length:
            rows = queries.rows_from(most).all(playlist=self.pk, order=_order_of(current))
        else:
            rows = queries.last_rows(most).all(playlist=self.pk)[::-1]
            before = length - len(rows)
        return [ListedEntry._make(row).as_json() for row in rows], before, length - before - len(rows)

    def add(
        self, links: list[Link], now_ms: int, *, after: Entry | None, at_end: bool, member: Member | None
    ) -> list[Entry]:
        """Put ``links`` behind the entry ``after`` (None: to the front), or to the end whatever ``after`` is.

        A queue that had come to its end goes on with them.
        """
        if at_end:
            after_id, last = queries.LAST.first(playlist=self.pk) or (None, 0)
            orders = [last + ORDER_GAP * n for n in range(1, len(links) + 1)]
        else:
            after_id, orders = after.pk if after else None, self._orders_after(after, len(links))
        entries = [
            Entry(
                playlist=self,
                track=track,
                member=member,
                start_ms=link.start_ms,
                end_ms=link.end_ms,
                order=order,
                title=link.listed.title,
                artist=link.listed.artist,
                artwork_url=link.listed.artwork_url,
            )
            for link, track, order in zip(links, Track.of_all(links), orders, strict=True)
        ]
        Entry.objects.bulk_create(entries)
        told: dict[str, Any] = {"after": after_id}
        if len(entries) == 1:
            told["entry"] = entries[0].as_json()
        else:
            told["entries"] = [entry.as_json() for entry in entries]
        if entries:
            self.room.note("queue", op="add", **told)
            self.room.player.go_on(entries, now_ms)
        return entries

    def move(self, entry: Entry, *, after: Entry | None) -> None:
        """Put ``entry`` behind ``after``, or to the front if that is None."""
        before = self.entries.filter(order__lt=entry.order).order_by("order").last()
        if before == after or entry == after:
            return
        (order,) = self._orders_after(after, 1)
        self.entries.filter(pk=entry.pk).update(order=order)
        self.room.note("queue", op="move", entry_id=entry.pk, after=after.pk if after else None)

    def remove(self, entry: Entry, now_ms: int) -> None:
        """Take ``entry`` out; if it is the current one, the player goes on to the next."""
        player, entry_id = self.room.player, entry.pk
        if player.entry == entry:
            player.leave(entry, now_ms)
        # At once and not with the rest of the change: what the player's row names cannot be deleted, and it names this
        # entry also where settling has moved on from it just now.
        player.save()
        entry.delete()
        self.room.note("queue", op="remove", entry_id=entry_id)

    def clear(self, now_ms: int) -> None:
        """Take everything out and stop."""
        if self.entries.exists():
            self.room.player.unload(now_ms)
            self.room.player.save()
            self.entries.all().delete()
            self.room.note("queue", op="replace", entries=[])

    @overload
    def own(self, entry: Entry) -> Entry: ...
    @overload
    def own(self, entry: None) -> None: ...
    @overload
    def own(self, entry: Entry | None) -> Entry | None: ...
    def own(self, entry: Entry | None) -> Entry | None:
        """``entry`` with this very object as its queue, so that it can tell the room that is lent."""
        if entry is not None:
            entry.playlist = self
        return entry

    def _length_and_before(self, entry: Entry | None) -> tuple[int, int]:
        """How many entries there are, and how many of them before ``entry``."""
        length, before = queries.COUNTS.first(playlist=self.pk, order=_order_of(entry)) or (0, 0)
        return length, before

    def _orders_after(self, after: Entry | None, count: int) -> list[int]:
        """``count`` free order numbers between ``after`` and the entry behind it."""
        for _attempt in range(2):
            low = self.entries.values_list("order", flat=True).get(pk=after.pk) if after else None
            behind = self.entries.all() if low is None else self.entries.filter(order__gt=low)
            high = behind.order_by("order").values_list("order", flat=True).first()
            if high is None:
                return [(low or 0) + ORDER_GAP * n for n in range(1, count + 1)]
            if low is None:
                return [high - ORDER_GAP * n for n in range(count, 0, -1)]
            step = (high - low) // (count + 1)
            if step:
                return [low + step * n for n in range(1, count + 1)]
            self._renumber(gap=ORDER_GAP * (count + 1))
        raise AssertionError("a renumbered queue has gaps")

    def _renumber(self, gap: int) -> None:
        entries = list(self.entries.order_by("order"))
        # Out of the way first: the order is unique at every moment, and SQLite checks it row by row.
        shift = max(abs(entry.order) for entry in entries) + gap * (len(entries) + 1)
        self.entries.update(order=F("order") + 2 * shift)
        for number, entry in enumerate(entries, 1):
            entry.order = gap * number
        Entry.objects.bulk_update(entries, ["order"], batch_size=500)


def _order_of(entry: Entry | None) -> int:
    return entry.order if entry else FIRST_ORDER
