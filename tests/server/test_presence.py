"""Who listens, over all processes that serve one database."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from rooms.live.hub.loops import SHARE_EVERY_S
from tests.support.attendance import told, until_told
from tests.support.events import Listener
from tools.patience import PATIENCE_S, until
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


COUNTED = """
CREATE TRIGGER counted_{0} AFTER {0} ON rooms_attendance BEGIN INSERT INTO writes VALUES (NEW.count); END
"""


def test_a_storm_of_joins_is_few_writes(servers: list[Server]) -> None:
    lounge = Lounge.open(servers[0])
    servers[0].sql("CREATE TABLE writes (count INTEGER)")
    for statement in ("INSERT", "UPDATE"):
        servers[0].sql(COUNTED.format(statement))
    began_s = time.monotonic()
    with Listener(servers[0].url, lounge.slug) as bob, ExitStack() as streams:
        for _ in range(60):
            client = streams.enter_context(httpx.Client(base_url=servers[0].url, verify=NO_TLS, timeout=PATIENCE_S))
            streams.enter_context(client.stream("GET", f"/api/v1{lounge.path}/events"))
        until_told(bob, 61)
        until(
            lambda: servers[0].sql("SELECT count FROM rooms_attendance") == [(61,)], "not all of them are written down"
        )
        [(writes,)] = servers[0].sql("SELECT count(*) FROM writes")
    assert writes <= (time.monotonic() - began_s) / SHARE_EVERY_S + 2
