"""The queue of a room: an ordered list of entries, and the verbs that change it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, overload

from django.db import models
from django.db.models import F, Max
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from players.links import Link
from players.models import moves, removal
from players.models import queue_queries as queries
from players.models.entry import Entry, ListedEntry
from players.models.own_list import OwnList
from players.models.queue_order import ORDER_GAP, QueueOrder, among, follow_mode, set_numbers
from players.models.track import Provider, Track
from players.models.walk import Part
from players.timeline import bounds
from rooms.errors import Invalid
from rooms.models import Member, Order, Room
from rooms.models.compiled_query import CompiledRows
from rooms.models.from_rows import FromRows
from rooms.models.ids import LARGEST_ID
from rooms.models.rules import complete
from rooms.shapes.player import EntryJson

FIRST_ORDER = -(2**63)
"""No entry stands before it."""


class Playlist(FromRows):
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

    def entries_of(self, entry_ids: Iterable[int]) -> dict[int, Entry]:
        """The entries of these ids, by id, which are of this queue."""
        return {entry.pk: self.own(entry) for entry in self.listed().filter(pk__in=set(entry_ids))}

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

    def still_to_play(self) -> models.QuerySet[Entry]:
        """The current entry, unless the queue ended with it, and all behind it; all, where nothing is current."""
        current = self.room.player.entry_id
        if current is None:
            return self.entries.all()
        place = self.entries.filter(pk=current).values("order")
        behind = self.entries.filter(order__gt=models.Subquery(place))
        return behind if self.room.player.ended else behind | self.entries.filter(pk=current)

    def length(self) -> int:
        """How many entries it has."""
        return self._number(queries.LENGTH)

    def length_of(self, member: Member) -> int:
        """How many entries ``member`` added."""
        return self._number(queries.OWN, member=member.pk)

    def as_json(self) -> list[EntryJson]:
        """All entries, as a snapshot has them."""
        return self._told(queries.ROWS.all(playlist=self.pk))

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
        return self._told(rows), before, length - before - len(rows)

    def add(
        self,
        links: list[Link],
        now_ms: int,
        *,
        after: Entry | None,
        at_end: bool,
        member: Member | None,
        is_next: bool = False,
        is_filler: bool = False,
    ) -> list[Entry]:
        """Put ``links`` behind the entry ``after`` (None: to the front), or to the end whatever ``after`` is.

        What ``is_next`` is pinned behind what plays, whatever the room's order; at the end they wait for as long as
        that order has them wait. A queue that had come to its end goes on with them. Raises Invalid where the order
        leaves no choice.
        """
        mode, place, pins = self.room.order, 0, list[int | None]([None] * len(links))
        if is_next:
            after, at_end = self.room.player.entry, False
            last_pin = self.entries.aggregate(last=Max("pin"))["last"] or 0
            pins = [last_pin + number for number in range(len(links), 0, -1)]
        if at_end:
            after_id, last, follows_filler = queries.LAST.first(playlist=self.pk) or (None, 0, False)
            orders = [last + ORDER_GAP * n for n in range(1, len(links) + 1)]
        else:
            if not is_next:
                self._check_arrangeable(after)
            follows_filler = False
            after_id, orders = after.pk if after else None, self._orders_after(after, len(links))
        if mode != Order.QUEUE and links:
            place = self.entries.aggregate(last=Max("as_added"))["last"] or 0
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
                as_added=place + ORDER_GAP * number,
                pin=pins[number - 1],
                is_filler=is_filler,
            )
            for number, (link, track, order) in enumerate(zip(links, Track.of_all(links), orders, strict=True), 1)
        ]
        if not entries:
            return []
        if len(entries) == 1:
            queries.INSERT.run(entries[0])
        else:
            Entry.objects.bulk_create(entries)
        if mode != Order.QUEUE or follows_filler:
            self._arrange_new(entries)
        elif len(entries) == 1:
            self.room.note("queue", op="add", after=after_id, entry=entries[0].as_json())
        else:
            self.room.note("queue", op="add", after=after_id, entries=[entry.as_json() for entry in entries])
        if not is_filler:
            self.room.did("add", entry_id=entries[0].pk, title=str(entries[0]), count=len(entries))
        self.room.player.go_on(entries, now_ms)
        return entries

    def move(self, entry: Entry, *, after: Entry | None) -> None:
        """Put ``entry`` behind ``after``, or to the front if that is None; raises Invalid if the order forbids it."""
        before = self.entries.filter(order__lt=entry.order).order_by("order").last()
        if before == after or entry == after:
            return
        pinned = entry.pin
        if self.room.order == Order.FAIR and after is not None and after.member_id == entry.member_id:
            moves.arrange_behind(self.room, entry, after, pin=None)
        else:
            self._check_arrangeable(after)
            (order,) = self._orders_after(after, 1)
            self.entries.filter(pk=entry.pk).update(order=order, pin=None)
            self.room.note("queue", op="move", entry_id=entry.pk, after=after.pk if after else None)
        moves.did_move(self.room, entry, before, pinned)

    def remove(self, entry: Entry, now_ms: int) -> None:
        """Take ``entry`` out; if it is the current one, the player goes on to the next."""
        removal.take_out(self.room, [entry], now_ms, "remove", entry_id=entry.pk, title=str(entry))

    def remove_all(self, entries: list[Entry], now_ms: int) -> None:
        """Take ``entries`` out as one deed; if the current one is among them, the player goes on."""
        if len(entries) == 1:
            self.remove(entries[0], now_ms)
        elif entries:
            facts = {"count": len(entries), "entry_id": entries[0].pk, "title": str(entries[0])}
            removal.take_out(self.room, entries, now_ms, "remove", **facts)

    def clear(self, now_ms: int, member: Member | None = None) -> None:
        """Take everything out and stop; or what ``member`` added, and go on with the rest."""
        entries = list(self.listed() if member is None else self.listed().filter(member=member))
        for entry in entries:
            entry.playlist = self
        if entries:
            whose = {} if member is None else {"of": member.nickname}
            removal.take_out(self.room, entries, now_ms, "clear", count=len(entries), **whose)

    def follow(self, rules: Mapping[str, Any]) -> None:
        """Bring what waits into the order of the room, if that was another in its ``rules`` as they were."""
        before, after = complete(rules)["order"], self.room.order
        if before != after:
            follow_mode(self.room, before, after)
        if complete(rules)["autofill_from"] != complete(self.room.rules)["autofill_from"]:
            self.check_rules(self.room.rules)

    def check_rules(self, rules: Mapping[str, Any]) -> None:
        """Raise Invalid unless the list that the room goes on with is its owner's."""
        list_id = complete(rules)["autofill_from"]
        if list_id is not None and OwnList.source_of(self.room, list_id) is None:
            message = gettext("The owner of this room has no list %(list)s; allowed is one of theirs, or null.")
            raise Invalid(message % {"list": list_id}, fields={"rules.autofill_from": message % {"list": list_id}})

    def _check_arrangeable(self, after: Entry | None) -> None:
        """Raise Invalid where an entry may not stand behind ``after``, since something else decides that."""
        sentences = {
            Order.FAIR: gettext(
                "Here everybody has their turn: an entry can be put next, but not behind entry %(entry)s."
            ),
            Order.VOTES: gettext("Here votes decide: an entry can be put next, but not behind entry %(entry)s."),
        }
        sentence = sentences.get(Order(self.room.order))
        if sentence is not None:
            message = sentence % {"entry": after.pk if after else gettext("nothing")}
            raise Invalid(message, fields={"after": message})

    def _arrange_new(self, entries: list[Entry]) -> None:
        """Bring entries that were just put to the end, or behind another, to where the room's order has them."""
        now = QueueOrder(self.room)
        new = [entry.pk for entry in entries]
        waiting = None
        if self.room.order == Order.SHUFFLE and now.ids[-len(new) :] == new:
            waiting = among([one for one in now.waiting if one not in new], new)
        ids = now.arranged(waiting)
        if ids != now.ids:
            now.write(ids)
        places = {entry_id: place for place, entry_id in enumerate(ids)}
        now.tell(ids, sorted(entries, key=lambda entry: places[entry.pk]), before=[i for i in now.ids if i not in new])

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

    def _told(self, rows: list[list[Any]]) -> list[EntryJson]:
        slug = self.room.slug
        return [ListedEntry._make(row).as_json(slug) for row in rows]

    def _number(self, query: CompiledRows, **values: int) -> int:
        (number,) = query.first(playlist=self.pk, **values) or (0,)  # of a queue that is not saved there are none
        return int(number)

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
        ids = dict(self.entries.order_by("order").values_list("pk", "order"))
        # Out of the way first: the order is unique at every moment, and SQLite checks it row by row.
        shift = max(abs(order) for order in ids.values()) + gap * (len(ids) + 1)
        self.entries.update(order=F("order") + 2 * shift)
        set_numbers("order", {entry_id: gap * number for number, entry_id in enumerate(ids, 1)})


def _order_of(entry: Entry | None) -> int:
    return entry.order if entry else FIRST_ORDER
