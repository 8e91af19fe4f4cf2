"""What YouTube found for words, remembered for a day: a search costs a hundredth of what a key may ask in one."""

from __future__ import annotations

import unicodedata
from typing import cast

from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from rooms.shapes.search import Found

KEPT_MS = 24 * 3_600_000


class YouTubeSearch(models.Model):
    """An answer of YouTube's. Who reads the database finds what was found, and not what anybody typed."""

    key = models.CharField(max_length=64, primary_key=True)
    found = models.JSONField(_("found"))
    asked_at_ms = models.PositiveBigIntegerField(db_index=True)

    class Meta:
        verbose_name = _("search in YouTube")
        verbose_name_plural = _("searches in YouTube")

    def __str__(self) -> str:
        return self.key

    @classmethod
    def known(cls, words: str, now_ms: int) -> list[Found] | None:
        """What was found for these words within a day; None if YouTube has to be asked."""
        rows = cls.objects.filter(key=_key(words), asked_at_ms__gt=now_ms - KEPT_MS, asked_at_ms__lte=now_ms)
        return cast("list[Found] | None", rows.values_list("found", flat=True).first())

    @classmethod
    def keep(cls, words: str, found: list[Found], now_ms: int) -> None:
        """Remember an answer, and forget those that are too old."""
        cls.objects.filter(asked_at_ms__lte=now_ms - KEPT_MS).delete()
        cls.objects.update_or_create(key=_key(words), defaults={"found": found, "asked_at_ms": now_ms})


def _key(words: str) -> str:
    """One for all ways to type the same words."""
    normal = " ".join(unicodedata.normalize("NFKC", words).casefold().split())
    return salted_hmac("players.youtube_search", normal, algorithm="sha256").hexdigest()
