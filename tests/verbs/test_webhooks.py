"""Webhooks: what changes in a room is kept with the change, signed, delivered, and tried again for three days."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_network
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from rooms.core import outbox
from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.create_room import make_room
from rooms.errors import Invalid
from rooms.models import Delivery, Member, Room, Token, Webhook
from rooms.models.roles import Role
from rooms.outgoing.post import post
from rooms.webhooks import delivering, subscriptions
from tests.support.receiver import Receiver, receiving
from tests.support.rooms import add, hear

NOW_MS = 1_900_000_000_000
LATER_MS = 40 * 86_400_000


class Clock:
    """The clock of what delivers."""

    def __init__(self) -> None:
        self.now_ms = NOW_MS

    def __call__(self) -> int:
        return self.now_ms


class Lounge:
    """The room of Alice, who owns it."""

    def __init__(self) -> None:
        self.room, alice = make_room("Lounge", Caller())
        self.path = f"/api/v1/rooms/{self.room.slug}"
        self.hooks = f"{self.path}/webhooks"
        self.alice = bot(Token.issue(alice))

    def make(self, url: str, *events: str, client: Client | None = None) -> Any:
        body = {"url": url, "events": events or ["player", "queue", "room", "chat"]}
        return (client or self.alice).post(self.hooks, body, content_type="application/json")

    def made(self, url: str, *events: str) -> dict[str, Any]:
        answer = self.make(url, *events)
        assert answer.status_code == 201, answer.content
        return dict(answer.json())

    def rename(self, name: str) -> None:
        assert patch(self.alice, self.path, name=name).status_code == 200


def bot(token: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {token}"})


def patch(client: Client, path: str, **body: Any) -> Any:
    return client.patch(path, body, content_type="application/json")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in ("rooms.webhooks.delivering", "rooms.api.webhooks", "rooms.api.rooms", "players.api.common"):
        monkeypatch.setattr(f"{module}.now_ms", clock)
    monkeypatch.setattr("rooms.webhooks.delivering.random.uniform", lambda least, _most: least)
    return clock


@pytest.fixture
def lounge(transactional_db: None, clock: Clock, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Lounge:
    hear(monkeypatch)
    settings.WEBHOOK_PRIVATE_NETWORKS = (ip_network("127.0.0.1"),)
    return Lounge()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def deliver(hook: dict[str, Any]) -> None:
    """Attempt all that is due to the webhook."""
    while delivering.deliver_next(hook["id"]):
        pass


def deliveries(lounge: Lounge, hook: dict[str, Any]) -> list[dict[str, Any]]:
    return list(lounge.alice.get(f"{lounge.hooks}/{hook['id']}/deliveries").json()["items"])


def hook_now(lounge: Lounge, hook: dict[str, Any]) -> dict[str, Any]:
    return next(dict(one) for one in lounge.alice.get(lounge.hooks).json()["items"] if one["id"] == hook["id"])


# What is told


def test_a_change_is_told_signed_as_standard_webhooks_has_it(
    lounge: Lounge, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # its own library holds the timestamp against the real clock
    hear(monkeypatch)
    hook = lounge.made(receiver.url, "room")
    lounge.rename("Salon")
    deliver(hook)
    [message] = receiver.messages
    assert message.path == "/hook"
    assert message.headers["content-type"] == "application/json"
    message.verify(hook["secret"])
    told = message.data
    assert (told["type"], told["room"], told["data"]["version"]) == ("room", lounge.room.slug, 2)
    assert told["data"]["room"]["name"] == "Salon"
    assert told["timestamp"].endswith("Z")
    [delivery] = deliveries(lounge, hook)
    assert (delivery["state"], delivery["status"], delivery["attempts"]) == ("delivered", 204, 1)
    assert delivery["message_id"] == message.id


def test_the_signature_is_that_of_the_specification() -> None:
    # The example of the specification's libraries.
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", '{"test": 2432232314}'
    delivery = Delivery(webhook=Webhook(secret=secret), message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", payload=body)
    assert delivering._signed(delivery, 1_614_265_330) == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_a_webhook_is_told_of_its_events_alone_and_of_whatever_changes_several_parts(
    lounge: Lounge, receiver: Receiver
) -> None:
    hook = lounge.made(receiver.url, "player")
    lounge.rename("Salon")
    add(lounge.room, 60_000)
    assert patch(lounge.alice, f"{lounge.path}/player", playing=True).status_code == 200
    with change(lounge.room, NOW_MS) as lent:
        lent.rename("Bar")
        lent.player.pause(NOW_MS + 1)
    deliver(hook)
    assert receiver.events == ["player", "snapshot"]


def test_a_chat_message_is_told_and_so_is_the_end_of_the_room(lounge: Lounge, receiver: Receiver) -> None:
    hook = lounge.made(receiver.url, "chat", "room")
    said = lounge.alice.post(f"{lounge.path}/chat", {"text": "Hello"}, content_type="application/json")
    assert said.status_code == 201
    assert lounge.alice.delete(lounge.path).status_code == 204
    deliver(hook)
    assert receiver.events == ["chat", "room"]
    chat, room = (message.data["data"] for message in receiver.messages)
    assert chat["message"]["text"] == "Hello"
    assert room["closed"] is True


def test_half_a_character_is_told_as_a_question_mark(lounge: Lounge, receiver: Receiver) -> None:
    hook = lounge.made(receiver.url, "player")
    with change(lounge.room, NOW_MS) as lent:
        outbox.put(lent, "player", {"by": "\ud83d"}, NOW_MS)
    deliver(hook)
    assert receiver.messages[0].data["data"] == {"by": "?"}


def test_of_what_is_large_the_version_is_told_alone(
    lounge: Lounge, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "LARGEST_DATA", 100)
    hook = lounge.made(receiver.url, "room")
    lounge.rename("Salon")
    deliver(hook)
    assert receiver.messages[0].data["data"] == {"version": 2, "is_whole": False}


def test_what_is_refused_or_undone_by_an_error_is_told_to_nobody(lounge: Lounge, receiver: Receiver) -> None:
    hook = lounge.made(receiver.url)
    assert patch(lounge.alice, lounge.path, name="").status_code == 422
    with suppress(RuntimeError), change(lounge.room, NOW_MS) as lent:
        lent.rename("Salon")
        raise RuntimeError("not after all")
    assert Room.objects.get().name == "Lounge"
    deliver(hook)
    assert receiver.messages == []
    assert Delivery.objects.count() == 0


def test_a_room_without_webhooks_looks_for_none(lounge: Lounge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "put", lambda *_: pytest.fail("it looked"))
    lounge.rename("Salon")
    assert not Room.objects.get().has_webhooks


# Trying again


def test_a_message_is_tried_again_by_the_same_id_at_growing_pauses_until_it_is_taken(
    lounge: Lounge, receiver: Receiver, clock: Clock
) -> None:
    hook = lounge.made(receiver.url, "room")
    lounge.rename("Salon")
    receiver.status = 500
    for attempts, pause_s in enumerate((0, 5, 300), 1):
        clock.now_ms += pause_s * 1000 - 1
        deliver(hook)
        assert len(receiver.messages) == attempts - 1
        clock.now_ms += 1
        deliver(hook)
        assert len(receiver.messages) == attempts
        [waiting] = deliveries(lounge, hook)
        assert (waiting["state"], waiting["attempts"], waiting["status"]) == ("waiting", attempts, 500)
        assert "answered 500" in waiting["problem"]
    receiver.status = 200
    clock.now_ms += 1_800_000
    deliver(hook)
    assert deliveries(lounge, hook)[0]["state"] == "delivered"
    assert len({message.id for message in receiver.messages}) == 1


def test_a_webhook_that_takes_nothing_for_three_days_is_stopped_until_its_owner_has_it_go_on(
    lounge: Lounge, receiver: Receiver, clock: Clock
) -> None:
    hook = lounge.made(receiver.url, "room")
    lounge.rename("Salon")
    receiver.status = 503
    for _ in range(len(delivering.PAUSES_S) + 1):
        deliver(hook)
        clock.now_ms += 2 * 86_400_000
    assert len(receiver.messages) == len(delivering.PAUSES_S) + 1
    stopped = hook_now(lounge, hook)
    assert (stopped["active"], deliveries(lounge, hook)[0]["state"]) == (False, "failed")
    assert "three days" in stopped["stopped_because"]
    lounge.rename("Bar")
    deliver(hook)
    assert len(receiver.messages) == len(delivering.PAUSES_S) + 1
    receiver.status = 200
    address = f"{lounge.hooks}/{hook['id']}"
    again = f"{address}/deliveries/{deliveries(lounge, hook)[0]['id']}/retry"
    assert lounge.alice.post(again).status_code == 422
    assert patch(lounge.alice, address, active=True).status_code == 200
    assert lounge.alice.post(again).status_code == 202
    lounge.rename("Club")
    deliver(hook)
    names = [message.data["data"]["room"]["name"] for message in receiver.messages[-2:]]
    assert names == ["Salon", "Club"]


def test_a_webhook_that_takes_some_is_not_stopped_for_one_that_fails(
    lounge: Lounge, receiver: Receiver, clock: Clock
) -> None:
    hook = lounge.made(receiver.url, "room")
    lounge.rename("Salon")
    receiver.status = 503
    deliver(hook)
    [salon] = Delivery.objects.all()
    Delivery.objects.filter(pk=salon.pk).update(next_at_ms=clock.now_ms + LATER_MS)
    receiver.status = 200
    lounge.rename("Bar")
    deliver(hook)
    Delivery.objects.filter(pk=salon.pk).update(attempts=len(delivering.PAUSES_S))
    receiver.status, clock.now_ms = 503, clock.now_ms + LATER_MS
    deliver(hook)
    assert [one["state"] for one in deliveries(lounge, hook)] == ["delivered", "failed"]
    assert hook_now(lounge, hook)["active"]


def test_one_that_is_gone_is_stopped_at_once(lounge: Lounge, receiver: Receiver) -> None:
    hook = lounge.made(receiver.url, "room")
    lounge.rename("Salon")
    lounge.rename("Bar")
    receiver.status = 410
    deliver(hook)
    assert len(receiver.messages) == 1
    assert "410 Gone" in hook_now(lounge, hook)["stopped_because"]
    assert {one["state"] for one in deliveries(lounge, hook)} == {"failed"}


def test_a_receiver_may_ask_for_a_longer_pause_of_a_day_at_most(
    lounge: Lounge, receiver: Receiver, clock: Clock
) -> None:
    hook = lounge.made(receiver.url, "room")
    for retry_after, pause_s in (("120", 120), ("1", 5), ("soon", 5), ("999999999", 95_040), ("9" * 5_000, 5)):
        lounge.rename(f"Room {retry_after[:20]}")
        receiver.status, receiver.headers = 429, {"Retry-After": retry_after}
        deliver(hook)
        newest = deliveries(lounge, hook)[0]
        assert newest["next_at_ms"] == clock.now_ms + pause_s * 1000


def test_a_redirect_is_followed_nowhere(lounge: Lounge, receiver: Receiver) -> None:
    hook = lounge.made(receiver.url, "room")
    receiver.status, receiver.headers = 302, {"Location": receiver.url}
    lounge.rename("Salon")
    deliver(hook)
    assert len(receiver.messages) == 1
    assert deliveries(lounge, hook)[0]["state"] == "waiting"


def test_an_attempt_that_was_claimed_is_made_by_nobody_else_until_it_is_lost(
    lounge: Lounge, receiver: Receiver, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = lounge.made(receiver.url, "room")
    lounge.rename("Salon")
    with monkeypatch.context() as patched:
        patched.setattr(delivering, "attempt", lambda _delivery: None)  # its process ends
        assert delivering.deliver_next(hook["id"])
    assert not delivering.deliver_next(hook["id"])
    clock.now_ms += delivering.CLAIM_MS
    deliver(hook)
    assert len(receiver.messages) == 1


def test_what_is_stopped_during_an_attempt_stays_stopped(
    lounge: Lounge, receiver: Receiver, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = lounge.made(receiver.url, "room")
    lounge.rename("Salon")

    def stopping(*args: Any) -> Any:
        assert patch(lounge.alice, f"{lounge.hooks}/{hook['id']}", active=False).status_code == 200
        return post(*args)

    monkeypatch.setattr(delivering, "post", stopping)
    receiver.status = 500
    deliver(hook)
    clock.now_ms += LATER_MS
    deliver(hook)
    assert len(receiver.messages) == 1
    assert deliveries(lounge, hook)[0]["state"] == "failed"


def test_a_webhook_that_falls_behind_by_a_thousand_is_stopped(
    lounge: Lounge, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "MOST_WAITING", 3)
    hook = lounge.made(receiver.url, "room")
    for name in "ABCD":
        lounge.rename(name)
    assert "3 deliveries waited" in hook_now(lounge, hook)["stopped_because"]
    deliver(hook)
    assert receiver.messages == []


def test_the_last_hundred_that_are_done_are_kept(
    lounge: Lounge, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "KEPT", 3)
    monkeypatch.setattr("rooms.api.webhooks.PAGE", 2)
    hook = lounge.made(receiver.url, "room")
    for name in "ABCDE":
        lounge.rename(name)
        deliver(hook)
    first = lounge.alice.get(f"{lounge.hooks}/{hook['id']}/deliveries").json()
    second = lounge.alice.get(first["next"]).json()
    assert (len(first["items"]), len(second["items"]), second["next"]) == (2, 1, None)
    kept = [one["id"] for one in (*first["items"], *second["items"])]
    assert kept == sorted(kept, reverse=True)
    assert Delivery.objects.count() == 3


# Who may, and where to


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "ftp://example.org/",
        "https://alice:secret@example.org/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "http://169.254.169.254/latest/",
        "http://2130706434/",
        "https://testserver/",
        "https://example.org/" + "x" * 2_000,
        "javascript:alert(1)",
    ],
)
def test_an_address_that_may_not_be_told_is_refused_by_its_name(lounge: Lounge, settings: Any, url: str) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    refused = lounge.make(url)
    assert refused.status_code == 422
    assert list(refused.json()["error"]["fields"]) == ["url"]
    assert Webhook.objects.count() == 0


def test_a_name_that_leads_to_a_private_address_is_not_told(lounge: Lounge, receiver: Receiver, settings: Any) -> None:
    hook = lounge.made(receiver.url.replace("127.0.0.1", "localhost"), "room")
    settings.WEBHOOK_PRIVATE_NETWORKS = ()
    lounge.rename("Salon")
    deliver(hook)
    assert receiver.messages == []
    assert "no public address" in deliveries(lounge, hook)[0]["problem"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"events": []}, "events"),
        ({"events": ["tick"]}, "events.0"),
        ({"events": None}, "events"),
        ({"url": None}, "url"),
        ({"secret": "x"}, "secret"),
    ],
)
def test_a_webhook_that_cannot_be_is_refused_by_the_name_of_its_field(
    lounge: Lounge, fields: dict[str, Any], field: str
) -> None:
    body = {"url": "https://example.org/", "events": ["room"], **fields}
    refused = lounge.alice.post(lounge.hooks, body, content_type="application/json")
    assert refused.status_code == 422
    assert list(refused.json()["error"]["fields"]) == [field]


def test_webhooks_are_for_owners_alone(lounge: Lounge) -> None:
    hook = lounge.made("https://example.org/")
    host = bot(Token.issue(Member.objects.create(room=lounge.room, nickname="Bob", role=Role.HOST)))
    address = f"{lounge.hooks}/{hook['id']}"
    for client, status in ((host, 403), (Client(), 401)):
        assert lounge.make("https://example.org/", client=client).status_code == status
        assert patch(client, address, active=False).status_code == status
        assert client.delete(address).status_code == status
        assert client.get(lounge.hooks).status_code == status
        assert client.get(f"{address}/deliveries").status_code == status
        assert client.post(f"{address}/deliveries/1/retry").status_code == status
    assert hook_now(lounge, hook)["active"]
    assert "secret" not in hook_now(lounge, hook)


@pytest.mark.parametrize("lost", [{"role": Role.MEMBER}, {"banned_at": timezone.now()}])
def test_a_webhook_hears_no_more_once_its_maker_hosts_the_room_no_more(
    lounge: Lounge, receiver: Receiver, lost: dict[str, Any]
) -> None:
    hook = lounge.made(receiver.url)
    bob = Member.objects.create(room=lounge.room, nickname="Bob", role=Role.OWNER)
    lounge.room.members.exclude(pk=bob.pk).update(**lost)
    lounge.alice = bot(Token.issue(bob))
    lounge.rename("Salon")
    deliver(hook)
    assert receiver.messages == []
    assert "hosts this room no more" in hook_now(lounge, hook)["stopped_because"]
    assert patch(lounge.alice, f"{lounge.hooks}/{hook['id']}", active=True).status_code == 200
    lounge.rename("Bar")
    deliver(hook)
    assert receiver.events == ["room"]
    assert hook_now(lounge, hook)["made_by"]["name"] == "Bob"


def test_an_operator_sees_and_deletes_webhooks_but_has_no_rights_to_lend_them(lounge: Lounge) -> None:
    hook = lounge.made("https://example.org/")
    operator = Client()
    operator.force_login(User.objects.create_superuser("operator"))
    assert lounge.make("https://example.org/", client=operator).status_code == 403
    assert len(operator.get(lounge.hooks).json()["items"]) == 1
    assert operator.delete(f"{lounge.hooks}/{hook['id']}").status_code == 204


def test_the_admin_shows_webhooks_and_what_waits_without_their_secrets_and_deletes_them(lounge: Lounge) -> None:
    hook = lounge.made("https://bot.example.org/")
    lounge.rename("Salon")
    operator = Client()
    operator.force_login(User.objects.create_superuser("operator"))
    listed = operator.get("/admin/rooms/webhook/").content.decode()
    shown = operator.get(f"/admin/rooms/webhook/{hook['id']}/change/").content.decode()
    assert '<td class="field-waiting">1</td>' in listed
    for page in (listed, shown):
        assert "https://bot.example.org/" in page
        assert hook["secret"] not in page
    assert operator.post(f"/admin/rooms/webhook/{hook['id']}/delete/", {"post": "yes"}).status_code == 302
    assert (Webhook.objects.count(), Delivery.objects.count()) == (0, 0)


def test_a_webhook_of_another_room_is_none_of_this_one(lounge: Lounge) -> None:
    bar = Lounge()
    hook = bar.made("https://example.org/")
    address = f"{lounge.hooks}/{hook['id']}"
    assert patch(lounge.alice, address, active=False).status_code == 404
    assert lounge.alice.delete(address).status_code == 404
    assert lounge.alice.get(f"{address}/deliveries").status_code == 404
    assert lounge.alice.post(f"{address}/deliveries/1/retry").status_code == 404
    assert bar.alice.post(f"{bar.hooks}/{hook['id']}/deliveries/1/retry").status_code == 404


def test_a_webhook_is_changed_and_deleted(lounge: Lounge, receiver: Receiver) -> None:
    hook = lounge.made("https://example.org/#here", "chat")
    assert hook["url"] == "https://example.org/"
    address = f"{lounge.hooks}/{hook['id']}"
    changed = patch(lounge.alice, address, url=receiver.url, events=["room", "player"]).json()
    assert (changed["url"], changed["events"]) == (receiver.url, ["player", "room"])
    lounge.rename("Salon")
    deliver(hook)
    assert receiver.events == ["room"]
    lounge.rename("Bar")
    assert lounge.alice.delete(address).status_code == 204
    deliver(hook)
    assert (receiver.events, Delivery.objects.count()) == (["room"], 0)
    assert not Room.objects.get().has_webhooks


def test_a_room_has_a_bounded_number_of_webhooks(lounge: Lounge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriptions, "MOST_WEBHOOKS", 2)
    assert [lounge.make("https://example.org/").status_code for _ in range(3)] == [201, 201, 429]


def test_an_operator_may_switch_webhooks_off(lounge: Lounge, settings: Any) -> None:
    hook = lounge.made("https://example.org/")
    settings.WEBHOOKS = False
    refused = lounge.make("https://example.org/")
    assert refused.status_code == 403
    assert "operator" in refused.json()["error"]["message"]
    lounge.rename("Salon")
    assert deliveries(lounge, hook) == []
    assert lounge.alice.delete(f"{lounge.hooks}/{hook['id']}").status_code == 204


def test_checked_addresses_are_as_browsers_write_them() -> None:
    assert subscriptions.checked_url(" HTTPS://Example.ORG:443/a b ") == "https://example.org/a%20b"
    with pytest.raises(Invalid, match="allowed is an https"):
        subscriptions.checked_url("https://exa mple.org/")
