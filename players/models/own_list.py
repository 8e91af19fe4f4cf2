"""An account's own playlist, such as its favourites, and the verbs that change it. No room is part of it."""

from __future__ import annotations

from operator import itemgetter

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import models, transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from players.links import Link
from players.models.entry import Entry
from players.models.track import Track
from rooms.errors import Invalid, TooMany, Unknown
from rooms.models import MAX_NAME_LENGTH, Room, short_line
from rooms.models.roles import Role
from rooms.shapes.player import EntryJson
from rooms.shapes.playlists import PlaylistJson

MAX_LISTS = 200
"""Of one account: more are found by no name."""

RETRY_AFTER_S = 60
"""A guess: another list is allowed as soon as one is deleted."""


class OwnList(models.Model):
    """A list of tracks that an account keeps. At most one of an account is its favourites."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("user"))
    name = models.CharField(_("name"), max_length=MAX_NAME_LENGTH)
    is_favourites = models.BooleanField(_("favourites"), default=False, editable=False)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    class Meta:
        verbose_name = _("list")
        verbose_name_plural = _("lists")
        constraints = (
            models.UniqueConstraint(
                fields=["owner"], condition=Q(is_favourites=True), name="one_list_of_favourites_an_account"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @classmethod
    def make(cls, owner: AbstractBaseUser, name: str) -> OwnList:
        """A new list; raises Invalid for what is no name, TooMany if the account has all that it may have."""
        if cls.objects.filter(owner__pk=owner.pk).count() >= MAX_LISTS:
            message = gettext("You have %(most)s lists, and no more are allowed; delete one of them first.")
            raise TooMany(message % {"most": MAX_LISTS}, retry_after_s=RETRY_AFTER_S)
        return cls.objects.create(owner_id=owner.pk, name=_clean_name(name))

    @classmethod
    def favourites(cls, owner: AbstractBaseUser) -> OwnList:
        """The favourites of the account, made with the first of them."""
        found, _made = cls.objects.get_or_create(
            owner_id=owner.pk, is_favourites=True, defaults={"name": gettext("Favourites")}
        )
        return found

    @classmethod
    def source_of(cls, room: Room, list_id: int) -> OwnList | None:
        """That list, if it belongs to who owns ``room``."""
        owners = room.members.filter(role=Role.OWNER, user__isnull=False).values("user")
        return cls.objects.filter(pk=list_id, owner__in=owners).first()

    def rename(self, name: str) -> None:
        self.name = _clean_name(name)
        self._changed(name=self.name)

    def add(self, links: list[Link]) -> list[OwnEntry]:
        """Put ``links`` to the end; of favourites only those that are none yet.

        Raises Invalid if it grew too long, Unknown if it was deleted meanwhile. Called in a transaction.
        """
        if not self._is_locked():
            raise Unknown(gettext("You have no list “%(list)s”.") % {"list": self.name})
        pairs = list(zip(links, Track.of_all(links), strict=True))
        if self.is_favourites:
            held = set(self.entries.values_list("track_id", flat=True))
            first = {track.pk: place for place, (_link, track) in reversed(list(enumerate(pairs)))}
            pairs = [pairs[place] for pk, place in sorted(first.items(), key=itemgetter(1)) if pk not in held]
        if self.entries.count() + len(pairs) > settings.MAX_QUEUE:
            message = gettext("%(count)s more would be too many: a list holds at most %(most)s entries.")
            raise Invalid(message % {"count": len(pairs), "most": settings.MAX_QUEUE})
        last = self.entries.aggregate(last=Max("order"))["last"] or 0
        made = [
            OwnEntry(list=self, track=track, start_ms=link.start_ms, end_ms=link.end_ms, order=last + number)
            for number, (link, track) in enumerate(pairs, 1)
        ]
        self._changed()
        return OwnEntry.objects.bulk_create(made)

    def remove(self) -> None:
        """Delete it with its entries, also with one that another call is adding at this moment."""
        with transaction.atomic():
            if self._is_locked():
                self.delete()

    def take_out(self, entry_id: int) -> bool:
        """Remove that entry; whether it was one of this list."""
        removed, _by_model = self.entries.filter(pk=entry_id).delete()
        self._changed()
        return bool(removed)

    def _is_locked(self) -> bool:
        """Whether it is still there, and then nobody else's to change until the transaction ends."""
        return OwnList.objects.select_for_update(no_key=True).filter(pk=self.pk).first() is not None

    def _changed(self, **columns: str) -> None:
        """Save ``columns``, and when that was. A list that was deleted meanwhile does not come back."""
        self.changed_at = timezone.now()
        OwnList.objects.filter(pk=self.pk).update(changed_at=self.changed_at, **columns)

    def listed(self) -> list[OwnEntry]:
        """The entries in their order, each with its track."""
        return list(self.entries.select_related("track").order_by("order"))

    def as_json(self, length: int) -> PlaylistJson:
        return {
            "id": self.pk,
            "name": self.name,
            "is_favourites": self.is_favourites,
            "length": length,
            "changed_at_ms": int(self.changed_at.timestamp() * 1000),
        }


class OwnEntry(models.Model):
    """One track in an account's own list."""

    list = models.ForeignKey(OwnList, models.CASCADE, related_name="entries", verbose_name=_("list"))
    track = models.ForeignKey(Track, models.PROTECT, related_name="+", verbose_name=_("track"))
    order = models.PositiveBigIntegerField(_("order"))
    start_ms = models.PositiveBigIntegerField(_("start ms"), null=True, blank=True)
    end_ms = models.PositiveBigIntegerField(_("end ms"), null=True, blank=True)

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = (models.UniqueConstraint(fields=["list", "order"], name="one_own_entry_a_place"),)

    def __str__(self) -> str:
        return str(self.track)

    def as_json(self) -> EntryJson:
        """Told as an entry of a queue is: nobody else added it, and nobody votes."""
        return Entry(pk=self.pk, track=self.track, start_ms=self.start_ms, end_ms=self.end_ms).as_json()


def link_of(entry: Entry | OwnEntry) -> Link:
    """An entry as a queue or another list takes it."""
    track = entry.track
    return Link(track.provider, track.media_id, track.url, entry.start_ms, entry.end_ms, "unknown", track.title)


def _clean_name(text: str) -> str:
    return short_line(
        text, MAX_NAME_LENGTH, gettext("A list's name has 1 to %(most)s visible characters, this one has %(length)s.")
    )
