"""Admin of what a room remembers by itself: it is read and searched, and nobody writes it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from rooms.admin.base import ModelAdmin
from rooms.models import LogEntry


def instant(at_ms: int) -> datetime:
    """An instant as the admin shows it, in the site's time zone."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)


class RecordAdmin(ModelAdmin):
    """An admin whose rows are only looked at."""

    list_per_page = 100
    actions: Any = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(LogEntry)
class LogEntryAdmin(RecordAdmin):
    """Who did what in which room."""

    list_select_related = ("room",)
    ordering = ("-pk",)
    list_display = ("at", "room", "name", "kind", "title", "count", "undone")
    list_filter = ("kind", "undone")
    search_fields = ("name", "room__name", "room__slug", "kind", "facts__title")
    fields = ("at", "room", "name", "kind", "title", "count", "undone", "version")

    @admin.display(description=gettext_lazy("when"), ordering="pk")
    def at(self, line: LogEntry) -> datetime:
        return instant(line.at_ms)

    @admin.display(description=gettext_lazy("title"))
    def title(self, line: LogEntry) -> str:
        return str(line.facts.get("title") or line.facts.get("of", ""))

    @admin.display(description=gettext_lazy("how many"))
    def count(self, line: LogEntry) -> int:
        return int(line.facts.get("count", 1))
