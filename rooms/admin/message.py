"""Admin of what was said in the chats: it can be read, and removed by the verb that hosts use."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, gettext_noop

from rooms.admin.base import VerbAdmin
from rooms.core import chat
from rooms.models import Message, Room


@admin.register(Message)
class MessageAdmin(VerbAdmin):
    """The messages of all open rooms, the newest first."""

    list_display = ("text", "name", "room", "sent_at", "is_edited")
    list_display_links = None
    list_select_related = ("room",)
    list_per_page = 50
    search_fields = ("text", "name", "room__name", "room__slug")
    ordering = ("-pk",)
    actions: Any = ("remove",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Message]:
        return Message.objects.exclude(text="").filter(room__closed_at=None).select_related("room", "member")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        is_of_a_room = lookup == "room__id__exact"
        return is_of_a_room or super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]  # None is passed

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A page of its own only shows it; the action of the list is what removes it."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Django's own way would delete without a word to those who read along."""
        return False

    @admin.display(description=gettext_lazy("sent at"), ordering="sent_at_ms")
    def sent_at(self, message: Message) -> datetime:
        return datetime.fromtimestamp(message.sent_at_ms / 1000, tz=UTC)

    @admin.display(description=gettext_lazy("edited"), boolean=True)
    def is_edited(self, message: Message) -> bool:
        return message.edited_at_ms is not None

    @admin.action(description=gettext_lazy("Remove from the chat"), permissions=["change"])
    def remove(self, request: HttpRequest, queryset: models.QuerySet[Message]) -> None:
        self.each(request, queryset, gettext_noop("Remove"), _remove)


def _remove(lent: Room, message: Message, now_ms: int) -> None:
    chat.remove_message(lent, chat.message_of(lent, message.pk))
