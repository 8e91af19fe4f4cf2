"""The units of YouTube's Data API that this server spent in a day, counted by all of its processes together."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

KEPT_DAYS = 30
"""Days that an operator can look back on."""


class YouTubeDay(models.Model):
    """What one day of YouTube's took. ``used`` may be behind, where others spend units of the same key."""

    day = models.DateField(_("day in California"), primary_key=True)
    used = models.PositiveIntegerField(_("units used"), default=0)

    class Meta:
        verbose_name = _("day of searches in YouTube")
        verbose_name_plural = _("days of searches in YouTube")

    def __str__(self) -> str:
        return str(self.day)

    @staticmethod
    def spend(units: int, now_ms: int) -> bool:
        """Count ``units`` of today's; False, and nothing counted, if fewer are left.

        They are counted before YouTube is asked: a question whose answer is lost is paid for as well.
        """
        day = day_of(now_ms)
        if not YouTubeDay.objects.filter(day=day).exists():
            YouTubeDay.objects.bulk_create([YouTubeDay(day=day)], ignore_conflicts=True)
            YouTubeDay.objects.filter(day__lt=day - timedelta(days=KEPT_DAYS)).delete()
        room = YouTubeDay.objects.filter(day=day, used__lte=settings.YOUTUBE_QUOTA - units)
        return room.update(used=F("used") + units) == 1

    @staticmethod
    def give_back(units: int, now_ms: int) -> None:
        """YouTube did not take them."""
        YouTubeDay.objects.filter(day=day_of(now_ms), used__gte=units).update(used=F("used") - units)

    @staticmethod
    def use_up(now_ms: int) -> None:
        """YouTube said that nothing is left today, whatever was counted here."""
        YouTubeDay.objects.filter(day=day_of(now_ms), used__lt=settings.YOUTUBE_QUOTA).update(
            used=settings.YOUTUBE_QUOTA
        )

    @staticmethod
    def left_at(now_ms: int) -> int:
        """How many units are left of the day."""
        used = YouTubeDay.objects.filter(day=day_of(now_ms)).values_list("used", flat=True).first() or 0
        return max(0, settings.YOUTUBE_QUOTA - used)


def day_of(now_ms: int) -> date:
    """YouTube's day, which begins at midnight in California."""
    return datetime.fromtimestamp(now_ms / 1_000, _california()).date()


def next_day_in_s(now_ms: int) -> int:
    """Seconds until the next day begins there."""
    begins = datetime.combine(day_of(now_ms) + timedelta(days=1), time(), _california())
    return max(1, int((begins.astimezone(UTC) - datetime.fromtimestamp(now_ms / 1_000, UTC)).total_seconds()))


def _california() -> tzinfo:
    try:
        return ZoneInfo("America/Los_Angeles")
    except ZoneInfoNotFoundError:  # a system without time zones: an hour off in summer
        return timezone(timedelta(hours=-8))
