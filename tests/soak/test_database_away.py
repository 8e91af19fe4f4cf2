"""The database is away or locked: calls answer 503 in time, streams stay open, nothing acknowledged is lost."""

from __future__ import annotations

import os
import re
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.soak.noise import Disturbance
from tests.support.unavailable import is_refused_for_now
from tools.patience import until
from tools.people import Lounge
from tools.processes import children_of
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


class Adding(threading.Thread):
    """Alice adds one link after the other, whatever is answered."""

    def __init__(self, lounge: Lounge) -> None:
        super().__init__(daemon=True)
        self.acknowledged: list[int] = []
        self.refused = 0
        self.others: list[str] = []
        self._lounge = lounge
        self._is_over = threading.Event()

    def run(self) -> None:
        number = 0
        while not self._is_over.wait(0.02):
            number += 1
            url = f"https://media.example.org/{self._lounge.slug}/{number}.mp3"
            try:
                response = self._lounge.alice.post(f"{self._lounge.path}/queue", json={"url": url})
            except httpx.HTTPError as error:
                self.others.append(repr(error))
                continue
            if response.status_code == 201:
                self.acknowledged.append(response.json()["id"])
            elif is_refused_for_now(response):
                self.refused += 1
            else:
                self.others.append(response.text)

    def end(self) -> None:
        self._is_over.set()
        self.join()


@pytest.mark.parametrize("end", [Postgres.stop, Postgres.kill])
def test_a_restart_loses_nothing_acknowledged_and_ends_no_stream(
    lounge: Lounge, cluster: Postgres, end: Callable[[Postgres], None]
) -> None:
    with lounge.bob() as bob:
        alice = Adding(lounge)
        alice.start()
        until(lambda: len(alice.acknowledged) > 5)
        end(cluster)
        try:
            until(lambda: alice.refused > 1)
        finally:
            cluster.start()
        before = len(alice.acknowledged)
        until(lambda: len(alice.acknowledged) > before + 5)
        alice.end()
        assert alice.others == []
        ((version,),) = lounge.server.sql("SELECT version FROM rooms_room WHERE slug = %s", (lounge.slug,))
        kept = {entry["id"] for entry in lounge.snapshot()["queue"]}
        assert kept.issuperset(alice.acknowledged)
        # Who is refused in the moment of the end may have been heard: such a change is counted, and told like any.
        assert version == 1 + len(kept)
        bob.wait_for(lambda event: event.id == str(version))
        assert not bob.ended.is_set()
        versions = [int(event.id) for event in bob.events if event.id]
        assert versions == sorted(versions)


def test_pages_and_the_admin_answer_in_their_own_words(lounge: Lounge, cluster: Postgres) -> None:
    browser = lounge.person()
    forms = {"/admin/login/?next=/admin/": {"username": "alice", "password": "x"}, "/": {"name": "Salon"}}
    cluster.stop()
    try:
        answers = [browser.get(path) for path in ("/", f"/r/{lounge.slug}")]
        answers += [browser.post(path, data=fields) for path, fields in forms.items()]
    finally:
        cluster.start()
    for answer in answers:
        assert is_refused_for_now(answer), answer.text[:500]
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "frame-ancestors" in answer.headers["Content-Security-Policy"]
        assert "Back in a moment" in answer.text
        # What was sent is not sent again by a page that loads itself anew.
        assert ("retry" in "".join(re.findall("<script[^>]*>", answer.text))) == (answer.request.method == "GET")
    until(lambda: browser.get("/").status_code == 200)


def test_who_is_logged_in_is_so_again_afterwards(lounge: Lounge, cluster: Postgres) -> None:
    code = "from django.contrib.auth.models import User; User.objects.create_superuser({!r}, password='pass')"
    lounge.server.shell(code.format(lounge.slug))
    alice = lounge.person()
    alice.post("/admin/login/?next=/admin/", data={"username": lounge.slug, "password": "pass"})
    assert alice.get("/admin/rooms/room/").status_code == 200
    cluster.stop()
    try:
        assert is_refused_for_now(alice.get("/admin/rooms/room/"))
        token = {"X-CSRFToken": alice.cookies["csrftoken"]}
        assert is_refused_for_now(alice.post("/admin/logout/", headers=token))
    finally:
        cluster.start()
    until(lambda: alice.get("/admin/rooms/room/").status_code == 200)


def test_a_call_with_a_key_may_be_repeated_at_once(lounge: Lounge, cluster: Postgres) -> None:
    headers = {"Idempotency-Key": f"key of {lounge.slug}"}
    body = {"url": "https://media.example.org/a.mp3"}

    def add() -> httpx.Response:
        return lounge.alice.post(f"{lounge.path}/queue", json=body, headers=headers)

    cluster.stop()
    try:
        assert is_refused_for_now(add())
    finally:
        cluster.start()
    until(lambda: not is_refused_for_now(lounge.alice.get(lounge.path)))
    assert [add().status_code, add().status_code] == [201, 201]
    assert len(lounge.snapshot()["queue"]) == 1


def test_a_pool_of_dead_connections_is_got_over_with_the_first_call(lounge: Lounge, cluster: Postgres) -> None:
    def read(_: int = 0) -> int:
        return lounge.alice.get(lounge.path).status_code

    with ThreadPoolExecutor(10) as threads:
        assert set(threads.map(read, range(100))) == {200}
    cluster.kill()
    cluster.start()
    assert [read() for _ in range(10)] == [200] * 10


@pytest.mark.parametrize("program", ["daphne", "uvicorn"])
def test_a_server_starts_while_its_database_is_away_and_works_once_it_is_there(
    cluster: Postgres, prepared: Path, tmp_path: Path, program: str
) -> None:
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    server = Server(tmp_path, server=program, DATABASE_URL=cluster.create(f"late_{program}"), REDIS_URL="")
    server.manage("migrate", "-v0")
    cluster.stop()
    try:
        server.start()
        assert is_refused_for_now(server.client().get("/rooms"))
    finally:
        cluster.start()
    until(lambda: server.client().get("/rooms").status_code == 200)
    assert server.stop() == 0
    assert "Traceback" not in server.log


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
