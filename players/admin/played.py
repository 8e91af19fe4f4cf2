"""Admin of the history of rooms: what played there, who added it, and how it ended."""

from __future__ import annotations

from datetime import datetime

from django.contrib import admin
from django.utils.translation import gettext_lazy

from players.models import Played
from rooms.admin.record import RecordAdmin, instant


@admin.register(Played)
class PlayedAdmin(RecordAdmin):
    """What played in which room."""

    list_select_related = ("room",)
    ordering = ("-pk",)
    list_display = ("at", "room", "title", "artist", "added_by", "outcome")
    list_filter = ("outcome",)
    search_fields = ("title", "artist", "room__name", "room__slug")
    fields = ("at", "room", "title", "artist", "added_by", "outcome", "track")

    @admin.display(description=gettext_lazy("when"), ordering="pk")
    def at(self, line: Played) -> datetime:
        return instant(line.played_at_ms)

    @admin.display(description=gettext_lazy("added by"))
    def added_by(self, line: Played) -> str:
        by = line.entry["added_by"]
        return str(by["name"]) if by else ""
