"""The player, as one row of its room's page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.utils.translation import gettext, gettext_lazy

from players.admin.times import place_of
from players.models import Entry, Player
from players.timeline import MAX_POSITION_MS, RATES
from rooms.admin.inline import RoomFormSet, RoomInline, RowForm
from rooms.clock import now_ms
from rooms.errors import Invalid, Stale
from rooms.models import Room


class PlayerForm(RowForm):
    """What the operator wants to be heard. The position shown is the one at which the page was made."""

    entry = forms.TypedChoiceField(label=gettext_lazy("Entry"), coerce=int, empty_value=None, required=False)
    playing = forms.BooleanField(label=gettext_lazy("Playing"), required=False)
    position_ms = forms.IntegerField(label=gettext_lazy("position (ms)"), min_value=0, max_value=MAX_POSITION_MS)
    rate = forms.TypedChoiceField(label=gettext_lazy("Rate"), coerce=float)

    class Meta:
        model = Player
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        player: Player = self.instance
        self.initial.update(
            entry=player.entry_id,
            playing=player.playing,
            position_ms=player.timeline.position_at(now_ms()),
            rate=player.rate,
        )
        queue = player.room.queue.listed() if player.pk else []
        self.fields["entry"].choices = [  # type: ignore[attr-defined]
            ("", gettext("nothing")),
            *((entry.pk, f"{place}. {str(entry)[:50]}") for place, entry in enumerate(queue, 1)),
        ]
        self.fields["rate"].choices = [  # type: ignore[attr-defined]
            (rate, f"× {rate:g}") for rate in sorted({*RATES, player.rate})
        ]

    def apply(self, lent: Room, now_ms: int) -> None:
        player, wanted = lent.player, self.wanted
        entry = self._wanted_entry(lent)
        position_ms = wanted.get("position_ms")
        if position_ms is not None:
            self._check_position(player, entry, position_ms)
        if "entry" in wanted and entry is None:
            player.unload(now_ms)
        player.set(now_ms, entry=entry, position_ms=position_ms, rate=wanted.get("rate"), playing=wanted.get("playing"))
        if wanted.get("playing") and not player.playing:
            message = gettext("There is nothing to play: the queue holds nothing playable.")
            raise Invalid(message, fields={"playing": message})

    def _wanted_entry(self, lent: Room) -> Entry | None:
        entry_id = self.wanted.get("entry")
        if entry_id is None:
            return None
        entry = lent.queue.listed().filter(pk=entry_id).first()
        if entry is None:
            message = gettext("This entry is not in the queue any more; choose another.")
        elif entry.track.problem:
            message, reason = gettext("“%(entry)s” cannot be played. %(reason)s"), entry.as_json()["unplayable"]
            message %= {"entry": entry, "reason": gettext(reason)}
        else:
            return entry
        raise Invalid(message, fields={"entry": message})

    def _check_position(self, player: Player, entry: Entry | None, position_ms: int) -> None:
        target = entry or (None if "entry" in self.wanted else player.entry)
        shown = self.shown("entry")
        if entry is None and shown and shown != str(player.entry_id):
            message = gettext("The room went on to “%(entry)s” meanwhile; open this page again to seek in it.")
            message %= {"entry": player.entry}
            raise Stale(message, fields={"position_ms": message})
        message = ""
        if target is None:
            message = gettext("%(position)s is not allowed while nothing is loaded; choose an entry.")
        elif target.last_ms is not None and position_ms > target.last_ms:
            message = gettext("%(position)s lies beyond the end of “%(entry)s”, which is %(end)s.")
        if message:
            message %= {"position": position_ms, "entry": target, "end": target and target.last_ms}
            raise Invalid(message, fields={"position_ms": message})


class PlayerFormSet(RoomFormSet):
    def all_rows(self) -> models.QuerySet[Player]:
        return Player.objects.filter(room=self.room).select_related("room__queue", "entry__track")

    @property
    def caption(self) -> str:
        return ""


class PlayerInline(RoomInline):
    model = Player
    form = PlayerForm
    formset = PlayerFormSet
    verbose_name_plural = gettext_lazy("player")
    fields = ("entry", "playing", "position_ms", "of", "rate")
    readonly_fields = ("of",)

    @admin.display(description=gettext_lazy("now"))
    def of(self, player: Player) -> str:
        """The position and the end, as people read them."""
        return place_of(player, now_ms())
