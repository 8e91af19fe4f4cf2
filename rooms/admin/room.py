"""Admin of rooms, without what plays in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from rooms.admin import rules
from rooms.admin.base import VerbAdmin, confirmed
from rooms.admin.forms import ShownForm, blaming
from rooms.admin.member import MemberInline
from rooms.clock import now_ms
from rooms.core.caller import Caller
from rooms.core.create_room import make_room
from rooms.core.invitations import invite, standing
from rooms.core.let_stay import let_stay
from rooms.core.person import Person
from rooms.core.reopen import reopen
from rooms.errors import Invalid
from rooms.live.hub import hub
from rooms.models import Room, clean_name, hashed
from rooms.models.roles import Role
from rooms.models.room import MAX_PASSWORD_LENGTH

DOOR = ("guests_stay", "new_password", "no_password", "is_permanent")


class RoomForm(ShownForm, rules.RulesFields):  # type: ignore[misc,valid-type]  # made of a table
    class Meta:
        model = Room
        fields = ("name", "visibility", "is_permanent", "chat_kept", "reactions")

    new_password = forms.CharField(
        label=gettext_lazy("new password"), required=False, max_length=MAX_PASSWORD_LENGTH, strip=False
    )
    no_password = forms.BooleanField(label=gettext_lazy("opens without a password"), required=False)

    guests_stay = forms.BooleanField(
        label=gettext_lazy("those who listen now stay as members"),
        required=False,
        help_text=gettext_lazy("Else they are put out when the room turns private."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        room = kwargs.get("instance") or Room()
        shown = rules.initial(room) | {"no_password": not room.password}
        super().__init__(*args, **{**kwargs, "initial": shown | (kwargs.get("initial") or {})})

    def clean_name(self) -> str:
        try:
            return clean_name(self.cleaned_data["name"])
        except Invalid as invalid:
            raise ValidationError(invalid.message) from None

    def apply(self, lent: Room, now_ms: int) -> None:
        """Give the lent room the name and the rules that the operator wants."""
        if "name" in self.wanted:
            lent.rename(self.wanted["name"])
        if "visibility" in self.wanted:
            lent.visibility = self.wanted["visibility"]
        if self.wanted.get("guests_stay"):
            let_stay(lent, hub.present(lent.pk))
        if "is_permanent" in self.wanted:
            lent.is_permanent = self.wanted["is_permanent"]
        if self.wanted.get("new_password"):
            lent.set_password(hashed(self.wanted["new_password"]))
        elif self.wanted.get("no_password"):
            lent.set_password(None)
        if "chat_kept" in self.wanted:
            lent.chat_kept = self.wanted["chat_kept"]
        if "reactions" in self.wanted:
            lent.set_reactions(self.wanted["reactions"].split())
        rules.apply(lent, self.wanted)


class OpenFilter(admin.SimpleListFilter):
    """Open rooms, unless others are asked for: closed ones only pile up."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return (("closed", gettext("Closed")), ("all", gettext("All")))

    def choices(self, changelist: Any) -> Any:
        choices = super().choices(changelist)
        yield {**next(choices), "display": gettext_lazy("Open")}
        yield from choices

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return queryset if self.value() == "all" else queryset.filter(closed_at__isnull=self.value() != "closed")


@admin.register(Room)
class RoomAdmin(VerbAdmin):
    """Rooms without what plays in them."""

    form = RoomForm
    inlines: ClassVar[Any] = [MemberInline]
    list_display: Any = ("name", "seen_by", "listeners", "version", "is_open", "page")
    list_filter = (OpenFilter, "visibility")
    list_per_page = 50
    search_fields = ("name", "slug")
    search_help_text = gettext_lazy("Name or address")
    ordering: ClassVar[Any] = ("-pk",)
    actions: Any = ("make_host_link", "withdraw_links", "close", "reopen")
    readonly_fields = ("page", "host_link", "who_listens", "version", "created_at", "closed_at")

    def room_of(self, obj: Room) -> Room:
        return obj

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Room]:
        return Room.objects.get_queryset().whole()

    # The list

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        changes = super().get_changelist_instance(request)
        listeners = hub.listeners_of([room.pk for room in changes.result_list])
        for room in changes.result_list:
            room.listeners = listeners[room.pk]
        return changes

    @admin.display(description=gettext_lazy("visibility"), ordering="visibility")
    def seen_by(self, room: Room) -> str:
        return room.visibility

    @admin.display(description=gettext_lazy("listeners"))
    def listeners(self, room: Room) -> int:
        """How many listen, as it was asked for the whole page at once."""
        return int(room.listeners)  # type: ignore[attr-defined]  # set on the rows of a page

    @admin.display(description=gettext_lazy("open"), boolean=True, ordering="closed_at")
    def is_open(self, room: Room) -> bool:
        return room.closed_at is None

    @admin.display(description=gettext_lazy("page"))
    def page(self, room: Room) -> str:
        if room.closed_at is not None:
            return ""
        return format_html('<a href="{}">{}</a>', room.get_absolute_url(), room.get_absolute_url())

    # Actions

    def get_actions(self, request: HttpRequest) -> Any:
        """Those that make sense for what is listed: closed rooms can be reopened, open ones all the rest."""
        actions = super().get_actions(request)
        state = request.GET.get(OpenFilter.parameter_name)
        if state == "closed":
            return {name: found for name, found in actions.items() if name in ("reopen", "delete_selected")}
        return {name: found for name, found in actions.items() if name != "reopen" or state == "all"}

    @admin.action(description=gettext_lazy("Withdraw host links"), permissions=["change"])
    @confirmed(
        gettext_lazy("Withdraw these rooms' host links?"),
        gettext_lazy("Whoever has such a link can no longer become a host by it. Who is a host stays one."),
    )
    def withdraw_links(self, request: HttpRequest, queryset: models.QuerySet[Room]) -> None:
        self.each(
            request,
            queryset,
            gettext_noop("Withdraw host links"),
            lambda lent, _room, _now: lent.withdraw_invitations(),
        )

    @admin.action(description=gettext_lazy("Make a host link"), permissions=["change"])
    def make_host_link(self, request: HttpRequest, queryset: models.QuerySet[Room]) -> None:
        caller = Caller(user=request.user)

        def act(room: Room, now: int) -> bool:
            with self.lend(request, room, now) as lent:
                invite(caller, lent, Role.HOST)
            return True

        self.run(request, queryset, gettext_noop("Make a host link"), act)

    @admin.action(description=gettext_lazy("Close"), permissions=["change"])
    @confirmed(
        gettext_lazy("Close these rooms?"),
        gettext_lazy("The music stops, and all who are there are sent out. For 30 days a closed room can be reopened."),
    )
    def close(self, request: HttpRequest, queryset: models.QuerySet[Room]) -> None:
        self.each(request, queryset, gettext_noop("Close"), lambda lent, _room, _now: lent.close())

    @admin.action(description=gettext_lazy("Reopen"), permissions=["change"])
    def reopen(self, request: HttpRequest, queryset: models.QuerySet[Room]) -> None:
        def act(room: Room, now: int) -> bool:
            return reopen(room, now, by=request.user.get_username()).version > room.version

        self.run(request, queryset, gettext_noop("Reopen"), act)

    # The page of one room

    def get_fieldsets(self, request: HttpRequest, obj: Room | None = None) -> Any:
        by_rule = (gettext("Rules"), {"fields": (*rules.FIELDSETS, ("chat_kept", "reactions"))})
        if obj is None:
            return [(None, {"fields": (("name", "visibility"), DOOR)}), by_rule]
        links = ("page", "host_link") if self.has_change_permission(request, obj) else ()
        state = ("version", "created_at", *(("closed_at",) if obj.closed_at else ()))
        return [(None, {"fields": (("name", "visibility"), DOOR, *links, "who_listens", state)}), by_rule]

    def get_inlines(self, request: HttpRequest, obj: Room | None) -> Any:
        return self.inlines if obj is not None else []

    def get_view_on_site_url(self, obj: Room | None = None) -> str | None:
        return obj.get_absolute_url() if obj is not None and obj.closed_at is None else None

    @admin.display(description=gettext_lazy("host link"))
    def host_link(self, room: Room) -> str:
        invitation = standing(room, Role.HOST)
        if invitation is None:
            return gettext("withdrawn")
        link = invitation.get_absolute_url()
        return format_html('<a href="{}">{}</a>', link, link)

    @admin.display(description=gettext_lazy("listeners"))
    def who_listens(self, room: Room) -> str:
        """How many listen in this process, and who."""
        people = hub.people(room.pk)
        here = [person for person in people["items"] or [] if person["state"] != "away"]
        names = ", ".join(person["name"] for person in here)
        return f"{people['listeners']}: {names}" if names else str(people["listeners"])

    # Saving

    def has_change_permission(self, request: HttpRequest, obj: Room | None = None) -> bool:
        """A closed room is over: it can be looked at, and deleted."""
        return super().has_change_permission(request, obj) and (obj is None or obj.closed_at is None)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            room = self.get_object(request, object_id)
            if room is not None and room.closed_at is not None and self.has_change_permission(request):
                told = gettext("The room “%(room)s” was closed; nothing was saved.") % {"room": room}
                self.message_user(request, told, messages.ERROR)
                return HttpResponseRedirect(request.path)
        return super().change_view(request, object_id, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Room, form: Any, change: bool) -> None:
        """Make a new room, which belongs to the operator; all else is part of the one change of ``save_related``."""
        if not change:
            owner = Caller.by_browser(Person.of_cookies(request.COOKIES), request.user)
            made, _owner = make_room(form.cleaned_data["name"], owner, form.cleaned_data["visibility"])
            obj.pk = made.pk

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        now = now_ms()
        with self.lend(request, form.instance, now) as lent:
            self.apply(request, lent, form, formsets, now)
        form.instance.refresh_from_db()

    def apply(self, request: HttpRequest, lent: Room, form: Any, formsets: Any, now: int) -> None:
        """Call the verbs for all that was changed on the page, on the room that was lent for it."""
        with blaming(form):
            form.apply(lent, now)
        # From the last to the first: what stands above may refer to what becomes of that below.
        for formset in reversed(formsets):
            formset.apply(lent, now)

    # Deleting

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """All that is in a room goes with it, whatever may be done to its parts alone."""
        to_delete, counts, _parts, protected = super().get_deleted_objects(objs, request)
        return to_delete, counts, set(), protected

    def delete_model(self, request: HttpRequest, obj: Room) -> None:
        """Close the room, so that its listeners are told, and delete what was in it."""
        with transaction.atomic():
            room = Room.objects.locked(obj.pk)  # it may have been closed, or opened again, since the page was asked for
            if room is not None and room.closed_at is None:
                with self.lend(request, obj, now_ms()) as lent:
                    lent.close()
            obj.delete()

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Room]) -> None:
        for room in queryset:
            self.delete_model(request, room)
