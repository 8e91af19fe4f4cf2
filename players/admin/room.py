"""A room with what plays in it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from players.adding import add_links
from players.admin.player import PlayerInline
from players.admin.queue import QueueInline
from players.admin.times import place_of
from players.links import Link
from players.models import Entry
from rooms.admin import RoomAdmin
from rooms.admin.base import AdminRequest, confirmed
from rooms.admin.forms import FormRefusal, blaming
from rooms.admin.room import RoomForm
from rooms.clock import now_ms
from rooms.core.caller import Caller
from rooms.core.change import settled
from rooms.core.person import Person
from rooms.errors import Invalid, Refusal
from rooms.models import Room


class PlayingRoomForm(RoomForm):
    link = forms.CharField(
        label=gettext_lazy("Links"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 80}),
        help_text=gettext_lazy(
            "A link, several separated by spaces or lines, or a YouTube playlist, for the end of the queue."
        ),
    )


class LinkRequest(AdminRequest):
    """A request whose pasted links were read before the room was locked."""

    links: list[Link]


admin.site.unregister(Room)


@admin.register(Room)
class PlayingRoomAdmin(RoomAdmin):
    """Rooms, with their players and queues."""

    form = PlayingRoomForm
    inlines: ClassVar[Any] = [PlayerInline, QueueInline, *RoomAdmin.inlines]
    list_display: Any = (
        "name",
        "seen_by",
        "listeners",
        "plays",
        "queue_length",
        "version",
        "is_open",
        "page",
    )
    ordering: ClassVar[Any] = ("-player__playing", "-pk")
    actions: Any = ("play", "pause", "next", "previous", "clear_queue", *RoomAdmin.actions)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Room]:
        entries = Entry.objects.filter(playlist__room=OuterRef("pk")).order_by().values("playlist")
        length = entries.annotate(length=Count("pk")).values("length")
        return super().get_queryset(request).annotate(queue_length=Coalesce(Subquery(length), 0))

    @admin.display(description=gettext_lazy("queue"), ordering="queue_length")
    def queue_length(self, room: Room) -> int:
        return int(getattr(room, "queue_length", 0))

    @admin.display(description=gettext_lazy("plays"), ordering="player__entry__track__title")
    def plays(self, room: Room) -> str:
        """What plays, where it is, and how."""
        now = now_ms()
        player = _as_it_is(room, now).player
        if player.entry is None:
            return ""
        state = gettext("playing") if player.playing else gettext("ended") if player.ended else gettext("paused")
        rate = f" × {player.rate:g}" if player.rate != 1 else ""
        position = place_of(player, now)
        return f"{str(player.entry)[:80]} · {state}{rate}, {position}"

    # Actions

    @admin.action(description=gettext_lazy("Play"), permissions=["change"])
    def play(self, request: HttpRequest, queryset: models.QuerySet[Room]) -> None:
        self.each(request, queryset, gettext_noop("Play"), _play)

    @admin.action(description=gettext_lazy("Pause"), permissions=["change"])
    def pause(self, request: HttpRequest, queryset: models.QuerySet[Room]) -> None:
        self.each(request, queryset, gettext_noop("Pause"), lambda lent, _room, now: lent.player.pause(now))

    @admin.action(description=gettext_lazy("Next"), permissions=["change"])
    def next(self, request: HttpRequest, queryset: models.QuerySet[Room]) -> None:
        self.each(request, queryset, gettext_noop("Next"), lambda lent, _room, now: lent.player.skip(now))

    @admin.action(description=gettext_lazy("Previous"), permissions=["change"])
    def previous(self, request: HttpRequest, queryset: models.QuerySet[Room]) -> None:
        self.each(request, queryset, gettext_noop("Previous"), lambda lent, _room, now: lent.player.previous(now))

    @admin.action(description=gettext_lazy("Clear the queue"), permissions=["change"])
    @confirmed(
        gettext_lazy("Clear the queues of these rooms?"),
        gettext_lazy("The music stops, and what was lined up is gone for good."),
    )
    def clear_queue(self, request: HttpRequest, queryset: models.QuerySet[Room]) -> None:
        self.each(request, queryset, gettext_noop("Clear the queue"), lambda lent, _room, now: lent.queue.clear(now))

    # The page of one room

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Room | None:
        room: Room | None = super().get_object(request, object_id, from_field)
        return _as_it_is(room, now_ms()) if room is not None and request.method == "GET" else room

    def get_fieldsets(self, request: HttpRequest, obj: Room | None = None) -> Any:
        fieldsets = list(super().get_fieldsets(request, obj))
        may_add = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return [*fieldsets, (gettext("Add to the queue"), {"fields": ("link",)})] if may_add else fieldsets

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Reads the pasted links first: a playlist has to be asked for, and no room is locked for so long."""
        asked = cast(LinkRequest, request)
        asked.links = []
        if text := request.POST.get("link", "").strip():
            try:
                pasted = add_links.read(text, site=request.get_host())
                asked.links = pasted.links
                if pasted.refused:
                    messages.warning(request, add_links.told(pasted.refused))
            except Refusal as refusal:
                asked.form_refusal = FormRefusal(Invalid(refusal.message, fields={"link": refusal.message}))
        return super().changeform_view(request, object_id, form_url, extra_context)

    def apply(self, request: HttpRequest, lent: Room, form: Any, formsets: Any, now: int) -> None:
        links = cast(LinkRequest, request).links
        if links:
            caller = Caller.by_browser(Person.of_cookies(request.COOKIES), request.user)
            with blaming(form):
                add_links.add(lent, links, now, after=None, at_end=True, caller=caller)
        super().apply(request, lent, form, formsets, now)


def _as_it_is(room: Room, now_ms: int) -> Room:
    """``room``, moved on if its track has ended since it was last read."""
    if room.closed_at is None:
        with suppress(Refusal):  # it was closed or changed meanwhile: then as it was read
            return settled(room, now_ms)
    return room


def _play(lent: Room, _room: Room, now_ms: int) -> None:
    lent.player.play(now_ms)
    if not lent.player.playing:
        raise Invalid(gettext("There is nothing to play: the queue holds nothing playable."))
