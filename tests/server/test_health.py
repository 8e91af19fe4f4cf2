"""What probes and Prometheus are told."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

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


def test_a_process_whose_database_hangs_lives_and_is_not_ready(prepared: Path, tmp_path: Path) -> None:
    require(Postgres)
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    with Postgres() as postgres:
        server = Server(tmp_path, DATABASE_URL=postgres.url)
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
