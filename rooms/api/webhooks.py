"""Webhooks of a room by REST: addresses that are told what changes, and what came of it."""

from __future__ import annotations

from typing import Annotated, Any, cast

from ninja import Path, Query, Router, Status
from pydantic import ConfigDict, Field, StrictBool, StrictStr, StringConstraints

from rooms.api import examples
from rooms.api.authentication import ApiRequest
from rooms.api.openapi import CHANGING, READING, answers
from rooms.api.schemas import Body, NotNull
from rooms.clock import now_ms
from rooms.core import outbox
from rooms.core.change import change
from rooms.core.find_room import open_room
from rooms.core.person_id import public_id
from rooms.models import Delivery, Room, Webhook
from rooms.models.ids import LARGEST_ID
from rooms.models.webhook import EVENTS
from rooms.shapes.webhooks import DeliveryJson, DeliveryListJson, SecretWebhookJson, WebhookJson, WebhookListJson
from rooms.shapes.words import WebhookEventWord
from rooms.webhooks import subscriptions

router = Router(tags=["bots"])

PAGE = 50

Number = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Url = Annotated[StrictStr, StringConstraints(max_length=10_000)]
Events = Annotated[
    list[WebhookEventWord],
    Field(
        min_length=1,
        max_length=len(EVENTS),
        description="Of which events it is told. What changes several parts of a room at once is a “snapshot” to all.",
    ),
]


class NewWebhook(Body):
    model_config = ConfigDict(
        json_schema_extra={"example": {"url": "https://bot.example.org/lounge", "events": ["player", "chat"]}}
    )

    url: Url
    events: Events


class WebhookChange(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"active": True}})

    url: Annotated[Url | None, NotNull] = None
    events: Annotated[Events | None, NotNull] = None
    active: Annotated[
        StrictBool | None, NotNull, Field(description="False stops it and gives up what waits; true has it go on.")
    ] = None


@router.get("/rooms/{slug}/webhooks", openapi_extra=answers(200, WebhookListJson, examples.WEBHOOKS, refusals=READING))
def list_webhooks(request: ApiRequest, slug: str) -> WebhookListJson:
    """The webhooks of the room, for its owner."""
    room = _owned(request, slug)
    found = room.webhooks.select_related("made_by").order_by("-pk")
    return {"items": [_told(room.pk, webhook) for webhook in found], "next": None}


@router.post(
    "/rooms/{slug}/webhooks",
    response={201: dict[str, Any]},
    openapi_extra=answers(201, SecretWebhookJson, examples.NEW_WEBHOOK, refusals=CHANGING),
)
def make_webhook(request: ApiRequest, slug: str, body: NewWebhook) -> Status[SecretWebhookJson]:
    """Have an address told what changes. The answer has the secret that signs it, for the only time."""
    room, now = _owned(request, slug), now_ms()
    with change(room, now, by=request.auth) as lent:
        made = subscriptions.make(request.auth, lent, body.url, body.events, now)
    return Status(201, {**_told(room.pk, made), "secret": made.secret})


@router.patch(
    "/rooms/{slug}/webhooks/{webhook}",
    openapi_extra=answers(200, WebhookJson, examples.WEBHOOK, refusals=CHANGING),
)
def change_webhook(request: ApiRequest, slug: str, webhook: Number, body: WebhookChange) -> WebhookJson:
    """Change where a webhook is told and of what, stop it, or have one go on that was stopped."""
    room = _owned(request, slug)
    with change(room, now_ms(), by=request.auth) as lent:
        changed = subscriptions.change(request.auth, lent, webhook, body.url, body.events, body.active)
    return _told(room.pk, changed)


@router.delete(
    "/rooms/{slug}/webhooks/{webhook}", response={204: None}, openapi_extra=answers(204, None, refusals=CHANGING)
)
def delete_webhook(request: ApiRequest, slug: str, webhook: Number) -> Status[None]:
    """Delete a webhook, and what waits for it."""
    with change(_owned(request, slug), now_ms(), by=request.auth) as lent:
        subscriptions.remove(request.auth, lent, webhook)
    return Status(204, None)


@router.get(
    "/rooms/{slug}/webhooks/{webhook}/deliveries",
    openapi_extra=answers(200, DeliveryListJson, examples.DELIVERIES, refusals=READING),
)
def list_deliveries(
    request: ApiRequest,
    slug: str,
    webhook: Number,
    before: Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="Only those with smaller ids.")] = None,
) -> DeliveryListJson:
    """What a webhook was told, and what waits, the newest first."""
    found = subscriptions.of_room(_owned(request, slug), webhook).deliveries.order_by("-pk")
    if before is not None:
        found = found.filter(pk__lt=before)
    page = list(found.defer("payload")[: PAGE + 1])
    following = f"{request.path}?before={page[PAGE - 1].pk}" if len(page) > PAGE else None
    return {
        "items": [_told_delivery(delivery) for delivery in page[:PAGE]],
        "next": request.build_absolute_uri(following) if following else None,
    }


@router.post(
    "/rooms/{slug}/webhooks/{webhook}/deliveries/{delivery}/retry",
    response={202: dict[str, Any]},
    openapi_extra=answers(202, DeliveryJson, examples.DELIVERY, refusals=CHANGING),
)
def retry_delivery(request: ApiRequest, slug: str, webhook: Number, delivery: Number) -> Status[DeliveryJson]:
    """Attempt a delivery at once, by the same message id, whatever came of it before."""
    found = subscriptions.of_room(_owned(request, slug), webhook)
    again = subscriptions.retry(found, delivery, now_ms())
    outbox.committed.set()
    return Status(202, _told_delivery(again))


def _owned(request: ApiRequest, slug: str) -> Room:
    room = open_room(slug, request.auth)
    subscriptions.check_may_manage(request.auth, room)
    return room


def _told(room_id: int, webhook: Webhook) -> WebhookJson:
    maker = webhook.made_by
    return {
        "id": webhook.pk,
        "url": webhook.url,
        "events": cast("list[WebhookEventWord]", webhook.events.split()),
        "active": not webhook.stopped_because,
        "stopped_because": webhook.stopped_because,
        "made_by": {"id": public_id(room_id, maker.person), "name": maker.nickname} if maker else None,
        "created_at_ms": webhook.created_at_ms,
    }


def _told_delivery(delivery: Delivery) -> DeliveryJson:
    return {
        "id": delivery.pk,
        "message_id": delivery.message_id,
        "event": delivery.event,
        "state": "waiting" if delivery.is_waiting else "delivered" if delivery.delivered_at_ms else "failed",
        "attempts": delivery.attempts,
        "status": delivery.status,
        "problem": delivery.problem,
        "created_at_ms": delivery.created_at_ms,
        "next_at_ms": delivery.next_at_ms,
        "delivered_at_ms": delivery.delivered_at_ms,
    }
