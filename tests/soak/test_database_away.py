"""The database is away or locked while many call: all are answered in time."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.soak.noise import Disturbance
from tools.patience import until
from tools.people import Lounge
from tools.server import Server
from tools.services import Postgres, require


@pytest.fixture(scope="module")
def cluster() -> Iterator[Postgres]:
    require(Postgres)
    with Postgres() as postgres:
        yield postgres


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def away(
    request: pytest.FixtureRequest, cluster: Postgres, prepared: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server whose database the tests take away."""
    folder = tmp_path_factory.mktemp("away")
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    url = cluster.create(request.param)
    server = Server(folder, server=request.param, DATABASE_URL=url, REDIS_URL="", DEBUG="0")
    server.manage("migrate", "-v0")
    server.start()
    pid = server.pid
    yield server
    assert server.pid == pid
    assert server.stop() == 0
    assert "Traceback" not in server.log, server.log[-6000:]


@pytest.fixture
def lounge(away: Server) -> Lounge:
    return Lounge.open(away)


def is_refused_for_now(response: httpx.Response) -> bool:
    """Whether ``response`` says what it has to say while the database is away."""
    if response.status_code != 503:
        return False
    assert int(response.headers["Retry-After"]) > 0
    if response.request.url.path.startswith("/api/"):
        assert response.json()["error"]["code"] == "unavailable"
        assert response.json()["error"]["message"].endswith(".")
    return True


def test_calls_that_wait_for_one_room_leave_the_others_an_answer(lounge: Lounge) -> None:
    """While all connections wait for a lock, others are refused within eight seconds, and nobody is stuck for good."""
    other = Lounge.open(lounge.server)

    def seek(position_ms: int) -> httpx.Response:
        return lounge.alice.patch(f"{lounge.path}/player", json={"rate": 1 + position_ms / 100})

    url = lounge.server.env["DATABASE_URL"]
    with ThreadPoolExecutor(30) as threads:
        with psycopg.connect(url) as locked:
            locked.execute("SELECT 1 FROM rooms_room WHERE slug = %s FOR UPDATE", (lounge.slug,))
            calls = [threads.submit(seek, number) for number in range(20)]
            time.sleep(1)
            began = time.monotonic()
            with Disturbance() as disturbance:
                assert is_refused_for_now(other.alice.get(other.path))
                disturbance.check(time.monotonic() - began, 8)
            assert lounge.charlie.get("/time").status_code == 200
        answers = [call.result() for call in calls]
    assert all(answer.status_code == 200 or is_refused_for_now(answer) for answer in answers)
    assert any(answer.status_code == 200 for answer in answers)
    assert other.alice.get(other.path).status_code == 200


def test_many_calls_amid_an_outage_are_answered_in_time(lounge: Lounge, cluster: Postgres) -> None:
    """Ninety calls amid an outage are refused within twelve seconds, and the log tells of it in few lines."""
    start = len(lounge.server.log)
    cluster.stop()
    try:
        with ThreadPoolExecutor(30) as threads, Disturbance() as disturbance:
            answers = list(threads.map(lambda _: lounge.charlie.get(lounge.path), range(90)))
    finally:
        cluster.start()
    assert all(is_refused_for_now(answer) for answer in answers)
    told = lounge.server.log[start:]
    assert len(told.splitlines()) < 20, told
    assert "password" not in told
    until(lambda: lounge.alice.get(lounge.path).status_code == 200)
    # They do not queue up to wait three seconds each.
    disturbance.check(max(answer.elapsed.total_seconds() for answer in answers), 12)
