"""The outbox of webhooks: what a change tells is kept with it, in its transaction, until it is delivered."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from rooms.core.publish import encode
from rooms.models import Delivery, Role, Room, Webhook

LARGEST_DATA = 20_000
"""Characters of an event's data. Of what is larger, such as a whole queue, a webhook is told the version alone."""

MOST_WAITING = 1_000
"""Deliveries of one webhook. One that takes them more slowly than its room changes would never catch up."""

committed = threading.Event()
"""Set once deliveries were committed, for the thread of this process that delivers, if it has one."""


def put(lent: Room, event: str, data: Mapping[str, Any], now_ms: int) -> bool:
    """Keep ``event`` for each webhook of the room that hears it; False if none does. Called within the change."""
    if not settings.WEBHOOKS:
        return False
    active = Webhook.objects.select_related("made_by").filter(room_id=lent.pk, stopped_because="")
    hearing = [webhook for webhook in active if webhook.hears(event) and _goes_on(webhook)]
    if not hearing:
        return False
    if lent.closed_at is not None:
        data = {**data, "closed": True}
    payload = _payload(lent, event, data, now_ms)
    Delivery.objects.bulk_create(
        Delivery(webhook=webhook, event=event, payload=payload, created_at_ms=now_ms, next_at_ms=now_ms)
        for webhook in hearing
    )
    return True


def _goes_on(webhook: Webhook) -> bool:
    """Whether the webhook may hear more; one that may not is stopped."""
    maker = webhook.made_by
    if maker is None or maker.role < Role.HOST or maker.is_banned:
        webhook.stop("Who made it, or had it go on last, hosts this room no more.")
    elif webhook.deliveries.exclude(next_at_ms=None).count() >= MOST_WAITING:
        webhook.stop(f"{MOST_WAITING:,} deliveries waited: it takes them more slowly than the room changes.")
    return not webhook.stopped_because


def _payload(lent: Room, event: str, data: Mapping[str, Any], now_ms: int) -> str:
    """The body of the POST: type, timestamp and data as Standard Webhooks recommends them, and the room's slug."""
    told = data if len(encode(data)) <= LARGEST_DATA else {"version": lent.version, "is_whole": False}
    at = datetime.fromtimestamp(now_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    text = encode({"type": event, "timestamp": at, "room": lent.slug, "data": told})
    return text.encode(errors="replace").decode()  # half a surrogate pair can be neither stored nor signed
