"""What probes and Prometheus are told."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from musicrooms.middleware import health_probes
from tools.people import Lounge
from tools.processes import children_of, until
from tools.server import Server
from tools.services import Postgres, Redis, require


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
        assert away.json()["parts"]["redis"] == "away"
        assert probe.get("/healthz").status_code == 200
        again()
        assert probe.get("/readyz").status_code == 200
    server.stop()


@pytest.mark.parametrize("program", ["daphne", "uvicorn"])
def test_a_process_whose_database_hangs_lives_and_is_not_ready(prepared: Path, tmp_path: Path, program: str) -> None:
    require(Postgres)
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    with Postgres() as postgres:
        server = Server(tmp_path, server=program, DATABASE_URL=postgres.url)
        server.manage("migrate", "-v0")
        server.start()
        probe = server.browser()
        assert probe.get("/readyz").status_code == 200
        processes = [postgres.pid, *children_of(postgres.pid)]
        for pid in processes:
            os.kill(pid, signal.SIGSTOP)
        for _ in range(2):
            away = probe.get("/readyz")
            assert (away.status_code, away.json()["parts"]["database"]) == (503, "away")
        assert probe.get("/healthz").json() == {"ok": True}
        for pid in processes:
            os.kill(pid, signal.SIGCONT)
        until(lambda: probe.get("/readyz").status_code == 200)
        assert server.log.count("the database does not answer") == 1
        assert server.stop() == 0
        assert "Traceback" not in server.log


def test_a_part_that_hangs_is_not_asked_again_before_it_answered() -> None:
    answers = threading.Event()
    asked: list[None] = []

    def check() -> None:
        asked.append(None)
        answers.wait(10)

    waiting = [health_probes._ask("something slow", check) for _ in range(3)]
    answers.set()
    for answer in waiting:
        answer.result(10)
    assert len(asked) == 1
    health_probes._ask("something slow", check).result(10)
    assert len(asked) == 2


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
        until(lambda: number("musicrooms_listeners") >= 1 and number("musicrooms_live_rooms") >= 1)
    assert operator.get("/metrics").headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.1"}, 404),
        ("127.0.0.1", {"Forwarded": "for=192.0.2.1"}, 404),
        ("127.0.0.1", {"X-Real-IP": "192.0.2.1"}, 404),
        ("127.0.0.1", {"Host": "rebound.example.org"}, 404),
        ("127.0.0.1", {"Host": "127.0.0.1:8000"}, 200),
        ("::ffff:127.0.0.1", {}, 200),
        ("", {}, 404),
        ("192.0.2.1", {}, 404),
        ("10.1.2.3", {}, 200),
        ("10.1.2.3", {"Host": "rebound.example.org"}, 200),
        ("::ffff:10.1.2.3", {}, 200),
        ("10.1.2.3", {"X-Forwarded-For": "192.0.2.1"}, 200),
    ],
)
def test_only_the_operator_reads_the_numbers(peer: str, headers: dict[str, str], status: int, settings: Any) -> None:
    settings.METRICS_FROM = (ip_network("10.0.0.0/8"),)
    assert Client(REMOTE_ADDR=peer).get("/metrics", headers=headers).status_code == status


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
@pytest.mark.django_db
def test_probes_ask_by_plain_http_and_by_address(path: str, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["rooms.example.org"]
    probe = Client(REMOTE_ADDR="127.0.0.1", headers={"Host": "127.0.0.1:8000"})
    answer = probe.get(path)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert int(answer["Content-Length"]) == len(answer.content)
    assert probe.post(path).status_code == 405
    assert probe.get("/").status_code == 400
    assert Client(headers={"Host": "rooms.example.org"}).get("/").status_code == 301
