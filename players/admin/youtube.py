"""What searches in YouTube took of each day's units."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from players.models import YouTubeDay
from rooms.admin.base import ModelAdmin


@admin.register(YouTubeDay)
class YouTubeDayAdmin(ModelAdmin):
    """Days are counted by searches, and looked at here. One that is deleted is counted anew, as for another key."""

    list_display = ("day", "used", "left")
    ordering = ("-day",)

    @admin.display(description=gettext_lazy("units left"))
    def left(self, day: YouTubeDay) -> int:
        return max(0, settings.YOUTUBE_QUOTA - day.used)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
