"""One track in one queue, perhaps trimmed; and what is told of it, from a model or from a row of the database."""

from __future__ import annotations

from typing import Any, NamedTuple, cast

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from players.models.track import MAX_TITLE_LENGTH, URL_BEGINS, Problem, Provider, Track
from rooms.errors import Invalid
from rooms.models import Member
from rooms.shapes import EntryJson, NamedEntryJson, ProviderWord


class Entry(models.Model):
    """One track in one queue. ``start_ms`` and ``end_ms`` trim it; None leaves that side as it is.

    ``title``, ``artist`` and ``artwork_url`` are what somebody said of it here, in a file of links for example. Other
    rooms that have the track are not told; where they are empty, what is known of the track is shown.
    """

    playlist = models.ForeignKey("players.Playlist", models.CASCADE, related_name="entries", verbose_name=_("playlist"))
    track = models.ForeignKey(Track, models.PROTECT, related_name="entries", verbose_name=_("track"))
    member = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, verbose_name=_("added by"))
    order = models.BigIntegerField(_("order"))
    start_ms = models.PositiveBigIntegerField(_("start ms"), null=True, blank=True)
    end_ms = models.PositiveBigIntegerField(_("end ms"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=300, blank=True)
    artist = models.CharField(_("artist"), max_length=300, blank=True)
    artwork_url = models.CharField(_("artwork url"), max_length=2_000, blank=True)
    votes = models.PositiveIntegerField(_("votes"), default=0, editable=False)
    heard_title = models.CharField(
        _("title that players told"), max_length=MAX_TITLE_LENGTH, blank=True, editable=False
    )
    added_at = models.DateTimeField(_("added at"), auto_now_add=True)

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ("order",)
        constraints = (
            models.UniqueConstraint(fields=["playlist", "order"], name="one_entry_a_place"),
            models.CheckConstraint(
                # A comparison with NULL is no violation, so that a missing start is named in either case.
                condition=Q(end_ms=None)
                | Q(start_ms=None, end_ms__gt=0)
                | Q(start_ms__isnull=False, end_ms__gt=F("start_ms")),
                name="entry_ends_after_it_starts",
            ),
        )

    def __str__(self) -> str:
        return self.title or self.track.title or self.heard_title or self.track.url

    @property
    def provider(self) -> Provider:
        return Provider(self.track.provider)

    @property
    def first_ms(self) -> int:
        """Where it starts; a start beyond the media's end counts as none."""
        start, length = self.start_ms or 0, self.track.length_ms
        return 0 if length is not None and start >= length else start

    @property
    def last_ms(self) -> int | None:
        """Where it ends; None if the length is not known and no end was set."""
        ends = [end for end in (self.end_ms, self.track.length_ms) if end is not None]
        return min(ends, default=None)

    def trim(self, start_ms: int | None, end_ms: int | None, now_ms: int) -> None:
        """Play only from ``start_ms`` to ``end_ms``; raises Invalid if nothing would be left."""
        if end_ms is not None and end_ms <= (start_ms or 0):
            raise Invalid(
                f"end_ms {end_ms} is not allowed: it must be greater than start_ms, which is {start_ms or 0}."
            )
        if (start_ms, end_ms) != (self.start_ms, self.end_ms):
            self.start_ms, self.end_ms = start_ms, end_ms
            self.save(update_fields=["start_ms", "end_ms"])
            self.tell()
            self.playlist.room.player.fit(self, now_ms)

    @property
    def is_nameless(self) -> bool:
        """Whether its provider did not tell its title."""
        return not self.track.title

    def hear_title(self, title: str) -> None:
        """Take the title that players told, as long as nobody knows better."""
        if self.is_nameless and title != self.heard_title:
            self.heard_title = title
            self.save(update_fields=["heard_title"])
            self.tell()

    def tell(self) -> None:
        """Tell the lent room that something about this entry is new."""
        room = self.playlist.room
        if room.player.entry == self:
            room.player.entry = self  # else the player would still hold, and tell, the entry as it was
        room.note("queue", op="update", entry=self.as_json())

    def named(self) -> NamedEntryJson:
        """What a notice says of it."""
        return {"id": self.pk, "title": self.as_json()["title"]}

    def as_json(self) -> EntryJson:
        track = self.track
        return ListedEntry(
            id=self.pk,
            provider=track.provider,
            media_id=track.media_id,
            title=track.title or self.heard_title,
            artist=track.artist,
            length_ms=track.length_ms,
            artwork_url=track.artwork_url,
            problem=track.problem,
            added_by=self.member.nickname if self.member else None,
            votes=self.votes,
            start_ms=self.start_ms,
            end_ms=self.end_ms,
            own_title=self.title,
            own_artist=self.artist,
            own_artwork_url=self.artwork_url,
        ).as_json()


class ListedEntry(NamedTuple):
    """What is told of an entry. A long queue is read as these rows: models would take ten times as long to make."""

    id: int
    provider: str
    media_id: str
    title: str
    artist: str
    length_ms: int | None
    artwork_url: str
    problem: str
    added_by: str | None
    votes: int
    start_ms: int | None
    end_ms: int | None
    own_title: str
    own_artist: str
    own_artwork_url: str

    def as_json(self) -> EntryJson:
        url = URL_BEGINS[self.provider] + self.media_id
        return {
            "id": self.id,
            "url": url,
            "provider": cast(ProviderWord, self.provider),
            "media_id": self.media_id,
            "title": self.own_title or self.title or url,
            # A title of its own has the artist with it, if anybody.
            "artist": self.own_artist if self.own_title else self.artist,
            "length_ms": self.length_ms,
            "artwork_url": self.own_artwork_url or self.artwork_url,
            "added_by": self.added_by,
            "votes": self.votes,
            "start_ms": self.start_ms,
            "end_ms": self.end_ms,
            "unplayable": Problem(self.problem).sentence if self.problem else "",
        }


COLUMNS: tuple[Any, ...] = (
    "pk",
    "track__provider",
    "track__media_id",
    Coalesce(NullIf("track__title", Value("")), "heard_title"),
    "track__artist",
    "track__length_ms",
    "track__artwork_url",
    "track__problem",
    "member__nickname",
    "votes",
    "start_ms",
    "end_ms",
    "title",
    "artist",
    "artwork_url",
)
"""Where a query for entries finds the fields of ``ListedEntry``."""
