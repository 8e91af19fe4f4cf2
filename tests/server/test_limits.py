"""How many streams one person, one address and one room may have."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.support.events import Listener
from tools.patience import PATIENCE_S, until
from tools.people import Lounge
from tools.server import NO_TLS, Server

# With a server


@pytest.fixture(scope="module")
def limited(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server behind a proxy of this machine: two streams a person, three an address, four a room."""
    folder = tmp_path_factory.mktemp("limited")
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    most = {"PERSON": "2", "ADDRESS": "3", "ROOM": "4"}
    env = {f"MAX_STREAMS_PER_{name}": number for name, number in most.items()}
    server = Server(folder, TRUSTED_PROXIES="127.0.0.1", **env).start()
    yield server
    assert server.stop() == 0
    assert "Traceback" not in server.log


@pytest.fixture
def lounge(limited: Server) -> Lounge:
    return Lounge.open(limited)


def stream_from(address: str, lounge: Lounge, person: httpx.Client | None = None) -> Listener:
    """A stream that the proxy asks for in the name of ``address``."""
    cookies = dict(person.cookies) if person else None
    return Listener(lounge.server.url, lounge.slug, headers={"X-Forwarded-For": address}, cookies=cookies)


def answer_to(address: str, lounge: Lounge, person: httpx.Client | None = None) -> httpx.Response:
    """The whole answer to somebody who is refused."""
    cookies = dict(person.cookies) if person else None
    url, headers = f"{lounge.server.url}/api/v1{lounge.path}/events", {"X-Forwarded-For": address}
    with httpx.stream("GET", url, headers=headers, cookies=cookies, timeout=PATIENCE_S, verify=NO_TLS) as answer:
        if answer.status_code != 200:
            answer.read()
        return answer


def check_refused(answer: httpx.Response, words: str) -> None:
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json()["error"]["code"] == "too-many"
    assert words in answer.json()["error"]["message"]


def test_the_oldest_of_one_persons_streams_gives_way(lounge: Lounge) -> None:
    alice, bob = lounge.person(), lounge.person()
    with (
        stream_from("203.0.113.1", lounge, alice) as first,
        stream_from("203.0.113.2", lounge, alice) as second,
        stream_from("203.0.113.2", lounge, bob) as other,
        stream_from("203.0.113.3", lounge, alice) as third,
    ):
        assert first.wait_for("bye").data["reason"]
        assert first.ended.wait(PATIENCE_S)
        lounge.add("https://media.example.org/a.mp3")
        for listener in (second, third, other):
            listener.wait_for("queue")
            assert not listener.named("bye")


def test_a_stream_too_many_from_one_address_is_refused_until_another_ends(lounge: Lounge) -> None:
    with ExitStack() as stack:
        first, *_ = [stack.enter_context(stream_from("198.51.100.1", lounge)) for _ in range(3)]
        check_refused(answer_to("198.51.100.1", lounge), "from 198.51.100.1")
        check_refused(answer_to("198.51.100.1", lounge, lounge.person()), "from 198.51.100.1")
        first.close()
        until(lambda: answer_to("198.51.100.1", lounge).status_code == 200, "its place was not freed")


def test_at_a_full_address_a_persons_own_oldest_gives_way(lounge: Lounge) -> None:
    alice = lounge.person()
    with (
        stream_from("2001:db8::1", lounge, alice) as first,
        stream_from("2001:db8::2", lounge) as other,
        stream_from("2001:db8::3", lounge) as another,
        stream_from("2001:db8::4", lounge, alice) as second,
    ):
        assert first.ended.wait(PATIENCE_S)
        lounge.add("https://media.example.org/a.mp3")
        for listener in (other, another, second):
            listener.wait_for("queue")
    assert "If 2001:db8::/64 is a proxy of yours, name it in TRUSTED_PROXIES." in lounge.server.log


def test_a_stream_too_many_in_one_room_is_refused_and_other_rooms_are_open(lounge: Lounge) -> None:
    with ExitStack() as stack:
        for number in range(4):
            stack.enter_context(stream_from(f"192.0.2.{number}", lounge))
        check_refused(answer_to("192.0.2.9", lounge), "of this room")
        assert answer_to("192.0.2.9", Lounge.open(lounge.server)).status_code == 200
    until(lambda: answer_to("192.0.2.9", lounge).status_code == 200, "its places were not freed")


def test_streams_from_the_machine_itself_are_not_limited_by_address(lounge: Lounge) -> None:
    other = Lounge.open(lounge.server)
    with ExitStack() as stack:
        for room in (lounge, lounge, other, other):
            stack.enter_context(room.bob())
        assert answer_to("", other).status_code == 200
