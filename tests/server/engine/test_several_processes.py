"""Several processes on one database: what one commits reaches the listeners of the others at once."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.support.events import Listener
from tests.support.pushed import is_pushed, until_pushed
from tests.support.servers import two_servers
from tools.patience import PATIENCE_S, until
from tools.people import Lounge
from tools.server import NO_TLS, Server
from tools.services import Redis


@pytest.fixture
def lounge(servers: list[Server]) -> Lounge:
    return Lounge.playing(servers[0])


def test_a_change_is_pushed_from_one_process_to_the_other(servers: list[Server], lounge: Lounge) -> None:
    with Listener(servers[1].url, lounge.slug) as bob:
        until_pushed(lounge, bob)
        assert is_pushed(lounge, bob, 1_000)
        assert is_pushed(lounge, bob, 2_000)


def test_what_is_said_and_what_is_kept_nowhere_reach_the_other_process(servers: list[Server], lounge: Lounge) -> None:
    with Listener(servers[1].url, lounge.slug) as bob:
        until_pushed(lounge, bob)
        for path, body, name in (
            ("chat", {"text": "Good evening"}, "chat"),
            ("reactions", {"emoji": "🔥"}, "reaction"),
            ("player/next", {}, "notice"),
        ):
            assert lounge.alice.post(f"{lounge.path}/{path}", json=body).is_success
            bob.wait_for(name)


def test_a_limit_of_streams_counts_those_of_the_other_process(prepared: Path, tmp_path: Path, redis: Redis) -> None:
    limits = {"MAX_STREAMS_PER_ADDRESS": "2", "TRUSTED_PROXIES": "127.0.0.1"}
    with two_servers(prepared, tmp_path, REDIS_URL=redis.url, **limits) as (first, second):
        lounge = Lounge.open(first)
        headers = {"X-Forwarded-For": "198.51.100.1"}

        def asked() -> int:
            url = f"{second.url}/api/v1{lounge.path}/events"
            with httpx.stream("GET", url, headers=headers, timeout=PATIENCE_S, verify=NO_TLS) as answer:
                return answer.status_code

        with lounge.bob(headers=headers), lounge.bob(headers=headers), Listener(second.url, lounge.slug):
            until(lambda: asked() == 429, "the other process counts its own alone")
        until(lambda: asked() == 200, "streams that ended are still counted")
