"""What the standard asks of a stream of server-sent events, byte by byte, on each server program."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote_from_bytes

import httpx
import pytest

from rooms.models import MAX_NAME_LENGTH, MAX_NICKNAME_LENGTH
from tests.support.raw import Head, Raw
from tools.databases import CLUSTER_URL
from tools.people import Lounge
from tools.server import Server

ORIGIN = "https://blog.example.org"


@pytest.fixture
def lounge(server: Server) -> Lounge:
    return Lounge.open(server)


@pytest.fixture(scope="module")
def listed(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lounge]:
    """A lounge whose stream the pages of ORIGIN may read."""
    folder = tmp_path_factory.mktemp("listed")
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    server = Server(folder, STREAM_ORIGINS=ORIGIN).start()
    yield Lounge.open(server)
    server.stop()


def events_path(lounge: Lounge) -> str:
    return f"/api/v1/rooms/{lounge.slug}/events"


def first_event(lounge: Lounge, *headers: tuple[str, str | bytes], query: str = "") -> dict[str, str]:
    """The first event of a stream that is asked for so."""
    with Raw(lounge.server.url) as raw:
        head = raw.get(events_path(lounge) + query, *headers)
        assert head.status == 200
        raw.read_until(b"\n\n")
        return raw.events()[0]


def stream_head(lounge: Lounge, *headers: tuple[str, str | bytes]) -> Head:
    with Raw(lounge.server.url) as raw:
        return raw.get(events_path(lounge), *headers)


def can_still_be_used(raw: Raw) -> bool:
    """Whether the kept-alive connection answers the next call."""
    return "server_now_ms" in raw.json(raw.get("/api/v1/time"))


def test_head_of_no_room_is_a_404_and_leaves_the_connection_usable(lounge: Lounge) -> None:
    with Raw(lounge.server.url) as raw:
        raw.ask("HEAD", "/api/v1/rooms/nowhere/events")
        assert raw.head().status == 404
        assert can_still_be_used(raw)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_other_methods_are_told_which_are_allowed(lounge: Lounge, method: str) -> None:
    with Raw(lounge.server.url) as raw:
        raw.ask(method, events_path(lounge), ("Content-Length", "0"))
        head = raw.head()
        assert head.status == 405
        assert head.get("allow") == "GET, HEAD, OPTIONS"
        assert raw.json(head)["error"]["code"] == "method-not-allowed"
        assert can_still_be_used(raw)


def test_options_opens_no_stream(lounge: Lounge) -> None:
    with Raw(lounge.server.url) as raw:
        raw.ask("OPTIONS", events_path(lounge), ("Origin", ORIGIN), ("Access-Control-Request-Method", "GET"))
        head = raw.head()
        assert head.status == 204
        assert head.get("allow") == "GET, HEAD, OPTIONS"
        assert head.get("access-control-allow-origin") is None
        assert can_still_be_used(raw)


# Refusals come before the stream


def test_no_such_room_is_a_404_in_json(lounge: Lounge) -> None:
    with Raw(lounge.server.url) as raw:
        head = raw.get("/api/v1/rooms/nowhere/events")
        assert head.status == 404
        assert (head.get("content-type") or "").startswith("application/json")
        assert raw.json(head)["error"]["message"]


def test_a_slash_behind_the_path_of_a_stream_redirects_nowhere(lounge: Lounge) -> None:
    with Raw(lounge.server.url) as raw:
        head = raw.get(f"{events_path(lounge)}/")
        assert (head.status, head.get("location")) == (404, None)


def test_a_private_room_answers_a_stranger_as_if_there_were_none(server: Server) -> None:
    private = Lounge.open(server, visibility="private")
    with Raw(server.url) as raw:
        head = raw.get(events_path(private))
        assert head.status == 404
        told = raw.json(head)["error"]
        unknown = raw.json(raw.get("/api/v1/rooms/nowhere/events"))["error"]
        assert told["message"].replace(private.slug, "nowhere") == unknown["message"]
    assert first_event(private, ("Authorization", f"Bearer {private.token}"))["event"] == "snapshot"


def test_a_wrong_token_is_a_401(lounge: Lounge) -> None:
    assert stream_head(lounge, ("Authorization", "Bearer wrong")).status == 401


def test_a_host_that_is_not_ours_is_refused(lounge: Lounge) -> None:
    with Raw(lounge.server.url) as raw:
        raw.ask("GET", events_path(lounge), host="rebound.example.org")
        assert raw.head().status == 422


# Fields and events


def test_the_first_line_is_a_retry_that_is_drawn_for_each_connection(lounge: Lounge) -> None:
    drawn = []
    for _ in range(8):
        with Raw(lounge.server.url) as raw:
            raw.get(events_path(lounge))
            lines = raw.read_until(b"\n\n").decode().split("\n")
        assert re.fullmatch(r"retry: \d{4}", lines[0])
        assert sum(line.startswith("retry") for line in lines) == 1
        drawn.append(int(lines[0].split(": ")[1]))
    assert all(1_000 <= milliseconds <= 5_000 for milliseconds in drawn)
    assert len(set(drawn)) > 1


def test_only_changes_have_an_id_and_it_is_their_version(lounge: Lounge) -> None:
    with Raw(lounge.server.url) as raw:
        raw.get(events_path(lounge))
        lounge.add("https://media.example.org/a.mp3")
        raw.read_until(b"event: people")
        for event in raw.events():
            data = json.loads(event["data"])
            assert event.get("id") == (str(data["version"]) if event["event"] != "people" else None)


def test_what_is_no_change_leaves_the_id_of_the_last_one_alone(lounge: Lounge) -> None:
    """Also no empty one, which would reset it."""
    with Raw(lounge.server.url) as raw:
        raw.get(events_path(lounge))
        raw.read_until(b"event: people")
        assert lounge.alice.delete(lounge.path).status_code == 204
        raw.read_to_the_end()
        told = {event["event"]: event for event in raw.events()}
        assert told.keys() >= {"snapshot", "people", "bye"}
        for name in ("people", "bye"):
            assert set(told[name]) == {"event", "data"}


LINE_ENDS = ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"]
FORGERY = "\ufeff".join(f"{end}{end}id: 9999\x00{end}event: forged{end}data: {{}}{end}{end}" for end in LINE_ENDS)


def test_no_text_can_forge_a_field_or_an_event(lounge: Lounge) -> None:
    text = name = nickname = FORGERY
    if CLUSTER_URL:  # which holds no NUL, and no more than the column takes
        text = FORGERY.replace("\0", "")
        name, nickname = text[:MAX_NAME_LENGTH], text[:MAX_NICKNAME_LENGTH]
    entry = lounge.add("https://media.example.org/a.mp3")
    with Raw(lounge.server.url) as raw:
        raw.get(events_path(lounge))
        # As nobody could through the API, which cleans what it is told.
        lounge.server.shell(
            "from players.models import Entry; from rooms.core.change import change; from rooms.models import Room\n"
            f"text, entry, now = {text!r}, Entry.objects.get(pk={entry['id']}), 1\n"
            "entry.track.title = text; entry.track.save()\n"
            f"room = Room.objects.open().get(slug={lounge.slug!r})\n"
            f"room.members.update(nickname={nickname!r})\n"
            f"with change(room, now) as lent: lent.name = {name!r}\n",
            REDIS_URL="",
        )
        body = raw.read_until(b"event: snapshot", 1) + raw.read_until(b"id: 3\n")
        told = json.loads(raw.events()[-1]["data"])
        assert (told["room"]["name"], told["room"]["hosts"][0], told["queue"][0]["title"]) == (name, nickname, text)
        assert b"\r" not in body
        assert b"\x00" not in body
        assert not re.search(rb"^(event: forged|id: 9999)", body, re.MULTILINE)
        assert {event["event"] for event in raw.events()} <= {"snapshot", "people", "tick"}
        newcomer = first_event(lounge)
        assert json.loads(newcomer["data"])["room"]["name"] == name


# Resuming


HOSTILE = {
    "empty": b"",
    "negative": b"-1",
    "zero": b"0",
    "from the future": b"999999999999",
    "long": b"1" * 10_000,
    "words": b"latest",
    "a float": b"2.0",
    "not UTF-8": b"\xff\xfe2",
    "Arabic digits": "٢".encode(),
    "NUL": b"%00",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_an_event_id_that_is_not_ours_gets_the_snapshot(lounge: Lounge, name: str) -> None:
    lounge.add("https://media.example.org/a.mp3")
    assert first_event(lounge, ("Last-Event-ID", HOSTILE[name]))["event"] == "snapshot"
    query = f"?lastEventId={quote_from_bytes(HOSTILE[name])}"
    assert first_event(lounge, query=query)["event"] == "snapshot"


def test_an_event_id_that_is_told_twice_gets_the_snapshot(lounge: Lounge) -> None:
    twice = [("Last-Event-ID", "1"), ("Last-Event-ID", "1")]
    assert first_event(lounge, *twice)["event"] == "snapshot"
    assert first_event(lounge, query="?lastEventId=1&lastEventId=1")["event"] == "snapshot"


def test_the_current_version_resumes_without_a_snapshot(lounge: Lounge) -> None:
    version = lounge.snapshot()["version"]
    with Raw(lounge.server.url) as raw:
        raw.get(events_path(lounge), ("Last-Event-ID", str(version)))
        raw.read_until(b"\n\n")
        first = raw.events()[0]
        assert (first["event"], first["id"]) == ("resumed", str(version))
        assert set(json.loads(first["data"])) == {"version", "server_now_ms"}
        lounge.add("https://media.example.org/a.mp3")
        raw.read_until(b"event: queue")
        assert b"event: snapshot" not in b"".join(raw.chunks)


def test_an_old_version_gets_the_snapshot(lounge: Lounge) -> None:
    lounge.add("https://media.example.org/a.mp3")
    first = first_event(lounge, ("Last-Event-ID", "1"))
    assert (first["event"], first["id"]) == ("snapshot", "2")


def test_the_event_id_may_come_as_a_parameter_and_the_header_wins(lounge: Lounge) -> None:
    lounge.add("https://media.example.org/a.mp3")
    assert first_event(lounge, query="?lastEventId=2")["event"] == "resumed"
    assert first_event(lounge, ("Last-Event-ID", "1"), query="?lastEventId=2")["event"] == "snapshot"
    assert first_event(lounge, ("Last-Event-ID", "2"), query="?lastEventId=1")["event"] == "resumed"


# Other sites


def test_a_listed_origin_may_read_with_cookies_and_no_other_may(listed: Lounge) -> None:
    head = stream_head(listed, ("Origin", ORIGIN))
    assert head.get("access-control-allow-origin") == ORIGIN
    assert head.get("access-control-allow-credentials") == "true"
    assert head.get("vary") == "Origin"
    for other in ("https://evil.example.org", "null", f"{ORIGIN}.evil.example", ORIGIN.upper()):
        head = stream_head(listed, ("Origin", other))
        assert head.get("vary") == "Origin"
        assert head.get("access-control-allow-origin") is None
        assert head.get("access-control-allow-credentials") is None


def test_a_listed_origin_can_read_why_it_was_refused(listed: Lounge) -> None:
    with Raw(listed.server.url) as raw:
        head = raw.get("/api/v1/rooms/nowhere/events", ("Origin", ORIGIN))
        assert (head.status, head.get("access-control-allow-origin")) == (404, ORIGIN)


def test_a_preflight_of_a_listed_origin_is_answered(listed: Lounge) -> None:
    with Raw(listed.server.url) as raw:
        raw.ask("OPTIONS", events_path(listed), ("Origin", ORIGIN), ("Access-Control-Request-Headers", "authorization"))
        head = raw.head()
        assert head.get("access-control-allow-origin") == ORIGIN
        assert "authorization" in (head.get("access-control-allow-headers") or "")


def cookie_of(browser: httpx.Client) -> tuple[str, str]:
    return "Cookie", "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


def test_a_page_of_another_site_cannot_listen_in_its_visitors_name(listed: Lounge) -> None:
    cookie = cookie_of(listed.person())
    assert stream_head(listed, cookie, ("Sec-Fetch-Site", "cross-site")).status == 403
    for site in ("same-origin", "same-site", "none"):
        assert stream_head(listed, cookie, ("Sec-Fetch-Site", site)).status == 200
    assert stream_head(listed, cookie, ("Sec-Fetch-Site", "cross-site"), ("Origin", ORIGIN)).status == 200
    assert stream_head(listed, ("Sec-Fetch-Site", "cross-site")).status == 200
