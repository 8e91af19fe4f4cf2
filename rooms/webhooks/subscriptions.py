"""The webhooks of a room as its owner makes, changes and removes them. Called on a room that is lent."""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import ip_address

from ada_url import URL
from django.conf import settings
from django.utils.translation import gettext

from rooms.core.access import Action
from rooms.core.caller import Caller
from rooms.errors import Forbidden, Invalid, TooMany, Unknown
from rooms.models import Delivery, Member, Role, Room, Webhook
from rooms.models.webhook import EVENTS, MAX_URL_LENGTH
from rooms.outgoing.addresses import may_connect
from rooms.outgoing.connection import is_own

MOST_WEBHOOKS = 10
"""Of one room: each change is kept for each of them."""


def check_may_manage(caller: Caller, room: Room) -> None:
    """Raise Refusal unless the caller owns ``room``."""
    caller.place_in(room).check_may(Action.MANAGE)


def make(caller: Caller, lent: Room, url: str, events: Collection[str], now_ms: int) -> Webhook:
    """A webhook, which hears what changes from now on."""
    check_may_manage(caller, lent)
    if not settings.WEBHOOKS:
        raise Forbidden(gettext("This server sends no webhooks; its operator switched them off."))
    url = checked_url(url)
    if lent.webhooks.count() >= MOST_WEBHOOKS:
        message = gettext("This room has %(most)s webhooks, and no more are allowed; delete one of them first.")
        raise TooMany(message % {"most": MOST_WEBHOOKS}, retry_after_s=60)
    maker = _maker(caller, lent)
    lent.keep_has_webhooks(True)
    return Webhook.objects.create(room=lent, made_by=maker, url=url, events=_words(events), created_at_ms=now_ms)


def change(
    caller: Caller,
    lent: Room,
    number: int,
    url: str | None = None,
    events: Collection[str] | None = None,
    active: bool | None = None,
) -> Webhook:
    """Change where a webhook is told, of what, and whether it is at all; raises Unknown if there is none."""
    check_may_manage(caller, lent)
    webhook = of_room(lent, number)
    if url is not None:
        webhook.url = checked_url(url)
    if events is not None:
        webhook.events = _words(events)
    webhook.save(update_fields=["url", "events"])
    if active is False and not webhook.stopped_because:
        webhook.stop("The room's owner stopped it.")
    elif active:
        webhook.made_by, webhook.stopped_because = _maker(caller, lent), ""
        webhook.save(update_fields=["made_by", "stopped_because"])
    return webhook


def remove(caller: Caller, lent: Room, number: int) -> None:
    """Delete a webhook, and what waits for it."""
    check_may_manage(caller, lent)
    of_room(lent, number).delete()
    lent.keep_has_webhooks(lent.webhooks.exists())


def of_room(room: Room, number: int) -> Webhook:
    """The webhook of ``room`` with that number; raises Unknown if there is none."""
    webhook = room.webhooks.filter(pk=number).first()
    if webhook is None:
        raise Unknown(gettext("There is no webhook %(number)s of this room.") % {"number": number})
    webhook.room = room
    return webhook


def retry(webhook: Webhook, number: int, now_ms: int) -> Delivery:
    """Have a delivery of an active webhook attempted at once, delivered before or not; raises Unknown or Invalid."""
    delivery = webhook.deliveries.filter(pk=number).first()
    if delivery is None:
        raise Unknown(gettext("There is no delivery %(number)s of this webhook.") % {"number": number})
    if webhook.stopped_because:
        message = gettext("This webhook is stopped: %(why)s Have it go on first, with “active”.")
        raise Invalid(message % {"why": webhook.stopped_because})
    delivery.attempts, delivery.next_at_ms, delivery.delivered_at_ms = 0, now_ms, None
    delivery.save(update_fields=["attempts", "next_at_ms", "delivered_at_ms"])
    return delivery


def _maker(caller: Caller, lent: Room) -> Member:
    """The caller's membership, with whose rights a webhook hears; raises Forbidden for an operator without one."""
    member = caller.place_in(lent).member
    if member is None or member.role < Role.HOST:
        raise Forbidden(
            gettext("A webhook hears with the rights of who made it, and you are no host of this room yourself.")
        )
    return member


def checked_url(text: str) -> str:
    """``text`` as browsers read it, if it is an address that may be told; raises Invalid with a sentence if not."""
    if URL.can_parse(text):
        url = URL(text)
        href = str(url.href).partition("#")[0]
        is_plain = url.protocol in ("https:", "http:") and not url.username and not url.password
        if is_plain and len(href) <= MAX_URL_LENGTH and _may_be_told(url.hostname):
            return href
    message = gettext(
        "%(value)s cannot be told: allowed is an https:// or http:// address of another server on the public internet, "
        "without a password and of at most %(most)s characters."
    )
    message %= {"value": text[:80], "most": MAX_URL_LENGTH}
    raise Invalid(message, fields={"url": message})


def _may_be_told(host: str) -> bool:
    """Whether ``host`` may be asked, as far as it can be told without asking a name server."""
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return not is_own(host)
    return may_connect(host.strip("[]"), settings.WEBHOOK_PRIVATE_NETWORKS)


def _words(events: Collection[str]) -> str:
    return " ".join(event for event in EVENTS if event in events)
