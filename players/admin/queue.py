"""The queue, as rows of its room's page; and, for long ones, as a list of its own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from players.admin.times import clock
from players.models import Entry, check_part
from players.timeline import LEAST_PART_MS, MAX_POSITION_MS
from rooms.admin.base import VerbAdmin, confirmed
from rooms.admin.inline import RoomFormSet, RoomInline, RowForm
from rooms.errors import Invalid, Unknown
from rooms.models import Room

PLAYED_ROWS = 5
"""Entries shown before the current one, of a queue that is longer than a page."""


def entry_of(lent: Room, entry_id: int) -> Entry:
    """The entry of a lent room; raises Unknown if it is gone."""
    entry = lent.queue.listed().filter(pk=entry_id).first()
    if entry is None:
        raise Unknown(gettext("This entry is not in the queue any more."))
    return entry


def put(lent: Room, places: dict[int, int]) -> None:
    """Move entries, by their ids, to ``places`` of the queue, which count from 1; the others close up around them."""
    order = [entry_id for entry_id in lent.queue.entries.values_list("pk", flat=True) if entry_id not in places]
    for entry_id, place in sorted(places.items(), key=lambda item: item[1]):
        order.insert(place - 1, entry_id)
        index = order.index(entry_id)
        after = entry_of(lent, order[index - 1]) if index else None
        lent.queue.move(entry_of(lent, entry_id), after=after)


class EntryForm(RowForm):
    start_ms = forms.IntegerField(
        label=gettext_lazy("start (ms)"), min_value=0, max_value=MAX_POSITION_MS, required=False
    )
    end_ms = forms.IntegerField(
        label=gettext_lazy("end (ms)"), min_value=LEAST_PART_MS, max_value=MAX_POSITION_MS, required=False
    )

    class Meta:
        model = Entry
        fields: tuple[str, ...] = ("start_ms", "end_ms")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if {"start_ms", "end_ms"} & set(self.changed_data):
            length_ms = self.instance.length_ms if self.instance.track_id else None  # it may be gone meanwhile
            try:
                check_part(cleaned.get("start_ms"), cleaned.get("end_ms"), length_ms)
            except Invalid as problem:
                for field in problem.fields or ():
                    self.add_error(field, problem.message)
        return cleaned

    def apply(self, lent: Room, now_ms: int) -> None:
        entry = entry_of(lent, self.instance.pk)
        start_ms = self.wanted.get("start_ms", entry.start_ms)
        entry.trim(start_ms, self.wanted.get("end_ms", entry.end_ms), now_ms)


class WholeEntryForm(EntryForm):
    """An entry on a page of its own."""

    set_length_ms = forms.IntegerField(
        label=gettext_lazy("length (ms)"),
        min_value=1,
        max_value=MAX_POSITION_MS,
        required=False,
        help_text=gettext_lazy("Holds in this room, whatever players measure; empty leaves it to them."),
    )

    class Meta(EntryForm.Meta):
        fields: tuple[str, ...] = ("start_ms", "end_ms", "set_length_ms")

    def apply(self, lent: Room, now_ms: int) -> None:
        super().apply(lent, now_ms)
        if "set_length_ms" in self.wanted:
            entry_of(lent, self.instance.pk).set_length(self.wanted["set_length_ms"], now_ms)


class PlacedEntryForm(EntryForm):
    """An entry among its neighbours."""

    place = forms.IntegerField(
        label="#", min_value=1, max_value=1_000_000, widget=forms.NumberInput(attrs={"class": "vIntegerField"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["place"] = getattr(self.instance, "place", None)


class QueueFormSet(RoomFormSet):
    def all_rows(self) -> models.QuerySet[Entry]:
        return self.room.queue.listed().annotate(place=Window(RowNumber(), order_by="order"))

    def first_row(self) -> int:
        """Some before the current entry, if there are too many to show."""
        current = self.room.player.entry
        if current is None:
            return 0
        return max(0, self.room.queue.entries.filter(order__lt=current.order).count() - PLAYED_ROWS)

    @property
    def all_url(self) -> str:
        return self.list_url(playlist__room__id__exact=self.room.pk)

    def apply(self, lent: Room, now_ms: int) -> None:
        for form in self.deleted_forms:
            entry = lent.queue.listed().filter(pk=form.instance.pk).first()
            if entry is not None:
                lent.queue.remove(entry, now_ms)
        super().apply(lent, now_ms)
        self.deleted_objects = [form.instance for form in self.deleted_forms]
        put(lent, {form.instance.pk: form.wanted["place"] for form in self.kept_forms if "place" in form.wanted})


class QueueInline(RoomInline):
    model = Entry
    form = PlacedEntryForm
    formset = QueueFormSet
    verbose_name_plural = gettext_lazy("queue")
    can_delete = True
    fields = ("place", "title", "length", "start_ms", "end_ms", "member", "votes")
    readonly_fields = ("title", "length", "member", "votes")

    @admin.display(description=gettext_lazy("title"))
    def title(self, entry: Entry) -> str:
        return title_of(entry)

    @admin.display(description=gettext_lazy("length"))
    def length(self, entry: Entry) -> str:
        return clock(entry.length_ms)

    @admin.display(description="#")
    def place(self, entry: Entry) -> int:
        return int(getattr(entry, "place", 0))


def title_of(entry: Entry) -> str:
    """The entry's title, leading to what it plays, with a mark if it is the current one."""
    mark = "▶ " if entry.playlist.room.player.entry_id == entry.pk else ""
    warning = "" if entry.is_playable else " ⚠"
    return format_html('{}<a href="{}" rel="noreferrer">{}</a>{}', mark, entry.track.url, str(entry)[:80], warning)


@admin.register(Entry)
class EntryAdmin(VerbAdmin):
    """The queues of all open rooms. Entries come by links, on the page of their room."""

    form = WholeEntryForm
    list_display = ("title", "room", "member", "length", "start_ms", "end_ms", "votes", "added_at")
    list_display_links = ("added_at",)
    list_per_page = 100
    search_fields = ("track__title", "track__artist", "track__media_id", "playlist__room__name")
    ordering = ("playlist", "order")
    fields = (
        "title",
        "room",
        ("start_ms", "end_ms"),
        "set_length_ms",
        "is_live",
        "problem",
        "member",
        "votes",
        "added_at",
    )
    readonly_fields = ("title", "room", "is_live", "problem", "member", "votes", "added_at")
    actions: Any = ("play_now", "try_again", "remove")

    def room_of(self, obj: Entry) -> Room:
        return obj.playlist.room

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Entry]:
        entries = Entry.objects.filter(playlist__room__closed_at=None)
        return entries.select_related("track", "member", "playlist__room__player")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup == "playlist__room__id__exact" or super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("title"), ordering="track__title")
    def title(self, entry: Entry) -> str:
        return title_of(entry)

    @admin.display(description=gettext_lazy("room"), ordering="playlist__room__name")
    def room(self, entry: Entry) -> Room:
        return entry.playlist.room

    @admin.display(description=gettext_lazy("length"), ordering="track__length_ms")
    def length(self, entry: Entry) -> str:
        return clock(entry.length_ms)

    @admin.action(description=gettext_lazy("Play now"), permissions=["change"])
    def play_now(self, request: HttpRequest, queryset: models.QuerySet[Entry]) -> None:
        self.each(request, queryset, gettext_noop("Play now"), _play)

    @admin.action(description=gettext_lazy("Try again what failed"), permissions=["change"])
    def try_again(self, request: HttpRequest, queryset: models.QuerySet[Entry]) -> None:
        self.each(
            request,
            queryset,
            gettext_noop("Try again"),
            lambda lent, entry, now: entry_of(lent, entry.pk).try_again(now),
        )

    @admin.action(description=gettext_lazy("Remove from the queue"), permissions=["change"])
    @confirmed(
        gettext_lazy("Remove these entries from their queues?"),
        gettext_lazy("Who listens to one of them goes on with the next."),
    )
    def remove(self, request: HttpRequest, queryset: models.QuerySet[Entry]) -> None:
        self.each(
            request,
            queryset,
            gettext_noop("Remove"),
            lambda lent, entry, now: lent.queue.remove(entry_of(lent, entry.pk), now),
        )


def _play(lent: Room, entry: Entry, now_ms: int) -> None:
    lent.player.set(now_ms, entry=entry_of(lent, entry.pk), playing=True)
