"""What every call has in common when it goes wrong: a status, a code, a sentence, and nothing changed."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.support import patient
from tools.patience import PATIENCE_S
from tools.people import Lounge
from tools.server import Server

LIMIT = 256 * 1024
CALLS = [
    ("POST", "/rooms"),
    ("PATCH", ""),
    ("PATCH", "/player"),
    ("POST", "/player/next"),
    ("POST", "/player/previous"),
    ("POST", "/player/hints"),
    ("POST", "/queue"),
    ("PATCH", "/queue/{entry}"),
]
"""Every call that takes a body; all but the first are of a room."""
each_call = pytest.mark.parametrize(("method", "path"), CALLS, ids=lambda value: value or "/")


@dataclass
class Refusing:
    """A room that everybody may do everything in, with an entry that is the current one."""

    alice: httpx.Client
    bob: httpx.Client
    path: str
    entry_id: int

    def send(self, method: str, path: str, caller: httpx.Client | None = None, **kwargs: Any) -> httpx.Response:
        url = path if path == "/rooms" else self.path + path.format(entry=self.entry_id)
        return (caller or self.alice).request(method, f"/api/v1{url}", **kwargs)

    def version(self) -> int:
        return int(self.alice.get(f"/api/v1{self.path}").json()["version"])


@pytest.fixture(scope="module")
def open_to_all(server: Server) -> Refusing:
    lounge = Lounge.open(server, rules={"control": "guest", "add": "guest"})
    entry = lounge.add("https://media.example.org/a.mp3")
    lounge.control(entry_id=entry["id"])
    alice = server.browser(headers={"Authorization": f"Bearer {lounge.token}"})
    return Refusing(alice, lounge.person(), lounge.path, entry["id"])


@pytest.fixture
def refusing(open_to_all: Refusing) -> Iterator[Refusing]:
    """The room, in which nothing has changed when the test is over."""
    before = open_to_all.version()
    yield open_to_all
    assert open_to_all.version() == before


def assert_is_an_error(answer: httpx.Response, status: int, code: str) -> str:
    """Hold ``answer`` to the shape of an error and return its message."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    assert list(answer.json()) == ["error"]
    error = answer.json()["error"]
    assert {"code", "message"} <= set(error) <= {"code", "message", "fields"}
    assert error["code"] == code
    assert isinstance(error["message"], str)
    assert error["message"].endswith(".")
    return str(error["message"])


# Bodies


PYTHON = {"None", "NoneType", "bool", "int", "str"}
"""Words that callers, who send JSON, did not write."""

BODIES = [
    b"{",
    b"nonsense",
    b"[]",
    b'"text"',
    b"5",
    b"true",
    b"null",
    b"{}{}",
    b"{'playing': true}",
    b'{"playing": True}',
    b'{"rate": NaN}',
    b'{"position_ms": Infinity}',
    b'{"position_ms": -Infinity}',
    b'{"position_ms": 1' + b"0" * 30 + b"}",
    b'{"position_ms": -1' + b"0" * 30 + b"}",
    b'{"position_ms": ' + b"9" * 100_000 + b"}",
    b'{"position_ms": 01}',
    b'{"a":' * 30_000,
    b"[" * 100_000,
    b"\xff\xfe\xfd",
    b'{"url": "\xff"}',
    b"\x00",
]


@each_call
def test_a_body_that_is_no_json_object_is_refused(refusing: Refusing, method: str, path: str) -> None:
    for body in BODIES:
        sentence = assert_is_an_error(refusing.send(method, path, content=body), 422, "invalid")
        assert not PYTHON & set(re.findall(r"\w+", sentence)), sentence


@pytest.mark.parametrize("value", ["null", "true"])
def test_a_value_is_named_as_it_was_sent(refusing: Refusing, value: str) -> None:
    refused = refusing.send("POST", "/queue", content=f'{{"url": {value}}}'.encode())
    assert f"url {value} is not allowed" in assert_is_an_error(refused, 422, "invalid")


def test_a_number_that_no_field_allows_is_refused_before_it_is_read(refusing: Refusing) -> None:
    refused = refusing.send("PATCH", "/player", content=b'{"position_ms": ' + b"9" * 4_000 + b"}")
    assert "4000 digits" in assert_is_an_error(refused, 422, "invalid")


@each_call
def test_an_unknown_field_is_refused_by_its_name(refusing: Refusing, method: str, path: str) -> None:
    refused = refusing.send(method, path, json={"colour": "blue"})
    assert "colour" in assert_is_an_error(refused, 422, "invalid")
    assert "colour" in refused.json()["error"]["fields"]


@each_call
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"])
def test_a_form_is_no_json_whoever_sends_it(refusing: Refusing, method: str, path: str, kind: str) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nBar\r\n--x--\r\n'
    by_token = refusing.send(method, path, content=body, headers={"Content-Type": kind})
    assert_is_an_error(by_token, 422, "invalid")
    by_cookie = refusing.send(method, path, refusing.bob, content=body, headers={"Content-Type": kind})
    assert_is_an_error(by_cookie, 422, "invalid")


@each_call
def test_a_body_above_the_limit_is_too_large_whether_its_length_is_said_or_not(
    refusing: Refusing, method: str, path: str
) -> None:
    said = b" " * (LIMIT + 1)
    assert "256 KiB" in assert_is_an_error(refusing.send(method, path, content=said), 413, "too-large")
    not_said = iter([b'{"name": "', b"x" * LIMIT, b'"}'])
    assert_is_an_error(refusing.send(method, path, content=not_said), 413, "too-large")
    assert_is_an_error(refusing.send(method, path, refusing.bob, content=said), 413, "too-large")


@pytest.mark.parametrize("path", ["/rooms", "/queue"])
def test_a_body_above_the_limit_is_too_large_also_with_an_idempotency_key(refusing: Refusing, path: str) -> None:
    for _ in range(2):
        refused = refusing.send("POST", path, content=b" " * (LIMIT + 1), headers={"Idempotency-Key": "large"})
        assert_is_an_error(refused, 413, "too-large")


@each_call
def test_a_missing_body_is_refused_where_one_is_needed(refusing: Refusing, method: str, path: str) -> None:
    answer = refusing.send(method, path)
    if path in ("/player/next", "/player/previous"):
        assert answer.status_code == 200
    else:
        assert "body" in assert_is_an_error(answer, 422, "invalid").lower()


def test_a_body_at_the_limit_is_read(lounge: Lounge) -> None:
    body = b'{"name": "Bar"}'.ljust(LIMIT)
    assert lounge.alice.patch(lounge.path, content=body).status_code == 200


# Methods and paths


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/time", {"GET", "HEAD"}),
        ("DELETE", "/rooms", {"GET", "HEAD", "POST"}),
        ("PUT", "/rooms/{slug}", {"GET", "HEAD", "PATCH", "DELETE"}),
        ("POST", "/rooms/{slug}", {"GET", "HEAD", "PATCH", "DELETE"}),
        ("OPTIONS", "/rooms/{slug}", {"GET", "HEAD", "PATCH", "DELETE"}),
        ("POST", "/rooms/{slug}/player", {"GET", "HEAD", "PATCH"}),
        ("GET", "/rooms/{slug}/player/next", {"POST"}),
        ("HEAD", "/rooms/{slug}/player/next", {"POST"}),
        ("GET", "/rooms/{slug}/player/previous", {"POST"}),
        ("PUT", "/rooms/{slug}/queue", {"GET", "HEAD", "POST", "DELETE"}),
        ("GET", "/rooms/{slug}/queue/1", {"PATCH", "DELETE"}),
        ("TRACE", "/rooms", {"GET", "HEAD", "POST"}),
        ("BREW", "/rooms", {"GET", "HEAD", "POST"}),
    ],
)
def test_a_wrong_method_is_answered_with_the_right_ones(
    lounge: Lounge, method: str, path: str, allowed: set[str]
) -> None:
    refused = lounge.alice.request(method, path.format(slug=lounge.slug))
    assert set(refused.headers["allow"].split(", ")) == allowed
    if method == "HEAD":
        assert (refused.status_code, refused.content) == (405, b"")
    else:
        assert method in assert_is_an_error(refused, 405, "method-not-allowed")


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/rooms/",
        "/rooms//",
        "/rooms/{slug}/",
        "/rooms/{slug}/player/",
        "/rooms/{slug}/player/next/",
        "/rooms/{slug}/player/stop",
        "/rooms/{slug}/queue/",
        "/rooms/{slug}/queue/1/",
        "/rooms/{slug}/queue/1/2",
        "/rooms/{slug}/events/",
        "/rooms/../rooms/{slug}/secrets",
        "/docs/",
    ],
)
def test_an_unknown_path_is_answered_so_in_json(lounge: Lounge, path: str) -> None:
    for method in ("GET", "POST", "PATCH", "DELETE"):
        answer = lounge.alice.request(method, path.format(slug=lounge.slug), follow_redirects=True)
        assert_is_an_error(answer, 404, "not-found")


@pytest.mark.parametrize("path", ["", "/"])
def test_there_is_nothing_at_the_root_of_the_api(lounge: Lounge, path: str) -> None:
    answer = patient.get(f"{lounge.server.url}/api/v1{path}", follow_redirects=True)
    assert_is_an_error(answer, 404, "not-found")


@pytest.mark.parametrize("slug", ["nowhere", "%00", "%2F", "..%2f..", "%ff", "x" * 5_000, "%E2%80%AE", "LOUNGE", "1"])
@pytest.mark.parametrize("path", ["", "/player", "/queue", "/events"])
def test_a_room_that_is_none_is_answered_so(lounge: Lounge, slug: str, path: str) -> None:
    answer = lounge.alice.get(f"/rooms/{slug}{path}")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] in ("unknown", "not-found")
    assert len(answer.text) < 1_000


@pytest.mark.parametrize("path", ["/time", "/rooms", "/rooms/{slug}", "/rooms/{slug}/player", "/rooms/{slug}/queue"])
def test_head_answers_the_headers_of_get_and_the_connection_stays_usable(lounge: Lounge, path: str) -> None:
    path = path.format(slug=lounge.slug)
    head, get = lounge.charlie.head(path), lounge.charlie.get(path)
    assert (head.status_code, head.content) == (get.status_code, b"")
    for name in ("content-type", "etag", "cache-control", "vary"):
        assert head.headers.get(name) == get.headers.get(name)


def test_head_of_a_room_that_is_none_is_404(lounge: Lounge) -> None:
    assert lounge.charlie.head("/rooms/nowhere").status_code == 404


def test_head_of_an_unchanged_room_is_304(lounge: Lounge) -> None:
    etag = lounge.charlie.head(lounge.path).headers["etag"]
    assert lounge.charlie.head(lounge.path, headers={"If-None-Match": etag}).status_code == 304


# Raw requests


def raw(lounge: Lounge, request: bytes) -> bytes:
    """The first bytes that answer ``request``."""
    address = urlsplit(lounge.server.url)
    with socket.create_connection((address.hostname, address.port), timeout=PATIENCE_S) as sock:
        sock.sendall(request)
        return sock.recv(4_096)


@pytest.mark.parametrize(
    "header", ["Authorization: Bearer \xff\xfe", "Cookie: person=\xff; \x01", "X-Long: " + "x" * 4_000]
)
def test_a_header_of_strange_bytes_is_no_error_of_the_server(lounge: Lounge, header: str) -> None:
    request = f"GET /api/v1{lounge.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{header}\r\nConnection: close\r\n\r\n"
    status = raw(lounge, request.encode("latin-1")).split(b" ", 2)[1]
    assert status in (b"200", b"400", b"401")
