"""The database is away for a while: calls answer 503, streams stay open, nothing acknowledged is lost."""

from __future__ import annotations

import re
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tools.patience import until
from tools.people import Lounge
from tools.server import Server
from tools.services import Postgres, require


@pytest.fixture(scope="module")
def cluster() -> Iterator[Postgres]:
    require(Postgres)
    with Postgres() as postgres:
        yield postgres


@pytest.fixture(scope="module")
def away(cluster: Postgres, prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose database the tests take away."""
    folder = tmp_path_factory.mktemp("away")
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    url = cluster.create("away")
    server = Server(folder, DATABASE_URL=url, REDIS_URL="", DEBUG="0")
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


def test_a_locked_file_of_sqlite_is_answered_the_same(prepared: Path, tmp_path: Path) -> None:
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    server = Server(tmp_path, DATABASE_URL="", REDIS_URL="")
    server.manage("migrate", "-v0")
    lounge = Lounge.open(server.start())
    with closing(sqlite3.connect(tmp_path / "db.sqlite3", isolation_level=None)) as file:
        file.execute("BEGIN IMMEDIATE")
        answer = lounge.alice.patch(lounge.path, json={"name": "Salon"}, timeout=30)
        assert is_refused_for_now(answer), answer.text
        assert lounge.alice.get(lounge.path).status_code == 200  # reading goes on
        file.execute("ROLLBACK")
    assert lounge.alice.patch(lounge.path, json={"name": "Salon"}).status_code == 200
    assert server.stop() == 0
    assert "Traceback" not in server.log


@pytest.mark.traceback
def test_what_is_wrong_with_the_database_itself_is_no_outage(prepared: Path, tmp_path: Path) -> None:
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    server = Server(tmp_path, DATABASE_URL="", REDIS_URL="", DEBUG="0")
    server.manage("migrate", "-v0")
    server.start()
    with closing(sqlite3.connect(tmp_path / "db.sqlite3", isolation_level=None)) as file:
        file.execute("ALTER TABLE rooms_token RENAME TO elsewhere")
    assert server.client("x").get("/rooms").status_code == 500
    assert server.stop() == 0
    assert re.search("no such table: rooms_token", server.log)
