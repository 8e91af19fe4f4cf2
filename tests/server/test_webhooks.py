"""Webhooks of a real server: told by itself, also of what other processes changed, and after it was killed."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.support.receiver import Receiver, receiving
from tools.patience import until
from tools.people import Lounge
from tools.server import Server, served


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def hooked(prepared: Path, tmp_path: Path) -> Iterator[Server]:
    with served(prepared, tmp_path / "server", WEBHOOK_PRIVATE_NETWORKS="127.0.0.1") as server:
        yield server


def hook(lounge: Lounge, receiver: Receiver) -> dict[str, Any]:
    """A new webhook of the room."""
    made = lounge.alice.post(f"{lounge.path}/webhooks", json={"url": receiver.url, "events": ["room"]})
    assert made.status_code == 201, made.text
    return dict(made.json())


def test_a_server_tells_a_webhook_at_once_and_also_what_another_process_changed(
    hooked: Server, receiver: Receiver
) -> None:
    lounge = Lounge.open(hooked)
    secret = hook(lounge, receiver)["secret"]
    assert lounge.alice.patch(lounge.path, json={"name": "Salon"}).status_code == 200
    until(lambda: receiver.messages, "the server told nothing")
    hooked.shell(
        "from rooms.core.change import change; from rooms.clock import now_ms; from rooms.models import Room\n"
        f"with change(Room.objects.open().get(slug={lounge.slug!r}), now_ms()) as lent: lent.rename('Bar')"
    )
    until(lambda: len(receiver.messages) == 2, "what another process changed was not told")
    document = lounge.alice.get("/openapi.json").json()
    described = document["webhooks"]["change"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    for message, name in zip(receiver.messages, ("Salon", "Bar"), strict=True):
        message.verify(secret)
        Draft202012Validator({**described, "components": document["components"]}).validate(message.data)
        assert message.data["data"]["room"]["name"] == name


def test_what_was_not_taken_is_told_by_the_next_server_after_a_kill(hooked: Server, receiver: Receiver) -> None:
    lounge = Lounge.open(hooked)
    deliveries = f"{lounge.path}/webhooks/{hook(lounge, receiver)['id']}/deliveries"
    receiver.status = 500
    assert lounge.alice.patch(lounge.path, json={"name": "Salon"}).status_code == 200

    def was_refused() -> bool:
        """Whether it is kept what was answered: else the attempt counts as lost, a minute later."""
        return [one["status"] for one in lounge.alice.get(deliveries).json()["items"]] == [500]

    until(was_refused, "the server told nothing")
    hooked.stop(signal.SIGKILL)
    receiver.status = 200
    hooked.start()
    until(lambda: len(receiver.messages) == 2, "what was not taken was not told again")
    first, second = receiver.messages
    assert (first.id, first.body) == (second.id, second.body)


def test_a_receiver_that_takes_its_time_is_told_one_by_one_and_holds_up_no_other(
    hooked: Server, receiver: Receiver
) -> None:
    lounge = Lounge.open(hooked)
    with receiving() as other:

        def has_heard(count: int) -> bool:
            return len(other.messages) == count

        hook(lounge, receiver)
        hook(lounge, other)
        receiver.may_answer.clear()
        for count, name in enumerate(("Salon", "Bar", "Club"), 1):
            assert lounge.alice.patch(lounge.path, json={"name": name}).status_code == 200
            until(partial(has_heard, count), "a slow receiver held up another one")
            until(lambda: receiver.messages, "the slow receiver was told nothing")
        assert len(receiver.messages) == 1
        receiver.may_answer.set()
        until(lambda: len(receiver.messages) == 3, "what was due meanwhile was not told")
        names = [message.data["data"]["room"]["name"] for message in receiver.messages]
        assert names == ["Salon", "Bar", "Club"]
