"""Admin of API tokens: who has one, what for, and when it was used last. Deleting one withdraws it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from rooms.admin.base import ModelAdmin
from rooms.clock import now_ms
from rooms.core.change import change
from rooms.errors import Unknown
from rooms.models import Room, Token


@admin.register(Token)
class TokenAdmin(ModelAdmin):
    """Tokens, which themselves are shown nowhere: only their hashes are kept."""

    list_display = ("name", "member", "room", "scopes", "created_at", "last_used_at", "expires_at")
    list_display_links = ("name", "member")
    list_select_related = ("member__room",)
    list_per_page = 50
    search_fields = ("name", "member__nickname", "member__room__name", "member__room__slug")
    ordering = ("-pk",)
    fields = ("name", "member", "room", "scopes", "created_at", "last_used_at", "expires_at")

    @admin.display(description=gettext_lazy("room"), ordering="member__room__name")
    def room(self, token: Token) -> Room:
        return token.member.room

    def delete_model(self, request: HttpRequest, obj: Token) -> None:
        room = obj.member.room
        try:
            with change(room, now_ms(), by=request.user.get_username()) as lent:
                obj.withdraw(lent)
        except Unknown:
            obj.delete()  # the room was closed: nobody listens

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Token]) -> None:
        for token in queryset.select_related("member__room"):
            self.delete_model(request, token)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
