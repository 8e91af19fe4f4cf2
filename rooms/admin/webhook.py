"""Admin of webhooks: which addresses rooms have told what changes, and whether they take it. Deleting ends that."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from rooms.admin.base import ModelAdmin
from rooms.models import Webhook


@admin.register(Webhook)
class WebhookAdmin(ModelAdmin):
    """Webhooks, whose secrets are shown nowhere; their rooms' owners make and change them."""

    list_display = ("url", "room", "events", "waiting", "stopped_because")
    list_filter = (("stopped_because", admin.EmptyFieldListFilter),)
    list_select_related = ("room",)
    list_per_page = 50
    search_fields = ("url", "room__name", "room__slug")
    ordering = ("-pk",)
    fields = ("url", "room", "made_by", "events", "stopped_because")

    def get_queryset(self, _request: HttpRequest) -> models.QuerySet[Webhook]:
        waiting = Count("deliveries", filter=Q(deliveries__next_at_ms__isnull=False))
        return Webhook.objects.annotate(number_waiting=waiting)

    @admin.display(description=gettext_lazy("deliveries that wait"), ordering="number_waiting")
    def waiting(self, webhook: Any) -> int:
        return int(webhook.number_waiting)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
