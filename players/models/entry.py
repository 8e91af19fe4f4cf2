"""One track in one queue, perhaps trimmed; and what is told of it, from a model or from a row of the database."""

from __future__ import annotations

from typing import Any, NamedTuple, cast
from urllib.parse import quote
from uuid import UUID

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from players.models.track import MAX_TITLE_LENGTH, URL_BEGINS, Problem, Provider, Track
from players.models.walk import Part
from players.timeline import LEAST_PART_MS, MAX_POSITION_MS, bounds
from rooms.core.person_id import public_id
from rooms.errors import Invalid
from rooms.models import Member, one_line
from rooms.models.from_rows import FromRows
from rooms.shapes.people import NamedJson
from rooms.shapes.player import EntryJson, NamedEntryJson
from rooms.shapes.words import ProviderWord

MOST_LETTERS = 300
"""Of a title or an artist."""


class Entry(FromRows):
    """One track in one queue. ``start_ms`` and ``end_ms`` trim it; None leaves that side as it is.

    ``title``, ``artist`` and ``artwork_url`` are what somebody said of it here, in a file of links for example. Other
    rooms that have the track are not told; where they are empty, what is known of the track is shown. What a host set
    or the players of this room found out is kept here, too, and not with the track, which other rooms share.
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
    set_length_ms = models.PositiveBigIntegerField(_("length set by a host (ms)"), null=True, blank=True)
    measured_ms = models.PositiveBigIntegerField(_("measured length (ms)"), null=True, blank=True, editable=False)
    is_live = models.BooleanField(_("live"), default=False)
    problem = models.CharField(_("problem"), max_length=20, choices=Problem, blank=True)
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
                | Q(start_ms=None, end_ms__gte=LEAST_PART_MS)
                | Q(start_ms__isnull=False, end_ms__gte=F("start_ms") + LEAST_PART_MS),
                name="entry_lasts_a_second",
            ),
            models.CheckConstraint(
                condition=(Q(set_length_ms=None) | Q(set_length_ms__gt=0, set_length_ms__lte=MAX_POSITION_MS))
                & (Q(measured_ms=None) | Q(measured_ms__gt=0, measured_ms__lte=MAX_POSITION_MS)),
                name="entry_length_is_possible",
            ),
        )

    def __str__(self) -> str:
        return self.title or self.track.title or self.heard_title or self.track.url

    @property
    def provider(self) -> Provider:
        return Provider(self.track.provider)

    @property
    def length_ms(self) -> int | None:
        """The length of its media as this room knows it; None if nobody does, or if there is none."""
        return length_of(self.is_live, self.set_length_ms, self.measured_ms, self.track.length_ms)

    @property
    def first_ms(self) -> int:
        """Where it starts."""
        return self.bounds[0]

    @property
    def last_ms(self) -> int | None:
        """Where it ends; None if that is not known, or never."""
        return self.bounds[1]

    @property
    def bounds(self) -> tuple[int, int | None]:
        """Where it starts and where it ends."""
        return bounds(self.start_ms, self.end_ms, self.length_ms, self.is_live)

    @property
    def part(self) -> Part:
        """What a walk through the queue needs of it."""
        return Part(self.pk, self.provider, *self.bounds)

    @property
    def is_playable(self) -> bool:
        return not self.track.problem and not self.problem

    def trim(self, start_ms: int | None, end_ms: int | None, now_ms: int) -> None:
        """Play only from ``start_ms`` to ``end_ms``; raises Invalid if too little would be left."""
        check_part(start_ms, end_ms, self.length_ms)
        if (start_ms, end_ms) != (self.start_ms, self.end_ms):
            before = {"start_ms": self.start_ms, "end_ms": self.end_ms}
            self.start_ms, self.end_ms = start_ms, end_ms
            self.playlist.room.did("trim", {"entry_id": self.pk, **before}, entry_id=self.pk, title=str(self))
            self._save(now_ms, "start_ms", "end_ms")

    def set_length(self, length_ms: int | None, now_ms: int) -> None:
        """Let a host's word on the length hold, whatever players measure; None leaves it to them again."""
        if length_ms != self.set_length_ms or (length_ms is not None and self.is_live):
            self.set_length_ms, self.is_live = length_ms, self.is_live and length_ms is None
            self._save(now_ms, "set_length_ms", "is_live")

    def measure(self, length_ms: int, now_ms: int) -> None:
        """Take the length that players measured."""
        if length_ms != self.measured_ms:
            self.measured_ms = length_ms
            self._save(now_ms, "measured_ms")

    def become_live(self, now_ms: int) -> None:
        """Take it for what has no end."""
        if not self.is_live:
            self.is_live, self.measured_ms = True, None
            self._save(now_ms, "is_live", "measured_ms")

    def mark(self, problem: Problem) -> None:
        """Pass it over from now on: those who listened could not play it, or there is nothing to play."""
        self.problem = problem
        self.save(update_fields=["problem"])
        self.tell()

    def try_again(self, now_ms: int) -> None:
        """Take the mark away that ``mark`` gave it."""
        if self.problem:
            self.problem = ""
            self.save(update_fields=["problem"])
            self.tell()
            self.playlist.room.player.retry(self, now_ms)

    def _save(self, now_ms: int, *columns: str) -> None:
        self.save(update_fields=columns)
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

    def named(self) -> NamedEntryJson:
        """What a notice says of it."""
        return {"id": self.pk, "title": self.as_json()["title"]}

    def as_json(self, slug: str | None = None) -> EntryJson:
        """What is told of it, in the room of that slug; who knows it saves asking the database."""
        track = self.track
        if slug is None and track.provider == Provider.LIBRARY:
            slug = self.playlist.room.slug if self.playlist_id else ""
        return ListedEntry(
            id=self.pk,
            provider=track.provider,
            media_id=track.media_id,
            title=track.title or self.heard_title,
            artist=track.artist,
            artwork_url=track.artwork_url,
            problem=track.problem or self.problem,
            is_live=self.is_live,
            length_ms=self.length_ms,
            person=self.member.person if self.member else None,
            room_id=self.member.room_id if self.member else None,
            nickname=self.member.nickname if self.member else None,
            votes=self.votes,
            start_ms=self.start_ms,
            end_ms=self.end_ms,
            own_title=self.title,
            own_artist=self.artist,
            own_artwork_url=self.artwork_url,
            is_filler=self.is_filler,
            album=track.album,
            media_type=track.media_type,
        ).as_json(slug or "")


class ListedEntry(NamedTuple):
    """What is told of an entry. A long queue is read as these rows: models would take ten times as long to make."""

    id: int
    provider: str
    media_id: str
    title: str
    artist: str
    artwork_url: str
    problem: str
    is_live: bool
    length_ms: int | None
    person: UUID | None
    room_id: int | None
    nickname: str | None
    votes: int
    start_ms: int | None
    end_ms: int | None
    own_title: str
    own_artist: str
    own_artwork_url: str
    is_filler: bool
    album: str
    media_type: str

    def as_json(self, slug: str) -> EntryJson:
        """What is told of it in the room of that ``slug``; empty for an entry of no room."""
        url = URL_BEGINS[self.provider] + self.media_id
        if slug and self.provider == Provider.LIBRARY:
            url = f"/r/{quote(slug)}{url}"  # which is for those alone who may listen there
        return {
            "id": self.id,
            "url": url,
            "provider": cast(ProviderWord, self.provider),
            "media_id": self.media_id,
            "title": self.own_title or self.title or url,
            # A title of its own has the artist with it, if anybody.
            "artist": self.own_artist if self.own_title else self.artist,
            "length_ms": None if self.is_live else self.length_ms,
            "is_live": self.is_live,
            "artwork_url": self.own_artwork_url or self.artwork_url,
            "added_by": self._added_by,
            "votes": self.votes,
            "start_ms": self.start_ms,
            "end_ms": self.end_ms,
            "unplayable": Problem(self.problem).sentence if self.problem else "",
            "autofilled": self.is_filler,
            "album": self.album,
            "media_type": self.media_type,
        }

    @property
    def _added_by(self) -> NamedJson | None:
        if self.person is None or self.room_id is None:
            return None
        return {"id": public_id(self.room_id, self.person), "name": self.nickname or ""}


COLUMNS: tuple[Any, ...] = (
    "pk",
    "track__provider",
    "track__media_id",
    Coalesce(NullIf("track__title", Value("")), "heard_title"),
    "track__artist",
    "track__artwork_url",
    Coalesce(NullIf("track__problem", Value("")), "problem"),
    "is_live",
    Coalesce("set_length_ms", "measured_ms", "track__length_ms"),
    "member__person",
    "member__room_id",
    "member__nickname",
    "votes",
    "start_ms",
    "end_ms",
    "title",
    "artist",
    "artwork_url",
    "is_filler",
    "track__album",
    "track__media_type",
)
"""Where a query for entries finds the fields of ``ListedEntry``."""


def length_of(is_live: bool, set_ms: int | None, measured_ms: int | None, known_ms: int | None) -> int | None:
    """Which length counts: a host's word before what players here measured, and that before what the track says."""
    if is_live:
        return None
    return set_ms if set_ms is not None else measured_ms if measured_ms is not None else known_ms


def check_part(start_ms: int | None, end_ms: int | None, length_ms: int | None = None) -> None:
    """Raise Invalid unless a trim leaves what lasts a second at least, of ``length_ms`` where that is known."""
    if start_ms and length_ms is not None and start_ms + LEAST_PART_MS > length_ms:
        message = gettext(
            "start_ms %(start)s is not allowed: what is left has to last %(least)s ms at least, and all of it lasts "
            "%(length)s ms."
        )
        message %= {"start": start_ms, "least": LEAST_PART_MS, "length": length_ms}
        raise Invalid(message, fields={"start_ms": message})
    if end_ms is not None and end_ms < (start_ms or 0) + LEAST_PART_MS:
        message = gettext(
            "end_ms %(end)s is not allowed: what is left has to last %(least)s ms at least, and start_ms is %(start)s."
        )
        message %= {"end": end_ms, "least": LEAST_PART_MS, "start": start_ms or 0}
        raise Invalid(message, fields={"end_ms": message})
