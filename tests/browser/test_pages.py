"""The pages, by HTTP alone: home, join, the room, the links that let people in, and nicknames."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from django.test import Client

from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.create_room import make_room
from rooms.models import Member, Room, Visibility
from rooms.models.roles import Role
from tests.support import patient
from tests.support.rooms import NOW_MS, Told, anew, hear, queue_of, role_link, rule
from tools.people import Lounge
from tools.server import Server

A = "https://media.example.org/a.mp3"


@pytest.fixture
def browser(server: Server) -> httpx.Client:
    """Bob's browser, which was on the home page."""
    bob = server.browser()
    assert bob.get("/").status_code == 200
    return bob


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Told]:
    return hear(monkeypatch)


def submit(browser: httpx.Client, path: str, **fields: str) -> httpx.Response:
    """Post a form as a browser without JavaScript does."""
    token = browser.cookies.get("csrftoken", "")
    return browser.post(path, data={**fields, "csrfmiddlewaretoken": token})


def problem(page: httpx.Response) -> str:
    """The sentence that the page shows as a problem."""
    found = re.search(r'<p class="problem"[^>]*role="alert"[^>]*>([^<]+)</p>', page.text)
    assert found, page.text[-2_000:]
    return unescape(found[1])


# Home


def test_the_home_page_makes_a_browser_known(server: Server) -> None:
    page = patient.get(server.url)
    assert page.status_code == 200
    cookies = [header for header in page.headers.get_list("set-cookie") if header.startswith("person=")]
    assert len(cookies) == 1
    assert {"HttpOnly", "SameSite=Lax"} <= {part.strip() for part in cookies[0].split(";")}
    assert "csrftoken" in page.cookies
    assert "no-cache" in page.headers["cache-control"]


def test_a_room_is_started_with_one_form_and_its_maker_owns_it(browser: httpx.Client) -> None:
    made = submit(browser, "/", name="Started by form", visibility="private")
    assert made.status_code == 302
    page = browser.get(made.headers["location"])
    assert page.status_code == 200
    assert 'data-role="owner"' in page.text
    assert "Started by form" in page.text


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": ""}, "1 to 80"),
        ({"name": " \u200b "}, "has 0"),
        ({"name": "x" * 81}, "has 81"),
        ({}, "1 to 80"),
        ({"name": "Bar", "visibility": "secret"}, "“secret”"),
    ],
    ids=str,
)
def test_a_form_that_cannot_be_is_shown_again_with_the_reason(
    browser: httpx.Client, fields: dict[str, str], message: str
) -> None:
    page = submit(browser, "/", **fields)
    assert page.status_code == 422
    assert message in problem(page)
    if fields.get("name", "").strip("\u200b "):
        assert f'value="{fields["name"]}"' in page.text


def test_a_form_without_the_csrf_token_makes_nothing(browser: httpx.Client) -> None:
    assert browser.post("/", data={"name": "Forged by form", "visibility": "public"}).status_code == 403
    assert "Forged by form" not in browser.get("/").text


def test_the_home_page_shows_public_rooms_and_no_others(server: Server) -> None:
    for visibility in ("public", "unlisted", "private"):
        Lounge.open(server, name=f"Shown if {visibility}", visibility=visibility)
    page = patient.get(server.url, params={"search": "shown if"}).text
    assert "Shown if public" in page
    assert "Shown if unlisted" not in page
    assert "Shown if private" not in page


def test_a_name_is_text_on_every_page_and_never_markup(server: Server) -> None:
    name = "<script>alert(1)</script>\"'&"
    lounge = Lounge.open(server, name=name)
    for page in (patient.get(server.url, params={"search": "<script>"}), patient.get(f"{server.url}/r/{lounge.slug}")):
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_the_home_page_knows_no_other_method(browser: httpx.Client, method: str) -> None:
    headers = {"X-CSRFToken": browser.cookies["csrftoken"]}
    assert browser.request(method, "/", headers=headers).status_code == 405


# Join


@pytest.mark.parametrize(
    "code",
    [
        "{slug}",
        " {slug} ",
        "/{slug}",
        "{url}/r/{slug}",
        "{url}/r/{slug}/",
        "{url}/r/{slug}?x=1#y",
        "/r/{slug}",
    ],
)
def test_a_room_is_joined_by_its_slug_or_any_link_to_it(lounge: Lounge, code: str) -> None:
    typed = code.format(slug=lounge.slug, url=lounge.server.url)
    joined = patient.get(f"{lounge.server.url}/join", params={"code": typed})
    assert (joined.status_code, joined.headers["location"]) == (302, f"/r/{lounge.slug}")


def test_a_public_room_is_joined_by_its_name_in_any_case(server: Server) -> None:
    Lounge.open(server, name="What? / Here!")
    joined = patient.get(f"{server.url}/join", params={"code": "what? / here!"})
    assert joined.headers["location"].startswith("/r/what-here")


def test_a_room_of_another_script_is_joined_by_its_pasted_link(server: Server) -> None:
    lounge = Lounge.open(server, name="音楽")
    link = f"{server.url}/r/{quote(lounge.slug)}"
    assert patient.get(f"{server.url}/join", params={"code": link}, follow_redirects=True).status_code == 200


@pytest.mark.parametrize(
    "code",
    [
        "nowhere",
        "",
        " ",
        "http://[",
        "http://[::1",
        "//",
        "/r/",
        "\0",
        "%",
        "%ff",
        "/r/%ff",
        "?",
        "x" * 3_000,
        "/r/a/b",
        "\u202e",
    ],
    ids=lambda code: code[:12] or "empty",
)
def test_what_leads_to_no_room_is_said_so_on_the_home_page(server: Server, code: str) -> None:
    page = patient.get(f"{server.url}/join", params={"code": code})
    assert page.status_code == 404
    assert problem(page).endswith(".")
    assert "Start a room" in page.text


def test_nobody_learns_of_a_private_room_by_joining_it(server: Server) -> None:
    hidden = Lounge.open(server, name="Hidden away", visibility="private")
    for code in (hidden.slug, "Hidden away", f"{server.url}/r/{hidden.slug}"):
        there = patient.get(f"{server.url}/join", params={"code": code})
        assert there.status_code == 404
        assert "location" not in there.headers
    member = hidden.host()
    assert member.get("/join", params={"code": hidden.slug}).url.path == f"/r/{hidden.slug}"


# The room


def test_the_page_of_a_room_shows_where_it_is_without_another_request(lounge: Lounge) -> None:
    lounge.add("https://media.example.org/Dusk_Song.mp3")
    lounge.control(playing=True)
    page = patient.get(f"{lounge.server.url}/r/{lounge.slug}")
    assert page.status_code == 200
    assert "Dusk Song" in page.text
    assert 'data-role="guest"' in page.text
    assert re.search(r'<script id="snapshot" type="application/json">{.*"version": 3', page.text)
    assert "person" in page.cookies


def test_only_who_may_invite_is_shown_the_invitations(lounge: Lounge) -> None:
    host = lounge.host()
    assert 'data-part="invitations"' in host.get(f"/r/{lounge.slug}").text
    listed = host.get(f"/api/v1{lounge.path}/invitations").json()["items"]
    assert lounge.host_url in [one["url"] for one in listed]
    guest = lounge.person()
    assert 'data-part="invitations"' not in guest.get(f"/r/{lounge.slug}").text
    assert guest.get(f"/api/v1{lounge.path}/invitations").status_code == 403


@pytest.mark.parametrize("slug", ["nowhere", "%00", "x" * 1_000, "%2e%2e", "<script>"])
@pytest.mark.parametrize("path", ["", "/name", "/queue", "/as/ticket"])
def test_a_page_of_a_room_that_is_none_is_404(browser: httpx.Client, slug: str, path: str) -> None:
    answer = submit(browser, f"/r/{slug}{path}") if path in ("/name", "/queue") else browser.get(f"/r/{slug}{path}")
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text
    assert answer.headers["content-type"].startswith("text/html")


def test_head_of_a_page_is_its_headers(lounge: Lounge) -> None:
    for path in ("/", f"/r/{lounge.slug}"):
        head = patient.head(f"{lounge.server.url}{path}")
        assert (head.status_code, head.content) == (200, b"")


# The links that let people in


def test_the_host_link_makes_who_takes_it_a_host_for_good(lounge: Lounge) -> None:
    bob = lounge.person()
    assert 'data-role="host"' in bob.post(lounge.host_url).text
    assert 'data-role="host"' in bob.get(f"/r/{lounge.slug}").text
    lounge.add(A)
    assert bob.post(f"/api/v1{lounge.path}/player/next").status_code == 200


def test_a_new_host_is_told_to_everybody(lounge: Lounge) -> None:
    with lounge.bob() as bob:
        dana = lounge.person()
        for _ in range(2):  # the second time changes nothing
            dana.post(lounge.host_url)
        event = bob.wait_for("room")
    assert len(event.data["room"]["hosts"]) == 2
    assert event.data["room"] == lounge.snapshot()["room"]
    assert event.data["version"] == lounge.snapshot()["version"] == 2


def test_looking_at_a_host_link_makes_nobody_a_host(lounge: Lounge) -> None:
    for _preview in range(3):
        shown = lounge.server.browser().get(lounge.host_url)
        assert (shown.status_code, "Join" in shown.text) == (200, True)
    bob = lounge.person()
    assert bob.head(lounge.host_url).status_code == 200
    assert 'data-role="guest"' in bob.get(f"/r/{lounge.slug}").text
    assert lounge.snapshot()["version"] == 1


def test_a_forged_or_foreign_ticket_lets_nobody_in(lounge: Lounge) -> None:
    foreign = Lounge.open(lounge.server, name="Bar").host_url.rpartition("/")[2]
    right = lounge.host_url.rpartition("/")[2]
    for ticket in (foreign, right[:-1], right + "x", right.swapcase(), "x", "a:b", "a:b:c", "%00", ":"):
        page = lounge.person().get(f"/r/{lounge.slug}/as/{ticket}")
        assert page.status_code == 404, ticket
    assert lounge.snapshot()["room"]["hosts"] == ["Host"]


# In this process: nicknames, and who comes again


@pytest.fixture
def room(transactional_db: None, told: list[Told]) -> Room:
    made = make_room("Lounge", Caller(), Visibility.PUBLIC)[0]
    told.clear()
    return made


def name(client: Client, room: Room, nickname: str, **headers: str) -> Any:
    return client.post(f"/r/{room.slug}/name", {"name": nickname}, headers=headers)


def test_a_nickname_is_kept_by_the_browser_and_shown_in_every_room(room: Room) -> None:
    bob = Client()
    assert name(bob, room, "  Bob\n the  Builder ", Accept="application/json").json() == {"name": "Bob the Builder"}
    other, _ = make_room("Bar", Caller(), Visibility.PUBLIC)
    for path in (room.get_absolute_url(), other.get_absolute_url()):
        assert b'data-me="Bob the Builder"' in bob.get(path).content


def test_a_nickname_without_javascript_leads_back_to_the_room(room: Room) -> None:
    bob = Client()
    answer = name(bob, room, "Bob")
    assert (answer.status_code, answer["Location"]) == (302, room.get_absolute_url())
    assert b'data-me="Bob"' in bob.get(room.get_absolute_url()).content


@pytest.mark.parametrize("nickname", ["", " \u200b", "x" * 41])
def test_a_nickname_that_cannot_be_is_refused_with_a_sentence(room: Room, nickname: str) -> None:
    answer = name(Client(), room, nickname, Accept="application/json")
    assert answer.status_code == 422
    assert answer.json()["error"]["fields"]["name"].startswith("A nickname has 1 to 40")
    assert name(Client(), room, nickname).status_code == 422


def test_a_nickname_that_stands_in_the_room_is_told_to_everybody(room: Room, told: list[Told]) -> None:
    bob = Client()
    bob.post(role_link(room, Role.HOST))
    bob.post(f"/r/{room.slug}/queue", {"url": A})
    told.clear()
    name(bob, room, "Bob")
    (event,) = told
    assert (event.event, event.version) == ("snapshot", anew(room).version)
    assert event.data["room"]["hosts"] == ["Host", "Bob"]
    assert event.data["queue"][0]["added_by"]["name"] == "Bob"
    told.clear()
    name(bob, room, "Bob")
    assert told == []


def test_the_nickname_of_somebody_who_only_listens_is_no_change_of_the_room(room: Room, told: list[Told]) -> None:
    name(Client(), room, "Bob")
    assert told == []
    assert anew(room).version == 1


def test_a_nickname_is_taken_by_post_with_the_csrf_token_alone(room: Room) -> None:
    assert Client().get(f"/r/{room.slug}/name").status_code == 405
    assert Client(enforce_csrf_checks=True).post(f"/r/{room.slug}/name", {"name": "Bob"}).status_code == 403


def test_somebody_who_was_banned_is_not_let_in_by_a_link(room: Room) -> None:
    bob = Client()
    link = role_link(room, Role.HOST)
    bob.post(link)
    with change(room, NOW_MS) as lent:
        lent.members.order_by("pk").last().ban()  # type: ignore[union-attr]
    version = anew(room).version
    assert bob.post(link).status_code == 403
    assert bob.get(room.get_absolute_url()).status_code == 404
    assert anew(room).version == version


def test_a_lower_link_takes_no_role_away(room: Room) -> None:
    bob = Client()
    for role in (Role.HOST, Role.MEMBER):
        bob.post(role_link(room, role))
    assert Member.objects.latest("pk").role == Role.HOST


# Adding without JavaScript


def test_a_link_is_added_by_a_form(room: Room) -> None:
    bob = Client()
    answer = bob.post(f"/r/{room.slug}/queue", {"url": A})
    assert (answer.status_code, answer["Location"]) == (302, room.get_absolute_url())
    assert [entry.track.url for entry in queue_of(room)] == [A]


def test_a_link_that_cannot_be_added_by_a_form_is_said_so_on_the_page(room: Room) -> None:
    bob = Client()
    answer = bob.post(f"/r/{room.slug}/queue", {"url": "hello"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "hello" in page
    assert "cannot be played" in page
    assert queue_of(room) == []


def test_a_form_adds_nothing_without_the_csrf_token_or_the_role(room: Room) -> None:
    assert Client(enforce_csrf_checks=True).post(f"/r/{room.slug}/queue", {"url": A}).status_code == 403
    rule(room, add="host")
    assert Client().post(f"/r/{room.slug}/queue", {"url": A}).status_code == 403
    assert queue_of(room) == []
