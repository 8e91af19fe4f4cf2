"""What probes and Prometheus are told."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from musicrooms.serving.logging import EVERY_S
from musicrooms.serving.readiness import Readiness
from tools.patience import until
from tools.people import Lounge
from tools.server import Server
from tools.services import Redis


def test_a_process_that_answers_is_alive_and_ready(server: Server) -> None:
    probe = server.browser()
    assert probe.get("/healthz").json() == {"ok": True}
    assert probe.head("/healthz").status_code == 200
    assert probe.get("/readyz").json()["parts"]["database"] == "ok"


def test_a_process_whose_redis_is_away_is_ready_and_says_degraded(prepared: Path, tmp_path: Path, redis: Redis) -> None:
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    server = Server(tmp_path, REDIS_URL=redis.url).start()
    probe = server.browser()
    whole = {"ok": True, "state": "ready", "parts": {"database": "ok", "redis": "ok"}}
    until(lambda: probe.get("/readyz").json() == whole, "it is not ready")
    for end, again in ((redis.pause, redis.resume), (redis.kill, redis.start)):
        end()
        until(lambda: probe.get("/readyz").json()["state"] == "degraded", "nobody noticed")
        away = probe.get("/readyz")
        assert away.status_code == 200
        assert away.json() == {"ok": True, "state": "degraded", "parts": {"database": "ok", "redis": "away"}}
        assert probe.get("/healthz").status_code == 200
        again()
        until(lambda: probe.get("/readyz").json() == whole, "nobody noticed that it is back")
    server.stop()


def test_a_redis_that_is_open_but_silent_is_told_of_once_before_anybody_asks(
    prepared: Path, tmp_path: Path, redis: Redis
) -> None:
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    server = Server(tmp_path, REDIS_URL=redis.url).start()
    lounge = Lounge.open(server)
    redis.pause()
    until(lambda: "Degraded, since the redis does not answer" in server.log)
    began = time.monotonic()
    for n in range(8):
        lounge.add(f"https://media.example.org/{n}.mp3")
    until(lambda: "could not be told at once" in server.log)
    for _ in range(2):  # each waits for Redis as long as an event does: another line would be there by now
        assert server.browser().get("/readyz").json()["state"] == "degraded"
    lines = server.log.count("could not be told at once")
    assert 1 <= lines <= 1 + (time.monotonic() - began) // EVERY_S
    redis.resume()
    server.stop()


def test_a_server_that_no_load_balancer_asks_stops_at_once() -> None:
    readiness = Readiness()
    assert readiness.stop() == 0
    asked = Readiness()
    asked.note_question()
    assert asked.stop() > 0
    assert asked.stop() == 0


@pytest.mark.parametrize(("program", "workers"), [("daphne", 1), ("uvicorn", 1), ("uvicorn", 2)])
def test_a_load_balancer_sees_a_stop_before_the_streams_end(
    prepared: Path, tmp_path: Path, program: str, workers: int
) -> None:
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    server = Server(tmp_path, server=program, WORKERS=str(workers), STOP_GRACE_S="600").start()
    lounge, probe = Lounge.open(server), server.browser()
    with lounge.bob() as bob:
        assert probe.get("/readyz").status_code == 200
        os.kill(server.pid, signal.SIGTERM)
        until(lambda: probe.get("/readyz").status_code == 503)
        assert probe.get("/readyz").json()["state"] == "stopping"
        lounge.add("https://media.example.org/a.mp3")
        if workers == 1:  # other workers hear of it later, without Redis
            bob.wait_for("queue")
        assert not bob.ended.is_set()
        assert server.stop() == 0, "a second signal cuts the grace short"
        until(bob.ended.is_set)


def test_a_server_without_tables_or_static_files_says_what_is_missing_and_stops(tmp_path: Path) -> None:
    server = Server(tmp_path)

    def said() -> str:
        done = server.command("serve", "--port", "0")
        assert done.returncode == 1, done.stdout + done.stderr
        return done.stderr

    first = said()
    assert "migrations; apply them with: bin/manage migrate" in first
    assert "collect them with: bin/manage collectstatic --no-input" in first
    server.manage("migrate", "-v0")
    second = said()
    assert "migrate" not in second
    assert "bin/manage collectstatic" in second
    assert "Traceback" not in first + second


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
