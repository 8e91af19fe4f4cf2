"""Tracks: what is known of each, in every room that has it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy

from players.adding import look_ups
from players.admin.times import clock
from players.models import Track
from players.models.track_news import tell_rooms
from players.timeline import MAX_POSITION_MS
from rooms.admin.base import ModelAdmin
from rooms.admin.forms import ShownForm

NO_ADDRESS = gettext_lazy("An address starts with https://, http:// or /.")


def _can_be_joined(address: str) -> None:
    """Raise ValidationError for what no page could show, since its host is half of an IPv6 address."""
    try:
        urlsplit(address)
    except ValueError:
        raise ValidationError(NO_ADDRESS) from None


class TrackForm(ShownForm):
    length_ms = forms.IntegerField(
        label=gettext_lazy("length (ms)"), min_value=1, max_value=MAX_POSITION_MS, required=False
    )
    artwork_url = forms.CharField(
        label=gettext_lazy("artwork"),
        required=False,
        max_length=2_000,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        validators=[RegexValidator("^(https?:/)?/[^/]", NO_ADDRESS), _can_be_joined],
    )

    class Meta:
        model = Track
        fields = ("title", "artist", "album", "length_ms", "artwork_url", "problem")


@admin.register(Track)
class TrackAdmin(ModelAdmin):
    """Tracks come by links; what their providers said of them can be put right."""

    form = TrackForm
    list_display = ("__str__", "artist", "provider", "media_type", "length", "problem", "checked_at")
    list_filter = ("provider", "problem")
    list_per_page = 100
    search_fields = ("title", "artist", "media_id")
    ordering = ("-pk",)
    fields = (
        "title",
        "artist",
        "album",
        "length_ms",
        "artwork_url",
        "problem",
        "provider",
        "address",
        "media_type",
        "checked_at",
    )
    readonly_fields = ("provider", "address", "media_type", "checked_at")
    actions: Any = ("ask_again",)

    @admin.display(description=gettext_lazy("length"), ordering="length_ms")
    def length(self, track: Track) -> str:
        return clock(track.length_ms)

    @admin.display(description=gettext_lazy("address"))
    def address(self, track: Track) -> str:
        return format_html('<a href="{}" rel="noreferrer">{}</a>', track.url, track.url)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Who may delete a track may delete that it has played, which nobody may by itself."""
        to_delete, counts, _parts, protected = super().get_deleted_objects(objs, request)
        return to_delete, counts, set(), protected

    def save_model(self, request: HttpRequest, obj: Track, form: Any, change: bool) -> None:
        """Keep what the operator changed, and tell every room that has the track."""
        if form.wanted:
            obj.save(update_fields=list(form.wanted))
            tell_rooms(Track.objects.get(pk=obj.pk))

    @admin.action(description=gettext_lazy("Look up again"), permissions=["change"])
    def ask_again(self, request: HttpRequest, queryset: models.QuerySet[Track]) -> None:
        """What YouTube answers, or the file itself, follows in a moment, in every room that has the track."""
        count = look_ups.ask_again(queryset)
        self.message_user(request, gettext("%(count)s tracks are looked up.") % {"count": count}, messages.SUCCESS)
