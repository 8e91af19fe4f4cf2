"""One track in one queue, perhaps trimmed; and what is told of it, from a model or from a row of the database."""

from __future__ import annotations

from typing import NamedTuple, cast

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from players.models.track import URL_BEGINS, Problem, Provider, Track
from rooms.errors import Invalid
from rooms.models import Member, one_line
from rooms.shapes import EntryJson, ProviderWord

MOST_LETTERS = 300
"""Of a title or an artist."""


class Entry(models.Model):
    """One track in one queue. ``start_ms`` and ``end_ms`` trim it; None leaves that side as it is.

    ``title``, ``artist`` and ``artwork_url`` are what somebody said of it here, in a file of links for example. Other
    rooms that have the track are not told; where they are empty, what is known of the track is shown.
    """

    playlist = models.ForeignKey("players.Playlist", models.CASCADE, related_name="entries", verbose_name=_("playlist"))
    track = models.ForeignKey(Track, models.PROTECT, related_name="entries", verbose_name=_("track"))
    member = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, verbose_name=_("added by"))
    order = models.BigIntegerField(_("order"))
    as_added = models.BigIntegerField(_("place as added"), default=0, editable=False)
    pin = models.PositiveIntegerField(_("pin"), null=True, blank=True, editable=False)
    is_filler = models.BooleanField(_("added by the room itself"), default=False, editable=False)
    start_ms = models.PositiveBigIntegerField(_("start ms"), null=True, blank=True)
    end_ms = models.PositiveBigIntegerField(_("end ms"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=300, blank=True)
    artist = models.CharField(_("artist"), max_length=300, blank=True)
    artwork_url = models.CharField(_("artwork url"), max_length=2_000, blank=True)
    votes = models.PositiveIntegerField(_("votes"), default=0, editable=False)
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
        return self.title or str(self.track)

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
            before = {"start_ms": self.start_ms, "end_ms": self.end_ms}
            self.start_ms, self.end_ms = start_ms, end_ms
            self.playlist.room.did("trim", {"entry_id": self.pk, **before}, entry_id=self.pk, title=str(self))
            self.save(update_fields=["start_ms", "end_ms"])
            self.tell()
            self.playlist.room.player.fit(self, now_ms)

    def rename(self, title: str | None, artist: str | None) -> None:
        """Give it another title or artist, in this queue alone. None leaves one as it is; empty, it is the track's.

        Raises Invalid if a text cannot be one.
        """
        if title is not None:
            title = one_line(title)
        if artist is not None:
            artist = one_line(artist)
        shown = self.as_json()
        # The artist goes with a title of its own, so what is left as it is becomes its own as well.
        new_title = self.title if title is None else title
        new_artist = (self.artist if self.title else shown["artist"] if new_title else "") if artist is None else artist
        if artist and not new_title:
            new_title = shown["title"][:MOST_LETTERS]
        for name, text in (("title", new_title), ("artist", new_artist)):
            if len(text) > MOST_LETTERS:
                message = gettext("A text of %(count)s characters is too long: %(name)s has %(most)s at most.")
                message %= {"count": len(text), "name": name, "most": MOST_LETTERS}
                raise Invalid(message, fields={name: message})
        if (new_title, new_artist) != (self.title, self.artist):
            undo = {"entry_id": self.pk, "title": self.title, "artist": self.artist}
            self.set_names(new_title, new_artist)
            self.playlist.room.did("rename", undo, entry_id=self.pk, title=shown["title"])

    def set_names(self, title: str, artist: str) -> None:
        """Have this title and artist of its own; empty ones are the track's."""
        self.title, self.artist = title, artist
        self.save(update_fields=["title", "artist"])
        self.tell()

    def tell(self) -> None:
        """Tell the lent room that something about this entry is new."""
        room = self.playlist.room
        if room.player.entry == self:
            room.player.entry = self  # else the player would still hold, and tell, the entry as it was
        room.note("queue", op="update", entry=self.as_json())

    def as_json(self) -> EntryJson:
        track = self.track
        return ListedEntry(
            id=self.pk,
            provider=track.provider,
            media_id=track.media_id,
            title=track.title,
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
            is_filler=self.is_filler,
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
    is_filler: bool

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
            "autofilled": self.is_filler,
        }


COLUMNS = (
    "pk",
    "track__provider",
    "track__media_id",
    "track__title",
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
    "is_filler",
)
"""Where a query for entries finds the fields of ``ListedEntry``."""
