"""Who listens, over all processes that serve one database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.attendance import told, until_told
from tests.support.events import Listener
from tools.patience import until
from tools.people import Lounge
from tools.server import NO_TLS, Server


@pytest.fixture
def servers(prepared: Path, tmp_path: Path) -> Iterator[list[Server]]:
    """Two servers on the same data, which share nothing else."""
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    running = [Server(tmp_path).start(), Server(tmp_path, server="uvicorn").start()]
    yield running
    for server in running:
        server.stop()


def test_counts_and_names_are_right_in_each_process(servers: list[Server]) -> None:
    lounge = Lounge.open(servers[0])
    charlie = lounge.person()
    charlie.post(f"/r/{lounge.slug}/name", data={"name": "Charlie"})
    cookies = {"headers": {"Cookie": f"person={charlie.cookies['person']}"}}
    elsewhere = servers[1].client()
    with Listener(servers[0].url, lounge.slug) as bob, Listener(servers[1].url, lounge.slug) as other:
        until_told(bob, 2)
        until_told(other, 2)
        with Listener(servers[1].url, lounge.slug, **cookies):
            until_told(bob, 3)
            here = [one["name"] for one in told(bob)["items"] if one["state"] != "away"]
            assert here == ["Charlie"]
            people = elsewhere.get(f"/rooms/{lounge.slug}").json()["people"]
            assert people["listeners"] == 3
            assert [one["name"] for one in people["items"] if one["state"] != "away"] == ["Charlie"]
            with Listener(servers[0].url, lounge.slug, **cookies), Listener(servers[0].url, lounge.slug):
                for listener in (bob, other):
                    until_told(listener, 4)
                    counts = [event.data["listeners"] for event in listener.named("people")]
                    assert max(counts) == 4  # Charlie is one
            charlie.post(f"/r/{lounge.slug}/name", data={"name": "Charles"})
        until_told(bob, 2)
    until(lambda: elsewhere.get("/rooms").json()["items"][0]["listeners"] == 0, "somebody stays")


def test_a_process_without_listeners_knows_who_listens_in_others(servers: list[Server]) -> None:
    lounge = Lounge.open(servers[0])
    with Listener(servers[0].url, lounge.slug), Listener(servers[0].url, lounge.slug):
        elsewhere = servers[1].client()
        until(lambda: elsewhere.get("/rooms").json()["items"][0]["listeners"] == 2, "it does not know them")


def test_a_storm_of_joins_is_few_writes(servers: list[Server]) -> None:
    lounge = Lounge.open(servers[0])
    with Listener(servers[0].url, lounge.slug) as bob:
        streams = [httpx.Client(verify=NO_TLS, timeout=10) for _ in range(60)]
        responses = []
        for client in streams:
            request = client.build_request("GET", f"{servers[0].url}/api/v1{lounge.path}/events")
            responses.append(client.send(request, stream=True))
        until_told(bob, 61)
        rows = servers[0].shell("from rooms.models import Attendance as A; print(*A.objects.values_list('count'))")
        assert rows.strip().splitlines()[-1] == "(61,)"
        for response, client in zip(responses, streams, strict=True):
            response.close()
            client.close()
