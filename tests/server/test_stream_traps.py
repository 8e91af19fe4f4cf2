"""What the parts of the stack do wrong by themselves, and no stream of ours may suffer."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
from django.db import connection

from tests.support import patient
from tests.support.events import Listener
from tests.support.raw import Raw
from tools.patience import PATIENCE_S
from tools.people import Lounge
from tools.server import NO_TLS, ROOT, Server
from tools.services import reserved_port

A, B, C = (f"https://media.example.org/{name}.mp3" for name in "abc")


@pytest.fixture
def lounge(server: Server) -> Lounge:
    return Lounge.open(server)


def stream_of(lounge: Lounge) -> str:
    return f"/api/v1{lounge.path}/events"


def opened_by(server: Server, name: str) -> int:
    """How many descriptors of the server's process are a file of that name."""
    count = 0
    for descriptor in Path(f"/proc/{server.pid}/fd").iterdir():
        try:
            count += Path(os.readlink(descriptor)).name == name
        except FileNotFoundError:  # closed meanwhile
            continue
    return count


@pytest.mark.skipif(connection.vendor != "sqlite", reason="this is about SQLite")
def test_connections_that_outlive_their_requests_are_few(lounge: Lounge) -> None:
    with ThreadPoolExecutor(40) as callers:
        statuses = callers.map(lambda _: lounge.charlie.get(lounge.path).status_code, range(400))
        assert set(statuses) == {200}
    # One for each thread that was at work at one time, those of the hub included.
    assert opened_by(lounge.server, "db.sqlite3") <= 12


# What runs beside the requests has to start by itself, under whatever serves the application


COMMANDS = {
    "runserver": ["-m", "django", "runserver", "--noreload", "127.0.0.1:{port}"],
    "daphne": ["-m", "daphne", "-b", "127.0.0.1", "-p", "{port}", "musicrooms.asgi:application"],
    "uvicorn": ["-m", "uvicorn", "--host", "127.0.0.1", "--port", "{port}", "musicrooms.asgi:application"],
}


@pytest.mark.parametrize("program", COMMANDS)
def test_the_stream_starts_lazily_under_the_plain_command_of_each_server(
    prepared: Path, tmp_path: Path, program: str
) -> None:
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    with (
        reserved_port() as port,
        running([part.format(port=port) for part in COMMANDS[program]], tmp_path, f"http://127.0.0.1:{port}") as url,
    ):
        made = patient.post(f"{url}/api/v1/rooms", json={"name": "Lounge"}).json()
        with Listener(url, made["slug"]) as bob:
            auth = {"Authorization": f"Bearer {made['host_token']}"}
            patient.post(f"{url}/api/v1/rooms/{made['slug']}/queue", json={"url": A}, headers=auth)
            assert bob.wait_for("queue").data["version"] == 2
            assert bob.wait_for("people").data["listeners"] == 1  # told by what beats beside the requests


def test_the_application_brings_no_twisted_to_a_server_without(tmp_path: Path) -> None:
    env = {**os.environ, "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "musicrooms.settings"}
    code = "import sys, musicrooms.asgi; sys.exit('twisted' in sys.modules)"
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, env=env, check=True)


@contextmanager
def running(arguments: list[str], data_dir: Path, url: str) -> Iterator[str]:
    """A Python of the test's own that serves the data in ``data_dir`` at ``url``, on SQLite and without Redis."""
    env = {**os.environ, "DATA_DIR": str(data_dir), "DJANGO_SETTINGS_MODULE": "musicrooms.settings"}
    for elsewhere in ("DATABASE_URL", "REDIS_URL"):
        env.pop(elsewhere, None)
    with (data_dir / "own.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=env, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            assert process.poll() is None, (data_dir / "own.log").read_text()
            assert time.monotonic() < deadline, (data_dir / "own.log").read_text()
            try:
                patient.get(f"{url}/api/v1/time")
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield url
    finally:
        process.kill()
        process.wait()


# Daphne: after an exception out of a response that has begun, nothing of any later request is cleaned up


POISONED = """
import gc, socket, sys
import django
from musicrooms.asgi import application as project
from django.conf import settings
from daphne.http_protocol import WebRequest
from rooms.live.hub.live_room import LiveRoom
from musicrooms.serving.daphne import serve as serve_with_daphne
from musicrooms.serving.sockets import listen

join = LiveRoom.join

async def poisoned(self, listener, last_event_id):
    if last_event_id == 666:
        raise RuntimeError("poisoned")
    await join(self, listener, last_event_id)

LiveRoom.join = poisoned

async def application(scope, receive, send):
    if scope["type"] == "http" and scope["path"] == "/requests-in-memory":
        gc.collect()
        count = sum(issubclass(type(one), WebRequest) for one in gc.get_objects())
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": str(count).encode()})
    else:
        await project(scope, receive, send)

settings.ASGI_APPLICATION = "__main__.application"
serve_with_daphne(listen("127.0.0.1", int(sys.argv[1])))
"""


def test_a_poisoned_stream_leaks_no_later_request_on_daphne(prepared: Path, tmp_path: Path) -> None:
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    with (
        reserved_port() as port,
        running(["-c", POISONED, str(port)], tmp_path, f"http://127.0.0.1:{port}") as url,
        httpx.Client(verify=NO_TLS, base_url=url, timeout=PATIENCE_S) as client,
    ):
        slug = client.post("/api/v1/rooms", json={"name": "Lounge"}).json()["slug"]

        def in_memory() -> int:
            return int(client.get("/requests-in-memory").text)

        for _ in range(10):
            ended = client.get(f"/api/v1/rooms/{slug}/events", headers={"Last-Event-ID": "666"})
            assert ended.status_code == 200
            assert "event:" not in ended.text
        for _ in range(300):
            assert client.get("/api/v1/time").status_code == 200
        deadline = time.monotonic() + PATIENCE_S
        while in_memory() > 20:  # daphne looks for what has ended once a second
            assert time.monotonic() < deadline, f"{in_memory()} requests are still in memory"
            time.sleep(0.5)
        with Listener(url, slug) as bob:
            assert bob.events[0].name == "snapshot"
        assert "RuntimeError: poisoned" in (tmp_path / "own.log").read_text()


# Daphne: a backlog of 50


def test_a_storm_of_connections_waits_and_none_is_refused(lounge: Lounge) -> None:
    """The server stands still, so that the kernel alone takes them; a full backlog would leave them unanswered."""
    host, port = lounge.server.url.removeprefix("http://").split(":")
    with ExitStack() as stack:
        os.kill(lounge.server.pid, signal.SIGSTOP)
        try:
            for _ in range(500):
                stack.enter_context(socket.create_connection((host, int(port)), timeout=5))
        finally:
            os.kill(lounge.server.pid, signal.SIGCONT)
        assert lounge.charlie.get("/time").status_code == 200


# django-eventstream: its view, and what its parameters do


@pytest.mark.parametrize(
    "query",
    ["es-meta=x", "recover=true", "recover=x", "link=next", "channel=room-1", "lastEventId=error", "lastEventId=r:abc"],
)
def test_parameters_of_the_stock_view_mean_nothing(lounge: Lounge, query: str) -> None:
    with Raw(lounge.server.url) as raw:
        assert raw.get(f"{stream_of(lounge)}?{query}").status == 200
        raw.read_until(b"\n\n")
        assert raw.events()[0]["event"] == "snapshot"


@pytest.mark.parametrize("ident", ["r:abc", "error", "room-1:1", "room-1:1,room-2:2", "%I"])
def test_event_ids_of_the_stock_view_get_the_snapshot(lounge: Lounge, ident: str) -> None:
    with Raw(lounge.server.url) as raw:
        assert raw.get(stream_of(lounge), ("Last-Event-ID", ident)).status == 200
        raw.read_until(b"\n\n")
        assert raw.events()[0]["event"] == "snapshot"


# Pushpin: without a key, any Grip-Sig counts as its own


def test_a_header_of_an_edge_changes_nothing_without_its_key(lounge: Lounge) -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJyZWFsbSJ9.x"
    for headers in ([("Grip-Sig", token)], [("Grip-Sig", token), ("Grip-Last", "room-1; last-id=1")]):
        with Raw(lounge.server.url) as raw:
            head = raw.get(stream_of(lounge), *headers)
            assert head.status == 200
            assert not [name for name, _ in head.headers if name.startswith("grip")]
            raw.read_until(b"event: snapshot")
            lounge.add(A)
            raw.read_until(b"event: queue")
