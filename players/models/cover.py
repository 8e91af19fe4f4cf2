"""Covers that were found in files, scaled, and served from here."""

from __future__ import annotations

from hashlib import sha256

from django.db import models
from django.utils.translation import gettext_lazy as _

from players.models.track import Track

URL = "/media/covers/"

KEPT = 5_000
"""Covers: at 200 KB at most, and 40 KB mostly, some 200 MB in the database."""

TRIMMED_BY = 100
"""So many of the oldest make room at once."""


class Cover(models.Model):
    """One picture, by its digest: the tracks of an album share it, and its address may be cached for ever.

    It is kept in the database, which all processes share wherever they run.
    """

    digest = models.CharField(_("digest"), max_length=64, unique=True)
    picture = models.BinaryField(_("picture"))

    class Meta:
        verbose_name = _("cover")
        verbose_name_plural = _("covers")

    def __str__(self) -> str:
        return self.digest

    @classmethod
    def keep(cls, picture: bytes) -> str:
        """The address of a JPEG, kept from now on."""
        digest = sha256(picture).hexdigest()
        _cover, is_new = cls.objects.get_or_create(digest=digest, defaults={"picture": picture})
        if is_new and cls.objects.count() > KEPT:
            cls._make_room()
        return f"{URL}{digest}.jpg"

    @classmethod
    def _make_room(cls) -> None:
        """Forget the oldest; tracks that showed them do so no more, and have theirs read anew when they are added."""
        oldest = list(cls.objects.order_by("pk")[:TRIMMED_BY].values_list("pk", "digest"))
        urls = [f"{URL}{digest}.jpg" for _pk, digest in oldest]
        Track.objects.filter(artwork_url__in=urls).update(artwork_url="", checked_at=None)
        cls.objects.filter(pk__in=[pk for pk, _digest in oldest]).delete()
