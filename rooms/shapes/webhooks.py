"""Webhooks of a room, and what they were told."""

from __future__ import annotations

from typing import Any, Literal

from typing_extensions import TypedDict

from rooms.shapes.closed import closed
from rooms.shapes.people import NamedJson
from rooms.shapes.words import WebhookEventWord


@closed
class WebhookJson(TypedDict):
    """An address that is told what changes; ``stopped_because`` says why an inactive one is."""

    id: int
    url: str
    events: list[WebhookEventWord]
    active: bool
    stopped_because: str
    made_by: NamedJson | None
    created_at_ms: int


@closed
class SecretWebhookJson(WebhookJson):
    """A webhook just made, with the secret that signs what it is told, which is shown only this once."""

    secret: str


@closed
class WebhookListJson(TypedDict):
    """The webhooks of a room, the newest first."""

    items: list[WebhookJson]
    next: None


@closed
class WebhookMessageJson(TypedDict):
    """What a webhook is told: the event, when it was, in which room (its slug), and its data as on the stream.

    Data of more than 20,000 characters are left out but for ``version``, with ``is_whole`` false. The type is an event
    of the webhook, or ``snapshot`` for what changed several parts of the room at once.
    """

    type: Literal["player", "queue", "room", "chat", "snapshot"]
    timestamp: str
    room: str
    data: dict[str, Any]


@closed
class DeliveryJson(TypedDict):
    """One event for one webhook. ``status`` is that of the last answer, and null where there was none."""

    id: int
    message_id: str
    event: str
    state: Literal["waiting", "delivered", "failed"]
    attempts: int
    status: int | None
    problem: str
    created_at_ms: int
    next_at_ms: int | None
    delivered_at_ms: int | None


@closed
class DeliveryListJson(TypedDict):
    """Deliveries of a webhook, the newest first: all that wait, and the last hundred that are done."""

    items: list[DeliveryJson]
    next: str | None
