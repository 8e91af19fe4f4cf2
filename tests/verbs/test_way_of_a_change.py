"""The way of a host's PATCH, as docs/architecture.md tells it, is the way that the code takes."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from rooms.core.caller import Caller
from rooms.core.create_room import make_room
from rooms.models import Token
from tests.support.hops import told, traced
from tests.support.rooms import add


@pytest.mark.django_db(transaction=True)
def test_a_hosts_change_takes_the_way_that_the_architecture_tells_hop_by_hop() -> None:
    room, owner = make_room("Lounge", Caller())
    add(room, 60_000)
    client, headers = Client(), {"Authorization": f"Bearer {Token.issue(owner)}"}

    def play(playing: bool) -> None:
        path = f"/api/v1/rooms/{room.slug}/player"
        answer = client.patch(path, {"playing": playing}, content_type="application/json", headers=headers)
        assert answer.status_code == 200

    play(True)  # whatever is compiled or made at the first call
    play(False)
    with traced() as hops:
        play(True)
    is_on_sqlite = connection.vendor == "sqlite"
    way = [hop for hop in told("A host's PATCH, hop by hop") if is_on_sqlite or "backends/sqlite" not in hop[1]]
    assert hops == way
