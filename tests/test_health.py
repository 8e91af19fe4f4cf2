"""What probes and Prometheus are told."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.support.people import Lounge
from tests.support.server import Server
from tests.support.services import Redis, require


@pytest.fixture
def redis() -> Iterator[Redis]:
    require(Redis)
    with Redis() as redis:
        yield redis


def test_a_process_that_answers_is_alive_and_ready(server: Server) -> None:
    probe = server.browser()
    assert probe.get("/healthz").json() == {"ok": True}
    assert probe.head("/healthz").status_code == 200
    assert probe.get("/readyz").json()["parts"]["database"] == "ok"


def test_a_process_whose_redis_is_away_lives_and_is_not_ready(prepared: Path, tmp_path: Path, redis: Redis) -> None:
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    server = Server(tmp_path, REDIS_URL=redis.url).start()
    probe = server.browser()
    assert probe.get("/readyz").json() == {"ok": True, "parts": {"database": "ok", "redis": "ok"}}
    for end, again in ((redis.pause, redis.resume), (redis.kill, redis.start)):
        end()
        away = probe.get("/readyz")
        assert (away.status_code, away.json()["ok"], away.json()["parts"]["database"]) == (503, False, "ok")
        assert away.json()["parts"]["redis"] != "ok"
        assert probe.get("/healthz").status_code == 200
        again()
        assert probe.get("/readyz").status_code == 200
    server.stop()


def test_the_numbers_follow_what_happens(lounge: Lounge) -> None:
    operator = lounge.server.browser()
    lounge.add("https://media.example.org/a.mp3")

    def number(name: str) -> float:
        lines = operator.get("/metrics").text.splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name))

    with lounge.bob() as bob:
        before = number("musicrooms_deliveries_total"), number("musicrooms_push_seconds_count")
        lounge.control(playing=True)
        bob.wait_for("player")
        assert number("musicrooms_deliveries_total") > before[0]
        assert number("musicrooms_push_seconds_count") > before[1]
        bob.wait_for("people")
        assert number("musicrooms_listeners") >= 1
        assert number("musicrooms_live_rooms") >= 1
    assert operator.get("/metrics").headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.1"}, 404),
        ("127.0.0.1", {"Forwarded": "for=192.0.2.1"}, 404),
        ("192.0.2.1", {}, 404),
        ("10.1.2.3", {}, 200),
        ("10.1.2.3", {"X-Forwarded-For": "192.0.2.1"}, 200),
    ],
)
def test_only_the_operator_reads_the_numbers(peer: str, headers: dict[str, str], status: int, settings: Any) -> None:
    settings.METRICS_FROM = (ip_network("10.0.0.0/8"),)
    assert Client(REMOTE_ADDR=peer).get("/metrics", headers=headers).status_code == status


def test_probes_are_not_sent_to_https(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    for path in ("/healthz", "/metrics"):
        assert Client(REMOTE_ADDR="127.0.0.1").get(path).status_code == 200
    assert Client().get("/").status_code == 301
