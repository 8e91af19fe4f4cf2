"""Redis or a process goes away amid changes: everybody ends up right."""

from __future__ import annotations

import shutil
from pathlib import Path

import httpx
import pytest

from tests.support.events import Listener
from tests.support.pushed import hear, is_pushed, seek, until_pushed
from tests.support.servers import two_servers
from tools.people import Lounge
from tools.server import Server
from tools.services import Redis


@pytest.fixture
def lounge(servers: list[Server]) -> Lounge:
    return Lounge.playing(servers[0])


def test_rooms_go_on_without_redis_and_are_pushed_again_when_it_is_back(
    servers: list[Server], lounge: Lounge, redis: Redis
) -> None:
    with Listener(servers[0].url, lounge.slug) as bob, Listener(servers[1].url, lounge.slug) as charlie:
        assert is_pushed(lounge, charlie, 1_000)
        for position_ms, end in ((2_000, redis.stop), (3_000, redis.kill)):
            end()
            seek(lounge, position_ms)
            assert hear(bob, position_ms).name == "player"
            hear(charlie, position_ms)
            redis.start()
            until_pushed(lounge, charlie)


def test_a_redis_that_hangs_holds_no_call_and_no_listener(servers: list[Server], lounge: Lounge, redis: Redis) -> None:
    with Listener(servers[0].url, lounge.slug) as bob, Listener(servers[1].url, lounge.slug) as charlie:
        redis.pause()
        try:
            for position_ms in range(1_000, 6_000, 1_000):
                seek(lounge, position_ms)  # one that waited would wait for as long as Redis hangs
            assert hear(bob, 5_000).name == "player"
            hear(charlie, 5_000)
            with Listener(servers[1].url, lounge.slug) as late:
                assert late.events[0].data["player"]["position_ms"] == 5_000
            other = Lounge.open(servers[1])
            with other.bob() as first:
                assert first.events[0].name == "snapshot"
        finally:
            redis.resume()
        until_pushed(lounge, charlie)


def test_servers_that_start_without_redis_find_it_later(prepared: Path, tmp_path: Path, redis: Redis) -> None:
    redis.stop()
    with two_servers(prepared, tmp_path, REDIS_URL=redis.url) as servers:
        lounge = Lounge.playing(servers[0])
        with Listener(servers[1].url, lounge.slug) as bob:
            seek(lounge, 1_000)
            hear(bob, 1_000)
            redis.start()
            until_pushed(lounge, bob)


KILLER = """
import os, signal, sys, threading, time

def arm():
    while "django_eventstream" not in sys.modules or not hasattr(sys.modules.get("rooms.core.publish"), "tell"):
        time.sleep(0.01)
    push = sys.modules["rooms.core.publish"]
    tell = push.tell
    def dies(*args):
        if os.path.exists({trigger!r}):
            os.kill(os.getpid(), signal.SIGKILL)
        tell(*args)
    push.tell = dies

if "serve" in sys.argv:
    threading.Thread(target=arm, daemon=True).start()
"""
"""Kills a server between the commit of a change and its push, from when a file exists."""


def test_what_a_process_committed_as_it_was_killed_reaches_everybody(prepared: Path, tmp_path: Path) -> None:
    hook = tmp_path / "hook"
    hook.mkdir()
    trigger = hook / "now"
    (hook / "sitecustomize.py").write_text(KILLER.format(trigger=str(trigger)))
    data = tmp_path / "data"
    shutil.copytree(prepared, data)
    dying, other = Server(data, PYTHONPATH=str(hook)).start(), Server(data, server="uvicorn").start()
    lounge = Lounge.playing(dying)
    with Listener(other.url, lounge.slug) as bob, lounge.bob() as charlie:
        trigger.touch()
        with pytest.raises(httpx.TransportError):
            lounge.alice.patch(f"{lounge.path}/player", json={"position_ms": 7_000})
        hear(bob, 7_000)
        assert charlie.ended.wait(5)
        trigger.unlink()
        dying.stop()
        dying.start()
        with lounge.server.client().stream("GET", f"{lounge.path}/events", headers={"Last-Event-ID": "1"}) as again:
            assert again.status_code == 200
    dying.stop()
    other.stop()
