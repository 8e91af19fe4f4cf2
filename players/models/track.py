"""Something playable, known by provider and media id."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy, override
from django.utils.translation import gettext_lazy as _

from players.links import Link
from players.models.library_track import LibraryTrack
from players.timeline import MAX_POSITION_MS
from rooms.models.compiled_query import CompiledInsert, CompiledQuery, Parameter
from rooms.models.from_rows import FromRows

MAX_TITLE_LENGTH = 300


class Provider(models.TextChoices):
    YOUTUBE = "youtube", "YouTube"
    DIRECT = "direct", gettext_lazy("direct link")
    LIBRARY = "library", gettext_lazy("this server's library")

    @property
    def grace_ms(self) -> int:
        """How long after its computed end a track may go on: players end late, never early."""
        return 1_000 if self is Provider.YOUTUBE else 500

    @property
    def is_gapless(self) -> bool:
        """Whether a browser can have the next track ready while one plays, as it cannot with YouTube's one player."""
        return self is not Provider.YOUTUBE


class Problem(models.TextChoices):
    """Why nobody can play a track, as its provider says, or an entry, as those found who tried; with what is told."""

    NOT_EMBEDDABLE = "not-embeddable", gettext_lazy("Its owner does not let this video play outside YouTube.")
    GONE = "gone", gettext_lazy("This video is private or no longer on YouTube.")
    NOT_IN_LIBRARY = "not-in-library", gettext_lazy("This file is no longer in the library of this server.")
    FAILED = "failed", gettext_lazy("It could not be played by those who listened.")
    MISSING = "missing", gettext_lazy("There is no file at this address.")
    NOT_MEDIA = "not-media", gettext_lazy("At this address is no audio or video file.")

    @property
    def sentence(self) -> str:
        """In English, as it is told to everybody at once."""
        with override(None):
            return str(self.label)


URL_BEGINS = {
    Provider.YOUTUBE.value: "https://www.youtube.com/watch?v=",
    Provider.DIRECT.value: "",
    Provider.LIBRARY.value: "/library/",
}
"""What precedes the media id in the address that people open to see the media."""

MEDIA_AT_ONCE = 500
"""Media ids in one statement, each of which may have 2,000 characters."""


class Track(FromRows):
    """A piece of media, in whatever rooms: it holds only what the server found out, or an operator put right.

    What the players of one room measured belongs to the entry there.
    """

    provider = models.CharField(_("provider"), max_length=10, choices=Provider)
    media_id = models.CharField(_("media id"), max_length=2_000)
    title = models.CharField(_("title"), max_length=MAX_TITLE_LENGTH, blank=True)
    artist = models.CharField(_("artist"), max_length=300, blank=True)
    length_ms = models.PositiveBigIntegerField(_("length ms"), null=True, blank=True)
    album = models.CharField(_("album"), max_length=MAX_TITLE_LENGTH, blank=True)
    artwork_url = models.CharField(_("artwork url"), max_length=2_000, blank=True)
    media_type = models.CharField(_("media type"), max_length=100, blank=True, editable=False)
    problem = models.CharField(_("problem"), max_length=20, choices=Problem, blank=True)
    checked_at = models.DateTimeField(
        _("checked at"), null=True, blank=True, editable=False, help_text="When its provider was last asked about it."
    )
    station_read_at_ms = models.PositiveBigIntegerField(_("station read at ms"), null=True, editable=False)
    """Of a radio station, when one of the processes last set out to read what it plays; None for everything else."""

    class Meta:
        verbose_name = _("track")
        verbose_name_plural = _("tracks")
        constraints = (
            models.UniqueConstraint(fields=["provider", "media_id"], name="one_track_a_media"),
            models.CheckConstraint(condition=Q(provider__in=Provider.values), name="track_provider_is_known"),
            models.CheckConstraint(
                condition=Q(length_ms=None) | Q(length_ms__gt=0, length_ms__lte=MAX_POSITION_MS),
                name="track_length_is_possible",
            ),
        )

    def __str__(self) -> str:
        return self.title or self.url

    @classmethod
    def of(cls, link: Link) -> Track:
        """The track that ``link`` names, made when it is new."""
        media = {"provider": link.provider, "media_id": link.media_id}
        track = _BY_MEDIA.first(**media)
        if track is not None:
            return track
        # Another room may make the same one at this moment; that is no conflict, and costs no savepoint.
        (new,) = cls._new([link])
        track = new if _INSERT.run(new) else _BY_MEDIA.first(**media)
        if track is None:
            raise Track.DoesNotExist(f"The database took no track for {link}.")
        return track

    @classmethod
    def of_all(cls, links: list[Link]) -> list[Track]:
        """The tracks that ``links`` name, one for each. Made in one order whatever theirs is.

        Two transactions that make the same tracks in different orders would wait for each other.
        """
        if len(links) == 1:
            return [cls.of(links[0])]
        new = {(link.provider, link.media_id): link for link in reversed(links)}
        tracks = cls._known(list(new))
        missing = sorted(media for media in new if media not in tracks)
        if missing:
            Track.objects.bulk_create(cls._new([new[media] for media in missing]), ignore_conflicts=True)
            tracks |= cls._known(missing)
        return [tracks[link.provider, link.media_id] for link in links]

    @classmethod
    def _new(cls, links: list[Link]) -> list[Track]:
        """Tracks not made yet: of this server's library all is known at once, of others what their links say."""
        own = LibraryTrack.known(link.media_id for link in links if link.provider == Provider.LIBRARY)
        tracks = []
        for link in links:
            is_own = link.provider == Provider.LIBRARY and link.media_id in own
            facts = own[link.media_id].facts if is_own else {"title": link.title[:MAX_TITLE_LENGTH]}
            tracks.append(cls(provider=link.provider, media_id=link.media_id, **facts))
        return tracks

    @classmethod
    def _known(cls, media: list[tuple[str, str]]) -> dict[tuple[str, str], Track]:
        found: dict[tuple[str, str], Track] = {}
        for start in range(0, len(media), MEDIA_AT_ONCE):
            part = media[start : start + MEDIA_AT_ONCE]
            # With the providers, with which the index begins: else all tracks there are would be looked through.
            providers, ids = {provider for provider, _media_id in part}, [media_id for _provider, media_id in part]
            tracks = cls.objects.filter(provider__in=providers, media_id__in=ids)
            found |= {(track.provider, track.media_id): track for track in tracks}
        return found

    @property
    def url(self) -> str:
        return URL_BEGINS[self.provider] + self.media_id


_INSERT = CompiledInsert(Track, ignore_conflicts=True)
_BY_MEDIA = CompiledQuery(
    lambda: Track.objects.filter(
        provider=Parameter("provider", models.CharField()), media_id=Parameter("media_id", models.CharField())
    )
)
