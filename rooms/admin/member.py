"""Admin of members: their roles, mutes, bans and kicks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from rooms.admin.base import VerbAdmin
from rooms.admin.inline import RoomFormSet, RoomInline, RowForm
from rooms.models import Member, Room
from rooms.models.roles import Role

WELCOME, MUTED, BANNED = "", gettext_noop("muted"), gettext_noop("banned")
STANDINGS = (
    (WELCOME, gettext_lazy("welcome")),
    (MUTED, gettext_lazy("muted: may only listen")),
    (BANNED, gettext_lazy("banned: may not come in")),
)


def standing_of(member: Member) -> str:
    """The member's sanction: banned, muted or none."""
    if member.is_banned:
        return BANNED
    return MUTED if member.muted_at is not None else WELCOME


def set_standing(member: Member, standing: str) -> None:
    """Ban, mute or pardon ``member``, of a lent room, so that ``standing`` results."""
    if standing == BANNED:
        member.ban()
    elif standing == WELCOME:
        member.forgive()
    else:
        member.lift_ban()
        member.mute()


class MemberForm(RowForm):
    standing = forms.ChoiceField(label=gettext_lazy("Standing"), choices=STANDINGS, required=False)
    kick = forms.BooleanField(
        label=gettext_lazy("Kick"),
        required=False,
        help_text=gettext_lazy("Ends their streams; they may come back."),
    )

    class Meta:
        model = Member
        fields = ("role",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("standing", standing_of(self.instance))

    def apply(self, lent: Room, now_ms: int) -> None:
        member = lent.members.get(pk=self.instance.pk)
        if "role" in self.wanted:
            member.give_role(Role(self.wanted["role"]))
        if "standing" in self.wanted:
            set_standing(member, self.wanted["standing"])
        if self.wanted.get("kick"):
            member.kick()


class MemberFormSet(RoomFormSet):
    shown_rows = 30

    def all_rows(self) -> models.QuerySet[Member]:
        """Hosts first, then those who came last."""
        return self.room.members.select_related("user").order_by("-role", "-pk")

    @property
    def all_url(self) -> str:
        return self.list_url(room__id__exact=self.room.pk)


class MemberInline(RoomInline):
    model = Member
    form = MemberForm
    formset = MemberFormSet
    verbose_name_plural = gettext_lazy("people")
    fields: ClassVar[Any] = ("nickname", "role", "standing", "kick", "user", "joined_at")
    readonly_fields = ("nickname", "user", "joined_at")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        is_changeable = self.has_change_permission(request, obj)
        return [name for name in self.fields if is_changeable or name != "kick"]

    @admin.display(description=gettext_lazy("standing"))
    def standing(self, member: Member) -> str:
        return gettext(standing_of(member) or "welcome")


@admin.register(Member)
class MemberAdmin(VerbAdmin):
    """The people of all open rooms. They come by themselves, and what is taken from them outlasts their visits."""

    form = MemberForm
    list_display = ("nickname", "room", "role", "standing", "user", "joined_at")
    list_filter = ("role", ("banned_at", admin.EmptyFieldListFilter), ("muted_at", admin.EmptyFieldListFilter))
    list_select_related = ("room", "user")
    list_per_page = 50
    search_fields = ("nickname", "room__name", "room__slug", "user__username")
    ordering = ("-pk",)
    fields = ("nickname", "room", ("role", "standing"), "kick", "user", "joined_at")
    readonly_fields = ("nickname", "room", "user", "joined_at")
    actions: Any = ("mute", "ban", "kick", "forgive")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Member]:
        return Member.objects.filter(room__closed_at=None).select_related("room")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        is_of_a_room = lookup == "room__id__exact"
        return is_of_a_room or super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]  # None is passed

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("standing"))
    def standing(self, member: Member) -> str:
        return gettext(standing_of(member) or "welcome")

    @admin.action(description=gettext_lazy("Mute"), permissions=["change"])
    def mute(self, request: HttpRequest, queryset: models.QuerySet[Member]) -> None:
        self._each(request, queryset, gettext_noop("Mute"), Member.mute)

    @admin.action(description=gettext_lazy("Ban"), permissions=["change"])
    def ban(self, request: HttpRequest, queryset: models.QuerySet[Member]) -> None:
        self._each(request, queryset, gettext_noop("Ban"), Member.ban)

    @admin.action(description=gettext_lazy("Kick"), permissions=["change"])
    def kick(self, request: HttpRequest, queryset: models.QuerySet[Member]) -> None:
        self._each(request, queryset, gettext_noop("Kick"), Member.kick)

    @admin.action(description=gettext_lazy("Give back what was taken"), permissions=["change"])
    def forgive(self, request: HttpRequest, queryset: models.QuerySet[Member]) -> None:
        self._each(request, queryset, gettext_noop("Give back"), Member.forgive)

    def _each(
        self, request: HttpRequest, queryset: models.QuerySet[Member], deed: str, verb: Callable[[Member], None]
    ) -> None:
        self.each(request, queryset, deed, lambda lent, member, _now: verb(lent.members.get(pk=member.pk)))
