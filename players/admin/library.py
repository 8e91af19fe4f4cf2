"""The server's own library: what the last scan found, which files it could not read, and another scan."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.formats import localize
from django.utils.timezone import localtime
from django.utils.translation import gettext, gettext_lazy

from players.admin.times import clock
from players.library import access, turn
from players.models import LibraryScan, LibraryTrack
from players.models.library_track import LibraryTrackQuerySet
from rooms.admin.record import RecordAdmin


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("playable", gettext_lazy("playable")),
            ("unreadable", gettext_lazy("unreadable")),
            ("gone", gettext_lazy("gone")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> LibraryTrackQuerySet:
        tracks: LibraryTrackQuerySet = queryset
        chosen = {
            "playable": tracks.playable(),
            "unreadable": tracks.unreadable(),
            "gone": tracks.gone(),
        }
        return chosen.get(self.value() or "", tracks)


@admin.register(LibraryTrack)
class LibraryTrackAdmin(RecordAdmin):
    """Files are changed in the folder and read from there; nothing of them is changed here."""

    change_list_template = "admin/players/library.html"
    list_display = ("__str__", "artist", "album", "length", "path", "state")
    list_filter = (StateFilter,)
    search_fields = ("title", "artist", "album", "path")
    ordering = ("sort_key", "pk")
    fields = ("title", "artist", "album", "length", "path", "size", "state", "gone_at")
    readonly_fields = fields
    show_full_result_count = False

    @admin.display(description=gettext_lazy("length"), ordering="length_ms")
    def length(self, track: LibraryTrack) -> str:
        return clock(track.length_ms)

    @admin.display(description=gettext_lazy("state"))
    def state(self, track: LibraryTrack) -> str:
        if track.gone_at is not None:
            return gettext("gone")
        return f"{gettext('unreadable')}: {track.problem}" if track.problem else gettext("playable")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("players.view_librarytrack") or self._may_scan(request)

    def get_urls(self) -> list[URLPattern]:
        return [path("scan", self.admin_site.admin_view(self.scan), name="library-scan"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        state = turn.state()
        context = {
            "library": _told(state) if access.is_on() else gettext("There is no library: MUSIC_DIR is not set."),
            "library_problem": state.problem if access.is_on() else "",
            "may_scan": access.is_on() and self._may_scan(request),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def scan(self, request: HttpRequest) -> HttpResponse:
        """Ask for a scan; the process that keeps the library begins it within seconds."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self._may_scan(request) or not access.is_on():
            raise PermissionDenied
        turn.ask()
        text = gettext("The folder is scanned in a moment; come back to see how far that is.")
        self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:players_librarytrack_changelist"))

    def _may_scan(self, request: HttpRequest) -> bool:
        return request.user.has_perm("players.change_librarytrack")


def _told(state: LibraryScan) -> str:
    """What the library has, and how its last scan went or how far this one is."""
    tracks = LibraryTrack.objects
    text = gettext("%(tracks)s tracks in %(folder)s; %(unreadable)s files are unreadable, %(gone)s are gone.") % {
        "tracks": localize(tracks.playable().count()),
        "folder": settings.MUSIC_DIR,
        "unreadable": localize(tracks.unreadable().count()),
        "gone": localize(tracks.gone().count()),
    }
    return f"{text} {_progress(state)}"


def _progress(state: LibraryScan) -> str:
    if turn.is_running(state):
        message = gettext("It is being scanned: %(done)s of %(to_do)s new or changed files are read.")
        return message % {"done": localize(state.done), "to_do": localize(state.to_do)}
    if state.asked_at is not None:
        return gettext("A scan is about to begin.")
    if state.started_at is None or state.ended_at is None:
        return gettext("It was never scanned.")
    seconds = max(1, round((state.ended_at - state.started_at).total_seconds()))
    message = gettext("Last scanned at %(instant)s, in %(seconds)s s.")
    return message % {"instant": localize(localtime(state.ended_at)), "seconds": localize(seconds)}
