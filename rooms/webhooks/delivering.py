"""The thread that delivers: it looks for what is due, and has each webhook told by one thread at a time.

Every process that serves has one. Of several, the one that claims a delivery in the database makes the attempt; should
it end meanwhile, another one makes it again once the claim is old. So a message may come twice, by the same id.
"""

from __future__ import annotations

import logging
import random
import threading
from datetime import UTC, datetime
from functools import partial

import standardwebhooks
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from rooms.clock import monotonic_s, now_ms
from rooms.core import outbox
from rooms.fair_pool import FairPool
from rooms.models import Delivery, Webhook
from rooms.outgoing.budget import Unanswered
from rooms.outgoing.post import Answer, post

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 5.0
"""What waits for a further attempt, or was kept by a process that delivers nothing, is found so soon."""

CLAIM_MS = 60_000
"""After so long an attempt is taken for lost with its process: four times what one may take."""

PAUSES_S = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Before each further attempt, three days in all, as Standard Webhooks recommends."""

LONGEST_PAUSE_S = 86_400

TURN_S = 5.0
"""After so long the other webhooks have their turn: one that does not answer takes 15 s a message."""

KEPT = 100
"""Deliveries of one webhook that are done, for its owner to look at."""

GONE = 410

MOST_DUE = 1_000
"""Webhooks that wait for a thread; the others are found at the next look."""

_pool = FairPool("webhooks", threads=4, most_waiting=MOST_DUE, most_of_a_group=1)
_lock = threading.Lock()
_under_way: dict[int, bool] = {}
"""The webhooks that a thread has taken on, and whether more was due to them at a later look."""


def start() -> None:
    """Start the thread of this process, which ends with it, if webhooks are told by this server."""
    if not settings.WEBHOOKS:
        return
    threading.Thread(target=_deliver_for_ever, name="webhooks", daemon=True).start()


def _deliver_for_ever() -> None:
    while True:
        try:
            look()
        except (DatabaseError, InterfaceError) as error:
            logger.info("It was not looked what webhooks are due; that is tried again: %r.", error)
        except Exception:  # whatever one look meets, the thread is there for the next
            logger.exception("It was not looked what webhooks are due; that is tried again.")
        finally:
            connection.close_if_unusable_or_obsolete()
        outbox.committed.wait(LOOK_EVERY_S)
        outbox.committed.clear()


def look() -> None:
    """Have all webhooks told for which a delivery is due."""
    due = Delivery.objects.filter(next_at_ms__lte=now_ms()).values_list("webhook_id", flat=True)
    for webhook_id in due.order_by("webhook_id").distinct()[:MOST_DUE]:
        with _lock:
            is_under_way = webhook_id in _under_way
            if len(_under_way) < MOST_DUE or is_under_way:
                _under_way[webhook_id] = is_under_way
                if not is_under_way:
                    _pool.submit(webhook_id, webhook_id, partial(_deliver_to, webhook_id))


def _deliver_to(webhook_id: int) -> None:
    is_more_due = False
    try:
        ends_at_s = monotonic_s() + TURN_S
        while not is_more_due and deliver_next(webhook_id):
            is_more_due = monotonic_s() >= ends_at_s
    except (DatabaseError, InterfaceError) as error:
        logger.info("The webhook %d is told later: %r.", webhook_id, error)
    finally:
        connection.close()
        with _lock:
            is_more_due |= _under_way.pop(webhook_id)
        if is_more_due:
            outbox.committed.set()


def deliver_next(webhook_id: int) -> bool:
    """Attempt the first delivery that is due to this webhook; False if there is none."""
    now = now_ms()
    due = Delivery.objects.select_related("webhook").filter(webhook_id=webhook_id, next_at_ms__lte=now)
    delivery = due.order_by("pk").first()
    if delivery is None:
        return False
    claimed = Delivery.objects.filter(pk=delivery.pk, next_at_ms=delivery.next_at_ms)
    delivery.next_at_ms = now + CLAIM_MS
    if claimed.update(next_at_ms=delivery.next_at_ms):
        attempt(delivery)
    return True


def attempt(delivery: Delivery) -> None:
    """Send a delivery that was claimed, and keep what came of it."""
    webhook = delivery.webhook
    try:
        answer, problem = post(webhook.url, delivery.payload.encode(), _signed(delivery, now_ms() // 1000)), ""
        if not 200 <= answer.status < 300:
            problem = f"It answered {answer.status}, and only 200 to 299 mean that a message was taken."
    except Unanswered as error:
        answer, problem = Answer(0, None), str(error)
    pause_s = _pause_s(delivery.attempts + 1, answer.retry_after_s) if problem and answer.status != GONE else None
    # Compared with the claim: meanwhile it may have been given up with its webhook, or asked to be tried again.
    Delivery.objects.filter(pk=delivery.pk, next_at_ms=delivery.next_at_ms).update(
        attempts=delivery.attempts + 1,
        status=answer.status or None,
        problem=problem[:200],
        delivered_at_ms=None if problem else now_ms(),
        next_at_ms=None if pause_s is None else now_ms() + round(pause_s * 1000),
    )
    if pause_s is None:
        _forget_the_old(webhook)
    if answer.status == GONE:
        webhook.stop("It answered 410 Gone: it wants to be told no more.")
    elif problem and pause_s is None and not _took_any_since(webhook, delivery):
        webhook.stop(f"Nothing was delivered for three days. {problem}")


def _signed(delivery: Delivery, at_s: int) -> dict[str, str]:
    """The headers that identify, date and sign a delivery that is sent at ``at_s`` (Unix seconds)."""
    at = datetime.fromtimestamp(at_s, UTC)
    signature = standardwebhooks.Webhook(delivery.webhook.secret).sign(delivery.message_id, at, delivery.payload)
    return {"webhook-id": delivery.message_id, "webhook-timestamp": str(at_s), "webhook-signature": signature}


def _pause_s(attempts: int, retry_after_s: int | None) -> float | None:
    """Seconds until the next attempt after so many, drawn within a tenth; None after the last."""
    if attempts > len(PAUSES_S):
        return None
    pause_s = PAUSES_S[attempts - 1] * random.uniform(1.0, 1.1)
    return min(max(pause_s, retry_after_s or 0), LONGEST_PAUSE_S * 1.1)


def _took_any_since(webhook: Webhook, delivery: Delivery) -> bool:
    return webhook.deliveries.filter(delivered_at_ms__gte=delivery.created_at_ms).exists()


def _forget_the_old(webhook: Webhook) -> None:
    done = webhook.deliveries.filter(next_at_ms=None).order_by("-pk")
    old = done.values_list("pk", flat=True)[KEPT : KEPT + 1].first()
    if old is not None:
        done.filter(pk__lte=old).delete()
