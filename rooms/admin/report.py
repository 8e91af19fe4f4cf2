"""Admin of reports: who was reported, by whom and why, and what the operator does about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from rooms.admin.base import VerbAdmin
from rooms.errors import Unknown
from rooms.models import Member, Report


@admin.register(Report)
class ReportAdmin(VerbAdmin):
    """Reports come from rooms. They are read here, and settled; actions on the person are those of members."""

    list_display = ("created_at", "room", "name", "reason", "text", "reporter_name", "is_settled")
    list_filter = (("settled_at", admin.EmptyFieldListFilter),)
    list_select_related = ("room", "member")
    list_per_page = 50
    search_fields = ("name", "reason", "text", "reporter_name", "room__name", "room__slug")
    ordering = ("-pk",)
    fields = ("room", "member", "name", "message", "text", "reason", "reporter_name", "created_at", "settled_at")
    readonly_fields = fields
    actions: Any = ("settle", "mute", "kick", "ban")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A page of its own only shows it; the actions of the list settle it."""
        return obj is None and super().has_change_permission(request)

    @admin.display(description=gettext_lazy("settled"), boolean=True, ordering="settled_at")
    def is_settled(self, report: Report) -> bool:
        return report.settled_at is not None

    @admin.action(description=gettext_lazy("Settle without more"), permissions=["change"])
    def settle(self, request: HttpRequest, queryset: models.QuerySet[Report]) -> None:
        self.run(request, queryset, gettext_noop("Settle"), lambda report, _now: _settle(report))

    @admin.action(description=gettext_lazy("Mute the person, and settle"), permissions=["change"])
    def mute(self, request: HttpRequest, queryset: models.QuerySet[Report]) -> None:
        self._each(request, queryset, gettext_noop("Mute"), Member.mute)

    @admin.action(description=gettext_lazy("Kick the person, and settle"), permissions=["change"])
    def kick(self, request: HttpRequest, queryset: models.QuerySet[Report]) -> None:
        self._each(request, queryset, gettext_noop("Kick"), Member.kick)

    @admin.action(description=gettext_lazy("Ban the person, and settle"), permissions=["change"])
    def ban(self, request: HttpRequest, queryset: models.QuerySet[Report]) -> None:
        self._each(request, queryset, gettext_noop("Ban"), Member.ban)

    def _each(
        self, request: HttpRequest, queryset: models.QuerySet[Report], deed: str, verb: Callable[[Member], None]
    ) -> None:
        def act(report: Report, now: int) -> bool:
            with self.lend(request, report, now) as lent:
                member = lent.members.filter(reports=report).first()
                if member is None:
                    raise Unknown(gettext("%(name)s is no longer known in that room.") % {"name": report.name})
                verb(member)
            return _settle(report)

        self.run(request, queryset, deed, act)


def _settle(report: Report) -> bool:
    return bool(Report.objects.filter(pk=report.pk, settled_at=None).update(settled_at=timezone.now()))
