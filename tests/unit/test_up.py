"""``manage.py up``: from an empty folder to a served room, and again."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from musicrooms.serving.public_address import public_address
from tests.support import patient
from tools.patience import PATIENCE_S
from tools.people import take
from tools.server import NO_TLS, ROOT, environment

START_TIMEOUT_S = 100


@contextmanager
def up(data_dir: Path, *args: str) -> Iterator[str]:
    """What it says once it serves."""
    env = environment(data_dir)
    command = [sys.executable, "-W", "ignore", "manage.py", "up", "--port", "0", *args]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert process.stdout
        said = ""
        while "Admin:" not in said:
            line = process.stdout.readline()
            assert line, f"It ended instead: {said}"
            said += line
        _wait_until_it_answers(link(said, "Room"))
        yield said
    finally:
        process.terminate()
        rest, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "Traceback" not in rest


def link(said: str, name: str) -> str:
    found = re.search(rf"^{name}: +(\S+)", said, flags=re.MULTILINE)
    assert found, said
    return found[1]


def _wait_until_it_answers(url: str) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            patient.get(url, timeout=10)
            return
        except httpx.TransportError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("up") / "not" / "there" / "yet"
    environment(folder)  # here, so that its database lives as long
    return folder


def test_an_empty_folder_becomes_a_playing_room_with_host_and_admin(data_dir: Path) -> None:
    with up(data_dir) as said, httpx.Client(verify=NO_TLS, follow_redirects=True, timeout=PATIENCE_S) as browser:
        assert 'data-role="guest"' in browser.get(link(said, "Room")).text
        take(browser, link(said, "Host"))
        assert 'data-role="host"' in browser.get(link(said, "Room")).text
        api = f"{link(said, 'Room').split('/r/')[0]}/api/v1"
        player = browser.get(f"{api}/rooms/lounge/player").json()
        assert player["playing"] is True
        music_url = api.removesuffix("/api/v1") + player["entry"]["url"]
        music = browser.get(music_url, headers={"Range": "bytes=0-3"})
        assert (music.status_code, music.content, music.headers["Content-Type"]) == (206, b"ID3\x03", "audio/mpeg")
        password = re.search(r"shown once: (\S+)\)", said)
        assert password
        admin = link(said, "Admin")
        page = browser.get(admin)
        login = {"username": "admin", "password": password[1], "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        inside = browser.post(page.url, data=login, headers={"Referer": str(page.url)})
        assert "Log out" in inside.text


def test_a_second_start_keeps_what_is_there(data_dir: Path) -> None:
    with up(data_dir):
        pass
    of_two = ("--server", "uvicorn", "--workers", "2")
    with up(data_dir, *of_two) as said, httpx.Client(verify=NO_TLS, timeout=PATIENCE_S) as browser:
        assert "shown once" not in said
        rooms = browser.get(f"{link(said, 'Room').split('/r/')[0]}/api/v1/rooms").json()
        assert [room["slug"] for room in rooms["items"]] == ["lounge"]


def test_a_taken_port_is_said_in_one_sentence(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "manage.py", "up", "--port", port],
            cwd=ROOT, env=environment(data_dir), capture_output=True, text=True, timeout=60,
            check=False,
        )  # fmt: skip
    assert done.returncode != 0
    assert done.stderr.strip() == f"CommandError: 127.0.0.1:{port} is taken by another program; choose another port."


def test_links_say_https_where_the_server_is_behind_tls(settings: object) -> None:
    settings.HTTPS, settings.CSRF_TRUSTED_ORIGINS = True, []  # type: ignore[attr-defined]
    settings.ALLOWED_HOSTS = ["*"]  # type: ignore[attr-defined]
    assert public_address("http://127.0.0.1:8000") == "https://127.0.0.1:8000"
    settings.ALLOWED_HOSTS = ["localhost", ".example.org", "rooms.example.org"]  # type: ignore[attr-defined]
    assert public_address("http://127.0.0.1:8000") == "https://rooms.example.org"
