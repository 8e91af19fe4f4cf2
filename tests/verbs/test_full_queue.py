"""A full queue takes no more, by call or by form."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from rooms.core.caller import Caller
from rooms.core.create_room import make_room
from rooms.models import Token

A, B, C, D = (f"https://media.example.org/{name}.mp3" for name in "abcd")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["call", "form"])
def test_a_full_queue_takes_no_more_by_call_or_form(client: Client, settings: Settings, way: str) -> None:
    settings.MAX_QUEUE = 2
    room, owner = make_room("Lounge", Caller())
    headers = {"Authorization": f"Bearer {Token.issue(owner)}"}
    for url in (A, f"{B} {C}", B, D):
        if way == "form":
            client.post(f"/r/{room.slug}/queue", {"url": url})
        else:
            path = f"/api/v1/rooms/{room.slug}/queue"
            answer = client.post(path, {"url": url}, content_type="application/json", headers=headers)
    assert [entry.track.url for entry in room.queue.listed()] == [A, B]
    if way == "call":
        assert answer.status_code == 422
        assert "at most 2" in answer.json()["error"]["message"]
