"""Leaky buckets: what rate limits remember, in the database, so that all processes count together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

CLOCKS_APART_MS = 60_000
"""No two calls differ so much in what they take for now, though one waited for a lock and hosts' clocks disagree."""


class Portion(NamedTuple):
    """What one call pours into a bucket: as many milliseconds as it takes to leak out."""

    key: str
    each_ms: int


class BucketManager(models.Manager["Bucket"]):
    def pour(self, portions: Sequence[Portion], window_ms: int, now_ms: int) -> int:
        """Pour into each bucket, one statement for all; 0, or in how many milliseconds there is room in all of them.

        A bucket holds ``window_ms``. Called in a transaction, which has to be rolled back if there was no room: what
        was poured into the others stays else.
        """
        portions = sorted(portions)  # in one order, so that no two transactions wait for each other
        poured = self._pour(portions, window_ms, now_ms)
        full = {portion.key: portion.each_ms for portion in portions if portion.key not in poured}
        if not full:
            return 0
        empty_at = self.filter(key__in=full).values_list("key", "empty_at_ms")
        return max([1, *(empty_at_ms + full[key] - window_ms - now_ms for key, empty_at_ms in empty_at)])

    def take_back(self, portions: Sequence[Portion]) -> None:
        """Undo one ``pour`` of these, which had room."""
        for key, each_ms in sorted(portions):
            self.filter(key=key).update(empty_at_ms=models.F("empty_at_ms") - each_ms)

    def _pour(self, portions: Sequence[Portion], window_ms: int, now_ms: int) -> set[str]:
        rows = ", ".join(["(%s, %s)"] * len(portions))
        full_at_ms = now_ms + window_ms
        values = [value for portion in portions for value in (portion.key, now_ms + portion.each_ms)]
        with connection.cursor() as cursor:
            times = [now_ms, full_at_ms, now_ms, now_ms, full_at_ms, full_at_ms + CLOCKS_APART_MS]
            cursor.execute(_POUR.format(rows=rows), [*values, *times])
            return {key for (key,) in cursor.fetchall()}

    def discard_empty(self, before_ms: int) -> None:
        """Forget the buckets that have been empty since then: they are as good as none.

        Those into which a call is pouring are left out: it may wait for another that this had locked.
        """
        empty = self.filter(empty_at_ms__lt=before_ms)
        if connection.features.has_select_for_update_skip_locked:
            empty = self.filter(pk__in=empty.select_for_update(skip_locked=True).values("pk"))
        empty.delete()


# An instant far beyond the window was written before the clock was set back: such a bucket counts as empty. An instant
# just beyond it was written by a call that began later: such a bucket is full.
_POUR = """
INSERT INTO rooms_bucket ("key", empty_at_ms) VALUES {rows}
ON CONFLICT ("key") DO UPDATE SET empty_at_ms = excluded.empty_at_ms + CASE
    WHEN rooms_bucket.empty_at_ms BETWEEN %s AND %s THEN rooms_bucket.empty_at_ms - %s ELSE 0 END
WHERE rooms_bucket.empty_at_ms + excluded.empty_at_ms - %s <= %s OR rooms_bucket.empty_at_ms > %s
RETURNING "key"
"""


class Bucket(models.Model):
    """A leaky bucket. It is told by one instant: when it will have leaked empty, if nothing is poured in."""

    key = models.CharField(_("key"), max_length=64, primary_key=True)
    empty_at_ms = models.BigIntegerField(_("empty at ms"), db_index=True)

    objects = BucketManager()

    class Meta:
        verbose_name = _("rate limit")
        verbose_name_plural = _("rate limits")

    def __str__(self) -> str:
        return self.key
