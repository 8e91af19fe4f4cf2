"""Bodies and heads that are too large or never end are refused by both server programs, without an edge before them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.raw import Head, Raw
from tools.server import Server, served

KIB = 1024
ROOMS = "/api/v1/rooms"


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def alone(request: pytest.FixtureRequest, prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(prepared, tmp_path_factory.mktemp(request.param), server=request.param) as server:
        yield server


def sent(raw: Raw, data: bytes) -> None:
    """Send it, as far as the server takes it."""
    with suppress(OSError):
        raw.send(data)


def refused(raw: Raw, status: int) -> Head:
    head = raw.head()
    assert head.status == status
    assert head.get("connection") == "close"
    return head


def test_a_body_that_is_announced_too_large_is_refused_before_it_is_sent(alone: Server) -> None:
    with Raw(alone.url) as raw:
        raw.ask("POST", ROOMS, ("Content-Type", "application/json"), ("Content-Length", str(256 * KIB + 1)))
        error = raw.json(refused(raw, 413))["error"]
    assert error == {"code": "too-large", "message": "The body is larger than the 256 KiB that are allowed."}


def test_a_body_that_waits_to_be_asked_for_is_refused_instead(alone: Server) -> None:
    with Raw(alone.url) as raw:
        raw.ask("POST", ROOMS, ("Expect", "100-continue"), ("Content-Length", "10000000"))
        refused(raw, 413)


def test_who_sends_a_large_body_all_the_same_still_reads_the_answer(alone: Server) -> None:
    with Raw(alone.url) as raw:
        raw.ask("POST", ROOMS, ("Content-Length", "10000000"))
        sending = threading.Thread(target=sent, args=(raw, b"x" * 3_000_000))
        sending.start()
        refused(raw, 413)
        sending.join()


def test_a_chunked_body_is_refused_where_it_exceeds_the_limit(alone: Server) -> None:
    with Raw(alone.url) as raw:
        raw.ask("POST", ROOMS, ("Content-Type", "application/json"), ("Transfer-Encoding", "chunked"))
        chunk = b"8000\r\n" + b" " * 0x8000 + b"\r\n"
        for _ in range(9):
            sent(raw, chunk)
        refused(raw, 413)


@pytest.mark.parametrize("is_chunked", [False, True])
def test_the_largest_body_that_is_allowed_is_read(alone: Server, is_chunked: bool) -> None:
    body = b'{"name": "Lounge"' + b" " * (256 * KIB - 18) + b"}"
    assert len(body) == 256 * KIB
    with Raw(alone.url) as raw:
        size = ("Transfer-Encoding", "chunked") if is_chunked else ("Content-Length", str(len(body)))
        raw.ask("POST", ROOMS, ("Content-Type", "application/json"), size)
        raw.send(b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if is_chunked else body)
        assert raw.head().status == 201


def chunked(raw: Raw, path: str = ROOMS) -> None:
    """Ask with a chunked body, of which nothing is sent yet."""
    raw.ask("POST", path, ("Content-Type", "application/json"), ("Transfer-Encoding", "chunked"))


@pytest.mark.parametrize("endless", [b"1;", b"0\r\nX-Long: ", b"0\r\n"], ids=["extension", "trailer", "trailers"])
def test_what_surrounds_a_chunked_body_has_a_limit_too(alone: Server, endless: bytes) -> None:
    with Raw(alone.url) as raw:
        chunked(raw)
        sent(raw, b"1\r\n{\r\n" + endless)
        sending = threading.Thread(target=sent, args=(raw, (b"X-Long: " + b"x" * 2_000 + b"\r\n") * 1_500))
        sending.start()
        assert raw.head().status in (400, 413)
        sending.join()


@pytest.mark.parametrize("length", ["abc", "-5", "2, 90"])
def test_what_is_no_http_is_refused_with_a_sentence(alone: Server, length: str) -> None:
    with Raw(alone.url) as raw:
        raw.ask("POST", ROOMS, ("Content-Length", length))
        assert raw.json(refused(raw, 400))["error"]["code"] == "bad-request"


@pytest.mark.parametrize(("target", "status"), [(b"/api/v1/" + b"z" * 70 * KIB, 431), (b"/api/v1/time\xff", 400)])
def test_a_target_of_the_api_that_is_refused_is_refused_in_json(alone: Server, target: bytes, status: int) -> None:
    with Raw(alone.url) as raw:
        sent(raw, b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert raw.json(refused(raw, status))["error"]["message"]


def test_what_follows_a_chunked_body_is_no_header(alone: Server) -> None:
    with Raw(alone.url) as raw:
        chunked(raw)
        raw.send(b'11\r\n{"name": "Lounge"\r\n1\r\n}\r\n0\r\nAuthorization: Bearer of-nobody\r\n\r\n')
        assert raw.head().status == 201


def test_nobody_says_under_which_path_the_site_lies(alone: Server) -> None:
    made = alone.browser().post(ROOMS, json={"name": "Lounge"}, headers={"Daphne-Root-Path": "/evil"})
    assert "/evil" not in made.json()["url"]


def test_a_form_that_cannot_be_read_is_refused_with_a_sentence(alone: Server) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    refused = alone.browser().post(ROOMS, content=b'{"name": "Lounge"}', headers=kind)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "invalid")


def test_a_file_of_links_may_be_larger_and_has_a_limit_of_its_own(alone: Server) -> None:
    path, kind = f"{ROOMS}/nowhere/queue/import?x=1", ("Content-Type", "audio/x-mpegurl")
    with Raw(alone.url) as raw:
        raw.ask("POST", path, kind, ("Content-Length", str(300 * KIB)))
        raw.send(b" " * 300 * KIB)
        assert raw.head().status == 404
    for size in (("Content-Length", str(1024 * KIB + 1)), ("Transfer-Encoding", "chunked")):
        with Raw(alone.url) as raw:
            raw.ask("POST", path, kind, size)
            if size[1] == "chunked":
                for _ in range(33):
                    sent(raw, b"8000\r\n" + b" " * 0x8000 + b"\r\n")
            assert "1024 KiB" in raw.json(refused(raw, 413))["error"]["message"]


@pytest.mark.parametrize(
    "lines",
    [[b"X-Long: " + b"x" * 70 * KIB], [b"X-%d: " % n + b"x" * 800 for n in range(90)]],
    ids=["one line", "many lines"],
)
def test_a_head_that_is_too_large_is_refused(alone: Server, lines: list[bytes]) -> None:
    with Raw(alone.url) as raw:
        sent(raw, b"\r\n".join([b"GET /api/v1/time HTTP/1.1", b"Host: localhost", *lines, b"", b""]))
        assert raw.json(refused(raw, 431))["error"]["code"] == "head-too-large"


def test_an_endless_address_is_refused(alone: Server) -> None:
    with Raw(alone.url) as raw:
        sent(raw, b"GET /" + b"x" * 100 * KIB)
        refused(raw, 431)


def test_a_head_of_almost_the_limit_is_read_and_the_next_one_after_it(alone: Server) -> None:
    with Raw(alone.url) as raw:
        for _ in range(2):
            head = raw.get("/api/v1/time", *[(f"X-{n}", "x" * 6_000) for n in range(10)])
            assert head.status == 200
            assert "server_now_ms" in raw.json(head)
