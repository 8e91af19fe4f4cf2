"""Renewals of streams, by way of the database: rights end wherever the bus is away, or not there at all."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models.functions import Now

from rooms.core.publish import PROCESS
from rooms.models import Renewal

KEPT = timedelta(minutes=10)
"""For processes that cannot reach the database for a while."""


def ask_for_renewal(person_id: UUID) -> None:
    """Have the other processes make this person's streams reconnect, at their next look."""
    Renewal.objects.filter(asked_at__lte=Now() - KEPT).delete()
    Renewal.objects.create(person=person_id, process=PROCESS, asked_at=Now())


def recent_renewals() -> dict[int, UUID]:
    """Whose streams other processes asked to be renewed lately, each by a number of its own."""
    recent = Renewal.objects.filter(asked_at__gt=Now() - KEPT).exclude(process=PROCESS)
    return dict(recent.values_list("pk", "person"))
