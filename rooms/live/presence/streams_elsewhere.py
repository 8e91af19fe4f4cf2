"""Counts of open streams in the other processes, by way of the database, so that limits count all of them."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import timedelta

from django.db import DatabaseError
from django.db.models.functions import Now

from rooms.core.publish import PROCESS
from rooms.models import OpenStreams

BELIEVED = timedelta(seconds=6)
"""What a process said so long ago is not believed: of one that died the streams are coming back elsewhere."""


def exchange_counts(counts: dict[str, int], has_said: bool) -> Counter[str]:
    """Say the ``counts`` of this process, and return those of all others. Nothing is written while there are none."""
    if counts:
        OpenStreams.objects.update_or_create(process=PROCESS, defaults={"counts": counts, "seen_at": Now()})
    elif has_said:
        withdraw_counts()
    total: Counter[str] = Counter()
    believed = OpenStreams.objects.filter(seen_at__gt=Now() - BELIEVED).exclude(process=PROCESS)
    for said in believed.values_list("counts", flat=True):
        total.update(said)
    return total


def withdraw_counts() -> None:
    """This process has no streams, or is about to have none. Never raises: what is old is not believed anyway."""
    with suppress(DatabaseError):
        OpenStreams.objects.filter(process=PROCESS).delete()
        OpenStreams.objects.filter(seen_at__lte=Now() - 10 * BELIEVED).delete()
